//! Where the platform takes messages over HTTPS (aliyun-iot, 2).

use wanlink_core::{Argument, Server, Tls, TooLong, Trust, Validity};

use crate::endpoint::HostName;
use crate::roots;
use crate::text::put_all;

/// A region that takes messages over HTTPS. The others do not, so they are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// China (Shanghai), `cn-shanghai`.
    Shanghai,
    /// China (Beijing), `cn-beijing`.
    Beijing,
    /// China (Shenzhen), `cn-shenzhen`.
    Shenzhen,
}

impl Region {
    /// All regions.
    pub const ALL: [Self; 3] = [Self::Shanghai, Self::Beijing, Self::Shenzhen];

    /// The region's id, as it stands in host names.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Shanghai => "cn-shanghai",
            Self::Beijing => "cn-beijing",
            Self::Shenzhen => "cn-shenzhen",
        }
    }
}

/// A server of the HTTPS service: host, port and root together. There is none without TLS.
///
/// | endpoint | host |
/// |---|---|
/// | [`public`](Self::public) | `iot-as-http.<region>.aliyuncs.com` |
/// | [`instance`](Self::instance) | `<id>.http.iothub.aliyuncs.com`; compare it with the console, where it is shown |
/// | [`custom`](Self::custom) | any |
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    host: [&'a str; 3],
    port: u16,
    tls: Tls<'a>,
}

impl<'a> Endpoint<'a> {
    /// The public instance of a region, port 443, under [`roots::GLOBALSIGN_R6`].
    #[must_use]
    pub const fn public(region: Region) -> Self {
        Self::at(["iot-as-http.", region.id(), ".aliyuncs.com"], 443, Tls::verified(roots::GLOBALSIGN_R6))
    }

    /// An instance of its own, such as `iot-06z00xxxxxxxxxx`, port 443, under [`roots::GLOBALSIGN_R6`].
    #[must_use]
    pub const fn instance(id: &'a str) -> Self {
        Self::at([id, ".http.iothub.aliyuncs.com", ""], 443, Tls::verified(roots::GLOBALSIGN_R6))
    }

    /// Any other server.
    #[must_use]
    pub const fn custom(host: &'a str, port: u16, tls: Tls<'a>) -> Self {
        Self::at([host, "", ""], port, tls)
    }

    const fn at(host: [&'a str; 3], port: u16, tls: Tls<'a>) -> Self {
        Self { host, port, tls }
    }

    /// Trusts somebody else: a root of one's own, or [`Trust::Anyone`].
    #[must_use]
    pub const fn with_trust(self, trust: Trust<'a>) -> Self {
        Self { tls: Tls { trust, validity: self.tls.validity }, ..self }
    }

    /// Says what becomes of the dates in certificates; [`Validity::IfClockKnown`] from the start.
    #[must_use]
    pub const fn with_validity(self, validity: Validity) -> Self {
        Self { tls: Tls { trust: self.tls.trust, validity }, ..self }
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The host's name, or how much too long it is.
    ///
    /// # Errors
    /// It is longer than 64 bytes.
    pub fn host(&self) -> Result<HostName, TooLong> {
        let mut name = HostName::empty();
        self.write_host(&mut name)?;
        Ok(name)
    }

    /// Writes the host's name.
    pub(super) fn write_host(&self, out: &mut HostName) -> Result<(), TooLong> {
        put_all(Argument::HostName, out.room(), &self.host)
    }

    pub(super) fn server<'b>(&self, host: &'b HostName) -> Server<'b, Tls<'b>>
    where
        'a: 'b,
    {
        Server { host: host.as_str(), port: self.port, security: self.tls }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (endpoint, expected, port) in [
            (Endpoint::public(Region::Shanghai), "iot-as-http.cn-shanghai.aliyuncs.com", 443),
            (Endpoint::public(Region::Beijing), "iot-as-http.cn-beijing.aliyuncs.com", 443),
            (Endpoint::public(Region::Shenzhen), "iot-as-http.cn-shenzhen.aliyuncs.com", 443),
            (Endpoint::instance("iot-06z00abcdefghij"), "iot-06z00abcdefghij.http.iothub.aliyuncs.com", 443),
            (Endpoint::custom("10.0.0.7", 8443, Tls::verified(roots::ALIYUN_IOT)), "10.0.0.7", 8443),
        ] {
            let host = endpoint.host().unwrap();
            let server = endpoint.server(&host);
            assert_eq!((server.host, server.port, endpoint.port()), (expected, port, port));
        }
    }

    #[test]
    fn trust_and_validity_are_set_one_by_one() {
        let endpoint = Endpoint::public(Region::Shanghai).with_validity(Validity::Required).with_trust(Trust::Anyone);
        assert_eq!(endpoint.tls, Tls { trust: Trust::Anyone, validity: Validity::Required });
    }
}
