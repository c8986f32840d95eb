//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod sara_r5 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_ublox::SaraR5>: sockets, beside);
}

mod sara_r422 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_ublox::SaraR422>: sockets, beside);
}

mod lara_r6 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_ublox::LaraR6>: sockets, beside);
}

mod lena_r8 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_ublox::LenaR8>: sockets, beside);
}

mod sara_r410m {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_ublox::SaraR410m>: sockets);
}

mod sara_r410m_03b {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_ublox::SaraR410m03b>: sockets);
}
