//! Signatures: HMAC of glued texts, as hexadecimal digits (aliyun-iot, 1.1).
//!
//! Every message of the platform that is signed follows one rule, so there is one function, and each message names the
//! parts of its own content.

use heapless::string::StringView;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, EagerHash, FixedOutputCore, UpdateCore};
use hmac::digest::{KeyInit, Output};
use zeroize::Zeroizing;

use crate::text::Text;

mod sealed {
    use heapless::string::StringView;

    pub trait Sealed {
        /// With a key of any length.
        fn hex(key: &[u8], content: &[&str], out: &mut StringView<u8>);
        /// With a key of at most one block.
        fn hex_of_block(key: &[u8], content: &[&str], out: &mut StringView<u8>);
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

/// What all three hash at once, in bytes (RFC 2104, 2). No secret of an [`Identity`](crate::Identity) is longer.
const BLOCK: usize = 64;

macro_rules! method {
    ($method:ty, $hash:ty, $name:literal, $digits:literal) => {
        impl sealed::Sealed for $method {
            #[inline(never)]
            fn hex(key: &[u8], content: &[&str], out: &mut StringView<u8>) {
                hex_of::<$hash>(key, content, out);
            }

            #[inline(never)]
            fn hex_of_block(key: &[u8], content: &[&str], out: &mut StringView<u8>) {
                // The bound lets the compiler drop the hash of a longer key.
                hex_of::<$hash>(key.get(..BLOCK).unwrap_or(key), content, out);
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

/// On the block level of `hmac`, where nothing is moved: its `Mac` needs 200 bytes of stack more.
fn hex_of<D: EagerHash>(key: &[u8], content: &[&str], out: &mut StringView<u8>) {
    // HMAC takes keys of any length; the error belongs to other constructions.
    let Ok(mut mac) = HmacCore::<D>::new_from_slice(key) else { return };
    let mut buffer = Buffer::<HmacCore<D>>::default();
    for part in content {
        buffer.digest_blocks(part.as_bytes(), |blocks| mac.update_blocks(blocks));
    }
    let mut signature = Output::<HmacCore<D>>::default();
    mac.finalize_fixed_core(&mut buffer, &mut signature);
    put_hex(&signature, out);
}

/// Appends as many bytes as there is room for, in lower-case hexadecimal digits.
pub(crate) fn put_hex(bytes: &[u8], out: &mut StringView<u8>) {
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
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

    /// Signs with the secret of an identity, into an empty signature.
    pub(crate) fn write<A: Sign>(&mut self, secret: &str, content: &[&str]) {
        A::hex_of_block(secret.as_bytes(), content, self.0.as_mut_view());
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
    A::hex(key.as_bytes(), content, out.0.as_mut_view());
    out
}
