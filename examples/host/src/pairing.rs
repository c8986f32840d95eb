//! Which models there are on which paths, and the one place that makes a driver.
//!
//! A new model is a line for each of its paths, a new path a method of [`Errand`].

use wanlink_at::driver::{self, Buffers, DriverModel};
use wanlink_core::{HasHttps as _, HasMqtt as _, HttpsAt, MqttAt, MqttLimits, TlsSocket, TooLong};
use wanlink_quectel::Bg95;

use crate::board::{Board, Pins, Reader, Writer};
use crate::cli::{Module, PathArg, Usage};
use crate::cure::Explain;
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
}

/// A model on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "there is one model so far")]
pub(crate) enum Pair {
    Bg95Mqtt,
    Bg95Tcp,
    Bg95Https,
}

impl Pair {
    const ALL: [Self; 3] = [Self::Bg95Mqtt, Self::Bg95Tcp, Self::Bg95Https];

    /// Model and path, as on the command line.
    pub(crate) const fn names(self) -> (Module, PathArg) {
        match self {
            Self::Bg95Mqtt => (Module::Bg95, PathArg::Mqtt),
            Self::Bg95Tcp => (Module::Bg95, PathArg::Tcp),
            Self::Bg95Https => (Module::Bg95, PathArg::Https),
        }
    }

    /// The pair of this model and path; an error lists all that there are.
    pub(crate) fn find(module: Module, path: PathArg) -> Result<Self, Usage> {
        Self::ALL.into_iter().find(|pair| pair.names() == (module, path)).ok_or_else(|| {
            let name = |(module, path): (Module, PathArg)| format!("{} over {}", module.label(), path.name());
            let all: Vec<_> = Self::ALL.into_iter().map(|pair| name(pair.names())).collect();
            Usage(format!("{} is not there; there is {}", name((module, path)), all.join(", ")))
        })
    }

    /// The pair with these names, as a trace notes them.
    pub(crate) fn named(module: &str, path: &str) -> Option<Self> {
        let has_names = |pair: &Self| (pair.names().0.label().as_str(), pair.names().1.name()) == (module, path);
        Self::ALL.into_iter().find(has_names)
    }

    /// Checks the length of a payload before anything is sent.
    pub(crate) fn check_payload(self, payload: &[u8]) -> Result<(), TooLong> {
        match self {
            Self::Bg95Mqtt => Bg95::MQTT.check_payload(payload),
            Self::Bg95Tcp => MqttLimits::UNSTATED.payload(LONGEST_PAYLOAD as u16).check_payload(payload),
            Self::Bg95Https => check_body(Bg95::HTTPS.body, payload),
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
        match self {
            Self::Bg95Mqtt => {
                let mut buffers = DriverBuffers::new(room);
                Box::pin(errand.mqtt(driver::<Bg95>(board, &mut buffers, trace))).await
            }
            Self::Bg95Tcp => {
                let mut buffers = DriverBuffers::new(room);
                Box::pin(errand.tcp(driver::<Bg95>(board, &mut buffers, trace), room)).await
            }
            Self::Bg95Https => {
                let mut buffers = DriverBuffers::new(room);
                Box::pin(errand.https(driver::<Bg95>(board, &mut buffers, trace))).await
            }
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

fn driver<'b, M: DriverModel>(
    board: &'b mut Board,
    buffers: &'b mut DriverBuffers,
    trace: Trace<'b, '_>,
) -> driver::Driver<'b, M, &'b mut Reader, &'b mut Writer, &'b mut Pins> {
    let Board { reader, writer, pins } = board;
    let mut driver = match buffers {
        DriverBuffers::Small(buffers) => driver::Driver::new(reader, writer, pins, buffers),
        DriverBuffers::Large(buffers) => driver::Driver::new(reader, writer, pins, buffers),
    };
    if let Some(trace) = trace {
        driver.set_trace(trace);
    }
    driver
}
