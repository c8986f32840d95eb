//! Where the names of the emulated internet lead.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// One rule: `HOST=ADDR:PORT`, `any=ADDR:PORT` or `any:PORT=ADDR:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    of: Of,
    to: SocketAddr,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    /// This name, on every port.
    Host(String),
    /// Every name, on this port.
    Port(u16),
    /// Every name, on every port.
    Any,
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let error = |what: String| RuleError(format!("{what} in `{text}`"));
        let (of, to) = text.split_once('=').ok_or_else(|| error("there is no `=`".to_owned()))?;
        let to = to.parse().map_err(|_| error(format!("`{to}` is not ADDRESS:PORT, as 127.0.0.1:1883")))?;
        let of = match of.split_once(':') {
            None if of.is_empty() => return Err(error("there is no name".to_owned())),
            None if of.eq_ignore_ascii_case("any") => Of::Any,
            Some((any, port)) if any.eq_ignore_ascii_case("any") => {
                let port = port.parse().ok().filter(|&port| port > 0);
                Of::Port(port.ok_or_else(|| error("the port is not a number from 1 to 65535".to_owned()))?)
            }
            // An IPv6 address is a host too.
            Some(_) if of.parse::<std::net::Ipv6Addr>().is_err() => {
                return Err(error("only `any` can have a port".to_owned()));
            }
            _ => Of::Host(of.to_ascii_lowercase()),
        };
        Ok(Self { of, to })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            Of::Host(host) => write!(f, "{host}={}", self.to),
            Of::Port(port) => write!(f, "any:{port}={}", self.to),
            Of::Any => write!(f, "any={}", self.to),
        }
    }
}

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError(String);

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; a rule is HOST=ADDRESS:PORT, any=ADDRESS:PORT or any:PORT=ADDRESS:PORT", self.0)
    }
}

impl std::error::Error for RuleError {}

/// Rules, of which the closest counts: the name, then the port, then any; of equals the first. A name without a rule
/// goes to the real DNS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Where a name leads on this port; without a port (a question for the name alone) by the name or by `any`.
    #[must_use]
    pub fn target(&self, host: &str, port: Option<u16>) -> Option<SocketAddr> {
        let find = |hits: &dyn Fn(&Of) -> bool| self.0.iter().find(|rule| hits(&rule.of)).map(|rule| rule.to);
        find(&|of| matches!(of, Of::Host(name) if name.eq_ignore_ascii_case(host)))
            .or_else(|| find(&|of| matches!((of, port), (Of::Port(of), Some(port)) if *of == port)))
            .or_else(|| find(&|of| *of == Of::Any))
            .or_else(|| find(&|of| matches!(of, Of::Port(_)) && port.is_none()))
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_rule_counts() {
        let rules: Rules = ["any=10.0.0.1:1", "any:8883=10.0.0.2:2", "Broker.example=[::1]:3", "any=10.0.0.4:4"]
            .map(|rule| rule.parse().unwrap())
            .into_iter()
            .collect();
        for (host, port, target) in [
            ("broker.EXAMPLE", Some(8883), "[::1]:3"),
            ("other", Some(8883), "10.0.0.2:2"),
            ("other", Some(1883), "10.0.0.1:1"),
            ("other", None, "10.0.0.1:1"),
        ] {
            assert_eq!(rules.target(host, port), Some(target.parse().unwrap()), "{host} {port:?}");
        }
        assert_eq!(Rules::default().target("other", Some(1)), None);
        let rules: Rules = ["any:8883=10.0.0.2:2".parse().unwrap()].into_iter().collect();
        assert_eq!(rules.target("other", Some(1883)), None);
        assert_eq!(rules.target("other", None), Some("10.0.0.2:2".parse().unwrap()));
    }

    #[test]
    fn rules_read_back() {
        for text in ["any=127.0.0.1:1883", "any:8883=127.0.0.1:18883", "host.example=[::1]:1", "::1=127.0.0.1:1"] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_rule_is_told_why() {
        for (text, why) in [
            ("", "there is no `=`"),
            ("127.0.0.1:1883", "there is no `=`"),
            ("=127.0.0.1:1883", "there is no name"),
            ("host=localhost:1883", "`localhost:1883` is not ADDRESS:PORT"),
            ("host=127.0.0.1", "`127.0.0.1` is not ADDRESS:PORT"),
            ("any:0=127.0.0.1:1", "the port is not a number"),
            ("any:x=127.0.0.1:1", "the port is not a number"),
            ("host:1883=127.0.0.1:1", "only `any` can have a port"),
        ] {
            let error = text.parse::<Rule>().unwrap_err().to_string();
            assert!(error.starts_with(why) && error.contains("a rule is HOST=ADDRESS:PORT"), "{text}: {error}");
        }
    }
}
