//! MQTT 3.1 and 3.1.1 as a module's own client speaks it. Chapters are those of the OASIS standard, version 3.1.1.

pub(crate) mod packet;
pub(crate) mod session;
