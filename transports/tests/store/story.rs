//! What a device keeps in its life, and what has to be there after each restart.

use std::sync::LazyLock;

use embassy_futures::block_on;
use wanlink_emulator::{Nor, NorError};
use wanlink_transports::Identity;
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::store::{Flash, FlashError, HttpsToken, Name, Store, StoreError};

/// One call of the store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    Identity(u8),
    DeviceToken(u8),
    HttpsToken(u8),
    Erase(Name),
}

/// Registered, years of tokens, given to somebody else: all pages are filled and reused several times.
pub(crate) fn story() -> Vec<Call> {
    use Call::*;
    let mut calls = vec![Identity(1)];
    calls.extend((1..12).map(HttpsToken));
    calls.extend([DeviceToken(1), Identity(2)]);
    calls.extend((12..20).map(HttpsToken));
    calls.extend([Erase(Name::HttpsToken), DeviceToken(2), Erase(Name::Identity), Identity(3), HttpsToken(21)]);
    calls.extend((22..30).map(HttpsToken));
    calls
}

/// The numbers of the records that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct State {
    identity: Option<u8>,
    device_token: Option<u8>,
    https_token: Option<u8>,
}

impl State {
    /// What is there after a call that ended.
    pub(crate) fn after(mut self, call: Call) -> Self {
        match call {
            Call::Identity(number) => self.identity = Some(number),
            Call::DeviceToken(number) => self.device_token = Some(number),
            Call::HttpsToken(number) => self.https_token = Some(number),
            Call::Erase(Name::Identity) => self.identity = None,
            Call::Erase(Name::DeviceToken) => self.device_token = None,
            Call::Erase(_) => self.https_token = None,
        }
        self
    }
}

fn identity(number: u8) -> Identity {
    Identity::new("a1B2c3D4e5F", "866349040000017", &format!("{number:032}")).unwrap()
}

fn signature(identity: &Identity) -> String {
    identity.sign(&["x"]).as_str().to_owned()
}

fn device_token(number: u8) -> DeviceToken {
    DeviceToken::new("a1B2c3D4e5F", "866349040000017", "c", &format!("{number:020}")).unwrap()
}

fn https_token(number: u8) -> HttpsToken {
    HttpsToken::new(&format!("{number:032}"), u64::from(number) * 604_800).unwrap()
}

/// A restart each time: the store knows nothing but what is in the flash.
pub(crate) fn with<const W: usize, const P: usize, T>(
    nor: &mut Nor<W, P>,
    work: impl AsyncFnOnce(&mut Flash<'_, &mut Nor<W, P>>) -> T,
) -> T {
    let mut room = [0x5A; Flash::ROOM];
    let end = nor.bytes.len() as u32;
    let result = block_on(work(&mut Flash::new(nor, 0..end, &mut room).unwrap()));
    assert!(room.iter().all(|byte| *byte == 0), "the room may still hold a record");
    result
}

pub(crate) fn call<const W: usize, const P: usize>(
    nor: &mut Nor<W, P>,
    call: Call,
) -> Result<(), StoreError<FlashError<NorError>>> {
    with(nor, async |store| perform(store, call).await)
}

pub(crate) async fn perform<S: Store>(store: &mut S, call: Call) -> Result<(), StoreError<S::Error>> {
    match call {
        Call::Identity(number) => store.save(&identity(number)).await,
        Call::DeviceToken(number) => store.save(&device_token(number)).await,
        Call::HttpsToken(number) => store.save(&https_token(number)).await,
        Call::Erase(name) => store.erase(name).await,
    }
}

/// What the flash holds. A record is known by all of its parts.
pub(crate) fn load<const W: usize, const P: usize>(
    nor: &mut Nor<W, P>,
) -> Result<State, StoreError<FlashError<NorError>>> {
    with(nor, async |store| {
        // A secret is seen by what it signs.
        static SIGNATURES: LazyLock<Vec<String>> =
            LazyLock::new(|| (0..=255).map(|n| signature(&identity(n))).collect());
        let found = store.load::<Identity>().await?.map(|found| signature(&found));
        let identity =
            found.map(|found| SIGNATURES.iter().position(|own| *own == found).expect("a whole identity") as u8);
        let device_token = store.load::<DeviceToken>().await?.map(|token| token.reveal().parse().unwrap());
        let https_token = store.load::<HttpsToken>().await?.map(|token| {
            let number: u8 = token.reveal().parse().unwrap();
            assert_eq!(token.given_s(), u64::from(number) * 604_800);
            number
        });
        Ok(State { identity, device_token, https_token })
    })
}
