//! One short file per model.

mod bg95;

pub use bg95::Bg95;
