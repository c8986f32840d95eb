//! MQTT and sockets inside TLS: what a connection is verified against, by two real TLS stacks.

mod refused;
mod scene;
mod sockets;
mod upload;
mod verified;
