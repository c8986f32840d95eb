//! What the drivers would have said: text and cure of an error are the same in each family.

use wanlink_quectel::{Command, QuectelFamily};

use crate::failure::Failure;

use super::question::Said;

pub(super) type Fault = wanlink_quectel::Error<QuectelFamily>;

/// This error, as the program tells it.
pub(super) fn failure(fault: Fault) -> Failure {
    Failure::of(&fault)
}

/// The module, or the port, that does not answer; `None` when it did.
pub(super) fn silence(said: &Said) -> Option<Fault> {
    match said {
        Said::Lines(_) | Said::Refused(_) => None,
        Said::Silent => Some(Fault::Silent { command: Command::new("") }),
        Said::Gone(kind) => Some(Fault::Port(*kind)),
        Said::Stuck => Some(Fault::PortStuck),
    }
}

/// Nobody answers.
pub(super) fn mute() -> Failure {
    failure(Fault::Silent { command: Command::new("") })
}
