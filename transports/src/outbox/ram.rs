//! A queue that ends with the power.

use core::convert::Infallible;

use super::queue::Queue;

/// Records in `N` bytes of RAM, each with two bytes more.
#[derive(Debug)]
pub struct Ram<const N: usize> {
    bytes: [u8; N],
    used: usize,
    count: u32,
}

/// Length of a record.
const HEAD: usize = 2;

impl<const N: usize> Ram<N> {
    /// An empty queue.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; N], used: 0, count: 0 }
    }

    /// The record that begins there.
    fn record(&self, at: usize) -> Option<&[u8]> {
        let (head, rest) = self.bytes.get(at..self.used)?.split_first_chunk::<HEAD>()?;
        rest.get(..u16::from_le_bytes(*head).into())
    }
}

impl<const N: usize> Default for Ram<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Queue for Ram<N> {
    type Error = Infallible;

    async fn count(&mut self) -> Result<u32, Infallible> {
        Ok(self.count)
    }

    async fn push(&mut self, record: &[u8]) -> Result<bool, Infallible> {
        let Ok(length) = u16::try_from(record.len()) else { return Ok(false) };
        let Some(place) = self.bytes.get_mut(self.used..self.used + HEAD + record.len()) else { return Ok(false) };
        place.iter_mut().zip(length.to_le_bytes().iter().chain(record)).for_each(|(place, byte)| *place = *byte);
        (self.used, self.count) = (self.used + HEAD + record.len(), self.count + 1);
        Ok(true)
    }

    async fn peek(&mut self, index: u32, room: &mut [u8]) -> Result<Option<usize>, Infallible> {
        let mut at = 0;
        for _ in 0..index {
            let Some(record) = self.record(at) else { return Ok(None) };
            at += HEAD + record.len();
        }
        let Some(record) = self.record(at) else { return Ok(None) };
        room.iter_mut().zip(record).for_each(|(place, byte)| *place = *byte);
        Ok(Some(record.len()))
    }

    async fn pop(&mut self) -> Result<(), Infallible> {
        let Some(record) = self.record(0) else { return Ok(()) };
        let length = HEAD + record.len();
        for at in length..self.used {
            let byte = self.bytes.get(at).copied().unwrap_or_default();
            if let Some(place) = self.bytes.get_mut(at - length) {
                *place = byte;
            }
        }
        (self.used, self.count) = (self.used - length, self.count - 1);
        Ok(())
    }
}
