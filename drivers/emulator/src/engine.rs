//! What every vendor's module has in common: a line of input, a stream of output lines, things that are due later, and
//! the internet behind it.

pub(crate) mod agenda;
pub(crate) mod console;
pub(crate) mod flash;
pub(crate) mod internet;
pub(crate) mod output;
pub(crate) mod tls;
