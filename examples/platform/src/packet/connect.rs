//! The CONNECT packet (MQTT 3.1.1, section 3.1).

use super::Violation;
use super::decode::Reader;

/// A CONNECT of level 3 or 4.
#[derive(Debug)]
pub(crate) struct Connect {
    pub(crate) level: u8,
    pub(crate) clean_session: bool,
    pub(crate) keep_alive_s: u16,
    pub(crate) client_id: String,
    /// A will was given; what it says does not matter, the platform has none.
    pub(crate) will: bool,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Vec<u8>>,
}

const RESERVED: u8 = 0x01;
const CLEAN_SESSION: u8 = 0x02;
const WILL: u8 = 0x04;
const WILL_RETAIN: u8 = 0x20;
const PASSWORD: u8 = 0x40;
const USERNAME: u8 = 0x80;

impl Connect {
    /// Reads the body. The inner error is a protocol level that is not served.
    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Result<Self, u8>, Violation> {
        let name = reader.string()?;
        let level = reader.u8()?;
        match (name.as_str(), level) {
            ("MQTT", 4) | ("MQIsdp", 3) => {}
            ("MQTT" | "MQIsdp", _) => return Ok(Err(level)),
            _ => return Err(Violation::new("MQTT-3.1.2-1", "unknown protocol name")),
        }
        let flags = reader.u8()?;
        check_flags(flags)?;
        let keep_alive_s = reader.u16()?;
        let client_id = reader.string()?;
        let will = flags & WILL != 0;
        if will {
            reader.string()?;
            reader.binary()?;
        }
        let username = match flags & USERNAME {
            0 => None,
            _ => Some(reader.string()?),
        };
        let password = match flags & PASSWORD {
            0 => None,
            _ => Some(reader.binary()?.to_vec()),
        };
        Ok(Ok(Self {
            level,
            clean_session: flags & CLEAN_SESSION != 0,
            keep_alive_s,
            client_id,
            will,
            username,
            password,
        }))
    }
}

fn check_flags(flags: u8) -> Result<(), Violation> {
    let will_qos = flags >> 3 & 3;
    let error = if flags & RESERVED != 0 {
        ("MQTT-3.1.2-3", "reserved connect flag")
    } else if flags & WILL == 0 && will_qos != 0 {
        ("MQTT-3.1.2-13", "will QoS without a will")
    } else if flags & WILL == 0 && flags & WILL_RETAIN != 0 {
        ("MQTT-3.1.2-15", "will retain without a will")
    } else if will_qos == 3 {
        ("MQTT-3.1.2-14", "will QoS 3")
    } else if flags & USERNAME == 0 && flags & PASSWORD != 0 {
        ("MQTT-3.1.2-22", "password without a user name")
    } else {
        return Ok(());
    };
    Err(Violation::new(error.0, error.1))
}
