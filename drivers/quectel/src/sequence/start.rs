//! Finding the module, and bringing it to a known state.

use wanlink_at::driver::start::{note, prepare, take};
use wanlink_at::{FOREVER, Job, Step, listen, pack, packed_len, step};

use crate::Operation;

/// The lines of a boot begin it again, so that it ends when the module is quiet. Argument: [`RETURNS`](wanlink_at::driver::start::RETURNS).
const START_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // The key toggles: a module that was on and deaf is off after the first pulse.
    listen(note::PRESS, FOREVER),
    // A microcontroller that restarted in the middle of a publish leaves a module that takes everything for payload, at
    // most 4096 bytes of it (MQTT 3.3.9): give it bytes until it answers.
    step("{a}{a}{a}{a}", 1).note(note::UNPLUG).retry(15, 0).ignore().sync(),
    // Is somebody there? In words, whatever an earlier life had set; and twice, since the first `OK` may be the late
    // answer to a command that was dropped.
    step("V1Q0", 3).note(note::PROBE).retry(2, 1).ignore().sync().at("AT 2.10"),
    step("+CMEE?", 3).info().note(note::FOUND).retry(1, 1).ignore().sync().at("AT 2.23"),
    listen(note::MISSED, 0),
    // From unknown settings to ours, and old sessions closed. Nothing of it survives a restart but `urcport`.
    step("E0V1Q0", 3).note(note::SET_UP).retry(3, 3).sync().at("AT 2.11"),
    // From here on every answer is that of its own command.
    step("+CMEE?", 3).info().retry(3, 3).sync().at("AT 2.23"),
    step("+CMEE=1", 3).retry(2, 3).at("AT 2.23"),
    step("&D0", 3).ignore().at("AT 2.19"),
    // The factory may have left it at USB: then every OK comes and no URC ever.
    step("+QURCCFG=\"urcport\",\"uart1\"", 3).ignore().at("AT 2.28"),
    step("+CEREG=2", 3).retry(2, 3).at("AT 6.9"),
    step("+CGREG=2", 3).ignore().at("AT 6.8"),
    step("+CTZU=1", 3).ignore().at("AT 9.3"),
    step("+QMTDISC=0", 20).result(1, 310).ignore().at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().at("MQTT 3.3.3"),
    listen(note::STARTED, 0),
];
pub(crate) static START: Operation = {
    static TABLE: [u8; packed_len(START_STEPS)] = pack(START_STEPS);
    Operation { prepare, ..Operation::new(&TABLE, Job::BRING_UP, take) }
};
