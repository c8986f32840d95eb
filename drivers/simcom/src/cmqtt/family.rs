//! The family: which operation is which, and what its unsolicited lines change.

use core::time::Duration;

use embassy_time::Instant;
use wanlink_at::driver::sockets::Protocol;
use wanlink_at::driver::{DozeFamily, Family, Found, MqttFamily, NativeFamily, Session, SocketFamily, State};
use wanlink_at::{Answer, Block, Dialect, Effect, Forms, Verdict, int};
use wanlink_core::{ErrorKind, Info, Rung};

use super::urc::{DIALECT, SOCKET_BLOCKS, id};
use super::{
    Error, Operation, attach, clock, connect, describe, https, native, recover, resolve, socket, socket_tls, start,
    tls, traffic,
};
use crate::sequence::doze::{WAKE_MS, doze};

/// The AT dialect of A7670, SIM7600 and their like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CmqttFamily;

impl CmqttFamily {
    /// A [quirk](wanlink_at::driver::DriverModel::QUIRKS): the version of MQTT is the fourth parameter of `AT+CMQTTACCQ`,
    /// and no setting of `AT+CMQTTCFG` (SIM7600).
    pub const VERSION_IN_ACQUIRE: u8 = 1;
}

/// What the driver knows of a module of this family, beside what it knows of all.
#[derive(Debug)]
pub struct Own {
    /// The MQTT service runs.
    pub(super) service: bool,
    /// The MQTT client may be in use.
    pub(super) client: bool,
    /// What the client may have of a message that was not published.
    pub(super) entered: Entered,
    /// What it had when the publish that runs began.
    pub(super) held: Entered,
    /// The network of plain sockets is open.
    pub(super) network: bool,
    /// The service of TLS sockets runs.
    pub(super) secure: bool,
    /// A root decides whose certificates the request that runs takes.
    pub(super) has_root: bool,
    /// A socket has nothing to read, as the line before an `ERROR` says.
    pub(super) is_empty: bool,
    /// Sockets that were closed by the other end before their data were read, a bit each.
    pub(super) unread: u16,
    /// When the connection was asked for that is being opened.
    pub(super) since: Instant,
}

/// What was given to the client for a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Entered {
    /// Nothing.
    #[default]
    Nothing,
    /// A topic.
    Topic,
    /// A topic, and a payload that may be filler.
    Payload,
}

impl Own {
    const NEW: Self = Self {
        service: false,
        client: false,
        entered: Entered::Nothing,
        held: Entered::Nothing,
        network: false,
        secure: false,
        has_root: false,
        is_empty: false,
        unread: 0,
        since: Instant::MIN,
    };
}

/// A cause of `+CMQTTCONNLOST`.
const NETWORK_CLOSED: u8 = 3;

impl Forms for CmqttFamily {}

impl Family for CmqttFamily {
    type Own = Own;
    const OWN: Own = Own::NEW;
    const DIALECT: &'static Dialect = &DIALECT;
    const COMMANDS: &'static [&'static str] = &[
        "",
        "+CCERTDELE",
        "+CCERTDOWN",
        "+CCERTLIST",
        "+CCHCLOSE",
        "+CCHOPEN",
        "+CCHRECV",
        "+CCHSEND",
        "+CCHSET",
        "+CCHSSLCFG",
        "+CCHSTART",
        "+CCHSTOP",
        "+CCLK",
        "+CDNSGIP",
        "+CEREG",
        "+CFUN",
        "+CGACT",
        "+CGAUTH",
        "+CGDCONT",
        "+CGMM",
        "+CGMR",
        "+CGREG",
        "+CGSN",
        "+CICCID",
        "+CIPCLOSE",
        "+CIPOPEN",
        "+CIPRXGET",
        "+CIPSEND",
        "+CMEE",
        "+CMQTTACCQ",
        "+CMQTTCFG",
        "+CMQTTCONNECT",
        "+CMQTTDISC",
        "+CMQTTPAYLOAD",
        "+CMQTTPUB",
        "+CMQTTREL",
        "+CMQTTSSLCFG",
        "+CMQTTSTART",
        "+CMQTTSTOP",
        "+CMQTTSUB",
        "+CMQTTTOPIC",
        "+CMQTTUNSUB",
        "+CPIN",
        "+CPOF",
        "+CRESET",
        "+CSCLK",
        "+CSOCKSETPN",
        "+CSQ",
        "+CSSLCFG",
        "+CTZU",
        "+HTTPACTION",
        "+HTTPDATA",
        "+HTTPINIT",
        "+HTTPPARA",
        "+HTTPREAD",
        "+HTTPTERM",
        "+NETCLOSE",
        "+NETOPEN",
        "E0V1Q0",
        "V1Q0",
    ];
    const WAKE_MS: u32 = WAKE_MS;

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
        wanlink_at::driver::clock::take_local(time, answer)
    }

    fn urc(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        match id {
            id::LOST if int(line, 0) == Some(0) => session_ended(state, line),
            // The module leaves the session as it is, and nobody is at its other end.
            id::PING if int(line, 0) == Some(0) && state.session == Session::Up => state.lose_session(0),
            // Each service tells of one loss in words of its own.
            id::NO_NETWORK if state.own.service || state.session != Session::Closed => state.lose_context(),
            id::NO_SOCKETS if state.own.network => state.lose_context(),
            id::NO_TLS if state.own.secure => state.lose_context(),
            id::RECEIVED | id::CLOSED | id::RECEIVED_TLS | id::CLOSED_TLS => {
                state.sockets.hook.map_or(Effect::None, |hook| (hook.line)(state, id, line))
            }
            _ => Effect::None,
        }
    }

    fn owed(state: &mut State<Self>, line: &[u8]) {
        socket::owed(state, line);
    }

    fn restarted(own: &mut Own) {
        *own = Own::NEW;
    }

    fn context_lost(own: &mut Own) {
        (own.service, own.network, own.secure) = (false, false, false);
    }

    /// Causes of `+CMQTTCONNLOST` (simcom-at 3) are 1 to 3; 7 is a context that is gone.
    fn kind_of_loss(cause: u8) -> ErrorKind {
        if cause == 7 { ErrorKind::Reattach } else { ErrorKind::Reconnect }
    }

    /// Of a CIP socket or a name, of a CCH socket, of a request (simcom-at 6.1, 7).
    fn is_unresolved(code: u16) -> bool {
        matches!(code, socket::NO_NAME | 13 | https::NO_NAME)
    }
}

/// `+CMQTTCONNLOST: 0,<cause>`
fn session_ended(state: &mut State<CmqttFamily>, line: &[u8]) -> Effect {
    let cause = int(line, 1).and_then(|cause| cause.try_into().ok()).unwrap_or(0);
    match state.session {
        Session::Closed => Effect::None,
        _ if cause == NETWORK_CLOSED => state.lose_context(),
        Session::Up => state.lose_session(cause),
        _ => Effect::None,
    }
}

impl DozeFamily for CmqttFamily {
    const DOZE: &'static Operation = &doze();
}

impl MqttFamily for CmqttFamily {
    const CONNECT: Operation = connect::CONNECT;
    const CONNECT_TLS: Operation = tls::CONNECT;
    const DISCONNECT: &'static Operation = &connect::DISCONNECT;
    const SUBSCRIBE: Operation = traffic::SUBSCRIBE;
    const UNSUBSCRIBE: Operation = traffic::UNSUBSCRIBE;
    const TOPIC: Option<Operation> = Some(traffic::TOPIC);
    const PUBLISH: Operation = traffic::PUBLISH;
    const RECEIVE: &'static Operation = &traffic::RECEIVE;
}

impl NativeFamily for CmqttFamily {
    const SIGN_IN: Operation = native::SIGN_IN;
    const SIGN_IN_TLS: Operation = native::SIGN_IN_TLS;
}

impl SocketFamily for CmqttFamily {
    const EMPTY_IS_ERROR: bool = true;
    const BLOCKS: &'static [Block] = SOCKET_BLOCKS;
    /// 2048 with TLS.
    const MOST_WRITTEN: usize = 1500;
    const MOST_READ: usize = 1500;
    const COMMAND_LEN: usize = "AT+CIPSEND=9,1500\r".len();

    const LIST: &'static Operation = &socket::LIST;
    const OPEN: Operation = socket::OPEN;
    const OPEN_TLS: Operation = socket_tls::OPEN;
    const WRITE: &'static Operation = &socket::WRITE;
    const READ: &'static Operation = &socket::READ;
    const CLOSE: &'static Operation = &socket::CLOSE;
    const RESOLVE: Operation = resolve::RESOLVE;

    fn count(protocol: Protocol) -> u8 {
        match protocol {
            Protocol::Tcp => 10,
            Protocol::Tls => 2,
        }
    }

    fn first(protocol: Protocol) -> u8 {
        match protocol {
            Protocol::Tcp => 0,
            Protocol::Tls => socket::FIRST_TLS,
        }
    }

    fn commands(protocol: Protocol) -> [&'static str; 3] {
        match protocol {
            Protocol::Tcp => ["+CIPOPEN", "+CIPSEND", "+CIPRXGET"],
            Protocol::Tls => ["+CCHOPEN", "+CCHSEND", "+CCHRECV"],
        }
    }

    fn socket_line(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        socket::line(state, id, line)
    }

    fn socket_error(code: u16) -> Error {
        socket::error(Some(code.into()))
    }

    fn resolve(found: &mut Found, _note: u8, answer: Answer<'_>) -> Verdict {
        resolve::take(found, answer)
    }
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
            &native::SIGN_IN,
            &native::SIGN_IN_TLS,
            &traffic::TOPIC,
            &traffic::PUBLISH,
            &recover::STOP,
            &https::BEGIN,
            &https::SEND,
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
        wanlink_at::driver::check_names::<CmqttFamily>(rungs.iter().chain(&others).copied());
    }
}
