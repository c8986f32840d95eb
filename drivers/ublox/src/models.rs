//! The models, one file each.

mod lara_r6;
mod lena_r8;
mod sara_r410m;
mod sara_r410m_03b;
mod sara_r422;
mod sara_r5;

pub use lara_r6::LaraR6;
pub use lena_r8::LenaR8;
pub use sara_r5::SaraR5;
pub use sara_r410m::SaraR410m;
pub use sara_r410m_03b::SaraR410m03b;
pub use sara_r422::SaraR422;

use crate::{Lack, Service};

const NO_LOGIN: Lack = (Service::Aliyun, "its firmware has no login of its own (dialects-side-by-side 22)");
