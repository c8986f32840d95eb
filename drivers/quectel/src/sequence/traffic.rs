//! What goes over a session: subscriptions, messages, and the question whether it still is there.

use wanlink_at::{Answer, Arg, Code, FOREVER, Step, Verdict, cme_code, int, listen, pack, packed_len, step};
use wanlink_core::__private::is_mutant;
use wanlink_core::{Argument, MqttLimits, Qos};

use crate::command::Command;
use crate::error::Error;
use crate::operation::{Input, Operation, Parts, Rule, Running, begins_with, flag};
use crate::state::{Session, State};

/// Flags: which of the steps.
const SUBSCRIBES: u8 = flag::SESSION | 1;
const UNSUBSCRIBES: u8 = flag::SESSION | 2;
const PUBLISHES: u8 = flag::SESSION | 4;
const LISTENS: u8 = 8;
/// Flags of [`RECEIVE`].
pub(crate) const READY: u8 = flag::SESSION | LISTENS;

mod note {
    pub(super) const ENTER: u8 = 1;
    pub(super) const SUBSCRIBED: u8 = 2;
    pub(super) const UNSUBSCRIBED: u8 = 3;
    pub(super) const PUBLISHED: u8 = 4;
    pub(super) const LISTEN: u8 = 5;
    pub(super) const STATUS: u8 = 6;
    pub(super) const CONFIRMED: u8 = 7;
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
static TRAFFIC: [u8; packed_len(TRAFFIC_STEPS)] = pack(TRAFFIC_STEPS);

/// The rules of these three are the model's: [`filter_rules`], [`topic_rules`].
pub(crate) const SUBSCRIBE: Operation = operation(SUBSCRIBES);
pub(crate) const UNSUBSCRIBE: Operation = operation(UNSUBSCRIBES);
pub(crate) const PUBLISH: Operation = operation(PUBLISHES);
/// Listens until a record comes or something changes.
pub(crate) static LISTEN: Operation = Operation::new(&TRAFFIC, LISTENS, take);
/// Listens for what comes over the session.
pub(crate) static RECEIVE: Operation = Operation::new(&TRAFFIC, READY, take);

const fn operation(flags: u8) -> Operation {
    Operation { prepare, ..Operation::new(&TRAFFIC, flags, take) }
}

/// What a filter has to be.
pub(crate) const fn filter_rules(limits: &MqttLimits) -> [Rule; 1] {
    [Rule::new(1, Argument::Topic, limits.topic)]
}

/// What a topic has to be: the broker hangs up on wildcards (MQTT 3.1.1, 3.3.2.1).
pub(crate) const fn topic_rules(limits: &MqttLimits) -> [Rule; 1] {
    let [rule] = filter_rules(limits);
    [rule.plain()]
}

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Topic { topic, payload, qos } = input else { return Ok(()) };
    // A publish of QoS 0 has no packet identifier (MQTT 3.1.1, 2.3.1).
    let has_id = payload.is_none() || qos == Qos::AtLeastOnce;
    parts.args[0] = Arg::Number(if has_id { state.next_id() } else { 0 });
    parts.args[1] = Arg::Text(topic.as_bytes());
    parts.args[2] = Arg::Number(qos as u32);
    parts.body = payload.unwrap_or_default();
    parts.args[3] = Arg::Number(parts.body.len() as u32);
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    let needs_session = state.flags & flag::SESSION != 0;
    match (note, answer) {
        (note::ENTER, _) if needs_session => {
            (state.confirmed, state.notice) = (false, None);
            match state.check_session() {
                Ok(()) => Verdict::Go,
                Err(cause) => state.fail(cause),
            }
        }
        (note::ENTER, _) => Verdict::Go,
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
        (note::LISTEN, Answer::Record) => Verdict::Done,
        (note::LISTEN, _) if needs_session && state.doubt.is_some() => Verdict::To(note::STATUS),
        // If something came meanwhile, it goes on listening.
        (note::LISTEN, Answer::Silence) => Verdict::To(note::LISTEN),
        (note::LISTEN, Answer::Tick) if state.notice.is_some() && !needs_session => Verdict::Done,
        (note::STATUS, Answer::Info(line)) => {
            state.confirmed |= begins_with(line, &[0, 3]);
            Verdict::Default
        }
        // That is the error then.
        (note::STATUS, _) => {
            state.cause = None;
            Verdict::Default
        }
        (note::CONFIRMED, _) => confirm(state),
        _ => Verdict::Default,
    }
}

/// The module told whether the session is there.
fn confirm(state: &mut State) -> Verdict {
    let doubt = state.doubt.take();
    if !state.confirmed {
        state.session = Session::Lost(doubt.unwrap_or(0));
    }
    match (state.check_session(), state.cause) {
        (Err(cause), _) | (Ok(()), Some(cause)) => state.fail(cause),
        (Ok(()), None) => Verdict::Done,
    }
}

/// `+QMT..: 0,<message id>,<result>`: 0 acknowledged, 1 sent once more, 2 given up.
fn result(state: &mut State, line: &[u8]) -> Verdict {
    match int(line, 2) {
        Some(0) => Verdict::Done,
        Some(1) => Verdict::Wait,
        _ if is_mutant("a missing PUBACK counts as one") => Verdict::Done,
        _ => unanswered(state),
    }
}

/// The broker did not acknowledge: whether the session lives is not known.
fn unanswered(state: &mut State) -> Verdict {
    if is_mutant("silence counts as a PUBACK") {
        return Verdict::Done;
    }
    state.session = Session::Unknown;
    state.fail(Error::NotAcknowledged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::taken;

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
            let mut state = State::default();
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
            let mut state = State::default();
            taken(&mut state, take, note::STATUS, Answer::Info(line));
            assert_eq!(state.confirmed, confirmed);
        }
    }
}
