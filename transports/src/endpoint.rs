//! Where the platform is (aliyun-iot, 2).

use heapless::string::StringView;
use wanlink_core::{Argument, Plain, Security, Tls, TooLong, Trust, Validity};

use crate::roots;
use crate::text::{Text, put_all};

/// A region that runs the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// China (Shanghai), `cn-shanghai`.
    Shanghai,
    /// China (Beijing), `cn-beijing`; Enterprise instances only.
    Beijing,
    /// China (Shenzhen), `cn-shenzhen`; Enterprise instances only.
    Shenzhen,
    /// Japan (Tokyo), `ap-northeast-1`.
    Tokyo,
    /// Singapore, `ap-southeast-1`.
    Singapore,
    /// Germany (Frankfurt), `eu-central-1`.
    Frankfurt,
    /// US (Silicon Valley), `us-west-1`.
    SiliconValley,
    /// US (Virginia), `us-east-1`.
    Virginia,
}

impl Region {
    /// All regions.
    pub const ALL: [Self; 8] = [
        Self::Shanghai,
        Self::Beijing,
        Self::Shenzhen,
        Self::Tokyo,
        Self::Singapore,
        Self::Frankfurt,
        Self::SiliconValley,
        Self::Virginia,
    ];

    /// The region's id, as it stands in host names.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Shanghai => "cn-shanghai",
            Self::Beijing => "cn-beijing",
            Self::Shenzhen => "cn-shenzhen",
            Self::Tokyo => "ap-northeast-1",
            Self::Singapore => "ap-southeast-1",
            Self::Frankfurt => "eu-central-1",
            Self::SiliconValley => "us-west-1",
            Self::Virginia => "us-east-1",
        }
    }
}

/// An MQTT endpoint: host, port and protection together, since each port of the platform has its own certificate.
///
/// | endpoint | port | root |
/// |---|---|---|
/// | [`public`](Self::public), [`instance`](Self::instance) | 8883 | [`roots::ALIYUN_IOT`], which ends 2053-07-04 |
/// | the same [`on_443`](Self::on_443) or [`on_1883`](Self::on_1883) | 443, 1883 | [`roots::GLOBALSIGN_R1`], which **ends 2028-01-28** |
/// | [`plain_public`](Self::plain_public), [`plain_instance`](Self::plain_instance) | 1883 | none: no protection |
/// | [`custom`](Self::custom) | any | any |
///
/// The protection is a type, so that a program without TLS links nothing of it.
///
/// ```
/// # use wanlink_core::Validity;
/// # use wanlink_transports::{Endpoint, Region};
/// let endpoint = Endpoint::public(Region::Shanghai).with_validity(Validity::Required);
/// # assert_eq!(endpoint.port(), 8883);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a, S: Security = Tls<'static>> {
    /// Whether the host name begins with the product key.
    of_product: bool,
    // Texts, not an enum of places, so that a program links only the names that it uses.
    host: [&'a str; 3],
    port: u16,
    security: S,
}

impl<'a> Endpoint<'a, Tls<'static>> {
    /// The public instance of a region: `<product key>.iot-as-mqtt.<region>.aliyuncs.com`, port 8883.
    #[must_use]
    pub const fn public(region: Region) -> Self {
        Endpoint::plain_public(region).secured(8883, Tls::verified(roots::ALIYUN_IOT))
    }

    /// An instance of its own, such as `iot-06z00xxxxxxxxxx`: `<id>.mqtt.iothub.aliyuncs.com`, port 8883.
    #[must_use]
    pub const fn instance(id: &'a str) -> Self {
        Endpoint::plain_instance(id).secured(8883, Tls::verified(roots::ALIYUN_IOT))
    }

    /// The same host on port 443, for networks that let no other port through.
    ///
    /// Its certificate is signed under [`roots::GLOBALSIGN_R1`], which ends 2028-01-28.
    #[must_use]
    pub const fn on_443(self) -> Self {
        self.with_trust(Trust::Root(roots::GLOBALSIGN_R1)).on(443)
    }

    /// The same host on port 1883, with TLS. Its certificate is that of [`on_443`](Self::on_443).
    #[must_use]
    pub const fn on_1883(self) -> Self {
        self.with_trust(Trust::Root(roots::GLOBALSIGN_R1)).on(1883)
    }
}

impl<'a> Endpoint<'a, Tls<'_>> {
    /// Trusts somebody else: a root of one's own, or [`Trust::Anyone`].
    #[must_use]
    pub const fn with_trust<'t>(self, trust: Trust<'t>) -> Endpoint<'a, Tls<'t>> {
        let Self { of_product, host, port, security: Tls { validity, .. } } = self;
        Endpoint { of_product, host, port, security: Tls { trust, validity } }
    }

    /// Says what becomes of the dates in certificates; [`Validity::IfClockKnown`] from the start.
    #[must_use]
    pub const fn with_validity(mut self, validity: Validity) -> Self {
        self.security.validity = validity;
        self
    }

    const fn on(mut self, port: u16) -> Self {
        self.port = port;
        self
    }
}

/// Without protection: host, identity and data can be read and changed on the way. New Enterprise instances refuse such
/// connections, and so does the public instance to accounts opened after 2022-08-02.
impl<'a> Endpoint<'a, Plain> {
    /// The public instance of a region, unprotected: `<product key>.iot-as-mqtt.<region>.aliyuncs.com`, port 1883.
    #[must_use]
    pub const fn plain_public(region: Region) -> Self {
        let host = [".iot-as-mqtt.", region.id(), ".aliyuncs.com"];
        Self { of_product: true, host, port: 1883, security: Plain }
    }

    /// An instance of its own, such as `iot-06z00xxxxxxxxxx`, unprotected: `<id>.mqtt.iothub.aliyuncs.com`, port 1883.
    #[must_use]
    pub const fn plain_instance(id: &'a str) -> Self {
        Self { of_product: false, host: [id, ".mqtt.iothub.aliyuncs.com", ""], port: 1883, security: Plain }
    }

    const fn secured(self, port: u16, security: Tls<'static>) -> Endpoint<'a, Tls<'static>> {
        Endpoint { of_product: self.of_product, host: self.host, port, security }
    }
}

impl<'a, S: Security> Endpoint<'a, S> {
    /// Any other host of at most 64 bytes.
    #[must_use]
    pub const fn custom(host: &'a str, port: u16, security: S) -> Self {
        Self { of_product: false, host: [host, "", ""], port, security }
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// How the connection is protected.
    #[must_use]
    pub const fn security(&self) -> &S {
        &self.security
    }

    /// The host name for a product.
    ///
    /// # Errors
    /// It is longer than 64 bytes.
    pub fn host(&self, product_key: &str) -> Result<HostName, TooLong> {
        let mut name = HostName::empty();
        self.write_host(product_key, &mut name)?;
        Ok(name)
    }

    pub(crate) fn write_host(&self, product_key: &str, out: &mut HostName) -> Result<(), TooLong> {
        let [first, second, third] = self.host;
        let key = if self.of_product { product_key } else { "" };
        put_all(Argument::HostName, out.room(), &[key, first, second, third])
    }
}

/// A host name of at most 64 bytes; 60 are the longest of a public instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(Text<64>);

impl HostName {
    pub(crate) const fn empty() -> Self {
        Self(Text::new())
    }

    pub(crate) fn room(&mut self) -> &mut StringView<u8> {
        self.0.as_mut_view()
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host<S: Security>(endpoint: &Endpoint<'_, S>, expected: &str, port: u16) {
        assert_eq!(endpoint.host("a1B2c3D4e5F").unwrap().as_str(), expected);
        assert_eq!(endpoint.port(), port);
    }

    #[test]
    fn hosts_and_ports() {
        host(&Endpoint::public(Region::Shanghai), "a1B2c3D4e5F.iot-as-mqtt.cn-shanghai.aliyuncs.com", 8883);
        host(&Endpoint::instance("iot-06z00abcdefghij"), "iot-06z00abcdefghij.mqtt.iothub.aliyuncs.com", 8883);
        host(&Endpoint::plain_public(Region::Shanghai), "a1B2c3D4e5F.iot-as-mqtt.cn-shanghai.aliyuncs.com", 1883);
        host(&Endpoint::plain_public(Region::Tokyo), "a1B2c3D4e5F.iot-as-mqtt.ap-northeast-1.aliyuncs.com", 1883);
        host(&Endpoint::plain_instance("iot-06z00abcdefghij"), "iot-06z00abcdefghij.mqtt.iothub.aliyuncs.com", 1883);
        host(&Endpoint::custom("10.0.0.7", 11883, Plain), "10.0.0.7", 11883);
    }

    #[test]
    fn each_port_has_its_root() {
        let public = Endpoint::public(Region::Shanghai);
        assert_eq!(*public.security(), Tls::verified(roots::ALIYUN_IOT));
        for (endpoint, port) in [(public.on_443(), 443), (public.on_1883(), 1883)] {
            host(&endpoint, "a1B2c3D4e5F.iot-as-mqtt.cn-shanghai.aliyuncs.com", port);
            assert_eq!(*endpoint.security(), Tls::verified(roots::GLOBALSIGN_R1));
        }
    }

    #[test]
    fn trust_and_validity_are_set_one_by_one() {
        let pem = std::string::String::from("own");
        let own = Trust::Root(wanlink_core::Root::new("own.pem", pem.as_bytes()));
        let endpoint = Endpoint::instance("iot-06z00a").with_validity(Validity::Required).with_trust(own);
        assert_eq!(*endpoint.security(), Tls { trust: own, validity: Validity::Required });
        assert_eq!(endpoint.port(), 8883);
        assert_eq!(endpoint.on(8884).with_validity(Validity::Ignored).security().trust, own);
    }

    #[test]
    fn the_longest_product_key_fits_in_every_region() {
        for region in Region::ALL {
            assert!(Endpoint::plain_public(region).host(&"k".repeat(20)).is_ok(), "{region:?}");
        }
        let long = "h".repeat(65);
        let error = Endpoint::custom(&long, 1, Plain).host("").err();
        assert_eq!(error, Some(TooLong::new(Argument::HostName, 64, 65)));
    }
}
