//! What both families of modules have in common.

pub(crate) mod describe;
pub(crate) mod doze;
