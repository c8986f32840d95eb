//! An `OK` that comes twice: from there on each command is answered by what is meant for the one before, and some modules
//! drop a command that comes while they work on another. Whom a connection trusts must not depend on it, and nothing may
//! end for good by it.

use wanlink_core::{Body, ContentType, Error as _, HttpsAt, Login, Module as _, MqttAt, Post, Server, Tls, TlsSocket};
use wanlink_emulator::{BusyInput, Options, PortOptions, SimCard};
use wanlink_platform::TlsFault;
use wanlink_scene::bench::with_doubled_ok;

use crate::bench::{APN, Bench, Driver, Error, HOST, LOGIN, attach, root, running, within_ms};
use crate::model::CHECKS_NAME;

/// What opens a verified connection.
#[derive(Debug, Clone, Copy)]
enum Opening {
    Session,
    Socket,
    Post,
}

const OPENINGS: [Opening; 3] = [Opening::Session, Opening::Socket, Opening::Post];

impl Opening {
    async fn run(self, modem: &mut Driver<'_>) -> Result<(), Error> {
        let tls = Tls::verified(root());
        match self {
            Self::Session => {
                let login = Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };
                modem.connect(&Server::new(HOST, 8883, tls), &login).await
            }
            Self::Socket => modem.open_tls(HOST, 8883, &tls).await.map(drop),
            Self::Post => {
                let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, tls);
                let post = Post { path: "/auth", content: ContentType::Json, headers: &[] };
                modem.post(&server, &post, Body::Bytes(b"{}"), &mut [0; 256]).await.map(drop)
            }
        }
    }
}

/// A line of a real speed: the second `OK` comes when the next command is out already.
fn bench(options: Options) -> Bench {
    Bench::with_port(options, PortOptions { baud: Some(115_200), ..PortOptions::default() }, 1)
}

/// With the answer to each command of an opening doubled in turn, on modules that drop a command and on those that refuse
/// it.
pub(crate) fn everywhere(options: &Options, fault: Option<TlsFault>, check: impl Fn(Result<(), Error>, String)) {
    for (opening, busy_input) in
        OPENINGS.into_iter().flat_map(|o| [BusyInput::Ignored, BusyInput::Rejected].map(|b| (o, b)))
    {
        for nth in 1.. {
            let (result, is_hit) = bench(Options { busy_input, ..options.clone() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(fault);
                with_doubled_ok(nth, scene, opening.run(modem)).await
            });
            if !is_hit {
                assert!(nth > 12, "{opening:?}: {nth}");
                break;
            }
            check(result, format!("{opening:?}, {busy_input:?}, the answer to command {nth}"));
        }
    }
}

/// Or in a way that a session heals.
fn ends_well(result: Result<(), Error>) -> bool {
    result.is_ok() || result.is_err_and(|error| error.kind().can_heal())
}

#[test]
fn nothing_ends_for_good() {
    everywhere(&running(), None, |result, place| {
        assert!(ends_well(result), "{result:?}: {place}");
    });
}

#[test]
fn a_stranger_is_not_trusted() {
    // A model that compares no names takes that of a stranger, whatever is doubled.
    let name = CHECKS_NAME.then_some(TlsFault::WrongName);
    for fault in [TlsFault::WrongCertificate, TlsFault::ExpiredCertificate].into_iter().chain(name) {
        everywhere(&running(), Some(fault), |result, place| assert!(result.is_err(), "{fault:?}: {place}"));
    }
}

/// A radio that stays off for it is a search that a session gives up.
#[test]
fn a_pin_that_the_card_took_is_not_refused() {
    let card = SimCard { pin: Some("1234".to_owned()), ..SimCard::default() };
    for busy_input in [BusyInput::Ignored, BusyInput::Rejected] {
        let options = Options { busy_input, sim: card.clone(), ..Options::default() };
        for nth in 1.. {
            let (result, is_hit) = bench(options.clone()).run(async |modem, scene| {
                modem.start().await.unwrap();
                with_doubled_ok(nth, scene, within_ms(100_000, modem.attach(&APN.pin("1234"), &mut |_| ()))).await
            });
            if !is_hit {
                assert!(nth > 8);
                break;
            }
            let is_good = result.is_none_or(ends_well);
            assert!(is_good, "{result:?}: {busy_input:?}, the answer to command {nth}");
        }
    }
}
