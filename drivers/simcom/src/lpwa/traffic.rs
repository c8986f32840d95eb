//! What goes over a session: subscriptions, messages, and the question whether it still is there.

use embassy_time::Instant;
use wanlink_at::driver::traffic::{self, LISTENS, PUBLISHES, READY, SUBSCRIBES, UNSUBSCRIBES, prepare, unanswered};
use wanlink_at::{Answer, Code, FOREVER, Step, Verdict, cme_code, int, listen, step, table};

use super::{Error, Lpwa, Operation, Running};

mod note {
    pub(super) use wanlink_at::driver::traffic::note::*;

    pub(super) const SUBSCRIBED: u8 = 1;
    pub(super) const UNSUBSCRIBED: u8 = 2;
    pub(super) const PUBLISHED: u8 = 3;
    pub(super) const TAKEN: u8 = 4;
}

/// Of a module without a session.
const LISTEN_STEPS: &[Step] = &[listen(note::ENTER, 0), listen(note::LISTEN, FOREVER)];

/// Listens until a record comes or something changes.
pub(super) const fn sim7000<F: Lpwa>() -> Operation<F> {
    Operation::new(table![LISTEN_STEPS], LISTENS, traffic::take)
}

/// Arguments: message id, which is the module's own business here, topic or filter, QoS, length.
const TRAFFIC_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    listen(note::LISTEN, FOREVER).when(LISTENS),
    // Each blocks until the broker's answer, or a minute of the module's own.
    step("+SMSUB=\"{b}\",{c}", 750).when(SUBSCRIBES).note(note::SUBSCRIBED).at("simcom-at 5"),
    step("+SMUNSUB=\"{b}\"", 750).when(UNSUBSCRIBES).note(note::UNSUBSCRIBED).at("simcom-at 5"),
    step("+SMPUB=\"{b}\",{d},{c},0", 750).prompt().when(PUBLISHES).note(note::PUBLISHED).at("simcom-at 5"),
    listen(note::TAKEN, 0),
    // Reached by those who doubt that the session is there.
    step("+SMSTATE?", 10).info().note(note::STATUS).retry(1, 3).at("simcom-at 5"),
    listen(note::CONFIRMED, 0),
];

/// The rules of the following are the model's.
pub(super) const fn subscribe<F: Lpwa>() -> Operation<F> {
    operation(SUBSCRIBES)
}

pub(super) const fn unsubscribe<F: Lpwa>() -> Operation<F> {
    operation(UNSUBSCRIBES)
}

pub(super) const fn publish<F: Lpwa>() -> Operation<F> {
    operation(PUBLISHES)
}

/// As [`sim7000`].
pub(super) const fn sim7080<F: Lpwa>() -> Operation<F> {
    operation(LISTENS)
}

/// Listens for what comes over the session.
pub(super) const fn receive<F: Lpwa>() -> Operation<F> {
    operation(READY)
}

const fn operation<F: Lpwa>(flags: u8) -> Operation<F> {
    Operation { prepare, ..Operation::new(table![TRAFFIC_STEPS], flags, take) }
}

/// The module waits a minute for the broker, as far as is known: what it refuses sooner, the broker refused.
const REFUSED_S: u64 = 20;

fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            state.own.asked = Instant::now();
            traffic::take(run, note, answer)
        }
        // A status line that told of the end of the session would have ended it: `OK` counts.
        (note::TAKEN, _) => Verdict::Done,
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Silence) => unanswered(state),
        // It waited for the broker in vain, and still takes the session for a good one: what carries it may be dead.
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Error(_))
            if state.own.asked.elapsed().as_secs() >= REFUSED_S =>
        {
            unanswered(state)
        }
        // Without the session the module refuses, too, and does not say which it was.
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Error(reason)) => {
            let command = if note == note::UNSUBSCRIBED { "+SMUNSUB" } else { "+SMPUB" };
            let code = cme_code(reason).and_then(Code::new);
            state.cause = Some(match note {
                note::SUBSCRIBED => Error::SubscriptionRefused,
                _ => Error::Module { command: wanlink_at::driver::Command::new(command), code },
            });
            Verdict::To(note::STATUS)
        }
        (note::STATUS, Answer::Info(line)) => {
            // 2 is online with a session that was there.
            state.confirmed |= matches!(int(line, 0), Some(1 | 2));
            Verdict::Default
        }
        _ => traffic::take(run, note, answer),
    }
}
