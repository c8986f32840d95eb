//! The family: which operation is which, and what its unsolicited lines change.

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_at::driver::power_saving::granted;
use wanlink_at::driver::sockets::{Phase, Protocol};
use wanlink_at::driver::{
    DozeFamily, DriverModel, Family, Found, HttpsFamily, Listener, MqttFamily, NativeFamily, PowerPins, PsmFamily,
    Session, SocketFamily, flag, https_rules,
};
use wanlink_at::{Answer, Block, Dialect, Effect, Forms, Verdict, fields, int};
use wanlink_core::{Body, ErrorKind, HasHttps, Info, Post, Reply, Rung, Server, Tls};

use crate::request::Request;
use crate::sequence::{
    attach, clock, connect, describe, https, native, power_saving, recover, resolve, socket, socket_tls, start, tls,
    traffic,
};
use crate::urc::{DIALECT, SOCKET_BLOCKS, id};
use crate::{Error, Input, Operation, Quectel, State};

/// The AT dialect of Quectel's modules. A model that is not here is added from outside:
///
/// ```
/// use wanlink_core::{HasMqtt, Model, MqttLimits, UNSTATED};
/// use wanlink_quectel::{DriverModel, QuectelFamily};
///
/// struct Bg77;
///
/// impl Model for Bg77 {
///     const NAME: &'static str = "BG77";
///     const LINE: u16 = UNSTATED;
/// }
///
/// impl DriverModel for Bg77 {
///     type Family = QuectelFamily;
///     const KEY_ON_MS: u32 = 575;
///     const RESET_MS: u32 = 2500;
///     const BOOT_DS: u16 = 150;
/// }
///
/// impl HasMqtt for Bg77 {
///     const MQTT: MqttLimits = MqttLimits::UNSTATED.host(100).topic(255).payload(4096).no_empty_payload();
/// }
/// ```
///
/// Without [`HasMqtt`](wanlink_core::HasMqtt) the driver of the model has no MQTT:
///
/// ```compile_fail,E0599
/// # use wanlink_core::{Model, MqttAt};
/// # use wanlink_quectel::{DriverModel, NoPins, PowerPins, Quectel, QuectelFamily};
/// # struct Ec20;
/// # impl Model for Ec20 {
/// #     const NAME: &'static str = "EC20";
/// #     const LINE: u16 = 560;
/// # }
/// # impl DriverModel for Ec20 {
/// #     type Family = QuectelFamily;
/// #     const KEY_ON_MS: u32 = 600;
/// #     const RESET_MS: u32 = 300;
/// #     const BOOT_DS: u16 = 200;
/// # }
/// async fn end<R, W>(modem: &mut Quectel<'_, Ec20, R, W, NoPins>)
/// where
///     R: embedded_io_async::Read,
///     W: embedded_io_async::Write,
/// {
///     modem.disconnect().await;
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct QuectelFamily;

/// BG95 and its like have none of them.
impl Forms for QuectelFamily {
    const NAMES: bool = false;
    const LATER: bool = false;
    const PIECES: bool = false;
    const INFO_BESIDE_RESULT: bool = false;
    const RESULT_BEHIND_ERROR: bool = false;
    const TOLD_BY_NOTE: bool = false;
    const OWED_IS_TOLD: bool = false;
}

impl Family for QuectelFamily {
    /// Nothing.
    type Own = ();
    const OWN: () = ();
    const DIALECT: &'static Dialect = &DIALECT;
    const COMMANDS: &'static [&'static str] = &[
        "",
        "&D0",
        "+CEDRXS",
        "+CEREG",
        "+CFUN",
        "+CGDCONT",
        "+CGMM",
        "+CGMR",
        "+CGREG",
        "+CGSN",
        "+CMEE",
        "+CPIN",
        "+CPSMS",
        "+CSQ",
        "+CTZU",
        "+QCCID",
        "+QFDEL",
        "+QFLST",
        "+QFUPL",
        "+QIACT",
        "+QICLOSE",
        "+QICSGP",
        "+QIDEACT",
        "+QIDNSGIP",
        "+QIGETERROR",
        "+QIOPEN",
        "+QIRD",
        "+QISEND",
        "+QISTATE",
        "+QLTS",
        "+QMTCFG",
        "+QMTCLOSE",
        "+QMTCONN",
        "+QMTDISC",
        "+QMTOPEN",
        "+QMTPUB",
        "+QMTSUB",
        "+QMTUNS",
        "+QPOWD",
        "+QSCLK",
        "+QSSLCFG",
        "+QSSLCLOSE",
        "+QSSLOPEN",
        "+QSSLRECV",
        "+QSSLSEND",
        "+QSSLSTATE",
        "+QURCCFG",
        "E0V1Q0",
        "V1Q0",
    ];

    const START: &'static Operation<Self> = &start::start();
    const DESCRIBE: &'static Operation<Self> = &describe::describe();
    const ATTACH: &'static Operation<Self> = &attach::attach();
    const CLOCK: &'static Operation<Self> = &clock::clock();
    const LISTEN: &'static Operation<Self> = &traffic::listen_all();
    const STOP: &'static Operation<Self> = &recover::stop();

    fn recover(rung: Rung) -> &'static Operation<Self> {
        recover::operation(rung)
    }

    fn describe(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
        describe::take(info, note, answer)
    }

    fn urc(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        urc(state, id, line)
    }

    fn kind_of_open(code: i8) -> ErrorKind {
        kind_of_open(code)
    }

    fn kind_of_loss(cause: u8) -> ErrorKind {
        kind_of_loss(cause)
    }

    fn is_unresolved(code: u16) -> bool {
        is_unresolved(code)
    }
}

pub(crate) fn urc<F: Family>(state: &mut State<F>, id: u8, line: &[u8]) -> Effect {
    match id {
        id::STAT if int(line, 0) == Some(0) => session_ended(state, line),
        id::TCPIP if fields(line).next() == Some(b"\"pdpdeact\"") && int(line, 1) == Some(1) => state.lose_context(),
        id::SLEEP => state.fall_asleep(),
        id::TCPIP | id::TLS => state.sockets.hook.map_or(Effect::None, |hook| (hook.line)(state, id, line)),
        _ => Effect::None,
    }
}

/// `+QMTOPEN` results (MQTT Application Note 3.3.2): all but 3, the context, leave it as it is.
pub(crate) fn kind_of_open(code: i8) -> ErrorKind {
    if matches!(code, -1 | 1 | 2 | 4 | 5) { ErrorKind::Reconnect } else { ErrorKind::Reattach }
}

/// Causes of `+QMTSTAT` (MQTT Application Note 4): after 2 and 7 the context has to come up first.
pub(crate) fn kind_of_loss(cause: u8) -> ErrorKind {
    if matches!(cause, 2 | 7) { ErrorKind::Reattach } else { ErrorKind::Reconnect }
}

/// Tables of errors (TCP/IP Application Note 4, HTTP(S) Application Note 4).
pub(crate) fn is_unresolved(code: u16) -> bool {
    matches!(code, 565 | 714)
}

/// `+QMTSTAT: 0,<cause>`
fn session_ended<F: Family>(state: &mut State<F>, line: &[u8]) -> Effect {
    let cause = int(line, 1).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
    let may_be_late = cause == 1 && Instant::now() < state.late_until;
    match state.session {
        // It tells of the session before this one, or of this one: only the module knows.
        Session::Up if may_be_late => {
            state.doubt = Some(cause);
            Effect::Woken
        }
        Session::Up => state.lose_session(cause),
        // The broker refused or is silent: the result line may not come any more.
        Session::LoggingIn if !may_be_late => {
            state.session = Session::Unknown;
            state.cut_short(flag::SESSION, Error::NoConnack)
        }
        _ => Effect::None,
    }
}

impl MqttFamily for QuectelFamily {
    const CONNECT: Operation<Self> = connect::connect();
    const CONNECT_TLS: Operation<Self> = tls::connect();
    const DISCONNECT: &'static Operation<Self> = &connect::disconnect();
    const SUBSCRIBE: Operation<Self> = traffic::subscribe();
    const UNSUBSCRIBE: Operation<Self> = traffic::unsubscribe();
    const PUBLISH: Operation<Self> = traffic::publish();
    const RECEIVE: &'static Operation<Self> = &traffic::receive();
}

impl NativeFamily for QuectelFamily {
    const SIGN_IN: Operation<Self> = native::sign_in();
    const SIGN_IN_TLS: Operation<Self> = native::sign_in_tls();
}

impl PsmFamily for QuectelFamily {
    const SAVE: &'static Operation<Self> = &power_saving::save();
    const GRANTED: &'static Operation<Self> = &granted();
}

impl DozeFamily for QuectelFamily {
    const DOZE: &'static Operation<Self> = &power_saving::doze();
}

impl SocketFamily for QuectelFamily {
    const BLOCKS: &'static [Block] = SOCKET_BLOCKS;
    /// TCP 2.3.9.
    const MOST_WRITTEN: usize = 1460;
    /// TCP 2.3.10.
    const MOST_READ: usize = 1500;
    const COMMAND_LEN: usize = "AT+QSSLSEND=11,1460\r".len();

    const LIST: &'static Operation<Self> = &socket::list();
    const OPEN: Operation<Self> = socket::open();
    const OPEN_TLS: Operation<Self> = socket_tls::open();
    const WRITE: &'static Operation<Self> = &socket::write();
    const READ: &'static Operation<Self> = &socket::read();
    const CLOSE: &'static Operation<Self> = &socket::close();
    const RESOLVE: Operation<Self> = resolve::resolve();

    /// Numbers go from 0 to 11 (TCP 2.3.6, SSL 2.3.3). There are no more of both protocols together, so that each number is
    /// ours for whatever an operation needs.
    fn count(_: Protocol) -> u8 {
        12
    }

    fn commands(protocol: Protocol) -> [&'static str; 3] {
        commands(protocol)
    }

    fn socket_line(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        socket_line(state, id, line)
    }

    fn socket_error(code: u16) -> Error<Self> {
        socket::error(Some(code.into()))
    }

    fn resolve(found: &mut Found, note: u8, answer: Answer<'_>) -> Verdict {
        resolve::take(found, note, answer)
    }
}

pub(crate) fn commands(protocol: Protocol) -> [&'static str; 3] {
    match protocol {
        Protocol::Tcp => ["+QIOPEN", "+QISEND", "+QIRD"],
        Protocol::Tls => ["+QSSLOPEN", "+QSSLSEND", "+QSSLRECV"],
    }
}

pub(crate) fn socket_line<F: SocketFamily>(state: &mut State<F>, id: u8, line: &[u8]) -> Effect {
    let protocol = if id == id::TLS { Protocol::Tls } else { Protocol::Tcp };
    let sockets = &mut state.sockets;
    let Some(number) = int(line, 1).and_then(|number| u8::try_from(number).ok()) else { return Effect::None };
    if sockets.protocol(number) != protocol {
        return Effect::None;
    }
    let next = match (fields(line).next(), sockets.phase(number)) {
        (Some(what), Phase::Idle | Phase::Doubted) if what == b"\"recv\"" => Phase::Readable,
        (Some(what), Phase::Idle | Phase::Doubted | Phase::Readable) if what == b"\"closed\"" => Phase::Closing,
        _ => return Effect::None,
    };
    sockets.set_phase(number, next);
    state.tell_sockets();
    Effect::Woken
}

impl HttpsFamily for QuectelFamily {
    const POSTS: &'static [(&'static str, &'static Operation<Self>)] = &[("post", &https::post())];

    /// The module is told the length of a request first, and cannot take one back: a body that gives up and a call that is
    /// dropped are filled up with blanks, and the server may see them.
    ///
    /// An answer whose length the module does not tell (the server sent it in chunks) ends at the first `OK` on a line of
    /// its own with `+QHTTPREAD:` behind it; one that holds this in its body is cut there. All others may hold anything.
    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Quectel<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error> {
        let mut request = Request::new(server, post, body, reply)?;
        let operation = const { &Operation { rules: &https_rules(&M::HTTPS), ..https::post() } };
        let input = Input::Post { server, post, url: request.url, length: request.len() };
        driver.engine_mut().allow_streams();
        let mut take = |note, answer: Answer<'_>| request.take(note, answer);
        driver.ask(operation, input, Listener::Answers(&mut take)).await?;
        Ok(request.into_reply())
    }
}

#[cfg(test)]
mod tests {
    use wanlink_at::driver::SimFault;
    use wanlink_core::{Argument, Error as _, Refusal, TooLong};

    use super::*;
    use crate::Command;

    #[test]
    fn every_name_is_known_and_none_is_taken_for_another() {
        let rungs = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset].map(recover::operation);
        let others = [
            const { &start::start() },
            const { &describe::describe() },
            const { &clock::clock() },
            const { &attach::attach() },
            const { &connect::connect() },
            const { &tls::connect() },
            const { &native::sign_in() },
            const { &native::sign_in_tls() },
            const { &connect::disconnect() },
            const { &traffic::publish() },
            const { &recover::stop() },
            const { &resolve::resolve() },
            const { &socket::list() },
            const { &socket::open() },
            const { &socket_tls::open() },
            const { &socket::write() },
            const { &socket::read() },
            const { &socket::close() },
        ];
        wanlink_at::driver::check_names::<QuectelFamily>(rungs.into_iter().chain(others));
    }

    #[test]
    fn each_error_names_the_lowest_step_that_can_help() {
        let all: &[(Error, ErrorKind)] = &[
            (Error::Port(embedded_io_async::ErrorKind::BrokenPipe), ErrorKind::Misuse),
            (Error::PortStuck, ErrorKind::Restart),
            (Error::Silent { command: Command::new("+CSQ") }, ErrorKind::Restart),
            (Error::Module { command: Command::new("+CSQ"), code: None }, ErrorKind::Retry),
            (Error::Restarted, ErrorKind::Restart),
            (Error::Sim(SimFault::Absent), ErrorKind::Refused(Refusal::Sim)),
            (Error::Denied, ErrorKind::Refused(Refusal::Network)),
            (Error::NoContext, ErrorKind::Reattach),
            (Error::Open(3), ErrorKind::Reattach),
            (Error::Open(-1), ErrorKind::Reconnect),
            // The context is up: nothing is to be attached.
            (Error::Open(4), ErrorKind::Reconnect),
            (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)),
            (Error::Upload, ErrorKind::Retry),
            (Error::NoClock, ErrorKind::Retry),
            (Error::NoHostCheck, ErrorKind::Unsupported),
            (Error::Connack(5), ErrorKind::Refused(Refusal::Connack(5))),
            (Error::NoConnack, ErrorKind::Reconnect),
            (Error::SubscriptionRefused, ErrorKind::Refused(Refusal::Subscription)),
            (Error::NotAcknowledged, ErrorKind::Reconnect),
            // MQTT 4: 1, 3, 4, 6 reopen; 2, 7 bring the context up first.
            (Error::SessionLost(1), ErrorKind::Reconnect),
            (Error::SessionLost(2), ErrorKind::Reattach),
            (Error::SessionLost(6), ErrorKind::Reconnect),
            (Error::SessionLost(7), ErrorKind::Reattach),
            (Error::NotConnected, ErrorKind::Reconnect),
            (Error::TooLong(TooLong::new(Argument::Topic, 1, 2)), ErrorKind::Misuse),
            (Error::TransmitBuffer(1), ErrorKind::Misuse),
            (Error::Malformed(Argument::Topic), ErrorKind::Misuse),
            (Error::Pin, ErrorKind::Misuse),
            (Error::Unreachable(566), ErrorKind::Reconnect),
            (Error::Busy(553), ErrorKind::Retry),
            (Error::Disconnected, ErrorKind::Reconnect),
            (Error::SendBufferFull, ErrorKind::Retry),
            (Error::InboxFull, ErrorKind::Retry),
            (Error::Http(728), ErrorKind::Retry),
            (Error::Http(703), ErrorKind::Retry),
            (Error::NoSocket, ErrorKind::Misuse),
            (Error::NotOpen, ErrorKind::Misuse),
        ];
        for (error, kind) in all {
            assert_eq!(error.kind(), *kind, "{error}");
        }
    }
}
