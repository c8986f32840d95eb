//! The module itself: power, identity, SIM and network, clock, recovery.

use core::time::Duration;

use crate::ErrorType;

/// A cellular module behind a serial port.
///
/// The general contract stands in the [crate documentation](crate).
pub trait Module: ErrorType {
    /// Brings the module to a known state: switched on, answering, set up, and free of what an earlier life left open.
    ///
    /// Returns when the module answers and has taken its settings. A module that is on already is adopted, not switched
    /// off by the toggling key. *Dropped*: call it again. *Kinds*: [`Restart`](crate::ErrorKind::Restart) (mute after
    /// all tries), [`Retry`](crate::ErrorKind::Retry) (it refused a setting), [`Misuse`](crate::ErrorKind::Misuse) (a
    /// pin failed).
    async fn start(&mut self) -> Result<(), Self::Error>;

    /// Reads who the module is. *Dropped*: nothing is left. *Kinds*: [`Retry`](crate::ErrorKind::Retry),
    /// [`Restart`](crate::ErrorKind::Restart).
    async fn describe(&mut self) -> Result<Info, Self::Error>;

    /// Brings SIM, registration and data context up, and returns when all three are.
    ///
    /// Has no time limit of its own: registration may take minutes, and the caller's `select` ends it; `progress` tells
    /// where it is. A PIN that the SIM did not take is never sent again by this driver value, nor is another; one whose
    /// fate a restart of the module or a card pulled out hid is sent once more, so that a wrong one uses up two of the SIM's three tries at
    /// most. *Dropped*: safe, call it again.
    /// *Kinds*: [`Refused`](crate::ErrorKind::Refused) by [`Sim`](crate::Refusal::Sim) or, after the network kept
    /// denying, by [`Network`](crate::Refusal::Network); [`Retry`](crate::ErrorKind::Retry);
    /// [`Reattach`](crate::ErrorKind::Reattach) (no context); [`Restart`](crate::ErrorKind::Restart).
    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Self::Error>;

    /// Reads the strength of the received signal. *Dropped*: nothing is left.
    async fn signal(&mut self) -> Result<Signal, Self::Error>;

    /// Reads the clock: time since 1970 in UTC, or `None` when the network has not set it yet, which is no error.
    /// *Dropped*: nothing is left.
    async fn clock(&mut self) -> Result<Option<Duration>, Self::Error>;

    /// Takes what the module sends until something changed, and says what. It is the one method that only listens.
    ///
    /// What changed while another method ran is told at once. Each thing is told one time: a message that nobody takes
    /// does not keep the next call from listening. *Dropped*: loses nothing.
    async fn idle(&mut self) -> Result<Notice, Self::Error>;

    /// Does one step of recovery. Which step, and how often, is the business of whoever counts failures.
    ///
    /// *Dropped*: call it again, or a higher rung. After [`Rung::Restart`] and above, [`start`](Self::start) is next.
    async fn recover(&mut self, rung: Rung) -> Result<(), Self::Error>;

    /// Logs off the network and switches the module off in its orderly way.
    ///
    /// Returns when the module said that it is off, or when the longest time of its manual is over. *Dropped*: the
    /// module may be switching off; [`start`](Self::start) finds out.
    async fn stop(&mut self) -> Result<(), Self::Error>;
}

/// How to reach the network.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Network<'a> {
    /// Access point name.
    pub apn: &'a str,
    /// User and password of the access point, if it wants them.
    pub auth: Option<Credentials<'a>>,
    /// PIN of the SIM, if it is locked.
    pub pin: Option<&'a str>,
}

/// User and password of an access point.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// User name.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
}

impl<'a> Network<'a> {
    /// An access point without user, and a SIM without PIN.
    #[must_use]
    pub const fn apn(apn: &'a str) -> Self {
        Self { apn, auth: None, pin: None }
    }

    /// Adds user and password of the access point.
    #[must_use]
    pub const fn auth(self, user: &'a str, password: &'a str) -> Self {
        Self { auth: Some(Credentials { user, password }), ..self }
    }

    /// Adds the PIN of the SIM.
    #[must_use]
    pub const fn pin(self, pin: &'a str) -> Self {
        Self { pin: Some(pin), ..self }
    }
}

impl core::fmt::Debug for Network<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { apn, auth, pin } = self;
        write!(f, "Network {{ apn: {apn:?}, auth: {}, pin: {} }}", redacted(auth.is_some()), redacted(pin.is_some()))
    }
}

impl core::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Credentials {{ user: {:?}, password: *** }}", self.user)
    }
}

const fn redacted(given: bool) -> &'static str {
    if given { "***" } else { "none" }
}

/// Where [`Module::attach`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Progress {
    /// The SIM is ready.
    SimReady,
    /// The module searches a network.
    Searching,
    /// The network denies registration; the module goes on trying for a while.
    Denied,
    /// Registered, at home or roaming.
    Registered {
        /// Whether the network is not the SIM's own.
        roaming: bool,
    },
    /// The data context is up.
    ContextUp,
}

/// Who the module is. Text of fixed room; what is longer is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Info {
    model: Text<16>,
    firmware: Text<32>,
    imei: Text<16>,
    iccid: Text<20>,
}

impl Info {
    /// Puts the parts together; a driver's business.
    #[must_use]
    pub fn new(model: &[u8], firmware: &[u8], imei: &[u8], iccid: &[u8]) -> Self {
        Self { model: Text::new(model), firmware: Text::new(firmware), imei: Text::new(imei), iccid: Text::new(iccid) }
    }

    /// Sets the model; a driver's business, as the following.
    pub fn set_model(&mut self, text: &[u8]) {
        self.model = Text::new(text);
    }

    /// Sets the firmware's revision.
    pub fn set_firmware(&mut self, text: &[u8]) {
        self.firmware = Text::new(text);
    }

    /// Sets the IMEI.
    pub fn set_imei(&mut self, text: &[u8]) {
        self.imei = Text::new(text);
    }

    /// Sets the number of the SIM card.
    pub fn set_iccid(&mut self, text: &[u8]) {
        self.iccid = Text::new(text);
    }

    /// The model as the module names itself.
    #[must_use]
    pub fn model(&self) -> &str {
        self.model.as_str()
    }

    /// The firmware's revision.
    #[must_use]
    pub fn firmware(&self) -> &str {
        self.firmware.as_str()
    }

    /// The International Mobile Equipment Identity, 15 digits (3GPP TS 23.003, 6.2.1).
    #[must_use]
    pub fn imei(&self) -> &str {
        self.imei.as_str()
    }

    /// The number of the SIM card, 19 or 20 digits (ITU-T E.118), without filler.
    #[must_use]
    pub fn iccid(&self) -> &str {
        self.iccid.as_str()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Text<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self { bytes: [0; N], length: 0 }
    }
}

impl<const N: usize> Text<N> {
    /// Keeps printable ASCII only: these texts end up in client ids and topics.
    fn new(text: &[u8]) -> Self {
        let mut out = Self::default();
        for (slot, &byte) in out.bytes.iter_mut().zip(text.iter().filter(|b| b.is_ascii_graphic())) {
            *slot = byte;
            out.length += 1;
        }
        out
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.length)).and_then(|b| core::str::from_utf8(b).ok()).unwrap_or("")
    }
}

/// Strength of the received signal (3GPP TS 27.007, 8.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Signal {
    /// Received signal strength in dBm, `None` when the module does not know.
    pub rssi_dbm: Option<i16>,
}

/// What [`Module::idle`] noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Notice {
    /// A message, or the news that one was lost, can be received.
    Message,
    /// An unclaimed line can be read.
    Line,
    /// The session with the broker ended.
    SessionLost,
    /// The data context is gone.
    ContextLost,
    /// The state of registration changed.
    Registration,
    /// The module fell asleep, as it was asked to: [`PowerSaving::sleep`](crate::PowerSaving::sleep) tells how long.
    Asleep,
    /// A socket can be read, or its connection ended: [`TcpSocket::state`](crate::TcpSocket::state) tells which.
    Socket,
}

/// A step of recovery, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Rung {
    /// Data context off and on.
    Context,
    /// Radio off and on.
    Radio,
    /// Restart by command.
    Restart,
    /// Reset by pin.
    Reset,
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn debug_shows_no_secret() {
        let network = Network::apn("cmiot").auth("me", "s3cret").pin("1234");
        let text = format!("{network:?} {:?}", network.auth);
        assert!(!text.contains("s3cret") && !text.contains("1234"), "{text}");
        assert!(text.contains("cmiot"));
    }

    #[test]
    fn info_is_cut_to_its_room_and_keeps_printable_ascii() {
        let info = Info::new(b"BG95-M3", &[b'x'; 40], b"8663\r\n49040000017", b"\xff89860320045510000017");
        assert_eq!((info.model(), info.firmware().len()), ("BG95-M3", 32));
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
    }
}
