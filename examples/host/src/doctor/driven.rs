//! What a driver does here.

use std::cell::Cell;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use embassy_time::{Timer, with_timeout};
use wanlink_core::{AliyunAt, Error, ErrorKind, HttpsAt, Info, MqttAt, Network, Progress, Signal, TlsSocket};

use super::answers::{Fault, failure, mute};
use super::check::{Chart, Check, Subject};
use super::examine::Stop;
use super::question::pause;
use crate::any::{AnyModule, ModuleError};
use crate::board::Board;
use crate::cure::{self, Cure};
use crate::failure::Failure;
use crate::models::Module;
use crate::pairing::{Driver, Errand, Pair, Room};

/// The longest search for the module: three boots of the slowest.
const START: embassy_time::Duration = embassy_time::Duration::from_secs(150);
/// The longest of questions: one of the models asks a time server, which takes 125 s at most (quectel-at 1.6).
const QUESTION: embassy_time::Duration = embassy_time::Duration::from_secs(140);
/// A module that knows its bands has searched them all by then.
pub(super) const SEARCH_S: u64 = 180;
/// A context takes 150 s at most (quectel-at 1.5).
const CONTEXT_S: u64 = 180;

/// What a driver measured.
pub(super) struct Measured {
    /// Of the data context, where it was asked for.
    pub(super) attached: Option<Result<(), Failure>>,
    /// The driver saw the module registered.
    pub(super) registered: bool,
    pub(super) operator: Option<String>,
    pub(super) signal: Result<Signal, Failure>,
    pub(super) clock: Result<Option<Duration>, Failure>,
}

/// Starts the module; it is left as a driver leaves it.
pub(super) async fn start(board: &mut Board, module: Module) -> Result<(), Failure> {
    with(board, module, async |driver: &mut dyn AnyModule| started(driver).await).await
}

/// Starts the module, and asks it who it is.
pub(super) async fn identify(board: &mut Board, module: Module, chart: &Chart<'_>) -> Result<Info, Stop> {
    chart.progress("the driver starts the module");
    let identity = with(board, module, async |driver: &mut dyn AnyModule| {
        started(driver).await?;
        bounded(driver.describe()).await
    });
    match identity.await {
        Ok(info) => {
            let taken = format!("the module takes the settings of the driver for {}", module.label());
            chart.tell(Check::ok(Subject::Start, module.label(), taken));
            Ok(info)
        }
        Err(failure) => {
            chart.tell(Check::failure(Subject::Start, (), failure));
            Err(Stop("the driver cannot start the module"))
        }
    }
}

/// Brings the data context up if that is asked for, and measures.
pub(super) async fn measure(board: &mut Board, module: Module, apn: Option<&str>, chart: &Chart<'_>) -> Measured {
    let story = async |driver: &mut dyn AnyModule| {
        if let Err(failure) = started(driver).await {
            let (signal, clock) = (Err(failure.clone()), Err(failure.clone()));
            return Measured { attached: apn.map(|_| Err(failure)), registered: false, operator: None, signal, clock };
        }
        let registered = Cell::new(false);
        let attached = match apn {
            Some(apn) => Some(attach(driver, apn, &registered, chart).await),
            None => None,
        };
        chart.progress("asking for operator, signal and clock");
        Measured {
            attached,
            registered: registered.get(),
            signal: bounded(driver.signal()).await,
            operator: with_timeout(QUESTION, driver.operator()).await.ok().flatten(),
            clock: clock(driver).await,
        }
    };
    with(board, module, story).await
}

async fn started(driver: &mut dyn AnyModule) -> Result<(), Failure> {
    let mut result = with_timeout(START, driver.start()).await;
    if matches!(&result, Ok(Err(error)) if error.kind() == ErrorKind::Retry) {
        result = with_timeout(START, driver.start()).await;
    }
    ended(result)
}

/// As the platform's devices do it, with patience that ends.
async fn attach(
    driver: &mut dyn AnyModule,
    apn: &str,
    registered: &Cell<bool>,
    chart: &Chart<'_>,
) -> Result<(), Failure> {
    let mut progress = |progress: Progress| match progress {
        Progress::Searching => chart.progress("the module searches a network, for three minutes at most"),
        Progress::Denied => chart.progress("the network denies registration; the module goes on trying"),
        Progress::Registered { .. } => {
            registered.set(true);
            chart.progress("registered; the data context comes up");
        }
        _ => {}
    };
    let network = Network::apn(apn);
    let patience = async {
        Timer::after_secs(SEARCH_S).await;
        if registered.get() {
            Timer::after_secs(CONTEXT_S).await;
        }
    };
    match select(driver.attach(&network, &mut progress), patience).await {
        Either::First(result) => result.map_err(|error| Failure::of(&error)),
        Either::Second(()) if registered.get() => Err(failure(Fault::NoContext)),
        Either::Second(()) => Err(no_network()),
    }
}

/// The search took too long.
pub(super) fn no_network() -> Failure {
    Failure::new("no network took the module within three minutes", Cure { meaning: "", ..cure::NO_NETWORK })
}

/// The network tells the time some seconds after the registration.
async fn clock(driver: &mut dyn AnyModule) -> Result<Option<Duration>, Failure> {
    const TRIES: u32 = 3;
    let mut time = bounded(driver.clock()).await;
    for _ in 1..TRIES {
        if !matches!(time, Ok(None)) {
            break;
        }
        Timer::after_secs(2).await;
        time = bounded(driver.clock()).await;
    }
    time
}

async fn bounded<T>(call: impl Future<Output = Result<T, ModuleError>>) -> Result<T, Failure> {
    ended(with_timeout(QUESTION, call).await)
}

fn ended<T>(result: Result<Result<T, ModuleError>, embassy_time::TimeoutError>) -> Result<T, Failure> {
    match result {
        Ok(result) => result.map_err(|error| Failure::of(&error)),
        Err(_) => Err(mute()),
    }
}

/// Has a driver of this model do something: on whatever path, since all have what is wanted here.
async fn with<T>(board: &mut Board, module: Module, story: impl AsyncFnOnce(&mut dyn AnyModule) -> T) -> T {
    let pair = Pair::all().find(|pair| pair.names().0 == module).expect("each model has a path");
    pause().await;
    pair.run(board, Room::Small, None, Visit(story)).await
}

struct Visit<S>(S);

impl<T, S: AsyncFnOnce(&mut dyn AnyModule) -> T> Errand for Visit<S> {
    type Output = T;

    async fn mqtt<M: Driver + MqttAt>(self, mut module: M) -> T {
        self.0(&mut module).await
    }

    async fn tcp<M: Driver + TlsSocket>(self, mut module: M, _: Room) -> T {
        self.0(&mut module).await
    }

    async fn https<M: Driver + HttpsAt>(self, mut module: M) -> T {
        self.0(&mut module).await
    }

    async fn native<M: Driver + AliyunAt>(self, mut module: M) -> T {
        self.0(&mut module).await
    }
}
