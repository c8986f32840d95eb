//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod a7670 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_simcom::A7670>: sockets, beside, native);
}

mod a7608 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_simcom::A7608>: sockets, beside, native);
}

mod sim7600 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_simcom::Sim7600>: sockets, beside, native);
}

mod sim7080 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_simcom::Sim7080>: sockets, beside, native);
}

mod sim7000 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_simcom::Sim7000>: sockets);
}
