//! Dynamic registration: messages, the strings of aliyun-iot, 3, to the byte, and replies of every kind; and devices that
//! register with the stand-in of the platform.

mod bench;
mod by_login;
mod check;
mod modem;
mod over_a_socket;
mod over_https;
mod replies;
mod requests;
mod sockets;
