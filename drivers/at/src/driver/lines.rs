//! Names for the lines that all dialects have, and for the records of the inbox.

pub mod tag {
    //! Tags of records in the inbox.

    /// A message.
    pub const MESSAGE: u8 = 1;
    /// A line that nobody claimed.
    pub const LINE: u8 = 2;
    /// Bytes that were read from a socket, until it is known of which: the line does not say it.
    pub const BYTES: u8 = 3;
    /// The first of a family's own.
    pub const OWN: u8 = 4;
    /// Bytes of socket 0; those of the others follow.
    pub const BYTES_OF: u8 = 16;
}

pub mod id {
    //! Ids of unsolicited lines. What a family has beside these begins with [`OWN`].

    /// The module booted.
    pub const BOOT: u8 = 1;
    /// A later line of a boot, no news within the time of one.
    pub const READY: u8 = 2;
    /// The module goes off.
    pub const OFF: u8 = 3;
    /// LTE registration (3GPP TS 27.007, 10.1.22).
    pub const CEREG: u8 = 4;
    /// GPRS registration (3GPP TS 27.007, 10.1.20).
    pub const CGREG: u8 = 5;
    /// State of the SIM (3GPP TS 27.007, 8.3).
    pub const SIM: u8 = 6;
    /// Known, and without meaning for us.
    pub const NOISE: u8 = 7;
    /// The first of a family's own.
    pub const OWN: u8 = 16;
}
