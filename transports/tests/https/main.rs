//! `https::Link` over a scripted module, against the platform stand-in.

mod answers;
mod delivery;
mod healing;
mod rig;
mod tokens;
