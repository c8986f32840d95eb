//! The one loop behind every method of a session.

use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use wanlink_core::__private::is_mutant;
use wanlink_core::{Error, Module, Qos, Rung};

use super::{Event, Observer, Session, Stage, ladder};
use crate::error::LinkError;
use crate::link::{Connect, Request};
use crate::topic::Topic;

impl<L: Connect, O: Observer, const FILTERS: usize> Session<'_, L, O, FILTERS> {
    /// Brings the session up and does what it was called for, again after every failure that heals. A request to connect
    /// is one for the session being up.
    ///
    /// One function for all methods, so that the futures of link and driver, each of which is code, are linked once.
    #[expect(clippy::manual_async_fn, reason = "the arguments of an async fn are kept twice")]
    pub(super) fn act(&mut self, request: Request<'_>) -> impl Future<Output = Result<(), L::Error>> {
        async move {
            self.begin(&request)?;
            loop {
                let until = self.earliest();
                if Instant::now() < until {
                    Timer::at(until).await;
                }
                self.announce()?;
                let Self { link, network, observer, filters, rung, .. } = self;
                let result = match self.stage {
                    Stage::Recover => {
                        // Whether it helped is seen by what comes next.
                        let _ = link.module().recover(*rung).await;
                        Ok(())
                    }
                    Stage::Power => link.module().start().await.map_err(LinkError::Module),
                    Stage::Attach => {
                        let progress = &mut |progress| observer.event(Event::Progress(progress));
                        let attach = link.module().attach(network, progress);
                        match select(attach, Timer::at(self.attach_by)).await {
                            Either::First(result) => result.map_err(LinkError::Module),
                            Either::Second(()) => Err(LinkError::NotAttached),
                        }
                    }
                    stage => match step(stage, request, filters.first()) {
                        Some(step) => link.perform(step).await,
                        None => Ok(()),
                    },
                };
                let is_lost =
                    matches!(request, Request::Publish { .. }) && self.stage == Stage::Online && result.is_err();
                if is_mutant("a lost publish counts as delivered") && is_lost {
                    return Ok(());
                }
                if self.settle(&request, &result) {
                    return result;
                }
            }
        }
    }

    /// Takes notice of what is asked for.
    fn begin(&mut self, request: &Request<'_>) -> Result<(), L::Error> {
        if let Request::Subscribe(filter) = request {
            self.filters.add(*filter)?;
            self.stage = self.stage.min(Stage::Subscribe);
        }
        self.ended
            .filter(|_| !is_mutant("a refused session goes on"))
            .map_or(Ok(()), |refusal| Err(LinkError::Ended(refusal)))
    }

    /// Tells the step that comes next, and checks before power-on what can be known.
    fn announce(&mut self) -> Result<(), L::Error> {
        match self.stage {
            Stage::Power => {
                self.link.check()?;
                self.observer.event(Event::Power);
            }
            Stage::Recover => self.observer.event(Event::Recover(self.rung)),
            Stage::Attach => self.observer.event(Event::Attach),
            Stage::Connect => {
                self.observer.event(Event::Connect { attempt: self.failures.saturating_add(1) });
                self.pace.begin(Instant::now());
            }
            Stage::Subscribe if self.filters.first().is_some() => self.observer.event(Event::Subscribe),
            Stage::Subscribe | Stage::Online => {}
        }
        Ok(())
    }

    /// Takes notice of how a step ended; whether that ends the call.
    fn settle(&mut self, request: &Request<'_>, result: &Result<(), L::Error>) -> bool {
        let stage = self.stage;
        if stage == Stage::Connect {
            self.pace.end(Instant::now());
        }
        if let Err(error) = result {
            // A message of QoS 0 is sent once.
            let once = stage == Stage::Online && matches!(request, Request::Publish { qos: Qos::AtMostOnce, .. });
            return !self.heals(error.kind()) || once;
        }
        match stage {
            Stage::Recover if self.rung >= Rung::Restart => self.stage = Stage::Power,
            Stage::Power | Stage::Recover => self.go_to(Stage::Attach),
            Stage::Attach => self.stage = Stage::Connect,
            Stage::Connect => self.logged_in(),
            Stage::Subscribe if self.filters.settle_first() => {}
            Stage::Subscribe => self.stage = Stage::Online,
            Stage::Online => {
                if let Request::Publish { .. } = request {
                    self.passed();
                }
            }
        }
        stage == Stage::Online
    }

    fn logged_in(&mut self) {
        self.stage = Stage::Subscribe;
        self.connection = self.connection.wrapping_add(1);
        self.unexplained = 0;
        self.steady_at = Instant::MAX;
        if L::IS_CONNECTED {
            self.unreached = 0;
            self.steady_at = Instant::now().saturating_add(ladder::STEADY);
        }
        if !is_mutant("no resubscription") {
            self.filters.renew();
        }
        self.observer.event(Event::Connected);
    }
}

/// What the link is to do in a stage behind `Attach`; nothing when all filters are subscribed, and when being on line is
/// all that was asked for.
fn step<'a>(stage: Stage, request: Request<'a>, filter: Option<Topic<'a>>) -> Option<Request<'a>> {
    match (stage, request) {
        (Stage::Subscribe, _) => filter.map(Request::Subscribe),
        (Stage::Online, Request::Connect | Request::Subscribe(_)) => None,
        (Stage::Online, request) => Some(request),
        _ => Some(Request::Connect),
    }
}
