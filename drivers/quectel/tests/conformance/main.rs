//! The promises of the traits, kept by each model.

mod on;

use on::On;

mod bg95 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_quectel::Bg95>: sockets, beside, native);
}

mod bg96 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_quectel::Bg96>: sockets);
}

mod ec200u {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_quectel::Ec200u>: sockets, beside, native);
}

mod ec25 {
    use super::*;
    wanlink_conformance::suite!(On<wanlink_quectel::Ec25>: sockets, beside, native);
}
