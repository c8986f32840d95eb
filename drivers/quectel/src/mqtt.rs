//! The module's MQTT client (MQTT Application Note, all chapters).

use embedded_io_async::{Read, Write};
use wanlink_core::{
    Delivery, Error as _, ErrorKind, HasMqtt, Inbound, Login, Message, MqttAt, MqttLimits, Qos, Security, Server,
};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::operation::{Input, Listener, Operation};
use crate::pins::PowerPins;
use crate::sequence::{connect, tls, traffic};
use crate::state::Session;
use crate::urc::MESSAGE;

impl<M: QuectelModel + HasMqtt, R: Read, W: Write, P: PowerPins> MqttAt for Quectel<'_, M, R, W, P> {
    const MQTT: MqttLimits = M::MQTT;

    fn connect<S: Security>(
        &mut self,
        broker: &Server<'_, S>,
        login: &Login<'_>,
    ) -> impl Future<Output = Result<(), Error>> {
        let input = Input::Login { host: broker.host, port: broker.port, tls: broker.security.tls(), login };
        let operation = if S::TLS {
            const { &Operation { rules: &connect::rules(&M::MQTT), ..tls::CONNECT } }
        } else {
            const { &Operation { rules: &connect::rules(&M::MQTT), ..connect::CONNECT } }
        };
        self.ask(operation, input, Listener::Nobody)
    }

    fn subscribe(&mut self, filter: &str, qos: Qos) -> impl Future<Output = Result<(), Error>> {
        let operation = const { &Operation { rules: &traffic::filter_rules(&M::MQTT), ..traffic::SUBSCRIBE } };
        self.ask(operation, Input::Topic { topic: filter, payload: None, qos }, Listener::Nobody)
    }

    fn unsubscribe(&mut self, filter: &str) -> impl Future<Output = Result<(), Error>> {
        let operation = const { &Operation { rules: &traffic::filter_rules(&M::MQTT), ..traffic::UNSUBSCRIBE } };
        self.ask(operation, Input::Topic { topic: filter, payload: None, qos: Qos::AtMostOnce }, Listener::Nobody)
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Error> {
        M::MQTT.check_payload(payload)?;
        let operation = const { &Operation { rules: &traffic::topic_rules(&M::MQTT), ..traffic::PUBLISH } };
        self.ask(operation, Input::Topic { topic, payload: Some(payload), qos }, Listener::Nobody).await?;
        Ok(match qos {
            Qos::AtMostOnce => Delivery::Sent,
            Qos::AtLeastOnce => Delivery::Acknowledged,
        })
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Error>> {
        self.ask(&traffic::RECEIVE, Input::Nothing, Listener::Nobody)
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

    async fn disconnect(&mut self) -> Result<(), Error> {
        match self.ask(&connect::DISCONNECT, Input::Nothing, Listener::Nobody).await {
            Err(error) if error.kind() == ErrorKind::Restart => Err(error),
            _ => {
                self.state.session = Session::Closed;
                Ok(())
            }
        }
    }
}
