//! HTTP/1.1 as the platform's servers speak it, strict on what devices send.
//!
//! A head is parsed by `httparse`; what that crate takes and RFC 9112 forbids is refused here, at the first wrong byte.
//! Bodies have a length: the platform's page wants it, and wants it exact (facts: `aliyun-iot`, section 4).

mod form;
mod head;
mod json;
mod request;
mod response;

pub(crate) use form::Form;
pub(crate) use request::{BadRequest, Request, RequestBuffer};
pub(crate) use response::{Body, Response};
