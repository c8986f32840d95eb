//! The HTTPS client inside a module.

use crate::{HttpsLimits, Module, Server, Tls};

/// A module that posts over HTTPS by itself.
///
/// One request at a time, each with its own connection as far as the module's client decides that. The general contract
/// stands in the [crate documentation](crate).
pub trait HttpsAt: Module {
    /// What the model's client takes.
    const HTTPS: HttpsLimits;

    /// Sends one POST and reads the answer; returns when the answer is in `reply`, or as much of it as fits.
    ///
    /// Whatever the server answered is `Ok`, 4xx and 5xx included: [`Reply::status`] tells. *Twice*: two requests.
    /// *Dropped*: the server may have got the request, or one that ends in blanks; the next call ends what is left of it
    /// first. *Kinds*:
    /// [`Retry`](crate::ErrorKind::Retry) (no answer in time, or cut short),
    /// [`Reconnect`](crate::ErrorKind::Reconnect) (name unknown, nobody there),
    /// [`Reattach`](crate::ErrorKind::Reattach), [`Restart`](crate::ErrorKind::Restart),
    /// [`Refused`](crate::ErrorKind::Refused) by [`Certificate`](crate::Refusal::Certificate),
    /// [`Unsupported`](crate::ErrorKind::Unsupported) (the firmware cannot check what was asked for),
    /// [`Misuse`](crate::ErrorKind::Misuse).
    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Self::Error>;
}

/// What is posted where, without its body.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Path and query, from the first `/` on.
    pub path: &'a str,
    /// Type of the body.
    pub content: ContentType,
    /// Header lines beside those of content and host: name and value. A value may be a secret.
    pub headers: &'a [(&'a str, &'a str)],
}

impl core::fmt::Debug for Post<'_> {
    /// With the names of the headers only.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Post {{ path: {:?}, content: {:?}, headers: [", self.path, self.content)?;
        for (name, _) in self.headers {
            write!(f, "{name}, ")?;
        }
        f.write_str("] }")
    }
}

/// Type of a body, as its header says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ContentType {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// `application/octet-stream`.
    Octets,
}

impl ContentType {
    /// As the header says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
            Self::Octets => "application/octet-stream",
        }
    }
}

/// The body of a [`Post`]. Its length is known first, since every dialect announces it.
#[non_exhaustive]
pub enum Body<'a> {
    /// It lies in memory.
    Bytes(&'a [u8]),
    /// It is made while it is sent.
    Stream {
        /// All of its bytes.
        length: usize,
        /// Fills the room from its beginning and says how far; never waits. 0 gives up: the request fails. A module that
        /// cannot take it back fills the rest with blanks, and the server may see that. Not asked for more than `length`.
        fill: &'a mut dyn FnMut(&mut [u8]) -> usize,
    },
}

impl Body<'_> {
    /// Its length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Stream { length, .. } => *length,
        }
    }

    /// Whether it has no bytes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The answer to a [`Post`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply<'r> {
    /// HTTP status code.
    pub status: u16,
    /// Its body, as much as fitted. May hold a token or a secret.
    pub body: &'r [u8],
    /// How many bytes of the body did not fit.
    pub cut: usize,
}

impl core::fmt::Debug for Reply<'_> {
    /// Without the bytes of the body.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Reply {{ status: {}, body: {} bytes, cut: {} }}", self.status, self.body.len(), self.cut)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn debug_shows_neither_values_nor_answers() {
        let post = Post { path: "/topic/a", content: ContentType::Octets, headers: &[("password", "t0ken")] };
        let reply = Reply { status: 200, body: b"{\"token\":\"t0ken\"}", cut: 0 };
        let shown = std::format!("{post:?} {reply:?}");
        assert!(shown.contains("password") && shown.contains("17 bytes") && !shown.contains("t0ken"), "{shown}");
    }

    #[test]
    fn a_body_knows_its_length() {
        assert_eq!(Body::Bytes(b"abc").len(), 3);
        let body = Body::Stream { length: 0, fill: &mut |_| 0 };
        assert!(body.is_empty());
    }
}
