//! The driver value: power and start, identity, network, recovery.

use core::marker::PhantomData;
use core::time::Duration;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_at::{Arg, Ending, Fault, Job, Loss, Modem, Notes as _, Verdict};
use wanlink_core::{ErrorType, Info, Module, Network, Notice, Progress, Rung, Signal, TooLong};

use crate::error::Error;
use crate::model::QuectelModel;
use crate::pins::PowerPins;
use crate::sequence::attach::{self, Attach};
use crate::sequence::describe::{self, Describe};
use crate::sequence::{clock, recover, start, traffic};
use crate::state::{ANYWAY, ATTACH, Op, Pin, Session, State, Take};
use crate::urc::{DIALECT, LINE};

/// The driver's three buffers; the defaults suit messages of 1 KiB, see [`wanlink_at::Buffers`].
pub type Buffers<const RECEIVE: usize = 256, const TRANSMIT: usize = 1280, const INBOX: usize = 1160> =
    wanlink_at::Buffers<RECEIVE, TRANSMIT, INBOX>;

/// Access point names have at most 100 bytes (3GPP TS 23.003, 9.1).
const APN: usize = 100;
/// User and password of an access point (TCP 2.3.1).
const APN_LOGIN: usize = 127;

/// A Quectel module of model `M` behind the port halves `R` and `W`, with the power pins `P`.
///
/// A plain value: no statics, no task to spawn. All of its methods are those of [`Module`] and
/// [`MqttAt`](wanlink_core::MqttAt).
pub struct Quectel<'b, M, R, W, P> {
    pub(crate) modem: Modem<'b, R, W>,
    pub(crate) state: State,
    pub(crate) loss: Option<Loss>,
    pub(crate) keep_alive_s: u16,
    pub(crate) message_id: u16,
    pub(crate) pins: P,
    model: PhantomData<M>,
}

impl<'b, M: QuectelModel, R: Read, W: Write, P: PowerPins> Quectel<'b, M, R, W, P> {
    /// A driver for the module at this port; nothing is sent yet.
    pub fn new<const N: usize, const T: usize, const I: usize>(
        reader: R,
        writer: W,
        pins: P,
        buffers: &'b mut wanlink_at::Buffers<N, T, I>,
    ) -> Self {
        Self {
            modem: Modem::new(&DIALECT, reader, writer, buffers),
            state: State::new(),
            loss: None,
            keep_alive_s: 0,
            message_id: 0,
            pins,
            model: PhantomData,
        }
    }

    /// Runs an operation that needs no notes of its own.
    pub(crate) async fn run(&mut self, table: &'static [u8], flags: u8) -> Result<(), Error> {
        self.ask(table, flags, &[], &[], &mut |_, _, _| Verdict::Default).await
    }

    /// Runs an operation whose answers `take` understands.
    pub(crate) async fn ask(
        &mut self,
        table: &'static [u8],
        flags: u8,
        args: &[Arg<'_>],
        body: &[u8],
        take: Take<'_>,
    ) -> Result<(), Error> {
        self.settle();
        if self.state.down && flags & (Job::BRING_UP | ANYWAY) == 0 {
            return Err(Error::Restarted);
        }
        self.state.cause = None;
        self.state.flags = flags;
        let mut op = Op { state: &mut self.state, take };
        let result = self.modem.run(&Job { table, args, flags, body }, &mut op).await;
        self.explain(result)
    }

    /// Every operation begins with it: what was lent is released, and the fate of a PIN that was dropped is known still.
    pub(crate) fn settle(&mut self) {
        self.loss = None;
        self.modem.release();
        if self.state.pin == Pin::Due {
            self.state.pin = if self.modem.is_unsent() { Pin::Unsent } else { Pin::Sent };
        }
    }

    /// The state knows better why a note or a URC ended an operation.
    fn explain(&mut self, result: Result<(), Fault>) -> Result<(), Error> {
        match (result, self.state.cause.take()) {
            (Ok(()), _) => Ok(()),
            (Err(Fault::Ending(Ending::Ended | Ending::Error { .. } | Ending::Silent(_))), Some(cause)) => Err(cause),
            (Err(fault), _) => Err(fault.into()),
        }
    }

    pub(crate) async fn pause(&mut self, ms: u32, flags: u8) -> Result<(), Error> {
        self.settle();
        self.state.flags = flags;
        let duration = embassy_time::Duration::from_millis(ms.into());
        let result = self.modem.pause(duration, flags, &mut self.state).await;
        self.explain(result)
    }

    /// Checks a text that will stand between quotes.
    pub(crate) fn check_text(what: &'static str, text: &str, limit: usize) -> Result<(), Error> {
        if text.len() > limit {
            return Err(TooLong { what, limit, length: text.len() }.into());
        }
        if attach::is_quotable(text) { Ok(()) } else { Err(Error::Malformed(what)) }
    }

    /// Checks a text that the module wants to have at least one character.
    pub(crate) fn check_name(what: &'static str, text: &str) -> Result<(), Error> {
        if text.is_empty() { Err(Error::Malformed(what)) } else { Self::check_text(what, text, usize::MAX) }
    }

    /// Runs any command of the atat vocabulary; see [`Modem::send`].
    ///
    /// # Errors
    /// As [`Modem::send`].
    pub async fn send<C: atat::AtatCmd>(&mut self, command: &C) -> Result<C::Response, wanlink_at::SendError> {
        self.settle();
        self.state.flags = 0;
        self.modem.send(command, &mut self.state).await
    }

    /// Whether lines that nobody claims are kept in the inbox, to be read with [`line`](Self::line).
    pub fn keep_lines(&mut self, keep: bool) {
        self.modem.keep_lines(keep.then_some(LINE));
    }

    /// Lends the oldest thing in the inbox if it is an unclaimed line. [`Module::idle`] tells when there is one.
    pub fn line(&mut self) -> Option<&[u8]> {
        // Lent is what the next method frees: a message must not be.
        if self.modem.front_tag() != Some(LINE) {
            return None;
        }
        self.modem.front().map(|record| record.body)
    }

    /// How many lines were too long, broken on the way or cut by an error of the port.
    pub fn garbled(&self) -> u16 {
        self.modem.garbled()
    }

    /// Sets the hook that sees the lines of the wire, secrets redacted.
    #[cfg(feature = "trace")]
    pub fn set_trace(&mut self, trace: &'b mut dyn wanlink_at::Trace) {
        self.modem.set_trace(trace);
    }
}

impl<M, R, W, P> ErrorType for Quectel<'_, M, R, W, P> {
    type Error = Error;
}

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Module for Quectel<'_, M, R, W, P> {
    async fn start(&mut self) -> Result<(), Error> {
        self.modem.set_echo_off(false);
        self.state.restarted();
        self.wake().await?;
        self.run(&start::SET_UP, Job::BRING_UP).await?;
        self.modem.set_echo_off(true);
        self.state.down = false;
        self.state.ended();
        // The module may have booted right before.
        self.expect_boot();
        Ok(())
    }

    async fn describe(&mut self) -> Result<Info, Error> {
        let mut describe = Describe::default();
        self.ask(&describe::DESCRIBE, 0, &[], &[], &mut |state, note, answer| describe.take(state, note, answer))
            .await?;
        Ok(describe.into_info())
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Error> {
        let (user, password) = network.auth.map_or(("", ""), |auth| (auth.user, auth.password));
        Self::check_text("APN", network.apn, APN)?;
        Self::check_text("APN user", user, APN_LOGIN)?;
        Self::check_text("APN password", password, APN_LOGIN)?;
        let pin = network.pin.unwrap_or("");
        if network.pin.is_some() && !attach::is_pin(pin) {
            return Err(Error::Malformed("PIN"));
        }
        let args = [
            Arg::Text(network.apn.as_bytes()),
            Arg::Text(user.as_bytes()),
            Arg::Secret(password.as_bytes()),
            Arg::Number(attach::kind_of_authentication(network.auth.is_some())),
            Arg::Secret(pin.as_bytes()),
        ];
        let has_pin = network.pin.is_some();
        self.state.context_up = false;
        let mut attach = Attach { apn: network.apn.as_bytes(), has_pin, progress, told: None, denied: false };
        let result = self
            .ask(&attach::ATTACH, ATTACH, &args, &[], &mut |state, note, answer| attach.take(state, note, answer))
            .await;
        match result {
            Ok(()) if self.state.context_up => {
                self.state.notice = None;
                progress(Progress::ContextUp);
                Ok(())
            }
            Ok(()) | Err(Error::Module { command: "+QIACT", .. }) => Err(Error::NoContext),
            Err(error) => Err(error),
        }
    }

    async fn signal(&mut self) -> Result<Signal, Error> {
        let mut signal = Signal { rssi_dbm: None };
        self.ask(&describe::READ_SIGNAL, 0, &[], &[], &mut |_, _, answer| describe::take_signal(&mut signal, answer))
            .await?;
        Ok(signal)
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Error> {
        let mut time = None;
        self.ask(&clock::CLOCK, 0, &[], &[], &mut |_, _, answer| clock::take(&mut time, answer)).await?;
        Ok(time)
    }

    async fn idle(&mut self) -> Result<Notice, Error> {
        self.settle();
        loop {
            if let Some(notice) = self.state.notice.take() {
                return Ok(notice);
            }
            match self.modem.front_tag() {
                Some(LINE) => return Ok(Notice::Line),
                Some(_) => return Ok(Notice::Message),
                None if self.modem.has_loss() => return Ok(Notice::Message),
                None => {}
            }
            match self.ask(&traffic::LISTEN, 0, &[], &[], &mut traffic::take).await {
                // Told by its notice.
                Ok(()) | Err(Error::SessionLost(_) | Error::NoContext) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), Error> {
        let result = match rung {
            Rung::Context | Rung::Radio => {
                self.state.context_up = false;
                if self.state.session != Session::Closed {
                    self.state.session = Session::Unknown;
                }
                let context = rung == Rung::Context;
                let result = self.run(if context { &recover::CONTEXT } else { &recover::RADIO }, 0).await;
                self.state.context_up = context && result.is_ok();
                return match result {
                    Err(Error::Module { .. }) if context => Err(Error::NoContext),
                    result => result,
                };
            }
            Rung::Restart => self.run(&recover::RESTART, ANYWAY).await,
            _ => self.reset().await,
        };
        match result {
            // That is what was asked for.
            Ok(()) | Err(Error::Restarted) => {
                self.state.restarted();
                self.expect_boot();
                Ok(())
            }
            result => result,
        }
    }

    async fn stop(&mut self) -> Result<(), Error> {
        let result = if self.pins.is_on() == Some(false) { Ok(()) } else { self.run(&recover::STOP, ANYWAY).await };
        self.state.restarted();
        self.state.boots_until = Instant::MIN;
        match result {
            Err(Error::Restarted) => Ok(()),
            result => result,
        }
    }
}

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Quectel<'_, M, R, W, P> {
    /// When the module has been silent for one keep-alive, so that it has to be asked.
    pub(crate) fn silent_at(&self) -> Instant {
        if self.keep_alive_s == 0 {
            return Instant::MAX;
        }
        let keep_alive = embassy_time::Duration::from_secs(self.keep_alive_s.into());
        Instant::from_ticks(self.modem.last_read().as_ticks().saturating_add(keep_alive.as_ticks()))
    }
}
