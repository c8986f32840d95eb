//! One short file per model.

mod sim7000;
mod sim7080;

pub use sim7000::Sim7000;
pub use sim7080::Sim7080;
