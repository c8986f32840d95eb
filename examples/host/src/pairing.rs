//! Models on their paths, and the one place that makes a driver.
//!
//! A new model is a line of [`MODELS`], a new path a method of [`Errand`].

use wanlink_at::driver::{self, Buffers, DriverModel, HttpsFamily, MqttFamily, NativeFamily, SocketFamily};
use wanlink_core::{
    AliyunAt, HasAliyun, HasHttps, HasMqtt, HasTlsSocket, HttpsAt, HttpsLimits, MqttAt, MqttLimits, TlsSocket, TooLong,
};

use crate::any::{Any, AnyHttps, AnyMqtt, AnyNative, AnySocket};
use crate::board::{Board, Pins, Reader, Writer};
use crate::cli::{PathArg, Usage};
use crate::cure::Explain;
use crate::dialect::Dialect;
use crate::explain::{self, Explanation};
use crate::models::{MODELS, Module};
use crate::operator::Operator;

/// What a driver needs to be for this program, on any path.
pub(crate) trait Driver: wanlink_core::Module<Error: Explain> + Operator {}

impl<M: wanlink_core::Module<Error: Explain> + Operator> Driver for M {}

/// What is to be done with a driver. Each path asks for what it needs, so that a wrong pairing does not compile.
pub(crate) trait Errand {
    type Output;

    async fn mqtt<M: Driver + MqttAt>(self, module: M) -> Self::Output;

    /// `room` is that of the link's buffers, too.
    async fn tcp<M: Driver + TlsSocket>(self, module: M, room: Room) -> Self::Output;

    async fn https<M: Driver + HttpsAt>(self, module: M) -> Self::Output;

    async fn native<M: Driver + AliyunAt>(self, module: M) -> Self::Output;
}

/// A path that a model takes: its limits there, what makes its driver, and what shows it.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    Mqtt(MqttLimits, for<'b> fn(Parts<'b>) -> Any<dyn AnyMqtt + 'b>, Told),
    Tcp(for<'b> fn(Parts<'b>) -> Any<dyn AnySocket + 'b>, Told),
    Https(HttpsLimits, for<'b> fn(Parts<'b>) -> Any<dyn AnyHttps + 'b>, Told),
    Native(MqttLimits, for<'b> fn(Parts<'b>) -> Any<dyn AnyNative + 'b>, Told),
}

type Told = fn() -> Explanation;

pub(crate) const fn mqtt<M: DriverModel<Family: Dialect + MqttFamily> + HasMqtt + 'static>() -> Way {
    Way::Mqtt(M::MQTT, |parts| Any(Box::new(parts.driver::<M>())), explain::mqtt::<M>)
}

pub(crate) const fn tcp<M: DriverModel<Family: Dialect + SocketFamily> + HasTlsSocket + 'static>() -> Way {
    Way::Tcp(|parts| Any(Box::new(parts.driver::<M>())), explain::tcp::<M>)
}

pub(crate) const fn https<M: DriverModel<Family: Dialect + HttpsFamily> + HasHttps + 'static>() -> Way {
    Way::Https(M::HTTPS, |parts| Any(Box::new(parts.driver::<M>())), explain::https::<M>)
}

pub(crate) const fn native<M: DriverModel<Family: Dialect + NativeFamily> + HasAliyun + 'static>() -> Way {
    Way::Native(M::MQTT, |parts| Any(Box::new(parts.driver::<M>())), explain::native::<M>)
}

/// A model on a path.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    module: Module,
    way: Way,
}

impl Pair {
    /// All that there are.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        MODELS.iter().flat_map(|&module| module.ways().iter().map(move |&way| Self { module, way }))
    }

    /// Model and path, as on the command line.
    pub(crate) const fn names(self) -> (Module, PathArg) {
        let path = match self.way {
            Way::Mqtt(..) => PathArg::Mqtt,
            Way::Tcp(..) => PathArg::Tcp,
            Way::Https(..) => PathArg::Https,
            Way::Native(..) => PathArg::Native,
        };
        (self.module, path)
    }

    /// The pair of this model and path; an error lists all that there are.
    pub(crate) fn find(module: Module, path: PathArg) -> Result<Self, Usage> {
        Self::all().find(|pair| pair.names() == (module, path)).ok_or_else(|| {
            let name = |(module, path): (Module, PathArg)| format!("{} over {}", module.label(), path.name());
            let all: Vec<_> = Self::all().map(|pair| name(pair.names())).collect();
            let why = module.lack(path).unwrap_or_default();
            Usage(format!("{} is not there: {why}; there is {}", name((module, path)), all.join(", ")))
        })
    }

    /// The pair with these names, as a trace notes them.
    pub(crate) fn named(module: &str, path: &str) -> Option<Self> {
        let has_names = |pair: &Self| (pair.names().0.label(), pair.names().1.name()) == (module, path);
        Self::all().find(has_names)
    }

    /// What its driver sends and waits for.
    pub(crate) fn explain(self) -> Explanation {
        match self.way {
            Way::Mqtt(.., told) | Way::Tcp(_, told) | Way::Https(.., told) | Way::Native(.., told) => told(),
        }
    }

    /// Checks the length of a payload before anything is sent.
    pub(crate) fn check_payload(self, payload: &[u8]) -> Result<(), TooLong> {
        match self.way {
            Way::Mqtt(limits, ..) | Way::Native(limits, ..) => limits.check_payload(payload),
            Way::Tcp(..) => MqttLimits::UNSTATED.payload(LONGEST_PAYLOAD as u16).check_payload(payload),
            Way::Https(limits, ..) => check_body(limits.body, payload),
        }
    }

    /// Whether a publish returns when the platform acknowledged.
    pub(crate) const fn is_acknowledged(self) -> bool {
        match self.way {
            Way::Mqtt(limits, ..) | Way::Native(limits, ..) => limits.acknowledged,
            Way::Tcp(..) | Way::Https(..) => true,
        }
    }

    /// The longest payload that it takes, in bytes.
    pub(crate) fn longest_payload(self) -> usize {
        match self.way {
            Way::Mqtt(limits, ..) | Way::Native(limits, ..) => limits.payload.into(),
            Way::Tcp(..) => LONGEST_PAYLOAD,
            Way::Https(limits, ..) => limits.body.min(LONGEST_POST) as usize,
        }
    }

    /// Makes the driver, and has it do the errand.
    pub(crate) async fn run<E: Errand>(
        self,
        board: &mut Board,
        room: Room,
        trace: Trace<'_, '_>,
        errand: E,
    ) -> E::Output {
        let mut buffers = DriverBuffers::new(room);
        let trace = trace.map(|trace| -> &mut dyn wanlink_at::Trace { trace });
        let parts = Parts { board, buffers: &mut buffers, trace };
        match self.way {
            Way::Mqtt(_, make, _) => Box::pin(errand.mqtt(make(parts))).await,
            Way::Tcp(make, _) => Box::pin(errand.tcp(make(parts), room)).await,
            Way::Https(_, make, _) => Box::pin(errand.https(make(parts))).await,
            Way::Native(_, make, _) => Box::pin(errand.native(make(parts))).await,
        }
    }
}

/// The longest message that the platform takes over HTTPS (aliyun-iot, 4).
const LONGEST_POST: u32 = 128 * 1024;

/// Checks the body of a request against the model's limit and the platform's.
fn check_body(model: u32, payload: &[u8]) -> Result<(), TooLong> {
    let limit = model.min(LONGEST_POST);
    if payload.len() > limit as usize { Err(TooLong::body(limit, payload.len())) } else { Ok(()) }
}

/// Payloads that an MQTT client of ours takes from the command line.
pub(crate) const LONGEST_PAYLOAD: usize = 16_000;

/// Room in the buffers of driver and link.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Room {
    /// As on a microcontroller, for messages of 3,000 bytes up and 1,000 down.
    Small,
    /// For whatever the command line asks for.
    Large,
}

/// Who sees the lines of the wire as the driver does, if anybody.
pub(crate) type Trace<'t, 'x> = Option<&'t mut (dyn wanlink_at::Trace + 'x)>;

enum DriverBuffers {
    Small(Box<Buffers>),
    Large(Box<Buffers<1024, 8192, 16_384>>),
}

impl DriverBuffers {
    fn new(room: Room) -> Self {
        match room {
            Room::Small => Self::Small(Box::new(Buffers::new())),
            Room::Large => Self::Large(Box::new(Buffers::new())),
        }
    }
}

/// What a driver is made of.
pub(crate) struct Parts<'b> {
    board: &'b mut Board,
    buffers: &'b mut DriverBuffers,
    trace: Option<&'b mut dyn wanlink_at::Trace>,
}

impl<'b> Parts<'b> {
    fn driver<M: DriverModel>(self) -> driver::Driver<'b, M, &'b mut Reader, &'b mut Writer, &'b mut Pins> {
        let Board { reader, writer, pins } = self.board;
        let mut driver = match self.buffers {
            DriverBuffers::Small(buffers) => driver::Driver::new(reader, writer, pins, buffers),
            DriverBuffers::Large(buffers) => driver::Driver::new(reader, writer, pins, buffers),
        };
        if let Some(trace) = self.trace {
            driver.set_trace(trace);
        }
        driver
    }
}
