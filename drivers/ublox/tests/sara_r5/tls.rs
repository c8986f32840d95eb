//! MQTT and sockets inside TLS: what a connection is verified against, by two real TLS stacks that share nothing but the
//! bytes between them and the root that the driver uploads.

mod refused;
mod sockets;
mod upload;
mod verified;

use wanlink_core::{HasMqtt, Login, MqttAt, Server, Tls};
use wanlink_ublox::Error;

use crate::bench::{Driver, FILE, HOST, Played, Shared, attach, root};

/// Golden vector of the platform's facts with TLS: no timestamp, hmacsha256, secret `secret`.
const LOGIN: Login<'static> = Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..crate::bench::LOGIN };

fn verified() -> Server<'static, Tls<'static>> {
    Server::new(HOST, 8883, Tls::verified(root()))
}

/// Attaches, then connects to the platform with its root.
async fn connect<M: Played + HasMqtt>(modem: &mut Driver<'_, M>) -> Result<(), Error> {
    attach(modem).await?;
    modem.connect(&verified(), &LOGIN).await
}

/// The name under which the module keeps a root.
fn stored() -> String {
    format!("CERT:0:{FILE}")
}

fn has_root(scene: &Shared) -> bool {
    scene.borrow().module.file(&stored()).is_some_and(|der| !der.is_empty())
}

/// How often a root was sent to the module in this world.
fn uploads(sent: &[String]) -> usize {
    sent.iter().filter(|line| line.starts_with("AT+USECMNG=0")).count()
}
