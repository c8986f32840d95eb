//! TLS and the MQTT and HTTPS clients of the simulated module.

use wanlink_core::{
    Body, Delivery, ErrorKind, HttpsAt, HttpsLimits, Inbound, Login, Message, MqttAt, MqttLimits, Post, Qos, Reply,
    Security, Server, Socket, TcpSocket, Tls, TlsSocket,
};

use crate::modem::{Failed, Modem};
use crate::net::Command;

impl TlsSocket for Modem {
    async fn open_tls(&mut self, host: &str, port: u16, _: &Tls<'_>) -> Result<Socket, Failed> {
        self.open(host, port).await
    }
}

impl MqttAt for Modem {
    const MQTT: MqttLimits = MqttLimits::UNSTATED;

    async fn connect<S: Security>(&mut self, _: &Server<'_, S>, _: &Login<'_>) -> Result<(), Failed> {
        self.done(Command::Login, ErrorKind::Reconnect).await?;
        if !self.net.with(|net| net.is_logged_in) {
            return Err(Failed(ErrorKind::Reattach));
        }
        self.session = Ok(());
        Ok(())
    }

    async fn subscribe(&mut self, _: &str, _: Qos) -> Result<(), Failed> {
        self.done(Command::Signal, ErrorKind::Reconnect).await
    }

    async fn unsubscribe(&mut self, _: &str) -> Result<(), Failed> {
        self.done(Command::Signal, ErrorKind::Reconnect).await
    }

    async fn publish(&mut self, _: &str, payload: &[u8], _: Qos) -> Result<Delivery, Failed> {
        self.begin().await?;
        self.session.map_err(Failed)?;
        self.done(Command::Publish(payload.into()), ErrorKind::Reconnect).await?;
        Ok(Delivery::Acknowledged)
    }

    async fn ready(&mut self) -> Result<(), Failed> {
        self.begin().await?;
        self.listen(|modem| match modem.session {
            _ if !modem.inbox.is_empty() => Some(Ok(())),
            Err(kind) => Some(Err(Failed(kind))),
            Ok(()) => None,
        })
        .await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.is_lent = !self.inbox.is_empty();
        let payload = self.inbox.front()?;
        Some(Inbound::Message(Message::new(b"t", payload)))
    }

    async fn disconnect(&mut self) -> Result<(), Failed> {
        self.session = Err(ErrorKind::Reconnect);
        Ok(())
    }
}

impl HttpsAt for Modem {
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED;

    async fn post<'r>(
        &mut self,
        _: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        _: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Failed> {
        self.done(Command::Signal, ErrorKind::Retry).await?;
        let count = post.path.len();
        reply[..count].copy_from_slice(post.path.as_bytes());
        Ok(Reply { status: 200, body: &reply[..count], cut: 0 })
    }
}
