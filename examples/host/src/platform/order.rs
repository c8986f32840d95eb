//! What a human at the stand-in can order.

use std::str::FromStr;

use wanlink_platform::{Platform, Pushed, Qos};

/// An order for one device.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Order {
    product_key: String,
    device_name: String,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Push { topic: String, text: String },
    Kick,
}

impl FromStr for Order {
    type Err = &'static str;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "an order is `push TOPIC TEXT` or `kick TOPIC`, with a whole topic of the device";
        let (verb, rest) = line.trim().split_once(' ').ok_or(FORM)?;
        let (topic, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let below = topic.strip_prefix("/sys").unwrap_or(topic).strip_prefix('/').ok_or(FORM)?;
        let mut levels = below.split('/');
        let (Some(key), Some(name)) = (levels.next(), levels.next()) else { return Err(FORM) };
        let what = match verb {
            "push" => What::Push { topic: topic.to_owned(), text: text.to_owned() },
            "kick" => What::Kick,
            _ => return Err(FORM),
        };
        Ok(Self { product_key: key.to_owned(), device_name: name.to_owned(), what })
    }
}

impl Order {
    /// Says what became of it.
    pub(super) fn carry_out(&self, platform: &mut Platform, now: u64) -> String {
        let Self { product_key, device_name, what } = self;
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_name_their_device_by_its_topic() {
        let order = |what| Order { product_key: "K".to_owned(), device_name: "N".to_owned(), what };
        let push = |topic: &str, text: &str| order(What::Push { topic: topic.to_owned(), text: text.to_owned() });
        assert_eq!("push /K/N/user/get a b".parse(), Ok(push("/K/N/user/get", "a b")));
        assert_eq!("push /sys/K/N/thing/x {}".parse(), Ok(push("/sys/K/N/thing/x", "{}")));
        assert_eq!("kick /K/N".parse(), Ok(order(What::Kick)));
        for bad in ["", "push", "kick N", "throw /K/N", "push K/N/get a"] {
            assert!(bad.parse::<Order>().is_err(), "{bad}");
        }
    }
}
