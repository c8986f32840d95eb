//! `https::Link` over a scripted module, against the platform stand-in.

mod answers;
mod delivery;
mod rig;
mod tokens;
