//! The driver on an emulated EC25, with the platform stand-in behind it: what is the same as with BG95, and what is not.

#[path = "../bg95/bench.rs"]
mod bench;
#[path = "../ec200u/clock.rs"]
mod clock;
#[path = "../bg95/connect.rs"]
mod connect;
#[path = "../bg95/diagnosis.rs"]
mod diagnosis;
#[path = "../bg95/doubled.rs"]
mod doubled;
mod model;
#[path = "../conformance/on.rs"]
mod on;
mod own;
#[path = "../bg95/payloads.rs"]
mod payloads;
#[path = "../bg95/power.rs"]
mod power;
#[path = "../bg95/publish.rs"]
mod publish;
#[path = "../bg95/replay.rs"]
mod replay;
#[path = "../bg95/status.rs"]
mod status;
mod transcripts;
#[path = "../bg95/traps.rs"]
mod traps;
