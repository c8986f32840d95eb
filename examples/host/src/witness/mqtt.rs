//! The module's MQTT client, under watch.

use wanlink_core::{
    AliyunAt, Delivery, Device, DeviceLimits, Inbound, Login, MqttAt, MqttLimits, Qos, Security, Server,
};

use super::Witness;
use crate::call::Call;
use crate::pairing::Driver;

impl<M: Driver + MqttAt> MqttAt for Witness<'_, M> {
    const MQTT: MqttLimits = M::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), M::Error> {
        self.called("connect", || Call::connect(broker, login));
        let result = self.module.connect(broker, login).await;
        self.result(result)
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), M::Error> {
        self.called("subscribe", || Call::Subscribe { filter: filter.to_owned(), qos: qos as u8 });
        let result = self.module.subscribe(filter, qos).await;
        self.result(result)
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), M::Error> {
        self.called("unsubscribe", || Call::Unsubscribe { filter: filter.to_owned() });
        let result = self.module.unsubscribe(filter).await;
        self.result(result)
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, M::Error> {
        self.called("publish", || Call::publish(topic, payload, qos));
        let result = self.module.publish(topic, payload, qos).await;
        self.result(result)
    }

    async fn ready(&mut self) -> Result<(), M::Error> {
        self.called("ready", || Call::Ready);
        let result = self.module.ready().await;
        self.result(result)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.module.front()
    }

    async fn disconnect(&mut self) -> Result<(), M::Error> {
        self.called("disconnect", || Call::Disconnect);
        let result = self.module.disconnect().await;
        self.result(result)
    }
}

impl<M: Driver + AliyunAt> AliyunAt for Witness<'_, M> {
    const DEVICE: DeviceLimits = M::DEVICE;

    async fn sign_in<S: Security>(&mut self, broker: &Server<'_, S>, device: &Device<'_>) -> Result<(), M::Error> {
        self.called("sign_in", || Call::sign_in(broker, device));
        let result = self.module.sign_in(broker, device).await;
        self.result(result)
    }
}
