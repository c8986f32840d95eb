//! Dynamic registration, by HTTPS and by MQTT (facts: `aliyun-iot`, section 3).

use super::http::{Refused, Served};
use super::{At, Platform};
use crate::config::ReturnCode;
use crate::device::{Credential, Device};
use crate::fault::SecretFate;
use crate::http::Body;
use crate::login::Refusal;
use crate::packet::{Packet, Qos, Reply, Violation};
use crate::record::Judgement;
use crate::registration::{Claim, Mode, Obstacle};

impl Platform {
    /// `/auth/register/device`.
    pub(super) fn on_register(&mut self, at: At, claim: Result<Claim, Obstacle>) -> Served {
        let granted = claim.and_then(|claim| self.register(&claim).map(|credential| (claim.device, credential)));
        let rules = &self.config.registration;
        match granted {
            // A claim by HTTPS makes no other credential.
            Ok((device, credential)) => {
                let secret = credential.secret().unwrap_or_default();
                let body = Body::registered(&device, secret, rules.data_first);
                match self.faults.http.next_secret() {
                    SecretFate::Sent | SecretFate::Doubled => Ok(Some(body)),
                    SecretFate::Lost => {
                        self.close(at, Judgement::Fault, "closed in place of a secret");
                        Ok(None)
                    }
                }
            }
            Err(obstacle) => {
                let (code, message) = (obstacle.code(rules), obstacle.message());
                Err(Refused { code, message, reason: obstacle.to_string() })
            }
        }
    }

    /// A CONNECT with `authType`: the secret is pushed behind the CONNACK, without a subscription.
    pub(super) fn grant(&mut self, at: At, claim: &Claim) -> Result<(), Refusal> {
        let credential = self.register(claim).map_err(|obstacle| {
            let code = match obstacle {
                Obstacle::Throttled => ReturnCode::ServerUnavailable,
                // The device is not told more: an active one looks like a wrong signature.
                _ => ReturnCode::BadUserNameOrPassword,
            };
            Refusal::code(code, obstacle.to_string())
        })?;
        if let Some(connection) = self.connections.get_mut(&at.conn) {
            connection.registered = Some(at.now);
        }
        self.send(at, &Reply::Connack { session_present: false, code: ReturnCode::Accepted });
        let rules = &self.config.registration;
        let topic = match claim.mode {
            Mode::Register => "/ext/register".to_owned(),
            Mode::Regnwl => rules.regnwl_topic.clone(),
        };
        let id = (rules.qos == Qos::AtLeastOnce).then_some(1);
        let payload = message(claim, &credential);
        let publish = |dup| Reply::Publish { dup, id, topic: &topic, payload: payload.as_bytes() };
        match self.faults.http.next_secret() {
            SecretFate::Sent => self.send(at, &publish(false)),
            SecretFate::Lost => self.find(at, Judgement::Fault, "secret not sent"),
            SecretFate::Doubled => {
                self.find(at, Judgement::Fault, "secret sent twice");
                self.send(at, &publish(false));
                self.send(at, &publish(id.is_some()));
            }
        }
        Ok(())
    }

    fn register(&mut self, claim: &Claim) -> Result<Credential, Obstacle> {
        if self.faults.http.next_throttled() {
            return Err(Obstacle::Throttled);
        }
        claim.check(&self.registry)?;
        let product = self.registry.product_mut(&claim.device.product_key).ok_or(Obstacle::UnknownProduct)?;
        let reserved = product.devices.get_mut(&claim.device.device_name).and_then(|device| device.reserved.take());
        let mint = &mut self.mint;
        let credential = match claim.mode {
            Mode::Register => Credential::Secret(reserved.unwrap_or_else(|| mint.secret(&product.secret, "secret"))),
            Mode::Regnwl => Credential::Token {
                client_id: mint.name(&product.secret, "client"),
                token: mint.secret(&product.secret, "token"),
            },
        };
        let name = claim.device.device_name.clone();
        // Whatever it had before counts no more.
        product.devices.entry(name).or_insert_with(|| Device::new(Credential::None)).credential = credential.clone();
        self.record.accept_last();
        self.record.count_registration();
        Ok(credential)
    }

    /// Behind a registration, a device may only leave.
    pub(super) fn on_packet_registered(&mut self, at: At, packet: &Packet) -> Result<(), Violation> {
        match packet {
            Packet::Connect(_) | Packet::ConnectLevel(_) => {
                return Err(Violation::new("MQTT-3.1.0-2", "second CONNECT"));
            }
            Packet::Puback(_) => self.record.accept_last(),
            Packet::Pingreq => {
                self.record.accept_last();
                self.send(at, &Reply::Pingresp);
            }
            Packet::Disconnect => {
                self.record.accept_last();
                self.hang_up(at.conn);
            }
            _ => return Err(Violation::of_platform("only a DISCONNECT follows a registration")),
        }
        Ok(())
    }
}

/// What is pushed.
fn message(claim: &Claim, credential: &Credential) -> String {
    let device = &claim.device;
    let names = format!(r#""productKey":"{}","deviceName":"{}""#, device.product_key, device.device_name);
    match credential {
        Credential::Secret(secret) => format!(r#"{{{names},"deviceSecret":"{secret}"}}"#),
        Credential::Token { client_id, token } => {
            format!(r#"{{{names},"clientId":"{client_id}","deviceToken":"{token}"}}"#)
        }
        Credential::None => format!("{{{names}}}"),
    }
}
