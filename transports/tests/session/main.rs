//! `Session` in a simulated world: virtual time, scripted modules, one seed.

mod bench;
mod drops;
mod healing;
mod ladder;
mod pacing;
mod refusal;
