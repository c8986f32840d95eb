//! The stand-in from outside: raw bytes in, actions and record out.
//!
//! The packets are built here by hand and the passwords are published or recomputed vectors, so that nothing of the
//! crate is used to test itself.

#[cfg(feature = "tls")]
mod authorities;
mod bench;
mod connecting;
mod device_tokens;
mod faults;
mod fuzz;
mod http_faults;
mod http_fuzz;
mod https;
mod lateness;
mod limits;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
mod live_bench;
#[cfg(feature = "live")]
mod live_http;
#[cfg(all(feature = "live", unix))]
mod load;
mod order;
mod packets;
mod pieces;
mod recording;
mod registering;
mod registering_mqtt;
mod requests;
mod session;
mod strict;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod tls_bench;
#[cfg(feature = "tls")]
mod tls_faults;
mod topics;
mod web_server;
