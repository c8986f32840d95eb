//! Finding the module, and bringing it to a known state.

use wanlink_at::driver::start::{self, prepare};
use wanlink_at::{Answer, FOREVER, Job, Step, Verdict, int, listen, step, table};

use super::{Lpwa, Operation, Running};

mod note {
    pub(super) use wanlink_at::driver::start::note::*;

    pub(super) const RATE: u8 = 1;
    pub(super) const TIME: u8 = 2;
    pub(super) const STORED: u8 = 3;
    pub(super) const REBOOT: u8 = 4;
    pub(super) const SETTINGS: u8 = 5;
}

/// The lines of a boot begin it again, so that it ends when the module is quiet. Argument: [`RETURNS`](start::RETURNS).
const FIND_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // The key toggles: a module that was on and deaf is off after the first pulse.
    listen(note::PRESS, FOREVER),
    // A microcontroller that restarted in the middle of a write leaves a module that takes everything for data, at most
    // 1460 bytes of it (simcom-at 7.3): give it bytes until it answers.
    step("{a}{a}{a}{a}", 1).note(note::UNPLUG).retry(5, 0).ignore().sync(),
    // Is somebody there? In words, whatever an earlier life had set; and some times, since it looks for the rate by the
    // first lines, and the first `OK` may be the late answer to a command that was dropped.
    step("V1Q0", 3).note(note::PROBE).retry(3, 1).ignore().sync().at("simcom-at 1"),
    step("+CMEE?", 3).info().note(note::FOUND).retry(1, 1).ignore().sync().at("simcom-at 1"),
    listen(note::MISSED, 0),
    // From unknown settings to ours.
    step("E0V1Q0", 3).note(note::SET_UP).retry(3, 3).sync().at("simcom-at 1"),
    // From here on every answer is that of its own command.
    step("+CMEE?", 3).info().retry(3, 3).sync().at("simcom-at 1"),
    step("+CMEE=1", 3).retry(4, 3).at("simcom-at 1"),
    // Once in a module's life: with a rate of its own it tells of its boots, and it sets its clock by the network. Both
    // are in force after a restart (simcom-at 2.3, 2.5).
    step("+IPR?", 3).info().note(note::RATE).ignore().at("simcom-at 2.3"),
    step("+CLTS?", 3).info().note(note::TIME).ignore().at("simcom-at 2.5"),
    listen(note::STORED, 0),
    // What is stored, is all of it: a restart is seen by its echo, too.
    step("E1", 3).at("simcom-at 1"),
    step("+IPR=115200", 3).at("simcom-at 2.3"),
    // It is not stored where it is not the rate of this port.
    step("+CMEE?", 3).info().retry(3, 3).at("simcom-at 1"),
    step("+CLTS=1", 3).ignore().at("simcom-at 2.5"),
    step("&W", 10).at("simcom-at 2.3"),
];

const SETTING_STEPS: &[Step] = &[
    listen(note::REBOOT, 0),
    step("+CSCLK=0", 3).note(note::SETTINGS).ignore().at("simcom-at 2.3"),
    // They fail for no reason at times (simcom-at 11).
    step("+CEREG=2", 3).retry(5, 3).at("simcom-at 2.3"),
    step("+CGREG=2", 3).retry(5, 3).ignore().at("simcom-at 2.3"),
    // A session that an earlier life left; refused without one.
    step("+SMDISC", 600).ignore().at("simcom-at 5"),
    listen(note::STARTED, 0),
];

const SIM7080_STEPS: &[Step] = &[step("+CREBOOT", 100).at("simcom-at 2.3")];
const SIM7000_STEPS: &[Step] = &[step("+CFUN=1,1", 100).at("simcom-at 2.3")];

const fn operation<F: Lpwa>(table: &'static [u8]) -> Operation<F> {
    Operation { prepare, ..Operation::new(table, Job::BRING_UP, take) }
}

pub(super) const fn sim7080<F: Lpwa>() -> Operation<F> {
    operation(table![FIND_STEPS, SIM7080_STEPS, SETTING_STEPS])
}

pub(super) const fn sim7000<F: Lpwa>() -> Operation<F> {
    operation(table![FIND_STEPS, SIM7000_STEPS, SETTING_STEPS])
}

fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let own = &mut run.state.own;
    match (note, answer) {
        (note::RATE | note::TIME, Answer::Info(line)) => {
            own.is_new |= int(line, 0) == Some(0);
            Verdict::Default
        }
        // A module that does not keep them is not restarted again and again.
        (note::STORED, _) if !own.is_new || own.was_restarted => Verdict::To(note::SETTINGS),
        (note::STORED, _) => Verdict::Go,
        (note::REBOOT, _) => {
            (own.is_new, own.was_restarted) = (false, true);
            run.state.expect_boot();
            Verdict::To(note::PROBE)
        }
        _ => start::take(run, note, answer),
    }
}
