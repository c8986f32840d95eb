//! An `OK` that comes twice: from there on each command is answered by what is meant for the one before, and some modules
//! drop a command that comes while they work on another. Whom a connection trusts must not depend on it, and nothing may
//! end for good by it.

use wanlink_core::{Body, ContentType, Error as _, ErrorKind, HttpsAt, MqttAt, Post, Refusal, Server, Tls, TlsSocket};
use wanlink_emulator::{BusyInput, Options, PortOptions};
use wanlink_platform::TlsFault;
use wanlink_scene::bench::{requests, with_doubled_ok};
use wanlink_simcom::{Sim7000, Sim7080};

use crate::bench::{
    Bench, Driver, Error, ErrorOf, HOST, SECURE_LOGIN, Tested, UP, attach, both, root, running, secure_broker,
};

/// What opens a verified connection.
#[derive(Debug, Clone, Copy)]
enum Opening {
    Socket,
    Post,
}

impl Opening {
    async fn run<M: Tested>(self, modem: &mut Driver<'_, M>) -> Result<(), ErrorOf<M>> {
        let tls = Tls::verified(root());
        match self {
            Self::Socket => modem.open_tls(HOST, 8883, &tls).await.map(drop),
            Self::Post => {
                let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, tls);
                let post = Post { path: "/auth", content: ContentType::Json, headers: &[("password", "6944e5bf")] };
                modem.post(&server, &post, Body::Bytes(b"{}"), &mut [0; 256]).await.map(drop)
            }
        }
    }
}

/// The platform tells a program that leaves a header out that it is wrong, for good.
fn is_whole(request: &str, nth: u64) {
    let has = |header: &str| request.to_ascii_lowercase().contains(header);
    assert!(has("content-type: application/json") && has("password: 6944e5bf"), "{nth}: {request}");
}

/// With the answer to each command of an opening doubled in turn, on modules that drop a command and on those that refuse
/// it. The line has a real speed: the second `OK` comes when the next command is out already.
fn everywhere<M: Tested>(
    name: &str,
    fault: Option<TlsFault>,
    opening: impl AsyncFn(&mut Driver<'_, M>) -> Result<(), ErrorOf<M>>,
    check: impl Fn(Result<(), ErrorOf<M>>, String),
) {
    for busy_input in [BusyInput::Ignored, BusyInput::Rejected] {
        for nth in 1.. {
            let port = PortOptions { baud: Some(115_200), ..PortOptions::default() };
            let mut bench = Bench::<M>::with_port(Options { busy_input, ..running() }, port, 1);
            let (result, is_hit) = bench.run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(fault);
                let ended = with_doubled_ok(nth, scene, opening(modem)).await;
                requests(scene).iter().for_each(|request| is_whole(request, nth));
                ended
            });
            if !is_hit {
                assert!(nth > 8, "{name}: {nth}");
                break;
            }
            check(result, format!("{name}, {busy_input:?}, the answer to command {nth}"));
        }
    }
}

fn heals<M: Tested>(result: Result<(), ErrorOf<M>>, place: String) {
    // A session gives up at the third in a row.
    let is_good = |kind: ErrorKind| kind.can_heal() || kind == ErrorKind::Refused(Refusal::Unexplained);
    let heals = result.as_ref().map_or_else(|error| is_good(error.kind()), |()| true);
    assert!(heals, "{result:?}: {place}");
}

both! {
    fn nothing_ends_for_good<M>() {
        for opening in [Opening::Socket, Opening::Post] {
            everywhere::<M>(&format!("{opening:?}"), None, async |modem| opening.run(modem).await, heals::<M>);
        }
    }
}

const FAULTS: [TlsFault; 3] = [TlsFault::WrongCertificate, TlsFault::WrongName, TlsFault::ExpiredCertificate];

both! {
    fn a_stranger_is_not_trusted<M>() {
        for (fault, opening) in FAULTS.into_iter().flat_map(|f| [(f, Opening::Socket), (f, Opening::Post)]) {
            let refused = |result: Result<(), _>, place| assert!(result.is_err(), "{fault:?}: {place}");
            everywhere::<M>(&format!("{opening:?}"), Some(fault), async |modem| opening.run(modem).await, refused);
        }
    }
}

async fn session(modem: &mut Driver<'_>) -> Result<(), Error> {
    modem.connect(&secure_broker(), &SECURE_LOGIN).await
}

#[test]
fn a_session_does_not_end_for_good() {
    everywhere::<Sim7080>("session", None, session, heals::<Sim7080>);
}

/// An `OK` to the login may be that to the command before: what counts is who was told something.
#[test]
fn a_session_is_not_with_a_stranger() {
    for fault in FAULTS {
        everywhere::<Sim7080>(
            "session",
            Some(fault),
            async |modem| {
                session(modem).await?;
                modem.publish(UP, b"to whom?", wanlink_core::Qos::AtLeastOnce).await.map(drop)
            },
            |result, place| assert!(result.is_err(), "{fault:?}: {place}"),
        );
    }
}
