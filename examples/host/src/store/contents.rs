//! What is in the file: a line that says whose it is, then the records, each as its name in one byte, its length in
//! four, low byte first, and its bytes, which have a checksum of their own.

use wanlink_transports::store::{FrameError, Name};
use zeroize::Zeroizing;

const HEAD: &[u8] = b"wanlink store ";
/// Behind the head, with the end of the line.
const VERSION: u8 = b'1';

/// All records, by their names.
#[derive(Default)]
pub(super) struct Contents {
    records: Vec<(u8, Zeroizing<Vec<u8>>)>,
}

impl Contents {
    /// An empty file is one that somebody made for the store to use.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut contents = Self::default();
        if bytes.is_empty() {
            return Ok(contents);
        }
        let mut rest = match bytes.strip_prefix(HEAD) {
            Some([VERSION, b'\n', rest @ ..]) => rest,
            Some([version, b'\n', ..]) => return Err(FrameError::Version(*version)),
            _ => return Err(FrameError::Foreign),
        };
        while let Some((name, behind)) = rest.split_first() {
            let (length, behind) = behind.split_first_chunk().ok_or(FrameError::Damaged)?;
            let length = u32::from_le_bytes(*length) as usize;
            let (record, behind) = behind.split_at_checked(length).ok_or(FrameError::Damaged)?;
            contents.records.push((*name, Zeroizing::new(record.to_vec())));
            rest = behind;
        }
        Ok(contents)
    }

    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let length = self.records.iter().fold(HEAD.len() + 2, |sum, (_, record)| sum + 5 + record.len());
        // A room that grows would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        bytes.extend_from_slice(HEAD);
        bytes.extend_from_slice(&[VERSION, b'\n']);
        for (name, record) in &self.records {
            bytes.push(*name);
            bytes.extend_from_slice(&(record.len() as u32).to_le_bytes());
            bytes.extend_from_slice(record);
        }
        bytes
    }

    pub(super) fn get(&self, name: Name) -> Option<&[u8]> {
        self.records.iter().find(|(own, _)| *own == name as u8).map(|(_, record)| record.as_slice())
    }

    pub(super) fn set(&mut self, name: Name, record: &[u8]) {
        self.remove(name);
        self.records.push((name as u8, Zeroizing::new(record.to_vec())));
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, name: Name) -> bool {
        let before = self.records.len();
        self.records.retain(|(own, _)| *own != name as u8);
        self.records.len() < before
    }
}
