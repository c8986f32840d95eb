//! `tcp::Link` over the scripted module: what only a link with a protocol of its own can do wrong.

mod bench;
mod drops;
mod failures;
mod platform;
mod time;
mod wire;
