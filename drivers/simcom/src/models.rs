//! One short file per model.

mod a7608;
mod a7670;
mod sim7000;
mod sim7080;
mod sim7600;

pub use a7608::A7608;
pub use a7670::A7670;
pub use sim7000::Sim7000;
pub use sim7080::Sim7080;
pub use sim7600::Sim7600;
