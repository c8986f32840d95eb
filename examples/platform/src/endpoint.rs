//! Which host serves what (facts: `aliyun-iot`, section 2).

use crate::config::Config;
use crate::connection::Peer;
use std::net::IpAddr;

/// What a host serves over HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpHost {
    /// `/auth` and `/topic`.
    Data,
    /// `/auth/register/device`.
    Registration,
    /// Both: it is a name of this machine.
    Any,
}

/// Whether MQTT for this product is served where the device asked for it.
pub(crate) fn check_mqtt(peer: &Peer, product_key: &str, config: &Config) -> Result<(), String> {
    if peer.port == Some(8883) && !peer.tls {
        return Err("port 8883 is TLS only".into());
    }
    let Some(host) = peer.host.as_deref() else {
        return Ok(());
    };
    let lower = host.to_ascii_lowercase();
    let of_product =
        |region: &String| lower == format!("{product_key}.iot-as-mqtt.{region}.aliyuncs.com").to_ascii_lowercase();
    let served = config.regions.iter().any(of_product)
        || instance(&lower).is_some_and(|id| config.instances.iter().any(|known| known == id))
        || is_further(&lower, config);
    if served { Ok(()) } else { Err(format!("{host} does not serve product {product_key}")) }
}

/// The region in an MQTT host's name, `<productKey>.iot-as-mqtt.<region>.aliyuncs.com`.
pub(crate) fn region(host: &str) -> Option<&str> {
    let (_, rest) = host.split_once(".iot-as-mqtt.")?;
    rest.strip_suffix(".aliyuncs.com")
}

/// The instance in an MQTT host's name, `<instanceId>.mqtt.iothub.aliyuncs.com`.
pub(crate) fn instance(host: &str) -> Option<&str> {
    host.strip_suffix(".mqtt.iothub.aliyuncs.com")
}

/// Whether HTTP is spoken at a host of this name, in a region and instance that exist or not.
pub(crate) fn speaks_http(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let regional = ["iot-as-http.", "iot-auth."].iter().any(|service| lower.starts_with(service));
    regional && lower.ends_with(".aliyuncs.com") || lower.ends_with(".http.iothub.aliyuncs.com")
}

/// What is served at a host over HTTPS, if anything. The text is that of a `Host` field, with or without a port.
pub(crate) fn http_host(host: &str, config: &Config) -> Option<HttpHost> {
    // A device that was given an address instead of a name says nothing with it.
    if host.parse::<std::net::SocketAddr>().is_ok() || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Some(HttpHost::Any);
    }
    let name = host.split_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    let regional = |service: &str, regions: &[String]| {
        regions.iter().any(|region| name == format!("{service}.{region}.aliyuncs.com"))
    };
    let of_instance = |id: &String| name == format!("{id}.http.iothub.aliyuncs.com");
    if regional("iot-as-http", &config.http.regions) || config.http.instances.iter().any(of_instance) {
        Some(HttpHost::Data)
    } else if regional("iot-auth", &config.regions) {
        Some(HttpHost::Registration)
    } else {
        is_further(&name, config).then_some(HttpHost::Any)
    }
}

fn is_further(lower: &str, config: &Config) -> bool {
    config.hosts.iter().any(|name| lower == name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_the_https_side() {
        let mut config = Config::default();
        config.http.instances.push("iot-06z00abc".into());
        config.hosts.push("LocalHost".into());
        for (host, serves) in [
            ("iot-as-http.cn-shanghai.aliyuncs.com", Some(HttpHost::Data)),
            ("IOT-AS-HTTP.cn-beijing.aliyuncs.com:443", Some(HttpHost::Data)),
            ("iot-as-http.eu-central-1.aliyuncs.com", None),
            ("iot-as-http.cn-shanghai.aliyuncs.com.example", None),
            ("iot-auth.eu-central-1.aliyuncs.com", Some(HttpHost::Registration)),
            ("iot-auth.cn-nowhere.aliyuncs.com", None),
            ("iot-06z00abc.http.iothub.aliyuncs.com", Some(HttpHost::Data)),
            ("iot-06z00abd.http.iothub.aliyuncs.com", None),
            ("localhost:8443", Some(HttpHost::Any)),
            ("127.0.0.1", Some(HttpHost::Any)),
            ("192.0.2.7:8443", Some(HttpHost::Any)),
            ("[::1]", Some(HttpHost::Any)),
            ("[::1]:443", Some(HttpHost::Any)),
            ("example.com", None),
            ("", None),
        ] {
            assert_eq!(http_host(host, &config), serves, "{host}");
        }
    }

    #[test]
    fn http_is_told_by_the_name() {
        for (host, http) in [
            ("iot-as-http.cn-shanghai.aliyuncs.com", true),
            ("iot-as-http.eu-central-1.aliyuncs.com", true),
            ("IOT-AUTH.us-west-1.aliyuncs.com", true),
            ("iot-06z00abd.http.iothub.aliyuncs.com", true),
            ("pk.iot-as-mqtt.cn-shanghai.aliyuncs.com", false),
            ("iot-06z00abd.mqtt.iothub.aliyuncs.com", false),
            ("iot-auth.example.com", false),
            ("localhost", false),
        ] {
            assert_eq!(speaks_http(host), http, "{host}");
        }
    }

    #[test]
    fn parts_of_mqtt_hosts() {
        assert_eq!(region("pk.iot-as-mqtt.us-west-1.aliyuncs.com"), Some("us-west-1"));
        assert_eq!(region("iot-x.mqtt.iothub.aliyuncs.com"), None);
        assert_eq!(instance("iot-x.mqtt.iothub.aliyuncs.com"), Some("iot-x"));
        assert_eq!(instance("pk.iot-as-mqtt.us-west-1.aliyuncs.com"), None);
    }
}
