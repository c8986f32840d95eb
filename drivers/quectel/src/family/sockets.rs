//! Sockets: their numbers, their operations, and the lines that tell of them.

use wanlink_at::driver::sockets::{Phase, Protocol};
use wanlink_at::driver::{Found, SocketFamily};
use wanlink_at::{Answer, Block, Effect, Verdict, fields, int};

use super::QuectelFamily;
use crate::sequence::{resolve, socket, socket_tls};
use crate::urc::{SOCKET_BLOCKS, id};
use crate::{Error, Operation, State};

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
