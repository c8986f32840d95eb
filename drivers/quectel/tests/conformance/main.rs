//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod bg95 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_quectel::Bg95>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_quectel::Bg95>: doze, doze_session);
}

mod bg96 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_quectel::Bg96>: module, sockets, tls, https;
        without mqtt, beside, native, tls_session);
    wanlink_conformance::suite!(On<wanlink_quectel::Bg96>: doze);
}

mod ec200u {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_quectel::Ec200u>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_quectel::Ec200u>: doze, doze_session);
}

mod ec25 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_quectel::Ec25>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_quectel::Ec25>: doze, doze_session);
}
