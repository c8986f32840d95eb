//! Messages of dynamic registration: the strings of aliyun-iot, 3, to the byte, and replies of every kind.

mod check;
mod replies;
mod requests;
