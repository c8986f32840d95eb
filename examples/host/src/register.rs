//! Dynamic registration: a device without a secret asks the platform for one, by what its module has.

mod way;

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use wanlink_core::{AliyunAt, Error, ErrorKind, HttpsAt, MqttAt, Network, Progress, TlsSocket};
use wanlink_transports::registration::{Applicant, Device, DeviceError, DeviceToken, Random, RegistrationError};
use wanlink_transports::{HmacMd5, HmacSha1, HmacSha256, Identity, Pace, Sign};

use crate::cli::{SignMethod, Usage};
use crate::cure::Explain;
use crate::failure::Failure;
use crate::online::Describe;
use crate::pairing::{Driver, Errand, Room};
use crate::place::Desk;
use crate::store::{AnyStore, MediumError};
use crate::witness::{Ear, Witness};
use way::Way;

/// Failures that may pass by themselves, as that of a command or a reply that is lost; the next one ends it.
const FORGIVEN: u64 = 2;

/// What a device logs in with.
pub(crate) enum Credential {
    Identity(Identity),
    Token(DeviceToken),
}

impl Credential {
    /// Product key and device name.
    pub(crate) fn names(&self) -> (&str, &str) {
        match self {
            Self::Identity(identity) => (identity.product_key(), identity.device_name()),
            Self::Token(token) => (token.product_key(), token.device_name()),
        }
    }
}

/// Without its secret.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({:?})", self.names())
    }
}

/// What came of a registration.
pub(crate) struct Registered {
    pub(crate) credential: Credential,
    /// The logins that it took.
    pub(crate) pace: Pace,
}

/// The errand of a device without a secret: to reach the network, and to register.
pub(crate) struct Register<'a, N> {
    pub(crate) request: Request<'a>,
    /// Says who applies; it may ask the module.
    pub(crate) applicant: N,
    /// Keeps what the platform gives.
    pub(crate) store: AnyStore<'a>,
}

/// How a device reaches the platform without a secret.
pub(crate) struct Request<'a> {
    pub(crate) ear: &'a dyn Ear,
    pub(crate) progress: &'a dyn Fn(Progress),
    pub(crate) network: Network<'a>,
    pub(crate) sign: SignMethod,
    pub(crate) desk: Desk<'a>,
    /// Bits that no other request has.
    pub(crate) entropy: u64,
}

/// Bits of this system's generator of random numbers.
pub(crate) fn entropy() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl<N> Errand for Register<'_, N>
where
    N: AsyncFnOnce(&mut dyn Describe) -> Result<Applicant, Failure>,
{
    type Output = Result<Registered, Failure>;

    async fn mqtt<M: Driver + MqttAt>(self, module: M) -> Self::Output {
        let Desk::Mqtt { endpoint, request: login } = self.request.desk.clone() else { return Err(misplaced()) };
        let module = Witness::new(module, self.request.ear);
        self.over(way::Mqtt { module, endpoint, login }).await
    }

    async fn tcp<M: Driver + TlsSocket>(self, module: M, _room: Room) -> Self::Output {
        let Desk::Mqtt { endpoint, request: login } = self.request.desk.clone() else { return Err(misplaced()) };
        let module = Witness::new(module, self.request.ear);
        self.over(way::Tcp { module, endpoint, login, packets: Box::default() }).await
    }

    async fn native<M: Driver + AliyunAt>(self, module: M) -> Self::Output {
        self.mqtt(module).await
    }

    async fn https<M: Driver + HttpsAt>(self, module: M) -> Self::Output {
        let Desk::Https { host, port, tls } = self.request.desk.clone() else { return Err(misplaced()) };
        let module = Witness::new(module, self.request.ear);
        self.over(way::Https { module, host, port, tls }).await
    }
}

impl<N> Register<'_, N>
where
    N: AsyncFnOnce(&mut dyn Describe) -> Result<Applicant, Failure>,
{
    async fn over<W: Way>(self, mut way: W) -> Result<Registered, Failure> {
        let Self { request, applicant, store } = self;
        let applicant = applicant(way.module()).await?;
        match request.sign {
            SignMethod::Hmacsha256 => signed::<_, HmacSha256>(way, &request, applicant, store).await,
            SignMethod::Hmacsha1 => signed::<_, HmacSha1>(way, &request, applicant, store).await,
            SignMethod::Hmacmd5 => signed::<_, HmacMd5>(way, &request, applicant, store).await,
        }
    }
}

async fn signed<W: Way, A: Sign>(
    mut way: W,
    request: &Request<'_>,
    applicant: Applicant,
    store: AnyStore<'_>,
) -> Result<Registered, Failure> {
    let mut device = Device::new(applicant.signed_by::<A>(), store);
    let credential = patiently(
        async |random| {
            reach(way.module(), request).await?;
            way.ask(&mut device, &random).await
        },
        request.entropy,
    )
    .await?;
    Ok(Registered { credential, pace: device.pace() })
}

/// The desk is one of another path.
fn misplaced() -> Failure {
    Usage("the way to register is not one of this path".to_owned()).into()
}

/// Brings the module up to its data context.
async fn reach<M: Driver>(module: &mut M, request: &Request<'_>) -> Result<(), Setback> {
    module.start().await.map_err(|error| Setback {
        // A module that does not start will not start the next time.
        may_pass: error.kind() == ErrorKind::Retry,
        failure: Failure::of(&error),
    })?;
    module
        .attach(&request.network, &mut |progress| (request.progress)(progress))
        .await
        .map_err(|error| Setback { may_pass: passes(error.kind()), failure: Failure::of(&error) })
}

fn passes(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Retry | ErrorKind::Restart)
}

/// A failure, and whether another try may end better.
struct Setback {
    failure: Failure,
    may_pass: bool,
}

impl<E: Explain> From<DeviceError<E, MediumError>> for Setback {
    fn from(error: DeviceError<E, MediumError>) -> Self {
        // What the platform refused is told at once, that it is too busy as well.
        let refused = matches!(error, DeviceError::Registration(RegistrationError::Refused(_)));
        Self { may_pass: !refused && passes(error.kind()), failure: Failure::of(&error) }
    }
}

/// Calls until it is done, with another random text each time; a device may ask again until its first login.
async fn patiently<T>(mut call: impl AsyncFnMut(Random) -> Result<T, Setback>, entropy: u64) -> Result<T, Failure> {
    let mut failures = 0;
    loop {
        match call(Random::from_bits(entropy.wrapping_add(failures))).await {
            Ok(done) => return Ok(done),
            Err(Setback { may_pass: true, .. }) if failures < FORGIVEN => failures += 1,
            Err(Setback { failure, .. }) => return Err(failure),
        }
    }
}
