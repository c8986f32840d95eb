//! What a human at the stand-in can order.

use std::str::FromStr;

use wanlink_platform::{Platform, Pushed, Qos, TimedFault};

/// An order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// For one device.
    Of { product_key: String, device_name: String, what: What },
    /// For all, at a time that counts from now.
    Fault(TimedFault),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    Push { topic: String, text: String },
    Kick,
    Reset,
}

impl FromStr for Order {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "an order is `push TOPIC TEXT`, `kick TOPIC` or `reset TOPIC`, with a whole topic of the \
                            device, or `fault FAULT`";
        let (verb, rest) = line.trim().split_once(' ').ok_or(FORM)?;
        if verb == "fault" {
            return rest.parse().map(Self::Fault).map_err(|error: wanlink_platform::FaultError| error.to_string());
        }
        let (topic, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let below = topic.strip_prefix("/sys").unwrap_or(topic).strip_prefix('/').ok_or(FORM)?;
        let mut levels = below.split('/');
        let (Some(key), Some(name)) = (levels.next(), levels.next()) else { return Err(FORM.to_owned()) };
        let what = match verb {
            "push" => What::Push { topic: topic.to_owned(), text: text.to_owned() },
            "kick" => What::Kick,
            "reset" => What::Reset,
            _ => return Err(FORM.to_owned()),
        };
        Ok(Self::Of { product_key: key.to_owned(), device_name: name.to_owned(), what })
    }
}

impl Order {
    /// Says what became of it.
    pub(super) fn carry_out(&self, platform: &mut Platform, now: u64) -> String {
        let (product_key, device_name, what) = match self {
            Self::Of { product_key, device_name, what } => (product_key, device_name, what),
            Self::Fault(fault) => {
                let now_ms = u32::try_from(now / 1_000).unwrap_or(u32::MAX);
                platform.schedule(TimedFault { at_ms: now_ms.saturating_add(fault.at_ms), ..*fault });
                return format!("fault {fault}: ordered");
            }
        };
        match what {
            What::Push { topic, text } => {
                let pushed = platform.push(now, product_key, device_name, topic, text.as_bytes(), Qos::AtLeastOnce);
                let result = match pushed {
                    Pushed::Sent => "sent",
                    Pushed::Queued => "kept until the device is there",
                    Pushed::NotSubscribed => "discarded, the device has not subscribed this topic",
                    Pushed::Offline => "discarded, the device is not on line",
                    Pushed::UnknownDevice => "discarded, there is no such device",
                    Pushed::TooLarge => "discarded, too long",
                };
                format!("push {topic}: {result}")
            }
            What::Kick if platform.kill_connection(now, product_key, device_name) => {
                format!("kick {device_name}: gone")
            }
            What::Kick => format!("kick {device_name}: it is not on line"),
            What::Reset if platform.reset_device(now, product_key, device_name) => {
                format!("reset {device_name}: it may register again")
            }
            What::Reset => format!("reset {device_name}: there is no such device"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_name_their_device_by_its_topic() {
        let order = |what| Order::Of { product_key: "K".to_owned(), device_name: "N".to_owned(), what };
        let push = |topic: &str, text: &str| order(What::Push { topic: topic.to_owned(), text: text.to_owned() });
        assert_eq!("push /K/N/user/get a b".parse(), Ok(push("/K/N/user/get", "a b")));
        assert_eq!("push /sys/K/N/thing/x {}".parse(), Ok(push("/sys/K/N/thing/x", "{}")));
        assert_eq!("kick /K/N".parse(), Ok(order(What::Kick)));
        assert_eq!("reset /K/N".parse(), Ok(order(What::Reset)));
        assert_eq!("fault slow=5@1+2".parse(), Ok(Order::Fault("slow=5@1+2".parse().unwrap())));
        for bad in ["", "push", "kick N", "throw /K/N", "push K/N/get a", "fault", "fault smell"] {
            assert!(bad.parse::<Order>().is_err(), "{bad}");
        }
    }
}
