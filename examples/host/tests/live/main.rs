//! The program as its users start it: `wanlink connect` at the serial port of `wanlink emulate`, against
//! `wanlink platform`, all three in processes of their own and in real time.

mod arguments;
mod authority;
mod dialects;
mod doctor;
mod faults;
mod happy;
mod healing;
mod https;
mod models;
mod pins;
mod ports;
mod program;
mod refusals;
mod registration;
mod replay;
mod store;
mod tcp;
mod threads;
mod tls;
