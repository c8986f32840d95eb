//! The work over a session, and its end.

use std::future::pending;

use embassy_futures::select::{Either, Either3, select, select3};
use embassy_time::{Duration, Instant, Timer, with_timeout};
use wanlink_core::Inbound;
use wanlink_transports::Lost;

use super::plan::{End, Plan, Rounds, topic_of};
use super::watch::Watch;
use crate::cure;
use crate::failure::Failure;
use crate::online::{self, Online, Trouble};

/// How long a publish that is on its way may take when the time is over.
const GRACE: Duration = Duration::from_secs(10);
/// How long the orderly end of a connection may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// Works until the work is done, the time is over, a signal comes, or something happens that does not heal.
pub(super) async fn run(plan: &Plan<'_>, watch: &Watch, session: &mut dyn Online) -> Result<(), Failure> {
    let result = match select3(work(plan, watch, session), watch.verdict(), over(plan, watch)).await {
        Either3::First(result) => result.map_err(Failure::from),
        Either3::Second(failure) => Err(failure),
        Either3::Third(_) if plan.end == End::Outside && watch.is_online() && !watch.is_publishing() => Ok(()),
        Either3::Third(reason) => Err(Failure::new(reason, cure::TIME_OVER)),
    };
    if watch.is_online() {
        // However it ended, the platform is told.
        let _ = with_timeout(FAREWELL, session.disconnect()).await;
        watch.ended();
    }
    result
}

/// Waits for what comes before the session, but not longer than for the session.
pub(super) async fn bounded<T, E: Into<Failure>>(
    plan: &Plan<'_>,
    watch: &Watch,
    first: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match select(first, over(plan, watch)).await {
        Either::First(result) => result.map_err(Into::into),
        Either::Second(reason) => Err(Failure::new(reason, cure::TIME_OVER)),
    }
}

async fn work(plan: &Plan<'_>, watch: &Watch, session: &mut dyn Online) -> Result<(), Trouble> {
    session.online().await?;
    for filter in plan.subscribe {
        if let Some(downlink) = session.downlink() {
            downlink.subscribe(topic_of(filter)).await?;
            watch.teller.subscribed(filter);
        }
    }
    let mut rounds = if plan.publish.is_empty() { Rounds::Count(0) } else { plan.rounds };
    let mut next = Instant::now();
    while rounds != Rounds::Count(0) || plan.end == End::Outside || watch.teller.received() < plan.receive {
        let due = async {
            match rounds {
                Rounds::Count(0) => pending().await,
                _ => Timer::at(next).await,
            }
        };
        match select(online::ready(session), due).await {
            Either::First(result) => {
                result?;
                match session.downlink().and_then(|downlink| downlink.front()) {
                    Some(Inbound::Message(message)) => watch.teller.receive(message.topic(), message.payload),
                    Some(Inbound::Lost { count, longest }) => watch.teller.missed(&Lost::new(count, longest)),
                    None => {}
                }
            }
            Either::Second(()) => {
                publish_all(plan, watch, session).await?;
                next = (next + plan.interval).max(Instant::now());
                if let Rounds::Count(left) = &mut rounds {
                    *left -= 1;
                }
            }
        }
    }
    Ok(())
}

async fn publish_all(plan: &Plan<'_>, watch: &Watch, session: &mut dyn Online) -> Result<(), Trouble> {
    for publish in plan.publish {
        if watch.is_ending() {
            // Whoever set it ends this future.
            pending::<()>().await;
        }
        let seq = watch.publish();
        let text = publish.text(seq);
        let delivery = session.publish(topic_of(&publish.topic), text.as_bytes(), plan.qos).await?;
        watch.published(&publish.topic, seq, &text, delivery);
    }
    Ok(())
}

/// Waits until the time is over or a signal comes, and then for the publish that is on its way; says which it was.
async fn over(plan: &Plan<'_>, watch: &Watch) -> &'static str {
    let limit = async {
        match plan.limit {
            Some(limit) => Timer::at(watch.teller.begin() + limit).await,
            None => pending().await,
        }
    };
    let reason = match select(limit, watch.interrupted()).await {
        Either::First(()) => "the time of --for-s is over",
        Either::Second(()) => "interrupted by a signal",
    };
    watch.set_ending();
    if watch.is_publishing() {
        let _ = select(with_timeout(GRACE, watch.news()), watch.interrupted()).await;
    }
    reason
}
