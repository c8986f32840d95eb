//! One short file per model.

mod bg95;
mod bg96;
mod ec200u;
mod ec25;

pub use bg95::Bg95;
pub use bg96::Bg96;
pub use ec25::Ec25;
pub use ec200u::Ec200u;
