//! The story of a device with a BG95, with our own MQTT client on one of its sockets.

#![no_std]
#![no_main]

images::story!(bg95_tcp);
