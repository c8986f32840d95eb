//! Finding the module, and bringing it to a known state.

use wanlink_at::driver::start::{note, prepare, take};
use wanlink_at::{FOREVER, Job, Step, listen, step, table};

use super::Operation;

/// The lines of a boot begin it again, so that it ends when the module is quiet. Argument:
/// [`RETURNS`](wanlink_at::driver::start::RETURNS).
const START_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // The key toggles, and this pulse is too short to switch off.
    listen(note::PRESS, FOREVER),
    // A microcontroller that restarted in the middle of a payload leaves a port that is deaf until its last byte came,
    // of at most 10240: give it bytes until it answers.
    step("{a}{a}{a}{a}", 1).note(note::UNPLUG).retry(15, 0).ignore().sync().at("simcom-at 1"),
    step("{a}{a}{a}{a}", 1).retry(15, 0).ignore().sync().at("simcom-at 1"),
    step("{a}{a}{a}{a}", 1).retry(15, 0).ignore().sync().at("simcom-at 1"),
    // Is somebody there? In words, whatever an earlier life had set; and twice, since the first `OK` may be the late
    // answer to a command that was dropped.
    step("V1Q0", 3).note(note::PROBE).retry(2, 2).ignore().sync().at("simcom-at 2.1"),
    step("+CMEE?", 3).info().note(note::FOUND).retry(1, 1).ignore().sync().at("simcom-at 1"),
    listen(note::MISSED, 0),
    // From unknown settings to ours. Nothing of it survives a restart but `CTZU`.
    step("E0V1Q0", 3).note(note::SET_UP).retry(3, 3).sync().at("simcom-at 1"),
    // From here on every answer is that of its own command.
    step("+CMEE?", 3).info().retry(3, 3).sync().at("simcom-at 1"),
    // Text or number is what a firmware likes until it is told. Set-up commands fail for no reason, up to four times in a
    // row.
    step("+CMEE=1", 10).retry(5, 3).at("simcom-at 1"),
    step("+CEREG=2", 10).retry(5, 3).at("simcom-at 11"),
    step("+CGREG=2", 10).retry(5, 3).ignore().at("simcom-at 11"),
    step("+CTZU=1", 10).ignore().at("simcom-at 2.5"),
    // Services outlive a restart of the microcontroller, and refuse to be started twice.
    step("+CMQTTDISC=0,60", 650).result(1, 650).ignore().at("simcom-at 3"),
    step("+CMQTTREL=0", 90).ignore().at("simcom-at 3"),
    step("+CMQTTSTOP", 120).result(0, 120).ignore().at("simcom-at 3"),
    listen(note::STARTED, 0),
];
pub(super) static START: Operation = Operation { prepare, ..Operation::new(table![START_STEPS], Job::BRING_UP, take) };
