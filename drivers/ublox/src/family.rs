//! The family: which operation is which, and what its unsolicited lines change.

use core::time::Duration;

use wanlink_at::driver::sockets::Protocol;
use wanlink_at::driver::{Family, Found, MqttFamily, SocketFamily, clock as local_clock};
use wanlink_at::{Answer, Block, Dialect, Effect, Verdict, int};
use wanlink_core::{ErrorKind, Info, Rung};

use crate::own::{Own, SOCKETS};
use crate::sequence::{attach, clock, connect, describe, recover, resolve, socket, socket_tls, start, tls, traffic};
use crate::urc::{DIALECT, SOCKET_BLOCKS, id};
use crate::{Error, Operation, State};

/// The AT dialect of u-blox's modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UbloxFamily;

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
        "+UDNSRN",
        "+UMQTT",
        "+UMQTTC",
        "+UMQTTER",
        "+UPSD",
        "+UPSDA",
        "+UPSND",
        "+UPSV",
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

/// One loss gives several lines.
fn lose_context(state: &mut State) -> Effect {
    if state.context_up { state.lose_context() } else { Effect::Woken }
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
