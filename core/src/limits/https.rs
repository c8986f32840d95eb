//! Limits of the HTTPS client inside a module.

use super::{Argument, TooLong, UNSTATED, fits};
use crate::{Post, Server, Tls};

/// What a module's HTTPS client takes, as its manual states it. Lengths in bytes.
///
/// ```
/// use wanlink_core::HttpsLimits;
/// const LIMITS: HttpsLimits = HttpsLimits::UNSTATED.url(700).header(256).body(153_600);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpsLimits {
    /// `https://`, host, port and path together.
    pub url: u16,
    /// Name and value of one header line together.
    pub header: u16,
    /// Body of the request.
    pub body: u32,
}

impl HttpsLimits {
    /// No stated limit.
    pub const UNSTATED: Self = Self { url: UNSTATED, header: UNSTATED, body: u32::MAX };

    /// Sets the limit of the address.
    #[must_use]
    pub const fn url(self, url: u16) -> Self {
        Self { url, ..self }
    }

    /// Sets the limit of a header line.
    #[must_use]
    pub const fn header(self, header: u16) -> Self {
        Self { header, ..self }
    }

    /// Sets the limit of the body.
    #[must_use]
    pub const fn body(self, body: u32) -> Self {
        Self { body, ..self }
    }

    /// Checks a request before anything is sent.
    ///
    /// # Errors
    /// The first part that is too long.
    pub fn check(&self, server: &Server<'_, Tls<'_>>, post: &Post<'_>, body: usize) -> Result<(), TooLong> {
        // The longest port that can stand between them.
        fits(Argument::Url, self.url, "https://:65535".len() + server.host.len() + post.path.len())?;
        for (name, value) in post.headers {
            fits(Argument::Header, self.header, name.len() + value.len())?;
        }
        if u32::try_from(body).map_or(true, |length| length > self.body) {
            return Err(TooLong::body(self.body, body));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContentType, Root};

    #[test]
    fn each_part_of_a_request_has_its_limit() {
        let server = Server::new("h", 443, Tls::verified(Root::new("r", b"")));
        let post = Post { path: "/p", content: ContentType::Json, headers: &[("a", "bc")] };
        let limits = HttpsLimits::UNSTATED.url(17).header(3).body(5);
        let what = |limits: HttpsLimits| limits.check(&server, &post, 5).err().map(|error| error.what);
        assert_eq!(what(limits), None);
        assert_eq!(what(limits.url(16)), Some(Argument::Url));
        assert_eq!(what(limits.header(2)), Some(Argument::Header));
        assert_eq!(what(limits.body(4)), Some(Argument::Body));
    }
}
