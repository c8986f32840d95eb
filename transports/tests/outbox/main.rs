//! The outbox: each message arrives, whatever becomes of the uplink, of the calls and of the power.

mod accepted;
mod cloud;
mod cuts;
mod deliver;
mod dropped;
mod full;
mod ram;
