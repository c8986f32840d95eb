//! What a test or a program sees of the state inside: the same for every vendor's module.

/// A data context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContextState {
    /// Not active.
    #[default]
    Inactive,
    /// Active, as far as the module says.
    Active,
    /// The network took it away; the host has not deactivated it yet.
    Lost,
}

/// Where an MQTT client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MqttPhase {
    /// Free.
    Closed,
    /// The connection is being opened.
    Opening,
    /// Open; no CONNECT yet, or it was refused.
    Open,
    /// CONNECT sent.
    Connecting,
    /// Accepted by the broker.
    Connected,
    /// Disconnected, and not closed yet.
    Left,
}

/// The last publish that the host handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Topic.
    pub topic: String,
    /// Payload.
    pub payload: Vec<u8>,
    /// QoS.
    pub qos: u8,
    /// Retain flag.
    pub retain: bool,
    /// Message id.
    pub id: u16,
}

/// An MQTT client of the module. There is no password here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MqttView {
    /// Where it stands.
    pub phase: MqttPhase,
    /// Host of the last open.
    pub host: String,
    /// Port of the last open.
    pub port: u16,
    /// Whether TLS is on.
    pub tls: bool,
    /// Keep-alive.
    pub keep_alive_s: u16,
    /// Clean session.
    pub clean: bool,
    /// Client id of the last CONNECT.
    pub client_id: String,
    /// User name of the last CONNECT.
    pub username: String,
    /// What the broker granted: topic and QoS.
    pub subscriptions: Vec<(String, u8)>,
    /// Ids that wait for an answer, oldest first.
    pub in_flight: Vec<u16>,
    /// The last publish, kept when the client closes.
    pub published: Option<Published>,
    /// Messages lost because every slot was taken.
    pub lost: u64,
}

/// Where the HTTP client stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpPhase {
    /// No request, or one that came to nothing.
    #[default]
    Idle,
    /// The connection is being opened.
    Opening,
    /// The host types the data of its request.
    Typing,
    /// The request is sent.
    Waiting,
    /// The answer is there, and not read yet.
    Answered,
}

/// The HTTP client of the module. There is no header and no body here: they carry secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpView {
    /// Where it stands.
    pub phase: HttpPhase,
    /// The URL of the next request.
    pub url: Option<String>,
    /// Of the answer.
    pub status: Option<u16>,
    /// Bytes of its body that wait to be read.
    pub unread: usize,
}

/// Where a socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketState {
    /// The connection is being opened.
    Opening,
    /// The connection is there.
    Connected,
    /// The other end is gone; the id is in use until the host closes it.
    Closed,
}

/// A socket of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketView {
    /// Where it stands.
    pub state: SocketState,
    /// Host as it was given.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Bytes that wait to be read.
    pub unread: usize,
    /// Bytes that were sent, and that the other end has not acknowledged.
    pub unacknowledged: usize,
}

/// What is set for one TLS context; lost on reboot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsContext {
    /// 0 SSL 3, 1 TLS 1.0, 2 TLS 1.1, 3 TLS 1.2, 4 all.
    pub version: u8,
    /// One suite, or 0xffff for all.
    pub suite: u16,
    /// File of the trusted roots, as it was named.
    pub root_file: String,
    /// File of the client's certificate.
    pub client_file: String,
    /// File of the client's key.
    pub key_file: String,
    /// 0 nothing is verified, 1 the server, 2 both sides.
    pub level: u8,
    /// Dates are not looked at.
    pub ignore_dates: bool,
    /// The host name is told to the server.
    pub sni: bool,
    /// The certificate must be for the host.
    pub check_host: bool,
    /// A handshake may take so long.
    pub negotiation_s: u16,
}
