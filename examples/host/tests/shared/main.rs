//! One BG95 for many tasks: the driver, the emulated module, and what runs over it.

mod interleavings;
mod internet;
mod load;
mod page;
mod scheduler;
mod tasks;
