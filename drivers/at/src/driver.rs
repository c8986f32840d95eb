//! What a driver is made of, whatever its dialect: a family of modules brings its [tables](Operation) and what their answers
//! mean ([`Family`]), a model its constants ([`DriverModel`]), and [`Driver`] is the rest.
//!
//! For those who write a driver crate. What a firmware team needs of it, each driver crate names again.

mod command;
mod doze;
mod error;
mod family;
mod https;
mod left;
mod lines;
mod model;
mod module;
mod mqtt;
mod operation;
mod pins;
mod resolve;
mod rule;
mod socket;
mod socket_steps;
mod state;
mod task;

pub mod attach;
pub mod clock;
pub mod connect;
pub mod describe;
pub mod power_saving;
pub mod recover;
pub mod sockets;
pub mod start;
pub mod traffic;

use core::cell::Cell;
use core::marker::PhantomData;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};

use crate::forms::allows_blocks;
use crate::{Dialect, Engine, Job, Loss, Modem, Verdict, later};

pub use command::Command;
pub use error::{Error, SimFault};
pub use family::{DozeFamily, Family, HttpsFamily, MqttFamily, NativeFamily, PsmFamily, SocketFamily};
pub use lines::{id, tag};
pub use model::{DriverModel, Lack, Service};
pub use operation::{Args, Input, Listener, NO_ARGS, Operation, Parts, Prepare, Running, Take, flag, taken};
pub use pins::{NoPins, PowerPins, SleepLine, SleepPin, Wired};
pub use resolve::{Found, parse};
pub use rule::{
    Rule, begins_with, check, device_rules, filter_rules, https_rules, login_rules, socket_rules, topic_rules,
};
pub use state::{Pin, Registration, Session, State, Times};
pub use task::Task;

use lines::tag::{LINE, MESSAGE};

/// The error of a model's driver.
pub type ErrorOf<M> = Error<<M as DriverModel>::Family>;
use ErrorOf as Own;

/// The driver's three buffers; the defaults suit messages of 1 KiB, see [`wanlink_at::Buffers`](crate::Buffers).
pub type Buffers<const RECEIVE: usize = 256, const TRANSMIT: usize = 1184, const INBOX: usize = 1160> =
    crate::Buffers<RECEIVE, TRANSMIT, INBOX>;

/// A module of model `M` behind the port halves `R` and `W`, with the power pins `P`.
///
/// A plain value: no statics, no task to spawn. Most of its methods are those of [`Module`](wanlink_core::Module),
/// [`MqttAt`](wanlink_core::MqttAt), [`TcpSocket`](wanlink_core::TcpSocket) and [`HttpsAt`](wanlink_core::HttpsAt), as far
/// as the model has them.
pub struct Driver<'b, M: DriverModel, R, W, P> {
    pub(crate) modem: Modem<'b, R, W, M::Family>,
    pub(crate) state: State<M::Family>,
    pub(crate) loss: Option<Loss>,
    pub(crate) told: Told,
    pub(crate) pins: P,
    model: PhantomData<M>,
}

/// What of the inbox [`Module::idle`](wanlink_core::Module::idle) told, and nobody has looked at since.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) line: bool,
    pub(crate) message: bool,
}

impl<'b, M: DriverModel, R: Read, W: Write, P: PowerPins> Driver<'b, M, R, W, P> {
    /// A driver for the module at this port; nothing is sent yet.
    pub fn new<const N: usize, const T: usize, const I: usize>(
        reader: R,
        writer: W,
        pins: P,
        buffers: &'b mut crate::Buffers<N, T, I>,
    ) -> Self {
        let times = const {
            let boot_ms = 100 * M::BOOT_DS as u32;
            &Times { key_ms: M::KEY_ON_MS, reset_ms: M::RESET_MS, boot_ms, quirks: M::QUIRKS }
        };
        Self {
            modem: Modem::with_forms(
                const {
                    assert!(
                        allows_blocks::<M::Family>(M::Family::DIALECT.blocks),
                        "records come in a form that is denied"
                    );
                    &Dialect { command_gap_ms: M::GAP_MS, ..*M::Family::DIALECT }
                },
                reader,
                writer,
                buffers,
            ),
            state: State::new(times),
            loss: None,
            told: Told::default(),
            pins,
            model: PhantomData,
        }
    }

    /// Runs an operation. Every method that talks to the module ends up here, and hands the future on as it is where it
    /// can: an `async fn` around it is a state machine more.
    ///
    /// For the services of a family that [`Driver`] does not know.
    ///
    /// # Errors
    /// Why it failed.
    #[expect(clippy::manual_async_fn, reason = "the arguments of an async fn are kept twice")]
    pub fn ask(
        &mut self,
        operation: &'static Operation<M::Family>,
        input: Input<'_, '_, M::Family>,
        listener: Listener<'_>,
    ) -> impl Future<Output = Result<(), Own<M>>> {
        async move {
            self.wake();
            let later = Cell::new(0);
            let mut parts = Parts { args: NO_ARGS, body: &[], flags: operation.flags, later: &later };
            operation.set_up(&input, &mut self.state, &mut parts)?;
            let Parts { ref args, body, flags, .. } = parts;
            let job = Job { table: operation.table, args, flags, body };
            let mut run =
                Running { state: &mut self.state, pins: &mut self.pins, args, body, take: operation.take, listener };
            loop {
                self.loss = None;
                settle(self.modem.engine_mut(), run.state);
                if flags == traffic::READY && has_inbound(self.modem.engine_mut()) {
                    return Ok(());
                }
                run.state.begin(flags)?;
                self.modem.drive(&job, &mut run).await;
                let result = run.state.end(self.modem.engine());
                if flags != traffic::READY || result.is_err() {
                    return result;
                }
            }
        }
    }

    /// Takes the sleep line back, and has the first command wait until the port is awake.
    fn wake(&mut self) {
        if self.pins.wake() {
            self.modem.engine_mut().hold_until(later(Instant::now(), M::Family::WAKE_MS));
        }
    }

    /// The engine, for what needs no port.
    pub fn engine_mut(&mut self) -> &mut Engine<'b, M::Family> {
        self.modem.engine_mut()
    }

    /// What only its family knows of the module.
    pub fn own_mut(&mut self) -> &mut <M::Family as Family>::Own {
        &mut self.state.own
    }

    /// Lines that were kept and not read make way for messages.
    pub(crate) fn skip_lines(&mut self) {
        skip_lines(self.modem.engine_mut());
    }

    /// Runs any command of the atat vocabulary; see [`Modem::send`].
    ///
    /// # Errors
    /// As [`Modem::send`].
    pub async fn send<C: atat::AtatCmd>(&mut self, command: &C) -> Result<C::Response, crate::SendError> {
        self.loss = None;
        self.wake();
        settle(self.modem.engine_mut(), &mut self.state);
        self.state.flags = 0;
        let mut run = Running {
            state: &mut self.state,
            pins: &mut self.pins,
            args: &NO_ARGS,
            body: &[],
            take: |_, _, _| Verdict::Default,
            listener: Listener::Nobody,
        };
        self.modem.send(command, &mut run).await
    }

    /// Whether lines that nobody claims are kept in the inbox, to be read with [`line`](Self::line).
    pub fn keep_lines(&mut self, keep: bool) {
        self.modem.engine_mut().keep_lines(keep.then_some(LINE));
    }

    /// Lends the oldest unclaimed line, until the next method. [`Module::idle`](wanlink_core::Module::idle) tells when
    /// there is one.
    pub fn line(&mut self) -> Option<&[u8]> {
        self.told.line = false;
        self.modem.engine_mut().front_of(LINE).map(|record| record.body)
    }

    /// How many lines were too long, broken on the way or cut by an error of the port.
    pub fn garbled(&self) -> u16 {
        self.modem.engine().garbled()
    }

    /// Sets the hook that sees the lines of the wire, secrets redacted.
    #[cfg(feature = "trace")]
    pub fn set_trace(&mut self, trace: &'b mut dyn crate::Trace) {
        self.modem.engine_mut().set_trace(trace);
    }
}

/// Every operation begins with it: what was lent is released, and the fate of a PIN that was dropped is known still.
pub(crate) fn settle<F: Family>(engine: &mut Engine<'_, F>, state: &mut State<F>) {
    engine.release();
    engine.set_echo_off(state.set_up);
    if !F::MQTT_COMMANDS.is_empty() && matches!(state.session, Session::Lost(_)) {
        engine.forgive_dropped(F::MQTT_COMMANDS);
    }
    if state.pin == Pin::Due {
        state.pin = if engine.is_unsent() { Pin::Unsent } else { Pin::Sent };
    }
}

/// Whether there is a message, or the news that one was lost.
fn has_inbound<F: Family>(engine: &mut Engine<'_, F>) -> bool {
    skip_lines(engine);
    engine.has_loss() || engine.has(MESSAGE)
}

fn skip_lines<F: Family>(engine: &mut Engine<'_, F>) {
    while engine.front_of(LINE).is_some() {
        engine.release();
    }
}

/// Checks that every command of these tables has its name in the family's list, for the tests of a driver crate.
///
/// # Panics
/// When one has not, or two names are taken for one another.
#[doc(hidden)]
pub fn check_names<F: Family>(operations: impl IntoIterator<Item = &'static Operation<F>>) {
    for operation in operations {
        for name in crate::commands(operation.table) {
            let name = core::str::from_utf8(name).unwrap_or("no text");
            // Bytes for a module that waits for data are no command.
            assert!(F::COMMANDS.contains(&name) || name.starts_with('{'), "{name}");
        }
    }
    for name in F::COMMANDS {
        assert_eq!(Command::<F>::new(name).as_str(), *name);
    }
    assert_eq!(Command::<F>::new("+CUNKNOWN").as_str(), "");
}
