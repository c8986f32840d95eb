//! Packets of a device, written out from MQTT 3.1.1.

/// A packet of this first byte and body.
pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut rest = body.len();
    while rest >= 128 {
        bytes.push((rest % 128) as u8 | 128);
        rest /= 128;
    }
    bytes.push(rest as u8);
    bytes.extend_from_slice(body);
    bytes
}

/// A length in two bytes, then the bytes.
pub(crate) fn field(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short field");
    [&length.to_be_bytes()[..], bytes].concat()
}

/// A CONNECT that can be bent.
#[derive(Clone)]
pub(crate) struct Connect {
    pub(crate) protocol: &'static str,
    pub(crate) level: u8,
    pub(crate) flags: u8,
    pub(crate) keep_alive: u16,
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Connect {
    fn new(client_id: &str, username: &str, password: &str) -> Self {
        Self {
            protocol: "MQTT",
            level: 4,
            flags: 0xc2,
            keep_alive: 300,
            client_id: client_id.into(),
            username: username.into(),
            password: password.into(),
        }
    }

    /// The device of vector G4, over TLS.
    pub(crate) fn example() -> Self {
        Self::new(
            "a1X2bEnP82z.example1|timestamp=2524608000000,_v=sdk-c-4.2.0,securemode=2,signmethod=hmacsha256,ext=0,|",
            "example1&a1X2bEnP82z",
            "b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2",
        )
    }

    /// The device of vector G2, over plain TCP.
    pub(crate) fn live_log() -> Self {
        Self::new(
            "868488076506128|securemode=3,signmethod=hmacmd5|",
            "868488076506128&k1hipglLdjU",
            "0f655b12adf519b9a7a2b0a990f398b6",
        )
    }

    /// The device of vector G3, over TLS.
    pub(crate) fn console() -> Self {
        Self::new(
            "a1ABCDEFGHI.Temperature01|securemode=2,signmethod=hmacsha256,timestamp=1719973767245|",
            "Temperature01&a1ABCDEFGHI",
            "befb8c5743a7d6b7d1d655784f3571fd7b17c67484aaef770cbb01ed4bcb14da",
        )
    }

    /// With clean session 0.
    pub(crate) fn persistent(mut self) -> Self {
        self.flags &= !2;
        self
    }

    pub(crate) fn keep_alive(mut self, seconds: u16) -> Self {
        self.keep_alive = seconds;
        self
    }

    /// With another text in the client id.
    pub(crate) fn client_id(mut self, from: &str, to: &str) -> Self {
        assert!(self.client_id.contains(from), "{from}");
        self.client_id = self.client_id.replace(from, to);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let keep_alive = self.keep_alive.to_be_bytes();
        let mut body = field(self.protocol.as_bytes());
        body.extend([self.level, self.flags]);
        body.extend(keep_alive);
        body.extend(field(self.client_id.as_bytes()));
        if self.flags & 0x04 != 0 {
            body.extend(field(b"/will"));
            body.extend(field(b"gone"));
        }
        if self.flags & 0x80 != 0 {
            body.extend(field(self.username.as_bytes()));
        }
        if self.flags & 0x40 != 0 {
            body.extend(field(self.password.as_bytes()));
        }
        packet(0x10, &body)
    }
}

pub(crate) fn publish0(topic: &str, payload: &[u8]) -> Vec<u8> {
    packet(0x30, &[&field(topic.as_bytes()), payload].concat())
}

/// `first` is 0x32, or 0x3a with DUP.
fn publish_with_id(first: u8, id: u16, topic: &str, payload: &[u8]) -> Vec<u8> {
    let topic = field(topic.as_bytes());
    packet(first, &[&topic, &id.to_be_bytes()[..], payload].concat())
}

pub(crate) fn publish1(id: u16, topic: &str, payload: &[u8]) -> Vec<u8> {
    publish_with_id(0x32, id, topic, payload)
}

pub(crate) fn publish1_dup(id: u16, topic: &str, payload: &[u8]) -> Vec<u8> {
    publish_with_id(0x3a, id, topic, payload)
}

pub(crate) fn subscribe(id: u16, filters: &[&str]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    for filter in filters {
        body.extend(field(filter.as_bytes()));
        body.push(1);
    }
    packet(0x82, &body)
}

pub(crate) fn unsubscribe(id: u16, filter: &str) -> Vec<u8> {
    let filter = field(filter.as_bytes());
    packet(0xa2, &[&id.to_be_bytes()[..], &filter].concat())
}

pub(crate) fn puback(id: u16) -> Vec<u8> {
    packet(0x40, &id.to_be_bytes())
}

pub(crate) fn suback(id: u16, codes: &[u8]) -> Vec<u8> {
    packet(0x90, &[&id.to_be_bytes()[..], codes].concat())
}

pub(crate) const PINGREQ: [u8; 2] = [0xc0, 0];
pub(crate) const PINGRESP: [u8; 2] = [0xd0, 0];
pub(crate) const DISCONNECT: [u8; 2] = [0xe0, 0];

pub(crate) fn connack(code: u8) -> Vec<u8> {
    vec![0x20, 2, 0, code]
}

pub(crate) const RESUMED: [u8; 4] = [0x20, 2, 1, 0];
