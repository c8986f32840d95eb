//! A driver whose calls are timed: none may take longer than its bound.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use embassy_time::Instant;
use wanlink_core::{
    Delivery, ErrorType, Inbound, Info, Login, Module, MqttAt, MqttLimits, Network, Notice, Progress, Qos, Rung,
    Security, Server, Signal,
};

use super::account::Account;
use super::checks::Invariant;

/// The longest time of each call in seconds, settling what a dropped one left behind included. `attach`, `ready` and
/// `idle` wait for the network or for a message and have none.
const BOUNDS_S: &[(&str, u64)] = &[
    ("start", 180),
    ("describe", 120),
    ("signal", 120),
    ("clock", 180),
    ("recover", 240),
    ("stop", 240),
    ("connect", 420),
    ("subscribe", 180),
    ("unsubscribe", 180),
    ("publish", 180),
    ("disconnect", 180),
];

pub(super) struct Timed<'a, D> {
    driver: D,
    account: &'a Rc<RefCell<Account>>,
}

impl<'a, D> Timed<'a, D> {
    pub(super) fn new(driver: D, account: &'a Rc<RefCell<Account>>) -> Self {
        Self { driver, account }
    }

    fn ended(account: &Rc<RefCell<Account>>, method: &'static str, since: Instant) {
        let us = since.elapsed().as_micros();
        let mut account = account.borrow_mut();
        let longest = account.longest_us.entry(method).or_default();
        *longest = us.max(*longest);
        if let Some((_, bound)) = BOUNDS_S.iter().find(|bound| bound.0 == method)
            && us > bound * 1_000_000
        {
            account.break_now(Invariant::Bounds, format!("{method} took {} s, its bound is {bound} s", us / 1_000_000));
        }
    }
}

impl<D: ErrorType> ErrorType for Timed<'_, D> {
    type Error = D::Error;
}

macro_rules! timed {
    ($self:ident . $method:ident ($($arg:expr),*)) => {{
        let since = Instant::now();
        let result = $self.driver.$method($($arg),*).await;
        Self::ended($self.account, stringify!($method), since);
        result
    }};
}

impl<D: Module> Module for Timed<'_, D> {
    async fn start(&mut self) -> Result<(), D::Error> {
        timed!(self.start())
    }

    async fn describe(&mut self) -> Result<Info, D::Error> {
        timed!(self.describe())
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), D::Error> {
        timed!(self.attach(network, progress))
    }

    async fn signal(&mut self) -> Result<Signal, D::Error> {
        timed!(self.signal())
    }

    async fn clock(&mut self) -> Result<Option<Duration>, D::Error> {
        timed!(self.clock())
    }

    async fn idle(&mut self) -> Result<Notice, D::Error> {
        timed!(self.idle())
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), D::Error> {
        timed!(self.recover(rung))
    }

    async fn stop(&mut self) -> Result<(), D::Error> {
        timed!(self.stop())
    }
}

impl<D: MqttAt> MqttAt for Timed<'_, D> {
    const MQTT: MqttLimits = D::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), D::Error> {
        timed!(self.connect(broker, login))
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), D::Error> {
        timed!(self.subscribe(filter, qos))
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), D::Error> {
        timed!(self.unsubscribe(filter))
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, D::Error> {
        timed!(self.publish(topic, payload, qos))
    }

    async fn ready(&mut self) -> Result<(), D::Error> {
        self.driver.ready().await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.driver.front()
    }

    async fn disconnect(&mut self) -> Result<(), D::Error> {
        timed!(self.disconnect())
    }
}
