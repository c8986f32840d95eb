//! What goes over a session: subscriptions, messages, and the question whether it still is there.

use wanlink_at::driver::traffic::{self, LISTENS, PUBLISHES, READY, SUBSCRIBES, UNSUBSCRIBES, prepare, unanswered};
use wanlink_at::driver::{Family, begins_with};
use wanlink_at::{Answer, Code, FOREVER, Step, Verdict, cme_code, int, listen, step, table};
use wanlink_core::__private::is_mutant;

use crate::{Command, Error, Operation, Running, State};

pub(super) mod note {
    pub(crate) use wanlink_at::driver::traffic::note::*;

    pub(super) const SUBSCRIBED: u8 = 1;
    pub(super) const UNSUBSCRIBED: u8 = 2;
    pub(crate) const PUBLISHED: u8 = 3;
}

/// Arguments: message id, topic or filter, QoS, length.
const TRAFFIC_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // The result names what the broker granted.
    step("+QMTSUB=0,{a},\"{b}\",{c}", 50).result(2, 400).when(SUBSCRIBES).note(note::SUBSCRIBED).at("MQTT 3.3.6"),
    step("+QMTUNS=0,{a},\"{b}\"", 50).result(2, 400).when(UNSUBSCRIBES).note(note::UNSUBSCRIBED).at("MQTT 3.3.7"),
    // `QMTPUB`, never `QMTPUBEX`: on BG95 that one takes the sixth parameter for the text, so the length form would
    // publish the digits and leave the payload to be read as commands.
    step("+QMTPUB=0,{a},{c},0,\"{b}\",{d}", 150)
        .prompt()
        .result(2, 400)
        .when(PUBLISHES)
        .note(note::PUBLISHED)
        .at("MQTT 3.3.9"),
    listen(note::LISTEN, FOREVER).when(LISTENS),
    // Reached by those who doubt that the session is there.
    step("+QMTCONN?", 3).note(note::STATUS).retry(1, 3).at("MQTT 3.3.4"),
    listen(note::CONFIRMED, 0),
];
const TRAFFIC: &[u8] = table![TRAFFIC_STEPS];

/// The rules of these three are the model's.
pub(crate) const fn subscribe<F: Family>() -> Operation<F> {
    operation(SUBSCRIBES)
}
pub(crate) const fn unsubscribe<F: Family>() -> Operation<F> {
    operation(UNSUBSCRIBES)
}
pub(crate) const fn publish<F: Family>() -> Operation<F> {
    operation(PUBLISHES)
}
/// Listens until a record comes or something changes.
pub(crate) const fn listen_all<F: Family>() -> Operation<F> {
    Operation::new(TRAFFIC, LISTENS, take)
}
/// Listens for what comes over the session.
pub(crate) const fn receive<F: Family>() -> Operation<F> {
    Operation::new(TRAFFIC, READY, take)
}

const fn operation<F: Family>(flags: u8) -> Operation<F> {
    Operation { prepare, ..Operation::new(TRAFFIC, flags, take) }
}

pub(super) fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        // MQTT 3.1.1, 3.9.3: 128 is the broker's refusal, whatever the result says.
        (note::SUBSCRIBED, Answer::Result(line)) if int(line, 2) == Some(0) && int(line, 3) == Some(128) => {
            state.fail(Error::SubscriptionRefused)
        }
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Result(line)) => result(state, line),
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Silence) => unanswered(state),
        // Without the session the module refuses, too, and does not say which it was.
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Error(reason)) => {
            let command = match note {
                note::SUBSCRIBED => "+QMTSUB",
                note::UNSUBSCRIBED => "+QMTUNS",
                _ => "+QMTPUB",
            };
            state.cause =
                Some(Error::Module { command: Command::new(command), code: cme_code(reason).and_then(Code::new) });
            Verdict::To(note::STATUS)
        }
        (note::STATUS, Answer::Info(line)) => {
            state.confirmed |= begins_with(line, &[0, 3]);
            Verdict::Default
        }
        _ => traffic::take(run, note, answer),
    }
}

/// `+QMT..: 0,<message id>,<result>`: 0 acknowledged, 1 sent once more, 2 given up.
fn result<F: Family>(state: &mut State<F>, line: &[u8]) -> Verdict {
    match int(line, 2) {
        Some(0) => Verdict::Done,
        Some(1) => Verdict::Wait,
        _ if is_mutant("a missing PUBACK counts as one") => Verdict::Done,
        _ => unanswered(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QuectelFamily;
    use wanlink_at::driver::taken;

    #[test]
    fn results_of_packets() {
        for (note, line, verdict, cause) in [
            (note::PUBLISHED, &b"+QMTPUB: 0,7,0"[..], Verdict::Done, None),
            (note::PUBLISHED, b"+QMTPUB: 0,7,1,2", Verdict::Wait, None),
            (note::PUBLISHED, b"+QMTPUB: 0,7,2", Verdict::Fail, Some(Error::NotAcknowledged)),
            (note::PUBLISHED, b"+QMTPUB: 0,7", Verdict::Fail, Some(Error::NotAcknowledged)),
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,0,1", Verdict::Done, None),
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,0", Verdict::Done, None),
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,0,128", Verdict::Fail, Some(Error::SubscriptionRefused)),
            // Here 128 is the number of repetitions.
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,1,128", Verdict::Wait, None),
        ] {
            let mut state = State::<QuectelFamily>::default();
            assert_eq!(
                (taken(&mut state, take, note, Answer::Result(line)), state.cause),
                (verdict, cause),
                "{line:?}"
            );
        }
    }

    #[test]
    fn only_state_3_of_our_client_confirms_a_session() {
        for (line, confirmed) in [
            (&b"+QMTCONN: 0,3"[..], true),
            (b"+QMTCONN: 0,2", false),
            (b"+QMTCONN: 1,3", false),
            (b"+QMTCONN: 0", false),
        ] {
            let mut state = State::<QuectelFamily>::default();
            taken(&mut state, take, note::STATUS, Answer::Info(line));
            assert_eq!(state.confirmed, confirmed);
        }
    }
}
