//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod sara_r5 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_ublox::SaraR5>: module, mqtt, sockets, beside, tls, tls_session, https; without native);
}

mod sara_r422 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_ublox::SaraR422>: module, mqtt, sockets, beside, tls, tls_session, https; without native);
}

mod lara_r6 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_ublox::LaraR6>: module, mqtt, sockets, beside, tls, tls_session, https; without native);
}

mod lena_r8 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_ublox::LenaR8>: module, mqtt, sockets, beside, tls, tls_session; without https, native);
}

mod sara_r410m {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_ublox::SaraR410m>: module, sockets, tls; without mqtt, beside, native, tls_session, https);
}

mod sara_r410m_03b {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_ublox::SaraR410m03b>: module, sockets, tls, https; without mqtt, beside, native, tls_session);
}
