//! What is kept.

use wanlink_core::Argument;
use zeroize::Zeroizing;

use super::Name;
use crate::identity::{Alphabet, Identity, IdentityError, keep};
use crate::registration::DeviceToken;
use crate::sign::Sign;
use crate::text::Text;

/// A value that a [`Store`](super::Store) can keep.
pub trait Record: Sized {
    /// What it is kept under.
    const NAME: Name;

    /// Writes its parts.
    fn encode(&self, out: &mut Encoder<'_>);

    /// Reads its parts in the same order; [`None`] when they make no sense.
    fn decode(parts: &mut Decoder<'_>) -> Option<Self>;
}

/// Takes the parts of a record.
pub struct Encoder<'a> {
    target: Target<'a>,
    length: usize,
    fits: bool,
}

enum Target<'a> {
    Write(&'a mut [u8]),
    Compare(&'a [u8]),
}

impl<'a> Encoder<'a> {
    pub(super) fn write(room: &'a mut [u8]) -> Self {
        Self { target: Target::Write(room), length: 0, fits: true }
    }

    pub(super) fn compare(parts: &'a [u8]) -> Self {
        Self { target: Target::Compare(parts), length: 0, fits: true }
    }

    fn byte(&mut self, byte: u8) {
        self.fits &= match &mut self.target {
            Target::Write(room) => room.get_mut(self.length).map(|place| *place = byte).is_some(),
            Target::Compare(parts) => parts.get(self.length) == Some(&byte),
        };
        self.length += 1;
    }

    /// A text of at most 255 bytes; a longer one does not fit.
    pub fn text(&mut self, text: &str) {
        self.fits &= text.len() <= 255;
        self.byte(text.len() as u8);
        text.bytes().for_each(|byte| self.byte(byte));
    }

    /// A number.
    pub fn number(&mut self, number: u64) {
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    /// The length of all parts, when they fitted.
    pub(super) fn length(&self) -> Option<usize> {
        (self.fits && self.length <= usize::from(u16::MAX)).then_some(self.length)
    }

    pub(super) fn is_equal(&self) -> bool {
        matches!(self.target, Target::Compare(parts) if parts.len() == self.length) && self.fits
    }
}

/// Gives the parts of a record back.
pub struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    pub(super) const fn new(parts: &'a [u8]) -> Self {
        Self(parts)
    }

    /// The text that comes next.
    pub fn text(&mut self) -> Option<&'a str> {
        let (length, rest) = self.0.split_first()?;
        let (text, rest) = rest.split_at_checked(usize::from(*length))?;
        self.0 = rest;
        core::str::from_utf8(text).ok()
    }

    /// The number that comes next.
    pub fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    pub(super) const fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

/// Longest parts of a record, those of a device token.
#[cfg(feature = "flash")]
pub(super) const LONGEST: usize = 1 + 20 + 1 + 32 + 1 + 128 + 1 + 128;

impl<A: Sign> Record for Identity<A> {
    const NAME: Name = Name::Identity;

    fn encode(&self, out: &mut Encoder<'_>) {
        out.text(self.product_key());
        out.text(self.device_name());
        out.text(self.secret());
    }

    fn decode(parts: &mut Decoder<'_>) -> Option<Self> {
        let (product_key, device_name, secret) = (parts.text()?, parts.text()?, parts.text()?);
        Self::checked(product_key, device_name, Argument::DeviceSecret, secret).ok()
    }
}

impl Record for DeviceToken {
    const NAME: Name = Name::DeviceToken;

    fn encode(&self, out: &mut Encoder<'_>) {
        out.text(self.product_key());
        out.text(self.device_name());
        out.text(self.client_id());
        out.text(self.reveal());
    }

    fn decode(parts: &mut Decoder<'_>) -> Option<Self> {
        Self::new(parts.text()?, parts.text()?, parts.text()?, parts.text()?).ok()
    }
}

/// Token of the path `https`, good for seven days (aliyun-iot, 4), and when it was given.
///
/// It is wiped when it is dropped, and `Debug` does not show it.
pub struct HttpsToken {
    token: Zeroizing<Text<64>>,
    given_s: u64,
}

impl HttpsToken {
    /// A token that was given at this time, in seconds of the clock that its age is told by.
    ///
    /// # Errors
    /// It is empty, longer than 64 bytes, or holds what no header may hold.
    pub fn new(token: &str, given_s: u64) -> Result<Self, IdentityError> {
        let mut own = Self { token: Zeroizing::new(Text::new()), given_s };
        keep(Argument::Password, own.token.as_mut_view(), token, Alphabet::Graphic)?;
        Ok(own)
    }

    /// The token.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.token
    }

    /// When it was given.
    #[must_use]
    pub const fn given_s(&self) -> u64 {
        self.given_s
    }
}

impl Record for HttpsToken {
    const NAME: Name = Name::HttpsToken;

    fn encode(&self, out: &mut Encoder<'_>) {
        out.text(&self.token);
        out.number(self.given_s);
    }

    fn decode(parts: &mut Decoder<'_>) -> Option<Self> {
        Self::new(parts.text()?, parts.number()?).ok()
    }
}

impl core::fmt::Debug for HttpsToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "HttpsToken {{ given_s: {}, token: *** }}", self.given_s)
    }
}
