//! The form of a record:
//!
//! | bytes | what |
//! |---|---|
//! | 2 | `wl` |
//! | 1 | version of the form, 1 |
//! | 1 | the record's [`Name`] |
//! | 2 | length of its parts, low byte first |
//! | n | its parts: a text as its length in one byte and its bytes, a number in 8 bytes, low byte first |
//! | 4 | CRC-32 (IEEE 802.3) of all before it, low byte first |

use super::Name;
use super::error::FrameError;
use super::record::{Decoder, Encoder, Record};

const MAGIC: [u8; 2] = *b"wl";
const VERSION: u8 = 1;
const HEAD: usize = 6;
const TAIL: usize = 4;

/// The length that a record of so many bytes of parts takes.
#[cfg(feature = "flash")]
pub(super) const fn length(parts: usize) -> usize {
    HEAD + parts + TAIL
}

/// Writes a record.
pub(super) fn encode<R: Record>(record: &R, room: &mut [u8]) -> Option<usize> {
    let mut encoder = Encoder::write(room.get_mut(HEAD..)?);
    record.encode(&mut encoder);
    let length = encoder.length()?;
    let (low, high) = (length as u8, (length >> 8) as u8);
    let frame = room.get_mut(..HEAD + length + TAIL)?;
    let (covered, tail) = frame.split_at_mut_checked(HEAD + length)?;
    let head = [MAGIC[0], MAGIC[1], VERSION, R::NAME as u8, low, high];
    covered.iter_mut().zip(head).for_each(|(to, from)| *to = from);
    let checksum = crc32(covered).to_le_bytes();
    tail.iter_mut().zip(checksum).for_each(|(to, from)| *to = from);
    Some(HEAD + length + TAIL)
}

/// The parts of a frame that holds a record of this name.
pub(super) fn open(frame: &[u8], name: Name) -> Result<&[u8], FrameError> {
    let Some((&[first, second, version, kind, low, high], rest)) = frame.split_first_chunk::<HEAD>() else {
        return Err(FrameError::Foreign);
    };
    if [first, second] != MAGIC {
        return Err(FrameError::Foreign);
    }
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    let (parts, checksum) = rest.split_last_chunk::<TAIL>().ok_or(FrameError::Damaged)?;
    let covered = frame.get(..HEAD + parts.len()).ok_or(FrameError::Damaged)?;
    let whole = crc32(covered) == u32::from_le_bytes(*checksum);
    if whole && kind == name as u8 && parts.len() == usize::from(u16::from_le_bytes([low, high])) {
        Ok(parts)
    } else {
        Err(FrameError::Damaged)
    }
}

pub(super) fn decode<R: Record>(frame: &[u8]) -> Result<R, FrameError> {
    let mut decoder = Decoder::new(open(frame, R::NAME)?);
    R::decode(&mut decoder).filter(|_| decoder.is_done()).ok_or(FrameError::Damaged)
}

/// Whether a whole frame holds this very record.
pub(super) fn equal<R: Record>(record: &R, frame: &[u8]) -> bool {
    let mut encoder = Encoder::compare(frame.get(HEAD..frame.len().saturating_sub(TAIL)).unwrap_or_default());
    record.encode(&mut encoder);
    encoder.is_equal()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_its_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
