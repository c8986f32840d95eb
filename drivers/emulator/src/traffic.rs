//! What a module sends and receives over the radio, layer by layer, and how often the radio is used for it.
//!
//! Behind a module stands a stream of bytes, and a network carries packets. What the packets are is a model:
//!
//! - IPv4 and TCP without options have 40 bytes of headers, a SYN and its answer 60.
//! - What one end hands to TCP at once goes out at once, in segments of at most [`mss`](TrafficModel::mss) bytes.
//! - Each segment is acknowledged by a packet of its own, 40 bytes; only the last of what one end sent is acknowledged by the
//!   other's data, where those come [in time](TrafficModel::carried_within_us). No packet acknowledges two segments: delayed
//!   acknowledgements are left out.
//! - A connection begins with SYN, SYN-ACK and ACK, and ends with a FIN of each end and an ACK for it.
//! - What comes for a connection that the module has closed is answered by a reset.
//! - A host that is a name is looked up once for each connection: no module keeps the answer. Question and answer are DNS over
//!   UDP and IPv4, 28 bytes of headers, and the answer is one address for each that there is.
//!
//! Nothing is lost or sent twice, and what the layers below IP add is left out: signalling, headers of the link, padding.

mod meter;
#[cfg(test)]
mod tests;

pub(crate) use meter::Meter;

/// What the count takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrafficModel {
    /// The most bytes of a segment, both ways; at least one.
    pub mss: usize,
    /// Data of the other end that come within so many microseconds, as the module sees them, carry the acknowledgement.
    pub carried_within_us: u64,
    /// The radio stays on for so many microseconds behind the last packet; what comes later is a use of its own.
    pub inactivity_us: u64,
}

impl Default for TrafficModel {
    /// Segments of 1,360 bytes, 200 ms, 10 s.
    fn default() -> Self {
        Self { mss: 1_360, carried_within_us: 200_000, inactivity_us: 10_000_000 }
    }
}

/// Bytes of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerBytes {
    /// MQTT, HTTP, or what else the links carry.
    pub application: u64,
    /// What TLS adds: the handshake, and header, nonce and tag of each record.
    pub tls: u64,
    /// Headers of IP and TCP, with those of packets that carry nothing else.
    pub headers: u64,
    /// Names that were looked up: DNS, UDP and IP.
    pub names: u64,
}

impl LayerBytes {
    /// All of them: the bytes of the IP packets.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.application + self.tls + self.headers + self.names
    }

    const fn since(&self, earlier: &Self) -> Self {
        Self {
            application: self.application - earlier.application,
            tls: self.tls.saturating_sub(earlier.tls),
            headers: self.headers.saturating_sub(earlier.headers),
            names: self.names - earlier.names,
        }
    }
}

/// What went over the radio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// From the module.
    pub up: LayerBytes,
    /// To the module.
    pub down: LayerBytes,
    /// How often the radio was used: packets with less than [`inactivity_us`](TrafficModel::inactivity_us) between them are one
    /// use.
    pub bursts: u64,
    /// How long the radio was on: from the first packet of each use to its last, and `inactivity_us` behind it.
    pub radio_us: u64,
}

impl Traffic {
    /// What came since an earlier look at the same module.
    ///
    /// # Panics
    /// In builds with checks, when `earlier` is later, or the count began anew in between.
    #[must_use]
    pub const fn since(&self, earlier: &Self) -> Self {
        Self {
            up: self.up.since(&earlier.up),
            down: self.down.since(&earlier.down),
            bursts: self.bursts - earlier.bursts,
            radio_us: self.radio_us - earlier.radio_us,
        }
    }
}
