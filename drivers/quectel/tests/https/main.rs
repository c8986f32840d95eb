//! HTTPS: requests and answers through two real TLS stacks, their refusals, and calls that are dropped.

mod answers;
mod dropped;
mod refused;
mod requests;
mod scene;
#[cfg(feature = "trace")]
mod secrets;
