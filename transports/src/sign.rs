//! Signatures: HMAC of glued texts, as hexadecimal digits (aliyun-iot, 1.1).
//!
//! Every message of the platform that is signed follows one rule, so there is one function, and each message names the
//! parts of its own content.

use heapless::string::StringView;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use zeroize::Zeroizing;

use crate::text::Text;

mod sealed {
    use heapless::string::StringView;

    pub trait Sealed {
        fn hex(key: &[u8], content: &[&str], out: &mut StringView<u8>);
    }
}

/// A signing method, chosen by type, so that a program links only the one it uses.
pub trait Sign: sealed::Sealed {
    /// As the platform spells it in `signmethod`.
    const NAME: &'static str;
    /// Hexadecimal digits of a signature.
    const DIGITS: usize;
}

/// HMAC with SHA-256: the default, and the one to take.
#[derive(Debug, Clone, Copy)]
pub enum HmacSha256 {}

/// HMAC with SHA-1, for products that were made for it.
#[derive(Debug, Clone, Copy)]
pub enum HmacSha1 {}

/// HMAC with MD5, for products that were made for it.
#[derive(Debug, Clone, Copy)]
pub enum HmacMd5 {}

macro_rules! method {
    ($method:ty, $hash:ty, $name:literal, $digits:literal) => {
        impl sealed::Sealed for $method {
            #[inline(never)]
            fn hex(key: &[u8], content: &[&str], out: &mut StringView<u8>) {
                hex_of::<Hmac<$hash>>(key, content, out);
            }
        }

        impl Sign for $method {
            const NAME: &'static str = $name;
            const DIGITS: usize = $digits;
        }
    };
}

method!(HmacSha256, sha2::Sha256, "hmacsha256", 64);
method!(HmacSha1, sha1::Sha1, "hmacsha1", 40);
method!(HmacMd5, md5::Md5, "hmacmd5", 32);

fn hex_of<M: Mac + KeyInit>(key: &[u8], content: &[&str], out: &mut StringView<u8>) {
    // HMAC takes keys of any length; the error belongs to other constructions.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return };
    for part in content {
        mac.update(part.as_bytes());
    }
    for byte in mac.finalize().into_bytes() {
        for digit in [byte >> 4, byte & 15] {
            // 64 digits are the most, and there is room for them.
            let _ = out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }));
        }
    }
}

/// A signature as lower-case hexadecimal digits; wiped when dropped, since a login can be repeated with it.
pub struct Signature(Zeroizing<Text<64>>);

impl Signature {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Text::new()))
    }

    pub(crate) fn write<A: Sign>(&mut self, key: &str, content: &[&str]) {
        A::hex(key.as_bytes(), content, self.0.as_mut_view());
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl core::fmt::Debug for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Signature(***)")
    }
}

/// Signs `content`, whose parts are glued without a separator.
#[must_use]
pub fn sign<A: Sign>(key: &str, content: &[&str]) -> Signature {
    let mut out = Signature::new();
    out.write::<A>(key, content);
    out
}
