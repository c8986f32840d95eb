//! Who the module is.

use wanlink_core::Info;

/// The model of a `+CGMM` line, without the maker's name, which some firmware puts before it.
pub(crate) fn set_model(info: &mut Info, line: &[u8]) {
    info.set_model(line.strip_prefix(b"SIMCOM_").unwrap_or(line));
}
