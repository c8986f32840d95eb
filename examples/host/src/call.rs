//! A call of a driver, as it can be written down and repeated.

use serde::{Deserialize, Serialize};
use wanlink_core::{Body, ContentType, Device, Login, Network, Qos, Security, Server, Socket, Trust, Validity};

/// A method of the driver and its arguments. Secrets are not among them, but for those in the data of a socket and in the
/// body of a request, which [`masked`](Call::masked) hides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub(crate) enum Call {
    Start,
    Describe,
    Attach {
        apn: String,
        user: Option<String>,
        pin: bool,
    },
    Signal,
    Operator,
    Clock,
    Idle,
    Stop,
    Recover {
        rung: String,
    },
    Connect(Connect),
    /// The client id is the device name, the user the product key.
    SignIn(Connect),
    Subscribe {
        filter: String,
        qos: u8,
    },
    Unsubscribe {
        filter: String,
    },
    Publish {
        topic: String,
        qos: u8,
        #[serde(with = "escaped")]
        payload: Vec<u8>,
    },
    Ready,
    Disconnect,
    Open {
        host: String,
        port: u16,
        tls: Option<Tls>,
    },
    Write {
        socket: Name,
        #[serde(with = "escaped")]
        data: Vec<u8>,
    },
    Read {
        socket: Name,
        room: usize,
    },
    Fetch {
        socket: Name,
        room: usize,
    },
    Close {
        socket: Name,
    },
    Resolve {
        host: String,
    },
    Post(Post),
}

/// A socket: its index, and its generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Name(u8, u8);

impl From<Socket> for Name {
    fn from(socket: Socket) -> Self {
        Self(socket.index(), socket.generation())
    }
}

impl From<Name> for Socket {
    fn from(Name(index, generation): Name) -> Self {
        Self::new(index, generation)
    }
}

/// A request over HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) path: String,
    pub(crate) content: String,
    /// Names of the headers, and how long their values are.
    pub(crate) headers: Vec<(String, usize)>,
    #[serde(with = "escaped")]
    pub(crate) body: Vec<u8>,
    /// Room for the answer.
    pub(crate) room: usize,
}

impl Post {
    pub(crate) fn content(&self) -> Option<ContentType> {
        let all = [ContentType::Form, ContentType::Json, ContentType::Octets];
        all.into_iter().find(|content| content.as_str() == self.content)
    }
}

/// Where to connect to, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Connect {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Option<Tls>,
    pub(crate) client_id: String,
    pub(crate) user: String,
    pub(crate) keep_alive_s: u16,
    pub(crate) clean_session: bool,
}

/// Whom to trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tls {
    /// Content of the root, whose name follows from it; `None`: anyone is trusted.
    pub(crate) root: Option<String>,
    pub(crate) validity: String,
}

impl Call {
    pub(crate) fn attach(network: &Network<'_>) -> Self {
        let user = network.auth.map(|auth| auth.user.to_owned());
        Self::Attach { apn: network.apn.to_owned(), user, pin: network.pin.is_some() }
    }

    pub(crate) fn connect<S: Security>(broker: &Server<'_, S>, login: &Login<'_>) -> Self {
        Self::Connect(Connect {
            host: broker.host.to_owned(),
            port: broker.port,
            tls: broker.security.tls().map(Tls::from),
            client_id: login.client_id.to_owned(),
            user: login.user.to_owned(),
            keep_alive_s: login.keep_alive_s,
            clean_session: login.clean_session,
        })
    }

    pub(crate) fn sign_in<S: Security>(broker: &Server<'_, S>, device: &Device<'_>) -> Self {
        Self::SignIn(Connect {
            host: broker.host.to_owned(),
            port: broker.port,
            tls: broker.security.tls().map(Tls::from),
            client_id: device.device_name.to_owned(),
            user: device.product_key.to_owned(),
            keep_alive_s: device.keep_alive_s,
            clean_session: device.clean_session,
        })
    }

    pub(crate) fn publish(topic: &str, payload: &[u8], qos: Qos) -> Self {
        Self::Publish { topic: topic.to_owned(), qos: qos as u8, payload: payload.to_vec() }
    }

    pub(crate) fn post(
        server: &Server<'_, wanlink_core::Tls<'_>>,
        post: &wanlink_core::Post<'_>,
        body: &Body<'_>,
        room: usize,
    ) -> Self {
        Self::Post(Post {
            host: server.host.to_owned(),
            port: server.port,
            tls: (&server.security).into(),
            path: post.path.to_owned(),
            content: post.content.as_str().to_owned(),
            headers: post.headers.iter().map(|(name, value)| ((*name).to_owned(), value.len())).collect(),
            body: match body {
                Body::Bytes(bytes) => bytes.to_vec(),
                // Known only when it is made.
                body => vec![b' '; body.len()],
            },
            room,
        })
    }

    /// The same without what is secret in the data of a socket or in the body of a request.
    pub(crate) fn masked(&self, mask: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        match self {
            Self::Write { socket, data } => Self::Write { socket: *socket, data: mask(data) },
            Self::Post(post) => Self::Post(Post { body: mask(&post.body), ..post.clone() }),
            call => call.clone(),
        }
    }
}

impl From<&wanlink_core::Tls<'_>> for Tls {
    fn from(tls: &wanlink_core::Tls<'_>) -> Self {
        let root = match tls.trust {
            Trust::Root(root) => Some(String::from_utf8_lossy(root.pem()).into_owned()),
            _ => None,
        };
        Self { root, validity: format!("{:?}", tls.validity) }
    }
}

impl Tls {
    pub(crate) fn validity(&self) -> Option<Validity> {
        let all = [Validity::IfClockKnown, Validity::Required, Validity::Ignored];
        all.into_iter().find(|validity| format!("{validity:?}") == self.validity)
    }
}

/// Bytes as in a trace.
mod escaped {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use wanlink_emulator::trace::{escape, unescape};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&escape(bytes))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<u8>, D::Error> {
        unescape(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("not escaped as it should be"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_noted_without_its_password_and_a_network_without_its_pin() {
        let login = Login { client_id: "c", user: "u", password: "hunter2", keep_alive_s: 60, clean_session: true };
        let server = Server::new("host", 1883, wanlink_core::Plain);
        let network = Network::apn("cmiot").auth("me", "hunter2").pin("4711");
        let device = Device {
            product_key: "k",
            device_name: "n",
            device_secret: "hunter2",
            keep_alive_s: 60,
            clean_session: true,
        };
        let logins = (Call::connect(&server, &login), Call::sign_in(&server, &device));
        let notes = format!("{logins:?} {:?}", Call::attach(&network));
        assert!(!notes.contains("hunter2") && !notes.contains("4711"), "{notes}");
    }
}
