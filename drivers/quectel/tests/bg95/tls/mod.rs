//! MQTT and sockets inside TLS: what a connection is verified against, by two real TLS stacks that share nothing but the
//! bytes between them and the root that the driver uploads.

mod refused;
mod sockets;
mod upload;
mod verified;

use wanlink_core::{Login, MqttAt, Server, Tls};

use crate::bench::{Driver, Error, HOST, attach, root};

/// Golden vector of the platform's facts with TLS: no timestamp, hmacsha256, secret `secret`.
const LOGIN: Login<'static> = Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..crate::bench::LOGIN };

fn verified() -> Server<'static, Tls<'static>> {
    Server::new(HOST, 8883, Tls::verified(root()))
}

/// Attaches, then connects to the platform with its root.
async fn connect(modem: &mut Driver<'_>) -> Result<(), Error> {
    attach(modem).await?;
    modem.connect(&verified(), &LOGIN).await
}
