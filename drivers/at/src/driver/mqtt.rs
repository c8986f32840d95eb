//! The module's own MQTT client, for all families.

use embedded_io_async::{Read, Write};
use wanlink_core::{
    AliyunAt, Delivery, Device, DeviceLimits, Error as _, ErrorKind, HasAliyun, HasMqtt, Inbound, Login, Message,
    MqttAt, MqttLimits, Qos, Security, Server,
};

use super::family::{MqttFamily, NativeFamily};
use super::lines::tag::MESSAGE;
use super::model::DriverModel;
use super::operation::{Input, Listener, Operation};
use super::pins::PowerPins;
use super::rule::{device_rules, filter_rules, login_rules, topic_rules};
use super::state::Session;
use super::{Driver, Own};

impl<M: DriverModel<Family: MqttFamily> + HasMqtt, R: Read, W: Write, P: PowerPins> MqttAt for Driver<'_, M, R, W, P> {
    const MQTT: MqttLimits = M::MQTT;

    fn connect<S: Security>(
        &mut self,
        broker: &Server<'_, S>,
        login: &Login<'_>,
    ) -> impl Future<Output = Result<(), Own<M>>> {
        let input = Input::Login { host: broker.host, port: broker.port, tls: broker.security.tls(), login };
        let operation = if S::TLS {
            const { &Operation { rules: &login_rules(&M::MQTT), ..<M::Family as MqttFamily>::CONNECT_TLS } }
        } else {
            const { &Operation { rules: &login_rules(&M::MQTT), ..<M::Family as MqttFamily>::CONNECT } }
        };
        self.ask(operation, input, Listener::Nobody)
    }

    fn subscribe(&mut self, filter: &str, qos: Qos) -> impl Future<Output = Result<(), Own<M>>> {
        let operation = const { &Operation { rules: &filter_rules(&M::MQTT), ..M::Family::SUBSCRIBE } };
        self.ask(operation, Input::Topic { topic: filter, payload: None, qos }, Listener::Nobody)
    }

    fn unsubscribe(&mut self, filter: &str) -> impl Future<Output = Result<(), Own<M>>> {
        let operation = const { &Operation { rules: &filter_rules(&M::MQTT), ..M::Family::UNSUBSCRIBE } };
        self.ask(operation, Input::Topic { topic: filter, payload: None, qos: Qos::AtMostOnce }, Listener::Nobody)
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Own<M>> {
        M::MQTT.check_payload(payload)?;
        if let Some(operation) = const {
            match M::Family::TOPIC {
                Some(operation) => Some(&Operation { rules: &topic_rules(&M::MQTT), ..operation }),
                None => None,
            }
        } {
            self.ask(operation, Input::Topic { topic, payload: None, qos }, Listener::Nobody).await?;
        }
        let operation = const { &Operation { rules: &topic_rules(&M::MQTT), ..M::Family::PUBLISH } };
        self.ask(operation, Input::Topic { topic, payload: Some(payload), qos }, Listener::Nobody).await?;
        Ok(M::Family::delivery(qos))
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Own<M>>> {
        self.ask(M::Family::RECEIVE, Input::Nothing, Listener::Nobody)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.told.message = false;
        self.loss = self.loss.or_else(|| self.modem.engine_mut().take_loss());
        if let Some(loss) = self.loss {
            return Some(Inbound::Lost { count: loss.count, longest: loss.longest });
        }
        self.skip_lines();
        let record = self.modem.engine_mut().front_of(MESSAGE)?;
        Some(Inbound::Message(Message::new(record.head, record.body)))
    }

    async fn disconnect(&mut self) -> Result<(), Own<M>> {
        match self.ask(M::Family::DISCONNECT, Input::Nothing, Listener::Nobody).await {
            Err(error) if error.kind() == ErrorKind::Restart => Err(error),
            _ => {
                self.state.session = Session::Closed;
                Ok(())
            }
        }
    }
}

impl<M: DriverModel<Family: NativeFamily> + HasAliyun, R: Read, W: Write, P: PowerPins> AliyunAt
    for Driver<'_, M, R, W, P>
{
    const DEVICE: DeviceLimits = M::DEVICE;

    async fn sign_in<S: Security>(&mut self, broker: &Server<'_, S>, device: &Device<'_>) -> Result<(), Own<M>> {
        let &Device { product_key, device_name, device_secret, keep_alive_s, clean_session } = device;
        let login =
            &Login { client_id: device_name, user: product_key, password: device_secret, keep_alive_s, clean_session };
        let input = Input::Login { host: broker.host, port: broker.port, tls: broker.security.tls(), login };
        let operation = if S::TLS {
            const { &Operation { rules: &device_rules(&M::MQTT, &M::DEVICE), ..<M::Family as NativeFamily>::SIGN_IN_TLS } }
        } else {
            const { &Operation { rules: &device_rules(&M::MQTT, &M::DEVICE), ..<M::Family as NativeFamily>::SIGN_IN } }
        };
        self.ask(operation, input, Listener::Nobody).await
    }
}
