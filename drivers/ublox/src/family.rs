//! The family: which operation is which, and what its unsolicited lines change.

use core::time::Duration;

use embedded_io_async::{Read, Write};
use wanlink_at::driver::sockets::Protocol;
use wanlink_at::driver::{
    DriverModel, Family, Found, HttpsFamily, Listener, MqttFamily, PowerPins, Session, SocketFamily,
    clock as local_clock, https_rules,
};
use wanlink_at::{Answer, Block, Dialect, Effect, Forms, Verdict, int};
use wanlink_core::{Body, ErrorKind, HasHttps, Info, Post, Reply, Rung, Server, Tls};

use crate::own::{Own, SOCKETS};
use crate::request::{Request, Response, check};
use crate::sequence::{
    attach, clock, connect, describe, https, recover, resolve, socket, socket_tls, start, tls, traffic,
};
use crate::urc::{ANSWER, DIALECT, HTTPS_BLOCKS, SOCKET_BLOCKS, id};
use crate::{Error, Input, Operation, State, Ublox};

/// The AT dialect of u-blox's modules. A model that is not here is added from outside:
///
/// ```
/// use wanlink_core::{HasMqtt, Model, MqttLimits, UNSTATED};
/// use wanlink_ublox::{DriverModel, UbloxFamily, quirk};
///
/// struct LexiR10;
///
/// impl Model for LexiR10 {
///     const NAME: &'static str = "LEXI-R10";
///     const LINE: u16 = UNSTATED;
/// }
///
/// impl DriverModel for LexiR10 {
///     type Family = UbloxFamily;
///     const KEY_ON_MS: u32 = 2000;
///     const RESET_MS: u32 = 100;
///     const BOOT_DS: u16 = 100;
///     const QUIRKS: u8 = quirk::USER_FIRST | quirk::RESTART_16;
/// }
///
/// impl HasMqtt for LexiR10 {
///     const MQTT: MqttLimits = MqttLimits::UNSTATED.host(128).payload(1024).no_empty_payload().no_persistent_session();
/// }
/// ```
///
/// SARA-R410M has no [`HasMqtt`](wanlink_core::HasMqtt), since its client takes 30 characters for a password, and neither it
/// nor LENA-R8 has [`HasHttps`](wanlink_core::HasHttps): whoever asks for them is told by the compiler, and what to take
/// instead.
///
/// ```compile_fail,E0277
/// fn log_in<M: wanlink_core::HasMqtt>() {}
/// log_in::<wanlink_ublox::SaraR410m>();
/// ```
/// ```compile_fail,E0277
/// fn post<M: wanlink_core::HasHttps>() {}
/// post::<wanlink_ublox::SaraR410m>();
/// ```
/// ```compile_fail,E0277
/// fn post<M: wanlink_core::HasHttps>() {}
/// post::<wanlink_ublox::LenaR8>();
/// ```
/// ```
/// fn opens<M: wanlink_core::HasTlsSocket>() {}
/// opens::<wanlink_ublox::SaraR410m>();
/// opens::<wanlink_ublox::LenaR8>();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UbloxFamily;

impl Forms for UbloxFamily {}

impl Family for UbloxFamily {
    type Own = Own;
    const OWN: Own = Own::NEW;
    const DIALECT: &'static Dialect = &DIALECT;
    const COMMANDS: &'static [&'static str] = &[
        "",
        "&C1",
        "&D0",
        "+CCID",
        "+CCLK",
        "+CEREG",
        "+CFUN",
        "+CGACT",
        "+CGDCONT",
        "+CGEREP",
        "+CGMM",
        "+CGREG",
        "+CGSN",
        "+CMEE",
        "+CPIN",
        "+CPWROFF",
        "+CSGT",
        "+CSQ",
        "+CTZU",
        "+IPR",
        "+UAUTHREQ",
        "+UDCONF",
        "+UDELFILE",
        "+UDNSRN",
        "+UDWNFILE",
        "+UHTTP",
        "+UHTTPC",
        "+UHTTPER",
        "+ULSTFILE",
        "+UMQTT",
        "+UMQTTC",
        "+UMQTTER",
        "+UPSD",
        "+UPSDA",
        "+UPSND",
        "+UPSV",
        "+URDBLOCK",
        "+USECMNG",
        "+USECPRF",
        "+USOCL",
        "+USOCO",
        "+USOCR",
        "+USOCTL",
        "+USOER",
        "+USORD",
        "+USOSEC",
        "+USOWR",
        "E0",
        "E1&W",
        "I9",
        "V1Q0",
    ];

    const MQTT_COMMANDS: &'static str = "+UMQTTC";

    const START: &'static Operation = &start::START;
    const DESCRIBE: &'static Operation = &describe::DESCRIBE;
    const ATTACH: &'static Operation = &attach::ATTACH;
    const CLOCK: &'static Operation = &clock::CLOCK;
    const LISTEN: &'static Operation = &traffic::LISTEN;
    const STOP: &'static Operation = &recover::STOP;

    fn recover(rung: Rung) -> &'static Operation {
        recover::operation(rung)
    }

    fn describe(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
        describe::take(info, note, answer)
    }

    fn clock(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
        local_clock::take_local(time, answer)
    }

    fn pause_ms(note: u8) -> Option<u16> {
        (note == connect::note::SECURED).then_some(250)
    }

    fn restarted(own: &mut Own) {
        own.restarted();
    }

    fn urc(state: &mut State, id: u8, line: &[u8]) -> Effect {
        match id {
            id::MQTT => traffic::urc(state, line),
            id::CONTEXT if tells_of_loss(line) => lose_context(state),
            id::BYTES | id::CLOSED => state.sockets.hook.map_or(Effect::None, |hook| (hook.line)(state, id, line)),
            id::PROFILE if int(line, 0) == Some(0) => lose_context(state),
            _ => Effect::None,
        }
    }

    /// Without a context it has to come up first.
    fn kind_of_loss(cause: u8) -> ErrorKind {
        if cause == 7 { ErrorKind::Reattach } else { ErrorKind::Reconnect }
    }

    fn is_unresolved(code: u16) -> bool {
        code == socket::NO_NAME
    }
}

impl MqttFamily for UbloxFamily {
    const CONNECT: Operation = connect::CONNECT;
    const CONNECT_TLS: Operation = tls::CONNECT;
    const DISCONNECT: &'static Operation = &connect::DISCONNECT;
    const SUBSCRIBE: Operation = traffic::SUBSCRIBE;
    const UNSUBSCRIBE: Operation = traffic::UNSUBSCRIBE;
    const PUBLISH: Operation = traffic::PUBLISH;
    const RECEIVE: &'static Operation = &traffic::RECEIVE;
}

impl SocketFamily for UbloxFamily {
    const BLOCKS: &'static [Block] = SOCKET_BLOCKS;
    /// INT 3.
    const MOST_WRITTEN: usize = 1024;
    /// INT 3.
    const MOST_READ: usize = 1024;
    const COMMAND_LEN: usize = "AT+USOWR=6,1024\r".len();
    const TLS_APART: bool = false;

    const LIST: &'static Operation = &socket::LIST;
    const OPEN: Operation = socket::OPEN;
    const OPEN_TLS: Operation = socket_tls::OPEN;
    const WRITE: &'static Operation = &socket::WRITE;
    const READ: &'static Operation = &socket::READ;
    const CLOSE: &'static Operation = &socket::CLOSE;
    const RESOLVE: Operation = resolve::RESOLVE;

    fn count(_: Protocol) -> u8 {
        SOCKETS as u8
    }

    fn commands(_: Protocol) -> [&'static str; 3] {
        ["+USOCO", "+USOWR", "+USORD"]
    }

    fn socket_line(state: &mut State, id: u8, line: &[u8]) -> Effect {
        if id == id::BYTES { socket::bytes_came(state, line) } else { socket::was_closed(state, line) }
    }

    fn socket_error(code: u16) -> Error {
        socket::error(Some(code.into()))
    }

    fn resolve(found: &mut Found, _: u8, answer: Answer<'_>) -> Verdict {
        resolve::take(found, answer)
    }
}

/// How many bytes of an answer are read at once.
const PIECE: usize = 256;

impl HttpsFamily for UbloxFamily {
    const POSTS: &'static [(&'static str, &'static Operation)] = &[
        ("post, settings", &https::BEGIN),
        ("post, header", &https::HEADER),
        ("post, request", &https::POST),
        ("post, length of the answer", &https::SIZE),
        ("post, piece of the answer", &https::READ),
        ("post, end", &https::END),
    ];

    /// The body is a file of the module, and so is the answer: both are deleted afterwards, and before. A body that gives
    /// up, and one whose call is dropped, never reach the server.
    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Ublox<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error> {
        let length = body.len();
        check(server, post, length)?;
        let engine = driver.engine_mut();
        engine.allow_streams();
        engine.set_blocks(HTTPS_BLOCKS);
        // Of a call that was dropped.
        while engine.front_of(ANSWER).is_some() {
            engine.release();
        }
        let begin = const { &Operation { rules: &https_rules(&M::HTTPS), ..https::BEGIN } };
        let input = |url, length| Input::Post { server, post, url, length };
        driver.ask(begin, input(0, 0), Listener::Nobody).await?;
        for index in 0..post.headers.len() {
            driver.ask(&https::HEADER, input(index, 0), Listener::Nobody).await?;
        }
        let mut request = Request::new(body);
        let mut take = |note, answer: Answer<'_>| request.take(note, answer);
        driver.ask(&https::POST, input(0, length), Listener::Answers(&mut take)).await?;
        let mut size = 0;
        let mut take = |_, answer: Answer<'_>| {
            if let Answer::Info(line) = answer {
                size = int(line, 0).and_then(|size| size.try_into().ok()).unwrap_or(0);
            }
            Verdict::Default
        };
        driver.ask(&https::SIZE, Input::Nothing, Listener::Answers(&mut take)).await?;
        let (mut response, mut at) = (Response::new(reply), 0);
        while at < size {
            let most = PIECE.min(size - at).min(driver.engine_mut().room());
            if most == 0 {
                return Err(Error::InboxFull);
            }
            driver.ask(&https::READ, input(at, most), Listener::Nobody).await?;
            let mut piece = [0; 32];
            let before = at;
            while let Some(count) = driver.engine_mut().read(ANSWER, &mut piece) {
                response.take(piece.get(..count).unwrap_or_default());
                at += count;
            }
            if at == before {
                return Err(Error::Http(0));
            }
        }
        driver.ask(&https::END, Input::Nothing, Listener::Nobody).await?;
        response.into_reply().ok_or(Error::Http(0))
    }
}

/// One loss gives several lines.
fn lose_context(state: &mut State) -> Effect {
    let is_news = state.context_up || state.session == Session::Up;
    if is_news { state.lose_context() } else { Effect::Woken }
}

/// `+CGEV: NW PDN DEACT 1`, and its like: of our context, or of all (3GPP TS 27.007, 10.1.19).
fn tells_of_loss(line: &[u8]) -> bool {
    let event = line.get("+CGEV:".len()..).unwrap_or_default().trim_ascii();
    let event = event.strip_prefix(b"NW ").or_else(|| event.strip_prefix(b"ME ")).unwrap_or_default();
    event == b"DETACH" || event == b"PDN DEACT 1" || event.starts_with(b"PDN DEACT 1,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_none_is_taken_for_another() {
        let rungs = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset].map(recover::operation);
        let others = [
            &start::START,
            &describe::DESCRIBE,
            &clock::CLOCK,
            &attach::ATTACH,
            &connect::CONNECT,
            &tls::CONNECT,
            &connect::DISCONNECT,
            &traffic::PUBLISH,
            &recover::STOP,
            &https::BEGIN,
            &https::HEADER,
            &https::POST,
            &https::SIZE,
            &https::READ,
            &https::END,
            &resolve::RESOLVE,
            &socket::LIST,
            &socket::OPEN,
            &socket_tls::OPEN,
            &socket::WRITE,
            &socket::READ,
            &socket::CLOSE,
        ];
        wanlink_at::driver::check_names::<UbloxFamily>(rungs.iter().chain(&others).copied());
    }

    #[test]
    fn lines_that_tell_of_a_lost_context() {
        for (line, expected) in [
            (&b"+CGEV: NW PDN DEACT 1"[..], true),
            (b"+CGEV: ME PDN DEACT 1", true),
            (b"+CGEV: NW DETACH", true),
            (b"+CGEV: ME DETACH", true),
            (b"+CGEV:NW PDN DEACT 1,0", true),
            (b"+CGEV: NW PDN DEACT 10", false),
            (b"+CGEV: NW PDN DEACT 2", false),
            (b"+CGEV: ME PDN ACT 1", false),
        ] {
            assert_eq!(tells_of_loss(line), expected, "{line:?}");
        }
    }
}
