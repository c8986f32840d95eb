//! HMAC over the compression function of a hash (RFC 2104).
//!
//! By hand, since the crates' own layers above that function (buffers, generic lengths, a copy of the keyed state) are
//! 0.4 KB of flash and 240 bytes of stack.

/// What all three hashes take at once, in bytes. No secret of an [`Identity`](crate::Identity) is longer.
pub(super) const BLOCK: usize = 64;

/// A hash of 32-bit words that pads as MD4 did: MD5, SHA-1, SHA-256.
pub trait Hash {
    /// Its words.
    type State: Copy + AsRef<[u32]>;
    /// The words before the first block.
    const INITIAL: Self::State;
    /// Whether words and length go out with their lowest byte first.
    const LITTLE_ENDIAN: bool;

    /// Takes one block in.
    fn compress(state: &mut Self::State, block: &[u8; BLOCK]);
}

/// A message that is being hashed.
struct Message<H: Hash> {
    state: H::State,
    block: [u8; BLOCK],
    length: usize,
}

impl<H: Hash> Message<H> {
    fn new() -> Self {
        Self { state: H::INITIAL, block: [0; BLOCK], length: 0 }
    }

    /// Starts again with a key that fits a block, xored with `pad` and filled up with it.
    #[inline(never)]
    fn begin(&mut self, key: &[u8], pad: u8) {
        (self.state, self.length) = (H::INITIAL, 0);
        for at in 0..BLOCK {
            self.put(key.get(at).unwrap_or(&0) ^ pad);
        }
    }

    #[inline(never)]
    fn put(&mut self, byte: u8) {
        self.block[self.length % BLOCK] = byte;
        self.length += 1;
        if self.length.is_multiple_of(BLOCK) {
            H::compress(&mut self.state, &self.block);
        }
    }

    fn put_word(&mut self, mut word: u32) {
        for _ in 0..4 {
            word = word.rotate_left(8);
            self.put(word as u8);
        }
    }

    /// Pads: a bit, zeros, and the length in bits. Overwrites what was left in the block.
    #[inline(never)]
    fn end(&mut self) {
        let bits = self.length as u64 * 8;
        let bits = if H::LITTLE_ENDIAN { bits.swap_bytes() } else { bits };
        self.put(0x80);
        while self.length % BLOCK != BLOCK - 8 {
            self.put(0);
        }
        self.put_word((bits >> 32) as u32);
        self.put_word(bits as u32);
    }
}

/// The words of a hash, each with the byte that goes out first in its highest place.
fn words<H: Hash>(state: &H::State) -> impl Iterator<Item = u32> {
    state.as_ref().iter().map(|word| if H::LITTLE_ENDIAN { word.swap_bytes() } else { *word })
}

/// Calls `put` with each word of the signature. Of a key, the first block counts.
pub(super) fn sign<H: Hash>(key: &[u8], content: &[&str], put: impl FnMut(u32)) {
    let mut message = Message::<H>::new();
    message.begin(key, 0x36);
    for part in content {
        part.bytes().for_each(|byte| message.put(byte));
    }
    message.end();
    let inner = message.state;
    message.begin(key, 0x5C);
    words::<H>(&inner).for_each(|word| message.put_word(word));
    message.end();
    words::<H>(&message.state).for_each(put);
}

/// Calls `put` with each word of the hash.
pub(super) fn hash<H: Hash>(bytes: &[u8], put: impl FnMut(u32)) {
    let mut message = Message::<H>::new();
    bytes.iter().for_each(|byte| message.put(*byte));
    message.end();
    words::<H>(&message.state).for_each(put);
}
