//! What goes over a session: subscriptions, messages, and the question whether it still is there.

use wanlink_at::{Answer, FOREVER, Step, Verdict, int, listen, pack, packed_len, step};

use crate::error::Error;
use crate::state::{SESSION, Session, State};

mod note {
    pub(super) const RESULT: u8 = 1;
    pub(super) const SUBSCRIBED: u8 = 2;
    pub(super) const STATUS: u8 = 3;
    pub(super) const LISTEN: u8 = 4;
}

/// Arguments: message id, filter, QoS. The result names what the broker granted.
const SUBSCRIBE_STEPS: &[Step] =
    &[step("+QMTSUB=0,{a},\"{b}\",{c}", 50).result(2, 400).note(note::SUBSCRIBED).at("MQTT 3.3.6")];
pub(crate) static SUBSCRIBE: [u8; packed_len(SUBSCRIBE_STEPS)] = pack(SUBSCRIBE_STEPS);

/// Arguments: message id, filter.
const UNSUBSCRIBE_STEPS: &[Step] =
    &[step("+QMTUNS=0,{a},\"{b}\"", 50).result(2, 400).note(note::RESULT).at("MQTT 3.3.7")];
pub(crate) static UNSUBSCRIBE: [u8; packed_len(UNSUBSCRIBE_STEPS)] = pack(UNSUBSCRIBE_STEPS);

/// Arguments: message id, QoS, topic, length. `QMTPUB`, never `QMTPUBEX`: on BG95 that one takes the sixth parameter
/// for the text, so the length form would publish the digits and leave the payload to be read as commands.
const PUBLISH_STEPS: &[Step] =
    &[step("+QMTPUB=0,{a},{b},0,\"{c}\",{d}", 150).prompt().result(2, 400).note(note::RESULT).at("MQTT 3.3.9")];
pub(crate) static PUBLISH: [u8; packed_len(PUBLISH_STEPS)] = pack(PUBLISH_STEPS);

/// Listens until a record comes or something changes.
const LISTEN_STEPS: &[Step] = &[listen(note::LISTEN, FOREVER)];
pub(crate) static LISTEN: [u8; packed_len(LISTEN_STEPS)] = pack(LISTEN_STEPS);

const STATUS_STEPS: &[Step] = &[step("+QMTCONN?", 3).note(note::STATUS).retry(1, 3).at("MQTT 3.3.4")];
pub(crate) static STATUS: [u8; packed_len(STATUS_STEPS)] = pack(STATUS_STEPS);

pub(crate) fn take(state: &mut State, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::RESULT, Answer::Result(line)) => result(state, line),
        // MQTT 3.1.1, 3.9.3: 128 is the broker's refusal, whatever the result says.
        (note::SUBSCRIBED, Answer::Result(line)) if int(line, 2) == Some(0) && int(line, 3) == Some(128) => {
            state.fail(Error::SubscriptionRefused)
        }
        (note::SUBSCRIBED, Answer::Result(line)) => result(state, line),
        (note::RESULT | note::SUBSCRIBED, Answer::Silence) => unanswered(state),
        (note::STATUS, Answer::Info(line)) => {
            if int(line, 0) == Some(0) && int(line, 1) == Some(3) {
                state.confirmed = true;
            }
            Verdict::Default
        }
        (note::LISTEN, Answer::Record) => Verdict::Done,
        (note::LISTEN, Answer::Tick)
            if state.notice.is_some() || (state.doubt.is_some() && state.flags & SESSION != 0) =>
        {
            Verdict::Done
        }
        _ => Verdict::Default,
    }
}

/// `+QMT..: 0,<message id>,<result>`: 0 acknowledged, 1 sent once more, 2 given up.
fn result(state: &mut State, line: &[u8]) -> Verdict {
    match int(line, 2) {
        Some(0) => Verdict::Go,
        Some(1) => Verdict::Wait,
        _ => unanswered(state),
    }
}

/// The broker did not acknowledge: whether the session lives is not known.
fn unanswered(state: &mut State) -> Verdict {
    state.session = Session::Unknown;
    state.fail(Error::NotAcknowledged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_packets() {
        for (note, line, verdict, cause) in [
            (note::RESULT, &b"+QMTPUB: 0,7,0"[..], Verdict::Go, None),
            (note::RESULT, b"+QMTPUB: 0,7,1,2", Verdict::Wait, None),
            (note::RESULT, b"+QMTPUB: 0,7,2", Verdict::Fail, Some(Error::NotAcknowledged)),
            (note::RESULT, b"+QMTPUB: 0,7", Verdict::Fail, Some(Error::NotAcknowledged)),
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,0,1", Verdict::Go, None),
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,0", Verdict::Go, None),
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,0,128", Verdict::Fail, Some(Error::SubscriptionRefused)),
            // Here 128 is the number of repetitions.
            (note::SUBSCRIBED, b"+QMTSUB: 0,1,1,128", Verdict::Wait, None),
        ] {
            let mut state = State::new();
            assert_eq!((take(&mut state, note, Answer::Result(line)), state.cause), (verdict, cause), "{line:?}");
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
            let mut state = State::new();
            take(&mut state, note::STATUS, Answer::Info(line));
            assert_eq!(state.confirmed, confirmed);
        }
    }
}
