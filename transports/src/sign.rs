//! Signatures: HMAC of glued texts, as hexadecimal digits (aliyun-iot, 1.1).
//!
//! Every message of the platform that is signed follows one rule, so there is one function, and each message names the
//! parts of its own content.

mod hmac;

use heapless::string::StringView;
use zeroize::Zeroizing;

use self::hmac::{BLOCK, Hash};
use crate::text::Text;

/// A signing method, chosen by type, so that a program links only the one it uses.
pub trait Sign: Hash {
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
    ($method:ty, $name:literal, $words:literal, $compress:path, $little_endian:literal, $initial:expr) => {
        impl Hash for $method {
            type State = [u32; $words];
            const INITIAL: Self::State = $initial;
            const LITTLE_ENDIAN: bool = $little_endian;

            fn compress(state: &mut Self::State, block: &[u8; BLOCK]) {
                $compress(state, core::slice::from_ref(block));
            }
        }

        impl Sign for $method {
            const NAME: &'static str = $name;
            const DIGITS: usize = 8 * $words;
        }
    };
}

// Initial words: FIPS 180-4, 5.3.3 and 5.3.1; RFC 1321, 3.3.
method!(
    HmacSha256,
    "hmacsha256",
    8,
    sha2::block_api::compress256,
    false,
    [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,]
);
method!(
    HmacSha1,
    "hmacsha1",
    5,
    sha1::block_api::compress,
    false,
    [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0,]
);
method!(HmacMd5, "hmacmd5", 4, md5::block_api::compress, true, [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476,]);

/// Appends a word in lower-case hexadecimal digits.
pub(crate) fn put_hex(mut word: u32, out: &mut StringView<u8>) {
    for _ in 0..8 {
        word = word.rotate_left(4);
        let digit = word as u8 & 15;
        let digit = if digit < 10 { b'0' + digit } else { b'a' - 10 + digit };
        // Whoever calls has the room. The bound tells the compiler that a digit is one byte of UTF-8.
        let _ = out.push(char::from(digit & 0x7F));
    }
}

/// The first word of the SHA-256 of some bytes.
pub(crate) fn sha256_head(bytes: &[u8]) -> u32 {
    let mut first = None;
    hmac::hash::<HmacSha256>(bytes, |word| first = first.or(Some(word)));
    first.unwrap_or_default()
}

/// A signature as lower-case hexadecimal digits; wiped when dropped, since a login can be repeated with it.
pub struct Signature(Zeroizing<Text<64>>);

impl Signature {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Text::new()))
    }

    /// Signs with a key of at most one block, into an empty signature.
    #[inline(never)]
    pub(crate) fn write<A: Sign>(&mut self, key: &[u8], content: &[&str]) {
        hmac::sign::<A>(key, content, |word| put_hex(word, self.0.as_mut_view()));
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
    if key.len() <= BLOCK {
        out.write::<A>(key.as_bytes(), content);
    } else {
        // Its hash stands for it; it is a key no less.
        let mut short = Zeroizing::new([0; BLOCK]);
        let mut free = short.chunks_exact_mut(4);
        hmac::hash::<A>(key.as_bytes(), |word| {
            if let Some(place) = free.next() {
                place.copy_from_slice(&word.to_be_bytes());
            }
        });
        out.write::<A>(&*short, content);
    }
    out
}
