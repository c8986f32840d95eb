//! The HTTP client inside a module, without its connection: what it asks, and how it reads what it is told.

pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod url;
