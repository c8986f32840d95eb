//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod a7670 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::A7670>: module, mqtt, sockets, beside, native);
}

mod a7608 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::A7608>: module, mqtt, sockets, beside, native);
}

mod sim7600 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::Sim7600>: module, mqtt, sockets, beside, native);
}

mod sim7080 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::Sim7080>: module, mqtt, sockets, beside, native);
}

mod sim7000 {
    use super::*;
    wanlink_conformance::suite!(all On<wanlink_simcom::Sim7000>: module, sockets; without mqtt, beside, native);
}
