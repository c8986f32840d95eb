//! Power, identity, network, recovery: the operations of [`Module`].

use core::time::Duration;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_core::{ErrorType, Info, Module, Network, Notice, Progress, Rung, Signal};

use super::error::Error;
use super::family::Family;
use super::lines::tag::{LINE, MESSAGE};
use super::model::DriverModel;
use super::operation::{Input, Listener};
use super::pins::PowerPins;
use super::{Driver, Own, Told, describe, settle};
use crate::Answer;

impl<M: DriverModel, R, W, P> ErrorType for Driver<'_, M, R, W, P> {
    type Error = Own<M>;
}

impl<M: DriverModel, R: Read, W: Write, P: PowerPins> Module for Driver<'_, M, R, W, P> {
    fn start(&mut self) -> impl Future<Output = Result<(), Own<M>>> {
        self.ask(M::Family::START, Input::Nothing, Listener::Nobody)
    }

    async fn describe(&mut self) -> Result<Info, Own<M>> {
        let mut info = Info::default();
        let mut take = |note, answer: Answer<'_>| M::Family::describe(&mut info, note, answer);
        self.ask(M::Family::DESCRIBE, Input::Nothing, Listener::Answers(&mut take)).await?;
        Ok(info)
    }

    fn attach(
        &mut self,
        network: &Network<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> impl Future<Output = Result<(), Own<M>>> {
        self.ask(M::Family::ATTACH, Input::Network(network), Listener::Progress(progress))
    }

    async fn signal(&mut self) -> Result<Signal, Own<M>> {
        let mut signal = Signal { rssi_dbm: None };
        let mut take = |_, answer: Answer<'_>| describe::take_signal(&mut signal, answer);
        self.ask(const { &describe::signal() }, Input::Nothing, Listener::Answers(&mut take)).await?;
        Ok(signal)
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Own<M>> {
        let mut time = None;
        let mut take = |_, answer: Answer<'_>| M::Family::clock(&mut time, answer);
        self.ask(M::Family::CLOCK, Input::Nothing, Listener::Answers(&mut take)).await?;
        Ok(time)
    }

    async fn idle(&mut self) -> Result<Notice, Own<M>> {
        settle(self.modem.engine_mut(), &mut self.state);
        loop {
            match self.state.notice.take() {
                // Told below, once.
                None | Some(Notice::Socket) => {}
                Some(notice) => return Ok(notice),
            }
            if core::mem::take(&mut self.state.sockets.news) {
                return Ok(Notice::Socket);
            }
            if self.modem.engine().has(LINE) && !core::mem::replace(&mut self.told.line, true) {
                return Ok(Notice::Line);
            }
            let has_message = self.modem.engine().has_loss() || self.modem.engine().has(MESSAGE);
            if has_message && !core::mem::replace(&mut self.told.message, true) {
                return Ok(Notice::Message);
            }
            match self.ask(M::Family::LISTEN, Input::Nothing, Listener::Nobody).await {
                // By something that came into the inbox.
                Ok(()) if self.state.notice.is_none() => self.told = Told::default(),
                // Told by its notice.
                Ok(()) | Err(Error::SessionLost(_) | Error::NoContext) => {}
                Err(Error::Restarted) if self.state.notice == Some(Notice::Asleep) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn recover(&mut self, rung: Rung) -> impl Future<Output = Result<(), Own<M>>> {
        self.ask(M::Family::recover(rung), Input::Nothing, Listener::Nobody)
    }

    async fn stop(&mut self) -> Result<(), Own<M>> {
        let result = self.ask(M::Family::STOP, Input::Nothing, Listener::Nobody).await;
        self.state.restarted();
        self.state.boots_until = Instant::MIN;
        result
    }
}
