//! Who may publish and subscribe what (facts: `aliyun-iot`, section 6.2).

use crate::config::Limits;
use crate::device::{Access, TopicClass};
use crate::login::Login;
use crate::record::Direction;
use crate::topic;

/// The rights of one connected device.
pub(crate) struct Rights<'a> {
    pub(crate) login: &'a Login,
    /// Topic classes of its product.
    pub(crate) classes: &'a [TopicClass],
}

impl Rights<'_> {
    /// Whether the device may publish on this topic.
    pub(crate) fn may_publish(&self, name: &str) -> bool {
        self.allows(name, Direction::Up)
    }

    /// Whether the device may subscribe this filter.
    pub(crate) fn may_subscribe(&self, filter: &str) -> bool {
        self.allows(filter, Direction::Down)
    }

    /// Whether messages on this topic come without a SUBSCRIBE.
    pub(crate) fn comes_unasked(&self, name: &str) -> bool {
        let broadcast = self.below("/sys/", name);
        if broadcast.is_some_and(|rest| rest.starts_with("broadcast/request/")) {
            return true;
        }
        if name.starts_with("/ext/rrpc/") {
            return self.login.extended_rrpc;
        }
        if name.starts_with("/ext/error/") {
            return self.login.error_notices;
        }
        let custom = self.below("/", name).is_some() || name.starts_with("/broadcast/");
        self.login.auto_subscribe && !custom && self.may_subscribe(name)
    }

    fn allows(&self, text: &str, direction: Direction) -> bool {
        if let Some(rest) = text.strip_prefix("/ext/rrpc/") {
            return self.login.extended_rrpc && self.extended_rrpc(rest);
        }
        let down = direction == Direction::Down;
        if let Some(rest) = self.below("/sys/", text) {
            return system_direction(rest) == Some(direction);
        }
        if let Some(rest) = self.below("/ext/session/", text) {
            return rest.starts_with("combine/") && rest.ends_with("_reply") == down;
        }
        if let Some(rest) = self.below("/ext/ntp/", text) {
            return rest == if down { "response" } else { "request" };
        }
        if let Some(name) = self.of_product("/broadcast/", text) {
            return down && !name.is_empty();
        }
        if let Some(suffix) = self.below("/", text) {
            return self.custom(suffix, direction);
        }
        let prefixes: &[&str] = match direction {
            Direction::Up => {
                &["/shadow/update/", "/ota/device/inform/", "/ota/device/progress/", "/ota/device/request/"]
            }
            Direction::Down => &["/shadow/get/", "/ota/device/upgrade/", "/ext/error/"],
        };
        prefixes.iter().any(|prefix| self.is_own(prefix, text))
    }

    /// Whether `text` is `<prefix><productKey>/<deviceName>`.
    fn is_own(&self, prefix: &str, text: &str) -> bool {
        self.of_product(prefix, text) == Some(self.login.device.device_name.as_str())
    }

    /// What follows `<prefix><productKey>/<deviceName>/`.
    fn below<'t>(&self, prefix: &str, text: &'t str) -> Option<&'t str> {
        let rest = self.of_product(prefix, text)?;
        let rest = rest.strip_prefix(self.login.device.device_name.as_str())?;
        rest.strip_prefix('/')
    }

    /// What follows `<prefix><productKey>/`.
    fn of_product<'t>(&self, prefix: &str, text: &'t str) -> Option<&'t str> {
        let rest = text.strip_prefix(prefix)?;
        let rest = rest.strip_prefix(self.login.device.product_key.as_str())?;
        rest.strip_prefix('/')
    }

    /// `<messageId>/<topic>`, where the topic is the device's own; one topic for both directions.
    fn extended_rrpc(&self, rest: &str) -> bool {
        let Some((message_id, _)) = rest.split_once('/') else {
            return false;
        };
        let topic = &rest[message_id.len()..];
        let own = self.below("/", topic).or_else(|| self.below("/sys/", topic));
        !message_id.is_empty() && message_id != "#" && own.is_some_and(|own| !own.is_empty())
    }

    /// A topic of the user, below `/<productKey>/<deviceName>/`: levels of `[A-Za-z0-9_]+` below `user`, in a class that
    /// gives the right.
    fn custom(&self, suffix: &str, direction: Direction) -> bool {
        let down = direction == Direction::Down;
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let level = |level: &str| {
            let wildcard = down && (level == "+" || level == "#");
            wildcard || !level.is_empty() && level.chars().all(word)
        };
        let mut levels = suffix.split('/');
        let in_user = levels.next() == Some("user") && levels.clone().next().is_some();
        let wanted = if down { Access::Subscribe } else { Access::Publish };
        let granted = |class: &TopicClass| {
            (class.access == wanted || class.access == Access::All) && topic::covers(&class.pattern, suffix)
        };
        in_user && levels.all(level) && self.classes.iter().any(granted)
    }
}

/// Direction of what stands below `/sys/<productKey>/<deviceName>/`. A filter with wildcards counts as down.
fn system_direction(rest: &str) -> Option<Direction> {
    const FROM_CLOUD: [&str; 9] = [
        "thing/service/",
        "thing/enable",
        "thing/disable",
        "thing/delete",
        "thing/config/push",
        "thing/config/log/push",
        "thing/model/down_raw",
        "thing/topo/add/notify",
        "thing/topo/change",
    ];
    if rest.starts_with("rrpc/response/") {
        return Some(Direction::Up);
    }
    if rest.starts_with("rrpc/request/") || rest.starts_with("broadcast/request/") {
        return Some(Direction::Down);
    }
    if topic::has_wildcard(rest) {
        return Some(Direction::Down);
    }
    if !rest.starts_with("thing/") && !rest.starts_with("_thing/") {
        return None;
    }
    let from_cloud = FROM_CLOUD.iter().any(|topic| match topic.strip_suffix('/') {
        Some(_) => rest.starts_with(topic),
        None => rest.strip_suffix("_reply").unwrap_or(rest) == *topic,
    });
    // A reply runs against its request.
    if from_cloud == rest.ends_with("_reply") { Some(Direction::Up) } else { Some(Direction::Down) }
}

/// Which limit a topic or filter breaks, if any. The platform's own topics have more slashes than custom ones may.
pub(crate) fn over_limit(text: &str, limits: &Limits) -> Option<&'static str> {
    const OWN: [&str; 5] = ["/sys/", "/ext/", "/ota/", "/shadow/", "/broadcast/"];
    let custom = !OWN.iter().any(|prefix| text.starts_with(prefix));
    let slashes = text.matches('/').count();
    if limits.topic_bytes.is_some_and(|most| text.len() > most) {
        Some("topic is too long")
    } else if custom && limits.custom_topic_slashes.is_some_and(|most| slashes > most) {
        Some("topic has too many slashes")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceId;

    fn login(extended_rrpc: bool) -> Login {
        Login {
            device: DeviceId::new("pk", "dn"),
            auto_subscribe: true,
            extended_rrpc,
            error_notices: false,
            keep_alive_s: 300,
        }
    }

    fn check(classes: &[TopicClass], rows: &[(&str, bool, bool)]) {
        let login = login(true);
        let rights = Rights { login: &login, classes };
        for (topic, publish, subscribe) in rows {
            assert_eq!(rights.may_publish(topic), *publish, "publish {topic}");
            assert_eq!(rights.may_subscribe(topic), *subscribe, "subscribe {topic}");
        }
    }

    #[test]
    fn system_topics_have_one_direction() {
        let rows = [
            ("/sys/pk/dn/thing/event/property/post", true, false),
            ("/sys/pk/dn/thing/event/property/post_reply", false, true),
            ("/sys/pk/dn/thing/event/property/batch/post", true, false),
            ("/sys/pk/dn/thing/service/property/set", false, true),
            ("/sys/pk/dn/thing/service/property/set_reply", true, false),
            ("/sys/pk/dn/thing/service/restart", false, true),
            ("/sys/pk/dn/thing/service/+", false, true),
            ("/sys/pk/dn/thing/model/up_raw", true, false),
            ("/sys/pk/dn/thing/model/down_raw", false, true),
            ("/sys/pk/dn/thing/model/down_raw_reply", true, false),
            ("/sys/pk/dn/thing/config/push", false, true),
            ("/sys/pk/dn/thing/config/get", true, false),
            ("/sys/pk/dn/thing/disable_reply", true, false),
            ("/sys/pk/dn/_thing/diag/post", true, false),
            ("/sys/pk/dn/rrpc/request/+", false, true),
            ("/sys/pk/dn/rrpc/response/17", true, false),
            ("/sys/pk/dn/broadcast/request/1", false, true),
            ("/sys/pk/dn/anything", false, false),
            ("/ext/ntp/pk/dn/request", true, false),
            ("/ext/ntp/pk/dn/response", false, true),
            ("/ext/session/pk/dn/combine/login", true, false),
            ("/ext/session/pk/dn/combine/login_reply", false, true),
            ("/ext/error/pk/dn", false, true),
            ("/ext/rrpc/17/pk/dn/user/get", true, true),
            ("/ext/rrpc/+/sys/pk/dn/thing/service/x", true, true),
            ("/ext/rrpc/17/pk/other/user/get", false, false),
            ("/ext/rrpc/#", false, false),
            ("/shadow/update/pk/dn", true, false),
            ("/shadow/get/pk/dn", false, true),
            ("/ota/device/inform/pk/dn", true, false),
            ("/ota/device/upgrade/pk/dn", false, true),
            ("/broadcast/pk/news", false, true),
        ];
        check(&[], &rows);
    }

    #[test]
    fn foreign_and_odd_topics_are_nobodys() {
        let any = [TopicClass::new("user/#", Access::All)];
        let rows = [
            ("/pk/other/user/get", false, false),
            ("/other/dn/user/get", false, false),
            ("/pk/dnx/user/get", false, false),
            ("/pk/+/user/get", false, false),
            ("/+/dn/user/get", false, false),
            ("/sys/+/+/thing/service/x", false, false),
            ("/sys/pk/other/thing/event/property/post", false, false),
            ("/shadow/get/pk/other", false, false),
            ("/shadow/get/pk/dn/more", false, false),
            ("/broadcast/other/news", false, false),
            ("/pk/dn/user", false, false),
            ("/pk/dn/user/", false, false),
            ("/pk/dn/user/a-b", false, false),
            ("/pk/dn/get", false, false),
            ("pk/dn/user/get", false, false),
            ("#", false, false),
            ("$SYS/a", false, false),
        ];
        check(&any, &rows);
    }

    #[test]
    fn topic_classes_give_the_rights_of_custom_topics() {
        let classes = [
            TopicClass::new("user/update", Access::Publish),
            TopicClass::new("user/get", Access::Subscribe),
            TopicClass::new("user/both", Access::All),
            TopicClass::new("user/tree/#", Access::Subscribe),
        ];
        let rows = [
            ("/pk/dn/user/update", true, false),
            ("/pk/dn/user/get", false, true),
            ("/pk/dn/user/both", true, true),
            ("/pk/dn/user/none", false, false),
            ("/pk/dn/user/+", false, false),
            ("/pk/dn/user/#", false, false),
            ("/pk/dn/user/tree/a/b", false, true),
            ("/pk/dn/user/tree/+", false, true),
        ];
        check(&classes, &rows);
    }

    #[test]
    fn some_topics_come_unasked() {
        for (extended, topic, unasked) in [
            (false, "/sys/pk/dn/broadcast/request/1", true),
            (false, "/sys/pk/dn/thing/service/property/set", true),
            (false, "/ext/ntp/pk/dn/response", true),
            (false, "/ext/error/pk/dn", false),
            (false, "/ext/rrpc/1/pk/dn/user/get", false),
            (true, "/ext/rrpc/1/pk/dn/user/get", true),
            (false, "/pk/dn/user/get", false),
            (false, "/broadcast/pk/news", false),
        ] {
            let login = login(extended);
            let rights = Rights { login: &login, classes: &[] };
            assert_eq!(rights.comes_unasked(topic), unasked, "{topic}");
        }
    }

    #[test]
    fn limits_of_length_and_depth() {
        let limits = Limits::default();
        let long = |bytes: usize| format!("/pk/{}", "x".repeat(bytes - 4));
        assert_eq!(over_limit(&long(128), &limits), None);
        assert!(over_limit(&long(129), &limits).is_some());
        assert_eq!(over_limit("/pk/dn/user/a/b/c/d", &limits), None);
        assert!(over_limit("/pk/dn/user/a/b/c/d/e", &limits).is_some());
        let system = "/sys/pk/dn/thing/event/property/batch/post";
        assert_eq!(over_limit(system, &limits), None);
        assert_eq!(over_limit(&long(129), &Limits::none()), None);
    }
}
