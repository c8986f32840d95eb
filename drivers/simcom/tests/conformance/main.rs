//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod a7670 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::A7670>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_simcom::A7670>: doze, doze_session);
}

mod a7608 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::A7608>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_simcom::A7608>: doze, doze_session);
}

mod sim7600 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::Sim7600>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_simcom::Sim7600>: doze, doze_session);
}

mod sim7080 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::Sim7080>: module, mqtt, sockets, beside, native, tls, tls_session, https);
    wanlink_conformance::suite!(On<wanlink_simcom::Sim7080>: doze, doze_session);
}

mod sim7000 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::Sim7000>: module, sockets, tls, https; without mqtt, beside, native, tls_session);
    wanlink_conformance::suite!(On<wanlink_simcom::Sim7000>: doze);
}
