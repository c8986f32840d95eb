//! URLs.

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// As it was given.
    pub(crate) text: String,
    pub(crate) secure: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What the header `Host` says: the port only where it was given.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) target: String,
}

impl Url {
    /// `None`: no absolute URL of HTTP or HTTPS. A login, a fragment and an address of IPv6 are not taken.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        if text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'#') {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().ok().filter(|&port| port > 0)?),
            None => (authority, if secure { 443 } else { 80 }),
        };
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if host.is_empty() || !host.bytes().all(of_name) {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            secure,
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            target: if target.starts_with('/') { target.to_owned() } else { format!("/{target}") },
        })
    }

    /// Whether a connection to the other one would do.
    pub(crate) fn same_place(&self, other: &Self) -> bool {
        (self.secure, &self.host, self.port) == (other.secure, &other.host, other.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_url() {
        for (text, secure, host, port, authority, target) in [
            ("http://a.example", false, "a.example", 80, "a.example", "/"),
            ("https://a.example/", true, "a.example", 443, "a.example", "/"),
            ("HTTPS://10.0.0.1:8443/a/b?c=d://e", true, "10.0.0.1", 8_443, "10.0.0.1:8443", "/a/b?c=d://e"),
            ("http://a?x=1", false, "a", 80, "a", "/?x=1"),
        ] {
            let url = Url::parse(text.as_bytes()).unwrap();
            let parts = (url.secure, url.host.as_str(), url.port, url.authority.as_str(), url.target.as_str());
            assert_eq!(parts, (secure, host, port, authority, target));
        }
        for bad in [
            "",
            "a.example",
            "/a",
            "ftp://a",
            "http://",
            "http:///a",
            "http://a:0",
            "http://a:b",
            "http://a:65536",
            "http://u:p@a/",
            "http://[::1]/",
            "http://a/ b",
            "http://a/\r\n",
            "http://a/\u{e9}",
            "http://a/#f",
        ] {
            assert_eq!(Url::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
