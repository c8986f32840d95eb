//! Finding the module, and bringing it to a known state.

use wanlink_at::driver::start::{self, prepare};
use wanlink_at::{Answer, FOREVER, Job, Step, Verdict, int, listen, step, table};

use crate::own::has;
use crate::{Operation, Running, quirk};

mod note {
    pub(super) use wanlink_at::driver::start::note::*;

    pub(super) const RATE: u8 = 1;
    pub(super) const ECHO: u8 = 2;
}

/// Argument: [`RETURNS`](wanlink_at::driver::start::RETURNS).
const START_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // The key toggles: a module that was on and deaf may be off after the pulse.
    listen(note::PRESS, FOREVER),
    // A microcontroller that restarted in the middle of a publish, a socket's write or an upload leaves a module that
    // takes everything for data. The first two have no time-out and at most 1024 bytes, the third has 20 s.
    step("{a}{a}{a}{a}", 1).note(note::UNPLUG).retry(15, 0).ignore().sync(),
    // Is somebody there? The first characters may only wake it (UPSV): up to three times.
    step("V1Q0", 3).note(note::PROBE).retry(2, 1).ignore().sync().at("AT 2"),
    step("+CMEE?", 3).info().note(note::FOUND).retry(1, 1).ignore().sync().at("AT 2"),
    listen(note::MISSED, 0),
    listen(note::SET_UP, 0),
    // A module that finds its rate by itself says nothing of a restart before it is spoken to: fix the rate, once, and
    // keep the echo on in what is stored, since that is a sign of a restart, too.
    step("+IPR?", 10).info().note(note::RATE).retry(2, 3).sync().at("APP 2"),
    step("+IPR=115200", 10).at("APP 2"),
    listen(0, 1).ignore(),
    step("+CMEE?", 3).info().retry(3, 3).sync().at("AT 2"),
    step("E1&W", 10).at("AT 2"),
    // From unknown settings to ours, and old sessions closed.
    step("E0", 10).note(note::ECHO).retry(3, 3).sync().at("AT 2"),
    // From here on every answer is that of its own command.
    step("+CMEE?", 10).info().retry(3, 3).sync().at("AT 2"),
    step("+CMEE=1", 10).retry(2, 3).at("AT 2"),
    // There is no boot line unless one is asked for. It is kept.
    step("+CSGT=1,\"RDY\"", 10).retry(2, 3).at("APP 2"),
    step("&C1", 10).ignore().at("AT 2"),
    step("&D0", 10).ignore().at("AT 2"),
    // SARA-R5-01B remembers that sockets were to speak in hexadecimal digits.
    step("+UDCONF=1,0", 10).retry(2, 3).at("INT 3"),
    step("+UPSV=0", 10).ignore().at("AT 2"),
    step("+CEREG=2", 10).retry(2, 3).at("AT 7"),
    step("+CGREG=2", 10).ignore().at("AT 7"),
    step("+CGEREP=1", 10).ignore().at("AT 11"),
    step("+CTZU=1", 10).ignore().at("AT 5"),
    // Whatever an earlier life of the host logged in to. Without a session it is refused. SARA-R410M-02B tells the result
    // in front of its OK, and nothing behind it.
    step("+UMQTTC=0", 150).result(1, 400).named("+UUMQTTC|+UMQTTC").optional().ignore().at("INT 5"),
    listen(note::STARTED, 0),
];
pub(crate) static START: Operation = Operation { prepare, ..Operation::new(table![START_STEPS], Job::BRING_UP, take) };

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::SET_UP, _) if !has(run.state, quirk::AUTOBAUD) => Verdict::To(note::ECHO),
        (note::SET_UP, _) => Verdict::Go,
        (note::RATE, Answer::Info(line)) if int(line, 0) != Some(0) => Verdict::To(note::ECHO),
        _ => start::take(run, note, answer),
    }
}
