//! What an error means and what to do about it. These texts live on the host and in the docs, not in firmware.

use wanlink_core::{ErrorKind, Refusal};

/// Meaning and cure of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cure {
    /// The kind's name in `--json`.
    pub kind: &'static str,
    /// The number behind it: a CONNACK code.
    pub code: Option<u8>,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub cure: &'static str,
}

/// Looks an error up.
#[must_use]
pub fn of(kind: ErrorKind) -> Cure {
    let (name, meaning, cure) = match kind {
        ErrorKind::Retry => ("retry", "a command failed once", "try again"),
        ErrorKind::Reconnect => {
            ("reconnect", "the session with the broker is gone", "connect again; check host, port and coverage")
        }
        ErrorKind::Reattach => (
            "reattach",
            "the data context or the registration is gone",
            "attach again; check the APN and the data plan",
        ),
        ErrorKind::Restart => (
            "restart",
            "the module restarted or does not answer",
            "check its power supply, the wiring and the baud rate",
        ),
        ErrorKind::Refused(refusal) => return refused(refusal),
        ErrorKind::Unsupported => {
            ("unsupported", "this module's firmware cannot do it", "update the firmware or take another path")
        }
        _ => ("misuse", "an argument or the order of calls is wrong", "see the message"),
    };
    Cure { kind: name, code: None, meaning, cure }
}

fn refused(refusal: Refusal) -> Cure {
    let (kind, meaning, cure) = match refusal {
        Refusal::Connack(code) => return connack(code),
        Refusal::Subscription => (
            "refused_subscription",
            "the platform refuses the subscription",
            "define the topic in the product with the right to subscribe, and use this device's own name in it",
        ),
        Refusal::Certificate => {
            ("refused_certificate", "the server's certificate is not trusted", "check the root, the host and the clock")
        }
        Refusal::Sim => ("refused_sim", "the SIM stands in the way", "insert it, give its PIN, or unblock it"),
        Refusal::Network => {
            ("refused_network", "the network denies registration", "check the subscription, the band and roaming")
        }
        _ => ("refused", "the platform refuses without a reason", "check product key, device name and secret"),
    };
    Cure { kind, code: None, meaning, cure }
}

/// CONNACK return codes as this platform uses them (MQTT 3.1.1, table 3.1; the platform's troubleshooting page).
fn connack(code: u8) -> Cure {
    let (meaning, cure) = match code {
        1 => ("the platform does not speak this version of MQTT", "set the module's MQTT version to 3.1.1"),
        2 => ("the client id is malformed", "check the part between its bars: securemode, signmethod, timestamp"),
        3 => {
            ("the service is not available, or the keep-alive is out of range", "wait; keep-alive must be 30 to 1200 s")
        }
        4 => (
            "product key, device name or device secret is wrong",
            "compare all three with the console; the secret belongs to this one device",
        ),
        5 => ("the device is not allowed to connect", "enable it in the console; check region and instance"),
        _ => ("the platform refuses the login", "see the platform's list of CONNACK codes"),
    };
    Cure { kind: "refused_login", code: Some(code), meaning, cure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connack_code_of_the_platform_has_a_meaning_of_its_own() {
        let texts: Vec<_> = (1..=5).map(|code| of(ErrorKind::Refused(Refusal::Connack(code))).meaning).collect();
        for (at, text) in texts.iter().enumerate() {
            assert!(!texts[at + 1..].contains(text), "{text}");
        }
    }
}
