//! `https::Link` over a scripted module, against the platform stand-in.

mod answers;
mod check;
mod delivery;
mod healing;
mod hostile;
mod rig;
mod tokens;
