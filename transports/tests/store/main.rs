//! The store in NOR flash: losses of power at every step of its work, and flash that is not ours.

mod bare;
mod check;
mod cuts;
mod drops;
mod foreign;
mod hostile;
mod layout;
mod lengths;
mod story;
