//! What goes over a session: subscriptions, messages, and the question whether it still is there.

use wanlink_at::driver::traffic::{self, LISTENS, PUBLISHES, READY, SUBSCRIBES, UNSUBSCRIBES, unanswered};
use wanlink_at::driver::{Parts, Session, begins_with, flag};
use wanlink_at::{Answer, Arg, Code, FOREVER, Step, Verdict, cme_code, int, listen, step, table};

use super::family::Entered;
use super::{Command, Error, Input, Operation, Running, State};

mod note {
    pub(super) use wanlink_at::driver::traffic::note::*;

    pub(super) const SUBSCRIBED: u8 = 1;
    pub(super) const UNSUBSCRIBED: u8 = 2;
    pub(super) const PAYLOAD: u8 = 3;
    pub(super) const PUBLISHED: u8 = 4;
    pub(super) const TOPIC: u8 = 5;
    pub(super) const ENTERED: u8 = 6;
    pub(super) const CLEAR: u8 = 7;
    pub(super) const CLEARED: u8 = 8;
}

/// Arguments: length of topic or filter, it, QoS, length of the payload. The body is the filter or the payload.
const TRAFFIC_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CMQTTSUB=0,{a},{c}", 650).prompt().result(1, 650).when(SUBSCRIBES).note(note::SUBSCRIBED).at("simcom-at 3"),
    step("+CMQTTUNSUB=0,{a},0", 650)
        .prompt()
        .result(1, 650)
        .when(UNSUBSCRIBES)
        .note(note::UNSUBSCRIBED)
        .at("simcom-at 3"),
    step("+CMQTTPAYLOAD=0,{d}", 100).prompt().when(PUBLISHES).note(note::PAYLOAD).at("simcom-at 3"),
    // 60 s is the one time that all models take.
    step("+CMQTTPUB=0,{c},60", 650).result(1, 650).when(PUBLISHES).note(note::PUBLISHED).at("simcom-at 3"),
    listen(note::LISTEN, FOREVER).when(LISTENS),
    // Reached by those who doubt that the session is there.
    step("+CMQTTDISC?", 90).info().note(note::STATUS).retry(1, 3).at("simcom-at 3"),
    listen(note::CONFIRMED, 0),
];
const TRAFFIC: &[u8] = table![TRAFFIC_STEPS];

/// The body is the topic.
const TOPIC_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CMQTTTOPIC=0,{a}", 100).prompt().note(note::TOPIC).at("simcom-at 3"),
    listen(note::ENTERED, 0),
    // A publish without a payload fails, and forgets its topic.
    step("+CMQTTPUB=0,0,60", 650).result(1, 650).ignore().note(note::CLEAR).at("simcom-at 3"),
    listen(note::CLEARED, 0),
    step("+CMQTTDISC?", 90).info().note(note::STATUS).retry(1, 3).at("simcom-at 3"),
    listen(note::CONFIRMED, 0),
];

/// The rules of these four are the model's.
pub(super) const SUBSCRIBE: Operation = operation(SUBSCRIBES);
pub(super) const UNSUBSCRIBE: Operation = operation(UNSUBSCRIBES);
pub(super) const PUBLISH: Operation = operation(PUBLISHES);
pub(super) const TOPIC: Operation =
    Operation { prepare, ..Operation::new(table![TOPIC_STEPS], flag::SESSION, take_topic) };
/// Listens until a record comes or something changes.
pub(super) static LISTEN: Operation = Operation::new(TRAFFIC, LISTENS, take);
/// Listens for what comes over the session.
pub(super) static RECEIVE: Operation = Operation::new(TRAFFIC, READY, take);

const fn operation(flags: u8) -> Operation {
    Operation { prepare, ..Operation::new(TRAFFIC, flags, take) }
}

fn prepare<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Topic { topic, payload, qos } = input else { return Ok(()) };
    let is_payload = parts.flags == PUBLISHES;
    parts.args[0] = Arg::Number(topic.len() as u32);
    parts.args[1] = Arg::Text(topic.as_bytes());
    parts.args[2] = Arg::Number(qos as u32);
    parts.body = if is_payload { payload.unwrap_or_default() } else { topic.as_bytes() };
    parts.args[3] = Arg::Number(parts.body.len() as u32);
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) if state.flags == PUBLISHES => state.own.entered = Entered::Payload,
        // A publish forgets both, also one that fails.
        (note::PUBLISHED, Answer::Result(_) | Answer::Error(_)) => state.own.entered = Entered::Nothing,
        _ => {}
    }
    match (note, answer) {
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Result(line)) => {
            result(state, note, int(line, 1))
        }
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Silence) => unanswered(state),
        // Without the session the module refuses, too, and does not say which it was.
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PAYLOAD | note::PUBLISHED, Answer::Error(reason)) => {
            refused(state, note, cme_code(reason))
        }
        (note::STATUS, Answer::Info(line)) => {
            state.confirmed |= begins_with(line, &[0, 0]);
            Verdict::Default
        }
        _ => traffic::take(run, note, answer),
    }
}

fn take_topic(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            let verdict = traffic::take(run, note, answer);
            let own = &mut run.state.own;
            own.held = own.entered;
            if own.entered == Entered::Nothing {
                own.entered = Entered::Topic;
            }
            verdict
        }
        (note::TOPIC, Answer::Error(reason)) => match state.own.held {
            // Some firmware takes no second topic before the publish.
            Entered::Topic => {
                state.own.held = Entered::Nothing;
                Verdict::To(note::CLEAR)
            }
            // It may be filler, which nobody wants to be published: a new session has neither.
            Entered::Payload => unanswered(state),
            Entered::Nothing => refused(state, note, cme_code(reason)),
        },
        (note::ENTERED, _) => Verdict::Done,
        (note::CLEARED, _) => Verdict::To(note::TOPIC),
        _ => take(run, note, answer),
    }
}

/// `+CMQTT..: 0,<code>` (simcom-at 3).
fn result(state: &mut State, note: u8, code: Option<i32>) -> Verdict {
    match code {
        Some(0) => Verdict::Done,
        // Time-out.
        Some(17) | None => unanswered(state),
        // No connection, closed by the server.
        Some(11 | 26) => {
            state.session = Session::Lost(0);
            state.fail(Error::SessionLost(0))
        }
        // There is no word for what the broker grants: "failed" is what a refusal looks like.
        Some(1) if note == note::SUBSCRIBED => {
            state.cause = Some(Error::SubscriptionRefused);
            Verdict::To(note::STATUS)
        }
        Some(code) => refused(state, note, code.try_into().ok()),
    }
}

/// The module did not do it: because the session is gone, or for this reason.
fn refused(state: &mut State, note: u8, code: Option<u16>) -> Verdict {
    let command = match note {
        note::SUBSCRIBED => "+CMQTTSUB",
        note::UNSUBSCRIBED => "+CMQTTUNSUB",
        note::TOPIC => "+CMQTTTOPIC",
        note::PAYLOAD => "+CMQTTPAYLOAD",
        _ => "+CMQTTPUB",
    };
    state.cause = Some(Error::Module { command: Command::new(command), code: code.and_then(Code::new) });
    Verdict::To(note::STATUS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wanlink_at::driver::taken;

    #[test]
    fn results_of_packets() {
        let module = |command, code| Error::Module { command: Command::new(command), code: Code::new(code) };
        for (note, line, verdict, cause) in [
            (note::PUBLISHED, &b"+CMQTTPUB: 0,0"[..], Verdict::Done, None),
            (note::PUBLISHED, b"+CMQTTPUB: 0,17", Verdict::Fail, Some(Error::NotAcknowledged)),
            (note::PUBLISHED, b"+CMQTTPUB: 0", Verdict::Fail, Some(Error::NotAcknowledged)),
            (note::PUBLISHED, b"+CMQTTPUB: 0,26", Verdict::Fail, Some(Error::SessionLost(0))),
            (note::PUBLISHED, b"+CMQTTPUB: 0,1", Verdict::To(note::STATUS), Some(module("+CMQTTPUB", 1))),
            (note::SUBSCRIBED, b"+CMQTTSUB: 0,0", Verdict::Done, None),
            (note::SUBSCRIBED, b"+CMQTTSUB: 0,1", Verdict::To(note::STATUS), Some(Error::SubscriptionRefused)),
            (note::UNSUBSCRIBED, b"+CMQTTUNSUB: 0,14", Verdict::To(note::STATUS), Some(module("+CMQTTUNSUB", 14))),
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
    fn only_state_0_of_our_client_confirms_a_session() {
        for (line, confirmed) in [
            (&b"+CMQTTDISC: 0,0"[..], true),
            (b"+CMQTTDISC: 0,1", false),
            (b"+CMQTTDISC: 1,0", false),
            (b"+CMQTTDISC: 0", false),
        ] {
            let mut state = State::default();
            taken(&mut state, take, note::STATUS, Answer::Info(line));
            assert_eq!(state.confirmed, confirmed);
        }
    }
}
