//! Every trait for `&mut T`, so that a link may borrow a driver instead of owning it.
#![deny(clippy::missing_trait_methods)]

use core::time::Duration;

use crate::{
    Delivery, Inbound, Info, Login, Module, MqttAt, MqttLimits, Network, Notice, Progress, Qos, Rung, Security, Server,
    Signal,
};

impl<T: Module + ?Sized> Module for &mut T {
    async fn start(&mut self) -> Result<(), Self::Error> {
        T::start(self).await
    }

    async fn describe(&mut self) -> Result<Info, Self::Error> {
        T::describe(self).await
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Self::Error> {
        T::attach(self, network, progress).await
    }

    async fn signal(&mut self) -> Result<Signal, Self::Error> {
        T::signal(self).await
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Self::Error> {
        T::clock(self).await
    }

    async fn idle(&mut self) -> Result<Notice, Self::Error> {
        T::idle(self).await
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), Self::Error> {
        T::recover(self, rung).await
    }

    async fn stop(&mut self) -> Result<(), Self::Error> {
        T::stop(self).await
    }
}

impl<T: MqttAt + ?Sized> MqttAt for &mut T {
    const MQTT: MqttLimits = T::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Self::Error> {
        T::connect(self, broker, login).await
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Self::Error> {
        T::subscribe(self, filter, qos).await
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), Self::Error> {
        T::unsubscribe(self, filter).await
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error> {
        T::publish(self, topic, payload, qos).await
    }

    async fn ready(&mut self) -> Result<(), Self::Error> {
        T::ready(self).await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        T::front(self)
    }

    async fn receive(&mut self) -> Result<Inbound<'_>, Self::Error> {
        T::receive(self).await
    }

    async fn disconnect(&mut self) -> Result<(), Self::Error> {
        T::disconnect(self).await
    }
}
