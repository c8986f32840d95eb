//! A driver under watch: the same driver, and whoever listens is told what it is asked for and what comes of it.
//!
//! A session heals errors and shows their kinds only; the program has to say which error it was.

mod https;
mod link;
mod mqtt;
mod socket;

use core::time::Duration;

use wanlink_core::{Error as _, ErrorKind, ErrorType, Info, Module, Network, Notice, Progress, Reply, Rung, Signal};

use crate::call::Call;
use crate::failure::Failure;
use crate::operator::Operator;
use crate::pairing::Driver;

pub(crate) use self::link::Overheard;

/// Whoever listens.
pub(crate) trait Ear {
    /// This method of the driver is called; `call` says how, for those who write it down.
    fn called(&self, method: &'static str, call: &dyn Fn() -> Call) {
        let _ = (method, call);
    }

    /// The call returned; `error` is the text of its error. A call that was dropped never returns.
    fn returned(&self, error: Option<&str>) {
        let _ = error;
    }

    /// A post was answered; told before it returns.
    fn replied(&self, reply: &Reply<'_>) {
        let _ = reply;
    }

    /// A call failed. `starting`: the module was being started.
    fn failed(&self, failure: Failure, kind: ErrorKind, starting: bool) {
        let _ = (failure, kind, starting);
    }

    /// Whether the module is asked for more than the device needs: who it is after its first start, operator and signal
    /// after each attach.
    fn is_curious(&self) -> bool {
        false
    }

    /// The module said who it is.
    fn described(&self, info: &Info) {
        let _ = info;
    }

    /// The data context is up.
    fn attached(&self, operator: Option<&str>, signal: Signal) {
        let _ = (operator, signal);
    }
}

/// Nobody listens.
pub(crate) struct Deaf;

impl Ear for Deaf {}

/// The driver `M`, and `ear` at it.
pub(crate) struct Witness<'w, M> {
    module: M,
    ear: &'w dyn Ear,
    info: Option<Info>,
}

impl<'w, M: Driver> Witness<'w, M> {
    pub(crate) fn new(module: M, ear: &'w dyn Ear) -> Self {
        Self { module, ear, info: None }
    }

    fn called(&self, method: &'static str, call: impl Fn() -> Call) {
        self.ear.called(method, &call);
    }

    fn result<T>(&self, result: Result<T, M::Error>) -> Result<T, M::Error> {
        self.returned(&result, false);
        result
    }

    fn returned<T>(&self, result: &Result<T, M::Error>, starting: bool) {
        match result {
            Ok(_) => self.ear.returned(None),
            Err(error) => {
                self.ear.returned(Some(&error.to_string()));
                self.ear.failed(Failure::of(error), error.kind(), starting);
            }
        }
    }
}

impl<M: Driver> Operator for Witness<'_, M> {
    async fn operator(&mut self) -> Option<String> {
        self.called("operator", || Call::Operator);
        let name = self.module.operator().await;
        self.ear.returned(None);
        name
    }
}

impl<M: ErrorType> ErrorType for Witness<'_, M> {
    type Error = M::Error;
}

impl<M: Driver> Module for Witness<'_, M> {
    async fn start(&mut self) -> Result<(), M::Error> {
        self.called("start", || Call::Start);
        let result = self.module.start().await;
        self.returned(&result, true);
        if result.is_ok() && self.info.is_none() && self.ear.is_curious() {
            self.describe().await?;
        }
        result
    }

    async fn describe(&mut self) -> Result<Info, M::Error> {
        if let Some(info) = self.info {
            return Ok(info);
        }
        self.called("describe", || Call::Describe);
        let result = self.module.describe().await;
        let info = self.result(result)?;
        self.ear.described(&info);
        self.info = Some(info);
        Ok(info)
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), M::Error> {
        self.called("attach", || Call::attach(network));
        let result = self.module.attach(network, progress).await;
        self.result(result)?;
        if !self.ear.is_curious() {
            return Ok(());
        }
        // Nice to know, and no reason not to connect.
        let signal = match self.signal().await {
            Err(error) if error.kind() == ErrorKind::Retry => Signal { rssi_dbm: None },
            result => result?,
        };
        let operator = self.operator().await;
        self.ear.attached(operator.as_deref(), signal);
        Ok(())
    }

    async fn signal(&mut self) -> Result<Signal, M::Error> {
        self.called("signal", || Call::Signal);
        let result = self.module.signal().await;
        self.result(result)
    }

    async fn clock(&mut self) -> Result<Option<Duration>, M::Error> {
        self.called("clock", || Call::Clock);
        let result = self.module.clock().await;
        self.result(result)
    }

    async fn idle(&mut self) -> Result<Notice, M::Error> {
        self.called("idle", || Call::Idle);
        let result = self.module.idle().await;
        self.result(result)
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), M::Error> {
        self.called("recover", || Call::Recover { rung: format!("{rung:?}") });
        let result = self.module.recover(rung).await;
        self.result(result)
    }

    async fn stop(&mut self) -> Result<(), M::Error> {
        self.called("stop", || Call::Stop);
        let result = self.module.stop().await;
        self.result(result)
    }
}
