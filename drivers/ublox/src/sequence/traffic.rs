//! What goes over a session: subscriptions, messages, and the question whether it still is there.

use embassy_time::{Duration, Instant};
use wanlink_at::driver::traffic::{self, LISTENS, PUBLISHES, READY, SUBSCRIBES, UNSUBSCRIBES, prepare, unanswered};
use wanlink_at::driver::{Session, flag};
use wanlink_at::{Answer, Code, Effect, FOREVER, Step, Verdict, cme_code, int, listen, step, table};
use wanlink_core::__private::is_mutant;
use wanlink_core::Notice;

use crate::own::has;
use crate::{Command, Error, Operation, Running, State, quirk};

mod note {
    pub(super) use wanlink_at::driver::traffic::note::*;

    pub(super) const SUBSCRIBED: u8 = 1;
    pub(super) const UNSUBSCRIBED: u8 = 2;
    pub(super) const PUBLISHED: u8 = 3;
    pub(super) const READ: u8 = 4;
    pub(super) const HAS_READ: u8 = 5;
    pub(super) const WHY: u8 = 6;
    pub(super) const ANSWERED: u8 = 7;
    pub(super) const READS: u8 = 8;
    pub(super) const SUBSCRIBE_DUE: u8 = 9;
}

/// A broker that refuses a filter does it in a round trip or a few; the module gives up for itself after a minute or two.
const REFUSED: Duration = Duration::from_secs(30);

/// Arguments: message id, topic or filter, QoS, length. The client does one thing at a time.
const TRAFFIC_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    listen(note::SUBSCRIBE_DUE, 0).when(SUBSCRIBES),
    step("+UMQTTC=4,{c},\"{b}\"", 150)
        .result(1, 1200)
        .named("+UUMQTTC")
        .when(SUBSCRIBES)
        .note(note::SUBSCRIBED)
        .at("INT 5"),
    step("+UMQTTC=5,\"{b}\"", 150)
        .result(1, 1200)
        .named("+UUMQTTC")
        .when(UNSUBSCRIBES)
        .note(note::UNSUBSCRIBED)
        .at("INT 5"),
    // With its length: text must not have quotes. Its prompt waits for a ping that is in flight, up to 30 s. The result is
    // told as 9, or as that of the publish of a text.
    step("+UMQTTC=9,{c},0,\"{b}\",{d}", 400)
        .prompt()
        .result(0, 1200)
        .named("+UUMQTTC: 9|+UUMQTTC: 2")
        .when(PUBLISHES)
        .note(note::PUBLISHED)
        .at("INT 5"),
    listen(note::LISTEN, FOREVER).when(LISTENS),
    // One message. When there is none, OK alone, or an error.
    listen(note::READS, 0).when(READY),
    step("+UMQTTC=6,1", 150).when(READY).note(note::READ).at("INT 5"),
    listen(note::HAS_READ, 0).when(READY),
    step("+UMQTTER", 10).info().note(note::WHY).at("INT 5"),
    // Reached by those who doubt that the session is there: it is refused then. There is no other question.
    step("+UMQTTC=8,1", 150).note(note::STATUS).retry(1, 3).at("INT 5"),
    listen(note::ANSWERED, 0),
    listen(note::CONFIRMED, 0),
];
const TRAFFIC: &[u8] = table![TRAFFIC_STEPS];

/// The rules of these three are the model's.
pub(crate) const SUBSCRIBE: Operation = operation(SUBSCRIBES);
pub(crate) const UNSUBSCRIBE: Operation = operation(UNSUBSCRIBES);
pub(crate) const PUBLISH: Operation = operation(PUBLISHES);
/// Listens until a record comes or something changes.
pub(crate) static LISTEN: Operation = Operation::new(TRAFFIC, LISTENS, take);
/// Listens for what comes over the session, and reads it.
pub(crate) static RECEIVE: Operation = Operation::new(TRAFFIC, READY, take);

const fn operation(flags: u8) -> Operation {
    Operation { prepare, ..Operation::new(TRAFFIC, flags, take) }
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    let receives = state.flags == READY;
    match (note, answer) {
        (note::SUBSCRIBE_DUE, _) => {
            state.own.asked = Instant::now();
            Verdict::Go
        }
        // What came before the session ended can still be read.
        (note::ENTER, _) if receives && state.own.may_read() && matches!(state.session, Session::Lost(_)) => {
            Verdict::To(note::READS)
        }
        (note::LISTEN, Answer::Tick) if receives && state.own.may_read() && state.doubt.is_none() => Verdict::Go,
        (note::READS, _) => {
            (state.own.unread, state.own.reads) = (false, true);
            Verdict::Go
        }
        // There may be more: it reads until there is nothing, whatever was told and lost on the line.
        (note::HAS_READ, Answer::Record) => Verdict::Done,
        (note::READ, Answer::Error(_)) | (note::HAS_READ, Answer::Silence) => {
            state.own.reads = false;
            Verdict::To(note::ENTER)
        }
        (note::SUBSCRIBED, Answer::Result(line)) if is_granted(state, line) => Verdict::Done,
        // It may have been the broker, or the end of the session, or that nobody answered, which is not recorded always.
        (note::SUBSCRIBED, Answer::Result(_))
            if Instant::now().saturating_duration_since(state.own.asked) >= REFUSED =>
        {
            unanswered(state)
        }
        (note::SUBSCRIBED, Answer::Result(_)) => {
            state.cause = Some(Error::SubscriptionRefused);
            Verdict::To(note::WHY)
        }
        (note::WHY, Answer::Info(line)) if matches!(int(line, 1), Some(33 | 34 | 50)) => unanswered(state),
        (note::UNSUBSCRIBED | note::PUBLISHED, Answer::Result(line)) if int(line, 1) == Some(1) => Verdict::Done,
        (note::UNSUBSCRIBED | note::PUBLISHED, Answer::Result(_)) if is_mutant("a missing PUBACK counts as one") => {
            Verdict::Done
        }
        (note::UNSUBSCRIBED | note::PUBLISHED, Answer::Result(_)) => unanswered(state),
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Silence) => unanswered(state),
        // Without the session the module refuses, too, and does not say which it was.
        (note::SUBSCRIBED | note::UNSUBSCRIBED | note::PUBLISHED, Answer::Error(reason)) => {
            let code = cme_code(reason).and_then(Code::new);
            state.cause = Some(Error::Module { command: Command::new("+UMQTTC"), code });
            Verdict::To(note::STATUS)
        }
        // Without a keep-alive it is refused always.
        (note::STATUS, Answer::Error(_)) => {
            state.confirmed = state.keep_alive_s == 0;
            Verdict::To(note::CONFIRMED)
        }
        (note::ANSWERED, _) => {
            state.confirmed = true;
            Verdict::Go
        }
        _ => traffic::take(run, note, answer),
    }
}

/// `+UUMQTTC: 4,1,<granted>,"<filter>"`. Of SARA-R422 the vendor's library takes a first value up to 2, too, when something
/// was granted.
fn is_granted(state: &State, line: &[u8]) -> bool {
    let first = match int(line, 1) {
        Some(1) => true,
        Some(first) => has(state, quirk::MAPPING) && matches!(first, 0..=2),
        None => false,
    };
    first && matches!(int(line, 2), Some(0..=2))
}

/// News of the client: `+UUMQTTC: 6,<unread>`, `0,<why>` of an end that nobody ordered, `8,0` of a ping without an answer.
/// The rest are results that came too late.
pub(crate) fn urc(state: &mut State, line: &[u8]) -> Effect {
    match (int(line, 0), int(line, 1)) {
        (Some(6), _) => {
            state.own.unread = true;
            state.notice = state.notice.or(Some(Notice::Message));
            Effect::Woken
        }
        (Some(0), Some(cause @ 100..)) => match state.session {
            Session::Up => state.lose_session(cause.try_into().unwrap_or(0)),
            Session::LoggingIn => {
                state.session = Session::Unknown;
                state.cut_short(flag::SESSION, Error::NoConnack)
            }
            _ => Effect::None,
        },
        // Its end comes next, if it is one.
        (Some(8), _) if state.session == Session::Up => {
            state.doubt = Some(0);
            Effect::Woken
        }
        _ => Effect::None,
    }
}
