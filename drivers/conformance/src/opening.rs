//! What opens a connection inside TLS: what they promise of trust is the same for all of them.

use wanlink_at::driver::Error;
use wanlink_core::{Body, HttpsAt, MqttAt, Post, Qos, Server, Socket, TcpSocket, Tls, TlsSocket, Trust, Validity};
use wanlink_emulator::Options;
use wanlink_scene::bench::{SharedScene, requests, running};

use crate::bench::{DriverOf, ErrorOf, HttpsBench, TlsBench, TlsSessionBench};
use crate::https::{AUTH, HOST, HTTPS_LOGIN};
use crate::rig::{BROKER, Rig, SECURE_LOGIN, UP, attach};

/// Whoever the other end is.
pub(crate) const ANYONE: Tls<'static> = Tls { trust: Trust::Anyone, validity: Validity::Ignored };

/// One way to open a connection to the platform.
pub trait Opening<B: TlsBench> {
    /// How the command begins that opens it.
    const COMMAND: &'static str;
    /// As [`TLS_TRIES`](TlsBench::TLS_TRIES).
    const TRIES: usize;
    /// An `OK` alone may tell that it is open, also one that came twice.
    const OK_OPENS: bool = false;
    /// What is opened.
    type Opened;

    /// A running module, once for each setting of a weak fact that it meets.
    fn options() -> Vec<Options> {
        vec![running()]
    }

    /// What a certificate that is not trusted is told as.
    fn untrusted() -> ErrorOf<B> {
        Error::Certificate
    }

    /// Starts and attaches, and what else comes before.
    async fn prepare(modem: &mut DriverOf<'_, B>) {
        attach(modem).await.unwrap();
    }

    /// Opens it.
    async fn open(modem: &mut DriverOf<'_, B>, tls: &Tls<'_>) -> Result<Self::Opened, ErrorOf<B>>;

    /// Talks to the platform over it.
    async fn talk(modem: &mut DriverOf<'_, B>, opened: Self::Opened) -> Result<(), ErrorOf<B>>;
}

/// Opens it and talks to the platform over it.
pub(crate) async fn open_and_talk<B: TlsBench, O: Opening<B>>(
    modem: &mut DriverOf<'_, B>,
    tls: &Tls<'_>,
) -> Result<(), ErrorOf<B>> {
    let opened = O::open(modem, tls).await?;
    O::talk(modem, opened).await
}

/// How often a command was sent that begins so.
pub(crate) fn lines<B>(rig: &Rig<B>, begin: &str) -> usize {
    rig.sent().iter().filter(|line| line.starts_with(begin)).count()
}

/// How often a root was sent to the module.
pub(crate) fn uploads<B: TlsBench>(rig: &Rig<B>) -> usize {
    lines(rig, B::UPLOAD.0)
}

/// A socket, over which the platform is logged in to.
pub struct BySocket;

impl<B: TlsBench> Opening<B> for BySocket {
    const COMMAND: &'static str = B::TLS_OPEN;
    const TRIES: usize = B::TLS_TRIES;

    type Opened = Socket;

    fn options() -> Vec<Options> {
        B::tls_options()
    }

    async fn open(modem: &mut DriverOf<'_, B>, tls: &Tls<'_>) -> Result<Socket, ErrorOf<B>> {
        modem.open_tls(BROKER, 8883, tls).await
    }

    async fn talk(modem: &mut DriverOf<'_, B>, socket: Socket) -> Result<(), ErrorOf<B>> {
        modem.write(socket, &packet()).await?;
        let (mut answer, mut at) = ([0; CONNACK.len()], 0);
        while at < answer.len() {
            at += match modem.read(socket, &mut answer[at..]).await? {
                0 => return Err(Error::Disconnected),
                count => count,
            };
        }
        assert_eq!(answer, CONNACK);
        Ok(())
    }
}

/// A second socket beside one that trusts anyone: whatever that left is no better than what the factory set.
pub struct BySecondSocket;

impl<B: TlsBench> Opening<B> for BySecondSocket {
    const COMMAND: &'static str = B::TLS_OPEN;
    const TRIES: usize = B::TLS_TRIES;

    type Opened = Socket;

    async fn prepare(modem: &mut DriverOf<'_, B>) {
        attach(modem).await.unwrap();
        modem.open_tls(BROKER, 8883, &ANYONE).await.unwrap();
    }

    async fn open(modem: &mut DriverOf<'_, B>, tls: &Tls<'_>) -> Result<Socket, ErrorOf<B>> {
        modem.open_tls(BROKER, 8883, tls).await
    }

    async fn talk(modem: &mut DriverOf<'_, B>, socket: Socket) -> Result<(), ErrorOf<B>> {
        <BySocket as Opening<B>>::talk(modem, socket).await
    }
}

/// A session of the module's own client.
pub struct BySession;

impl<B: TlsSessionBench> Opening<B> for BySession {
    const COMMAND: &'static str = B::SESSION_OPEN;
    const TRIES: usize = B::SESSION_TRIES;
    const OK_OPENS: bool = B::OK_OPENS_A_SESSION;

    type Opened = ();

    fn untrusted() -> ErrorOf<B> {
        B::untrusted()
    }

    async fn open(modem: &mut DriverOf<'_, B>, tls: &Tls<'_>) -> Result<(), ErrorOf<B>> {
        modem.connect(&Server::new(BROKER, 8883, *tls), &SECURE_LOGIN).await
    }

    async fn talk(modem: &mut DriverOf<'_, B>, (): ()) -> Result<(), ErrorOf<B>> {
        modem.publish(UP, b"own", Qos::AtLeastOnce).await?;
        assert_eq!(modem.front(), None, "a root is no message");
        Ok(())
    }
}

/// A header that a request carries.
const HEADER: (&str, &str) = ("password", "6944e5bf");

/// The platform tells a program whose request lacks a header that it is wrong, for good: none gets lost.
pub(crate) fn assert_whole_requests(scene: &SharedScene, place: &str) {
    for request in requests(scene) {
        let has = |header: &str| request.to_ascii_lowercase().contains(header);
        assert!(has("content-type: application/json") && has("password: 6944e5bf"), "{place}: {request}");
    }
}

/// A request of the module's own HTTPS client.
pub struct ByPost;

impl<B: HttpsBench> Opening<B> for ByPost {
    const COMMAND: &'static str = B::POST;
    const TRIES: usize = B::POST_TRIES;

    type Opened = ();

    fn options() -> Vec<Options> {
        B::https_options()
    }

    async fn open(modem: &mut DriverOf<'_, B>, tls: &Tls<'_>) -> Result<(), ErrorOf<B>> {
        let body = Body::Bytes(HTTPS_LOGIN.as_bytes());
        let mut reply = [0; 256];
        let post = Post { headers: &[HEADER], ..AUTH };
        let reply = modem.post(&Server::new(HOST, 443, *tls), &post, body, &mut reply).await?;
        assert_eq!(reply.status, 200);
        Ok(())
    }

    /// It did.
    async fn talk(_: &mut DriverOf<'_, B>, (): ()) -> Result<(), ErrorOf<B>> {
        Ok(())
    }
}

/// An MQTT CONNECT of [`SECURE_LOGIN`], whose answer is [`CONNACK`]: any two halves of a stream would do.
fn packet() -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat();
    let rest = [
        &text("MQTT")[..],
        &[4, 0xc2],
        &SECURE_LOGIN.keep_alive_s.to_be_bytes(),
        &text(SECURE_LOGIN.client_id),
        &text(SECURE_LOGIN.user),
        &text(SECURE_LOGIN.password),
    ]
    .concat();
    [&[0x10, rest.len() as u8 | 0x80, (rest.len() >> 7) as u8][..], &rest].concat()
}

const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
