//! Power, identity, network, recovery: the operations of [`Module`].

use core::time::Duration;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_at::Answer;
use wanlink_core::{ErrorType, Info, Module, Network, Notice, Progress, Rung, Signal};

use crate::driver::{Quectel, Told, settle};
use crate::error::Error;
use crate::model::QuectelModel;
use crate::operation::{Input, Listener};
use crate::pins::PowerPins;
use crate::sequence::{attach, clock, describe, recover, start, traffic};
use crate::urc::{LINE, MESSAGE};

impl<M, R, W, P> ErrorType for Quectel<'_, M, R, W, P> {
    type Error = Error;
}

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Module for Quectel<'_, M, R, W, P> {
    fn start(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.ask(&start::START, Input::Nothing, Listener::Nobody)
    }

    async fn describe(&mut self) -> Result<Info, Error> {
        let mut info = Info::default();
        let mut take = |note, answer: Answer<'_>| describe::take(&mut info, note, answer);
        self.ask(&describe::DESCRIBE, Input::Nothing, Listener::Answers(&mut take)).await?;
        Ok(info)
    }

    fn attach(
        &mut self,
        network: &Network<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> impl Future<Output = Result<(), Error>> {
        self.ask(&attach::ATTACH, Input::Network(network), Listener::Progress(progress))
    }

    async fn signal(&mut self) -> Result<Signal, Error> {
        let mut signal = Signal { rssi_dbm: None };
        let mut take = |_, answer: Answer<'_>| describe::take_signal(&mut signal, answer);
        self.ask(&describe::SIGNAL, Input::Nothing, Listener::Answers(&mut take)).await?;
        Ok(signal)
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Error> {
        let mut time = None;
        let mut take = |_, answer: Answer<'_>| clock::take(&mut time, answer);
        self.ask(&clock::CLOCK, Input::Nothing, Listener::Answers(&mut take)).await?;
        Ok(time)
    }

    async fn idle(&mut self) -> Result<Notice, Error> {
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
            match self.ask(&traffic::LISTEN, Input::Nothing, Listener::Nobody).await {
                // By something that came into the inbox.
                Ok(()) if self.state.notice.is_none() => self.told = Told::default(),
                // Told by its notice.
                Ok(()) | Err(Error::SessionLost(_) | Error::NoContext) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn recover(&mut self, rung: Rung) -> impl Future<Output = Result<(), Error>> {
        self.ask(recover::operation(rung), Input::Nothing, Listener::Nobody)
    }

    async fn stop(&mut self) -> Result<(), Error> {
        let result = self.ask(&recover::STOP, Input::Nothing, Listener::Nobody).await;
        self.state.restarted();
        self.state.boots_until = Instant::MIN;
        result
    }
}
