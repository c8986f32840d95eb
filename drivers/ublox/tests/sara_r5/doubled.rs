//! An `OK` that comes twice: from there on each command is answered by what is meant for the one before, and some modules
//! drop a command that comes while they work on another. Whom a connection trusts must not depend on it, and nothing may
//! end for good by it.

use wanlink_core::{Body, ContentType, Error as _, HttpsAt, Login, MqttAt, Post, Server, Tls, TlsSocket};
use wanlink_emulator::{BusyInput, Options, PortOptions};
use wanlink_platform::TlsFault;
use wanlink_scene::bench::with_doubled_ok;
use wanlink_ublox::{Error, SaraR5};

use crate::bench::{Bench, Driver, HOST, LOGIN, attach, root, running};

/// What opens a verified connection.
#[derive(Debug, Clone, Copy)]
enum Opening {
    Session,
    Socket,
    Post,
}

const OPENINGS: [Opening; 3] = [Opening::Session, Opening::Socket, Opening::Post];

impl Opening {
    async fn run(self, modem: &mut Driver<'_, SaraR5>) -> Result<(), Error> {
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

/// With the answer to each command of an opening doubled in turn, on modules that drop a command and on those that refuse
/// it. The line has a real speed: the second `OK` comes when the next command is out already.
fn everywhere(fault: Option<TlsFault>, check: impl Fn(Result<(), Error>, String)) {
    for (opening, busy_input) in
        OPENINGS.into_iter().flat_map(|o| [BusyInput::Ignored, BusyInput::Rejected].map(|b| (o, b)))
    {
        for nth in 1.. {
            let port = PortOptions { baud: Some(115_200), ..PortOptions::default() };
            let mut bench = Bench::<SaraR5>::with_port(Options { busy_input, ..running() }, port, 1);
            let (result, is_hit) = bench.run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(fault);
                with_doubled_ok(nth, scene, opening.run(modem)).await
            });
            if !is_hit {
                assert!(nth > 8, "{opening:?}: {nth}");
                break;
            }
            check(result, format!("{opening:?}, {busy_input:?}, the answer to command {nth}"));
        }
    }
}

#[test]
fn nothing_ends_for_good() {
    everywhere(None, |result, place| {
        let heals = result.as_ref().map_or_else(|error| error.kind().can_heal(), |()| true);
        assert!(heals, "{result:?}: {place}");
    });
}

#[test]
fn a_stranger_is_not_trusted() {
    for fault in [TlsFault::WrongCertificate, TlsFault::WrongName, TlsFault::ExpiredCertificate] {
        everywhere(Some(fault), |result, place| assert!(result.is_err(), "{fault:?}: {place}"));
    }
}
