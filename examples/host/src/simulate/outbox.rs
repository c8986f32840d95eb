//! The program of a device whose messages go through an outbox: one part of it puts a message in whenever one is due, the
//! other delivers what is kept, and listens.

use std::cell::RefCell;

use embassy_futures::select::select;
use embassy_time::{Instant, Timer};
use wanlink_core::{Delivery, ErrorType, Qos};
use wanlink_transports::Uplink;
use wanlink_transports::outbox::{DeliverError, Outbox, OutboxError, Queue, Stats, WhenFull};
use wanlink_transports::topic::{self, Topic};

use super::account::Account;
use super::checks::Invariant;
use super::device::{self, payload};
use super::director::Stage;
use super::rig::{Keeps, Rig};
use super::seat::Seat;
use crate::online::{Online, Step, Trouble};

/// Bytes of a queue in RAM: a few dozen messages.
pub(super) const RAM: usize = 4096;

/// The longest message, its topic included.
const LONGEST: usize = 640;

/// The longest payload.
pub(super) const LONGEST_PAYLOAD: usize = LONGEST - 2 - TOPIC.len();

/// Room of a queue in flash.
pub(super) const ROOM: usize = LONGEST + 4;

const TOPIC: &str = "update";

/// What went through an outbox.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub(super) is_used: bool,
    /// By a module that only accepts messages.
    pub(super) is_accepted: bool,
    /// Numbers of the messages that were put and have to arrive.
    pub(super) owed: Vec<u64>,
    /// So many of them may be missing: they made way for others.
    pub(super) excused: usize,
    /// Of the life that goes on.
    backlog: u32,
    is_busy: bool,
    /// Messages that were put.
    pub put: u64,
    /// Messages that made way for newer ones.
    pub dropped: u64,
    /// Messages for which there was no room.
    pub refused: u64,
    /// Publishes of a message that was on its way before.
    pub repeated: u64,
    /// Bytes written to flash.
    pub written: u64,
    /// Pages of flash erased.
    pub erased: u64,
}

impl Kept {
    /// The microcontroller starts.
    pub(super) fn begin_life(&mut self, rig: &Rig) {
        match rig.outbox {
            Some(Keeps::Ram) => (self.owed, self.excused) = (Vec::new(), 0),
            // One that made way when the power went was not counted.
            Some(Keeps::Flash) => self.excused += usize::from(self.dropped > 0),
            None => return,
        }
        (self.is_used, self.is_busy, self.is_accepted) = (true, true, !rig.is_acknowledged());
    }

    /// Whether all has arrived that has to.
    pub(super) fn is_empty(&self) -> bool {
        self.backlog == 0 && !self.is_busy
    }

    /// A life is over.
    fn count(&mut self, stats: Stats) {
        self.put += u64::from(stats.put);
        self.dropped += u64::from(stats.dropped);
        self.refused += u64::from(stats.refused);
        self.repeated += u64::from(stats.repeated);
        self.excused += stats.dropped as usize;
    }

    /// With what the flash went through: bytes written, pages erased.
    pub(super) fn worn(&mut self, (written, erased): (u64, u64)) -> Self {
        Self { written, erased, ..std::mem::take(self) }
    }

    /// Adds another run's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.is_used |= other.is_used;
        for (sum, more) in [
            (&mut self.put, other.put),
            (&mut self.dropped, other.dropped),
            (&mut self.refused, other.refused),
            (&mut self.repeated, other.repeated),
            (&mut self.written, other.written),
            (&mut self.erased, other.erased),
        ] {
            *sum += more;
        }
    }

    /// As JSON; null where there was no outbox.
    pub(crate) fn json(&self) -> serde_json::Value {
        let Self { is_used, put, dropped, refused, repeated, written, erased, .. } = self;
        is_used
            .then(|| {
                serde_json::json!({"put": put, "dropped": dropped, "refused": refused, "repeated": repeated,
                "bytes_written": written, "pages_erased": erased})
            })
            .into()
    }

    /// A line for people, if there was an outbox.
    pub(crate) fn line(&self) -> Option<String> {
        let Self { is_used, put, dropped, refused, repeated, written, erased, .. } = self;
        let each = |count: u64| count as f64 / (*put).max(1) as f64;
        is_used.then(|| {
            format!(
                "outbox: {put} messages put, {dropped} made way, {refused} refused, {repeated} sent again; for each {:.0} \
                 bytes of flash written, {:.4} pages erased",
                each(*written),
                each(*erased)
            )
        })
    }
}

/// Counts what an outbox did when its life ends, however that comes.
struct Counted<'a, Q: Queue> {
    outbox: &'a Outbox<Q, LONGEST>,
    account: &'a RefCell<Account>,
}

impl<Q: Queue> Drop for Counted<'_, Q> {
    fn drop(&mut self) {
        self.account.borrow_mut().outbox.count(self.outbox.stats());
    }
}

/// A session that tells of each message that passed.
struct Through<'a> {
    session: &'a mut dyn Online,
    stage: &'a Stage<'a>,
}

impl ErrorType for Through<'_> {
    type Error = Trouble;
}

impl Uplink for Through<'_> {
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Trouble> {
        let (account, calm_us) = (self.stage.account, self.stage.plan.calm_us);
        let Some(number) = device::number(payload) else {
            let what = format!("{:?} was in the queue", String::from_utf8_lossy(payload));
            account.borrow_mut().break_now(Invariant::Outbox, what);
            return self.session.publish(topic, payload, qos).await;
        };
        account.borrow_mut().publishing = Some(number);
        let delivery = self.session.publish(topic, payload, qos).await?;
        account.borrow_mut().passed(number, delivery, calm_us);
        Ok(delivery)
    }

    fn connection(&self) -> u32 {
        self.session.connection()
    }
}

/// One life of the device.
pub(super) async fn live<Q: Queue>(session: &mut dyn Online, seat: &mut Seat<'_>, queue: Q) {
    let stage = seat.stage;
    let outbox: Outbox<Q, LONGEST> = match Outbox::open(queue).await {
        Ok(outbox) => outbox.when_full(stage.plan.when_full),
        Err(error) => return stage.account.borrow_mut().break_now(Invariant::Outbox, error.to_string()),
    };
    let _counted = Counted { outbox: &outbox, account: stage.account };
    settle(stage, &outbox);
    select(exchange(session, seat, &outbox), produce(stage, &outbox)).await;
}

/// Nothing is being put at this moment, and so many are kept.
fn settle<Q: Queue>(stage: &Stage<'_>, outbox: &Outbox<Q, LONGEST>) {
    let kept = &mut stage.account.borrow_mut().outbox;
    (kept.backlog, kept.is_busy) = (outbox.len(), false);
}

/// Puts a message in whenever one is due, on line or not, until the run nears its end.
async fn produce<Q: Queue>(stage: &Stage<'_>, outbox: &Outbox<Q, LONGEST>) {
    loop {
        if stage.account.borrow().after_faults < 2 {
            put(stage, outbox).await;
        }
        Timer::at(stage.plan.due_after(Instant::now())).await;
    }
}

async fn put<Q: Queue>(stage: &Stage<'_>, outbox: &Outbox<Q, LONGEST>) {
    let number = stage.account.borrow().next;
    stage.account.borrow_mut().outbox.is_busy = true;
    let result = outbox.put(topic::user(TOPIC), &payload(number, stage.plan.most_payload)).await;
    let account = &mut *stage.account.borrow_mut();
    match result {
        Ok(()) => {
            account.outbox.owed.push(number);
            account.next += 1;
        }
        // It is put when the next one is due.
        Err(OutboxError::Full) if stage.plan.when_full == WhenFull::Refuse => {}
        Err(error) => account.break_now(Invariant::Outbox, error.to_string()),
    }
    (account.outbox.backlog, account.outbox.is_busy) = (outbox.len(), false);
}

/// Delivers what is kept, and listens meanwhile.
async fn exchange<Q: Queue>(session: &mut dyn Online, seat: &mut Seat<'_>, outbox: &Outbox<Q, LONGEST>) {
    let stage = seat.stage;
    let mut is_subscribed = false;
    while !seat.is_over() && !seat.is_locked_out() {
        if !device::subscribe(session, seat, &mut is_subscribed).await {
            continue;
        }
        let mut through = Through { session: &mut *session, stage };
        let deliver: Step<'_, ()> = Box::pin(async {
            match outbox.deliver(&mut through).await {
                Ok(()) => Ok(()),
                Err(DeliverError::Uplink(trouble)) => Err(trouble),
                Err(DeliverError::Queue(error)) => {
                    stage.account.borrow_mut().break_now(Invariant::Outbox, error.to_string());
                    Ok(())
                }
            }
        });
        if seat.call(deliver).await.is_none() {
            session.resume();
        }
        stage.account.borrow_mut().outbox.backlog = outbox.len();
        device::listen(session, seat, outbox.filled()).await;
    }
}
