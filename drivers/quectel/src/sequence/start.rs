//! Finding the module, and bringing it to a known state.

use wanlink_at::driver::Family;
use wanlink_at::driver::start::{note, prepare, take};
use wanlink_at::{Answer, FOREVER, Job, Step, Verdict, listen, step, table};

use crate::ec::{EcFamily, Group};
use crate::{Operation, Running};

/// The lines of a boot begin it again, so that it ends when the module is quiet. Argument: [`RETURNS`](wanlink_at::driver::start::RETURNS).
const FIND_STEPS: &[Step] = &[
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
];

/// What EC25, EC200U and their like need besides.
const DATA_STEPS: &[Step] = &[
    // From the factory what is typed at a prompt comes back, whatever ATE says.
    step("+QISDE=0", 3).ignore().at("quectel-at 0"),
    // Else URCs may wait until somebody asks for them.
    step("+QCFG=\"urc/cache\",0", 3).ignore().at("quectel-at 0"),
];

const SET_UP_STEPS: &[Step] = &[
    // The factory may have left it at USB: then every OK comes and no URC ever.
    step("+QURCCFG=\"urcport\",\"uart1\"", 3).ignore().at("AT 2.28"),
    step("+CEREG=2", 3).retry(2, 3).at("AT 6.9"),
    step("+CGREG=2", 3).ignore().at("AT 6.8"),
    step("+CTZU=1", 3).ignore().at("AT 9.3"),
    step("+QMTDISC=0", 20).result(1, 310).ignore().at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().at("MQTT 3.3.3"),
    listen(note::STARTED, 0),
];

pub(crate) const fn start<F: Family>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![FIND_STEPS, SET_UP_STEPS], Job::BRING_UP, take) }
}

pub(crate) const fn start_ec<G: Group>() -> Operation<EcFamily<G>> {
    Operation { prepare, ..Operation::new(table![FIND_STEPS, DATA_STEPS, SET_UP_STEPS], Job::BRING_UP, take_ec) }
}

/// The key counts as one of the day's power cycles; it is never refused, since a module that is off has to come on.
fn take_ec<G: Group>(run: &mut Running<'_, '_, EcFamily<G>>, note: u8, answer: Answer<'_>) -> Verdict {
    if let (note::PRESS, Answer::Silence) = (note, &answer) {
        run.state.own.cycles.spend(1, u8::MAX);
    }
    take(run, note, answer)
}
