//! An `OK` that comes twice: from there on each command is answered by what is meant for the one before, and some modules
//! drop a command that comes while they work on another. Whom a connection trusts must not depend on it, and nothing may
//! end for good by it.

use embedded_io_async::{ErrorType, Write};
use wanlink_core::{
    Body, ContentType, Error as _, HttpsAt, Login, Module as _, MqttAt, Post, Server, Tls, TlsSocket, Trust,
};
use wanlink_emulator::{BusyInput, Options, PortError, PortOptions, PortWriter};
use wanlink_platform::TlsFault;
use wanlink_scene::bench::{requests, with_doubled_ok};
use wanlink_simcom::cmqtt::Error;
use wanlink_simcom::{Buffers, NoPins, Simcom};

use crate::Model;
use crate::bench::{APN, Bench, Driver, HOST, LOGIN, attach, root, running};

/// What opens a verified connection.
#[derive(Debug, Clone, Copy)]
enum Opening {
    Session,
    Socket,
    /// The other of the module's two TLS sockets, while the first is open.
    SecondSocket,
    Post,
}

const OPENINGS: [Opening; 4] = [Opening::Session, Opening::Socket, Opening::SecondSocket, Opening::Post];

impl Opening {
    async fn prepare(self, modem: &mut Driver<'_>) {
        attach(modem).await.unwrap();
        if matches!(self, Self::SecondSocket) {
            // Whatever it left is no better than what the factory set.
            let tls = Tls { trust: Trust::Anyone, ..Tls::verified(root()) };
            modem.open_tls(HOST, 8883, &tls).await.unwrap();
        }
    }

    async fn run(self, modem: &mut Driver<'_>) -> Result<(), Error> {
        let tls = Tls::verified(root());
        match self {
            Self::Session => {
                let login = Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };
                modem.connect(&Server::new(HOST, 8883, tls), &login).await
            }
            Self::Socket | Self::SecondSocket => modem.open_tls(HOST, 8883, &tls).await.map(drop),
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
fn everywhere(fault: Option<TlsFault>, check: impl Fn(Result<(), Error>, String)) {
    for (opening, busy_input) in
        OPENINGS.into_iter().flat_map(|o| [BusyInput::Ignored, BusyInput::Rejected].map(|b| (o, b)))
    {
        for nth in 1.. {
            let port = PortOptions { baud: Some(115_200), ..PortOptions::default() };
            let mut bench = Bench::with_port(Options { busy_input, ..running() }, port, 1);
            let (result, is_hit) = bench.run(async |modem, scene| {
                opening.prepare(modem).await;
                scene.borrow_mut().platform.break_tls(fault);
                let ended = with_doubled_ok(nth, scene, opening.run(modem)).await;
                requests(scene).iter().for_each(|request| is_whole(request, nth));
                ended
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

/// The way to the module, on which the command gets lost that binds a session to its TLS context; another that does
/// nothing is answered in its place.
struct Losing(PortWriter);

impl ErrorType for Losing {
    type Error = PortError;
}

impl Write for Losing {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, PortError> {
        match bytes.strip_prefix(b"AT+CCHSSLCFG=1,0") {
            Some(_) => {
                self.0.write_all(b"ATV1V1V1V1V1V1V1").await?;
                Ok(16)
            }
            None => self.0.write(bytes).await,
        }
    }

    async fn flush(&mut self) -> Result<(), PortError> {
        self.0.flush().await
    }
}

/// "before every open": what cannot be read back must not open a door when it is lost.
#[test]
fn a_second_socket_without_its_binding_trusts_no_stranger() {
    for fault in [None, Some(TlsFault::WrongCertificate), Some(TlsFault::WrongName)] {
        let mut bench = Bench::new(running());
        let base: &mut wanlink_scene::bench::Bench = &mut bench;
        let result = base.run(async |reader, writer, scene| {
            let mut buffers = Buffers::<256, 1600, 1600>::new();
            let mut modem: Simcom<'_, Model, _, _, _> = Simcom::new(reader, Losing(writer), NoPins, &mut buffers);
            modem.start().await.unwrap();
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            let anyone = Tls { trust: Trust::Anyone, ..Tls::verified(root()) };
            modem.open_tls(HOST, 8883, &anyone).await.unwrap();
            scene.borrow_mut().platform.break_tls(fault);
            modem.open_tls(HOST, 8883, &Tls::verified(root())).await.map(drop)
        });
        assert_eq!(result.is_ok(), fault.is_none(), "{fault:?}: {result:?}");
        assert!(bench.sent().iter().any(|line| line == "ATV1V1V1V1V1V1V1"));
    }
}
