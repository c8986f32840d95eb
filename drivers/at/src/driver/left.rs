//! What became of reads and writes whose call ended, or was dropped: whose the bytes are that the module still sends, and
//! whether a stream is whole.

use wanlink_core::Socket;

use super::error::Error;
use super::family::{Family, SocketFamily};
use super::lines::tag::{BYTES, BYTES_OF};
use super::sockets::{Asked, Phase, Protocol, Writing};
use super::state::{Session, State};
use crate::{Engine, Left};

/// The number of a socket whose owner has not closed it.
pub(crate) fn number<F: Family>(
    engine: &mut Engine<'_, F>,
    state: &mut State<F>,
    socket: Socket,
) -> Result<u8, Error<F>> {
    review(engine, state);
    state.sockets.number(socket).ok_or(Error::NotOpen)
}

/// The module has nothing under this number any more.
pub(crate) fn closed<F: SocketFamily>(
    engine: &mut Engine<'_, F>,
    state: &mut State<F>,
    number: u8,
    protocol: Protocol,
) {
    state.sockets.hold(number, protocol, false);
    // What a dropped opening owes will not come now, and what a dropped read owed has come.
    let [open, ..] = F::commands(protocol);
    engine.forgive(open);
    has_read(engine, state, false);
}

/// A read came to its end, or what a dropped one had asked for: without its bytes, they are lost, or there were
/// none.
pub(crate) fn has_read<F: Family>(engine: &mut Engine<'_, F>, state: &mut State<F>, failed: bool) {
    // What a write before it left may have come to its end meanwhile.
    review(engine, state);
    let asked = state.sockets.asked;
    match asked {
        Asked::Due(number) if failed => {
            let sockets = &mut state.sockets;
            // Its answer may still come.
            sockets.cut(number);
            sockets.asked = Asked::Dropped(number);
        }
        Asked::Due(number) => {
            let sockets = &mut state.sockets;
            sockets.was_read(number);
            if sockets.phase(number) == Phase::Doubted {
                sockets.set_phase(number, Phase::Readable);
            }
            if !claim(engine, state) {
                state.sockets.cut(number);
                state.sockets.asked = Asked::Nothing;
            }
        }
        Asked::Dropped(number) if !failed && !claim(engine, state) => {
            let sockets = &mut state.sockets;
            sockets.asked = Asked::Nothing;
            if engine.mishaps() != sockets.mishaps {
                sockets.cut(number);
            }
        }
        _ => {}
    }
}

/// Gives the bytes that were read to their socket. `false`: they have not come.
pub(crate) fn claim<F: Family>(engine: &mut Engine<'_, F>, state: &mut State<F>) -> bool {
    let sockets = &mut state.sockets;
    let (Asked::Due(number) | Asked::Dropped(number)) = sockets.asked else {
        // A block that came twice, or of a read that a restart cut off, is nobody's.
        discard(engine, BYTES);
        return true;
    };
    // Those of a dropped read may be made up, until its `OK` is there.
    if !engine.has(BYTES) || (matches!(sockets.asked, Asked::Dropped(_)) && engine.is_unsettled()) {
        return false;
    }
    sockets.asked = Asked::Nothing;
    if matches!(sockets.phase(number), Phase::Free | Phase::Cut) {
        discard(engine, BYTES);
    } else {
        engine.retag(BYTES, BYTES_OF + number);
    }
    true
}

/// Frees what the inbox has under this tag.
pub(crate) fn discard<F: Family>(engine: &mut Engine<'_, F>, tag: u8) {
    engine.release();
    while engine.front_of(tag).is_some() {
        engine.release();
    }
}

/// How many bytes a read may bring. Messages that come meanwhile need room, too.
pub(crate) fn room<F: Family>(engine: &Engine<'_, F>, state: &State<F>) -> usize {
    let room = engine.room();
    if state.session == Session::Up { room / 2 } else { room }
}

/// Looks what became of a write that was dropped, or of a read. Without its data, the stream is not whole; and those of a
/// read without its `OK` may have been made up by what the module sent behind them.
pub(crate) fn review<F: Family>(engine: &mut Engine<'_, F>, state: &mut State<F>) {
    if engine.take_failure() {
        let sockets = &mut state.sockets;
        if let Some(number) = sockets.watched.take() {
            sockets.cut(number);
        }
        if let Asked::Dropped(number) = sockets.asked {
            let may_be_empty = sockets.hook.is_some_and(|hook| hook.empty_is_error);
            if may_be_empty && !engine.has(BYTES) && engine.mishaps() == sockets.mishaps {
                sockets.asked = Asked::Nothing;
            } else {
                sockets.cut(number);
            }
        }
    }
}

/// The call that runs was dropped.
pub(crate) fn dropped<F: SocketFamily>(engine: &mut Engine<'_, F>, state: &mut State<F>) {
    review(engine, state);
    let sockets = &mut state.sockets;
    if let Asked::Due(number) = sockets.asked {
        let [.., read] = F::commands(sockets.protocol(number));
        let is_out = engine.leaves(read) != Left::Nothing;
        sockets.asked = if is_out { Asked::Dropped(number) } else { Asked::Nothing };
    }
    if let Some(Writing { number, is_part, is_rest, is_due, .. }) = sockets.writing.take() {
        let [_, send, _] = F::commands(sockets.protocol(number));
        let left = if is_due { engine.leaves(send) } else { Left::Nothing };
        match left {
            Left::Whole if !is_part => {
                sockets.set_taken(number, true);
                sockets.watched = Some(number);
            }
            Left::Nothing if !is_rest => {}
            _ => sockets.cut(number),
        }
    }
}
