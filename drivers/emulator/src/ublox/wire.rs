//! What happens between the bytes: gaps that a host has to keep, the sleeping UART, and how lines are dressed
//! (ublox-at 0, 1, 11.10).

use super::Module;
use super::model::{Psd, UartSleep};
use super::reply::{self, Purpose};
use crate::engine::output::Kind;
use crate::module::answers::{Running, Then};
use crate::module::options::{ColonSpace, Early};
use crate::module::reply::{Job, Refused, Reply};

/// Between a prompt and its data.
const DATA_GAP_US: u64 = 50_000;
/// A line that the module says while the host has begun to type crosses it on the wire: no host can know.
const CROSSING_US: u64 = 5_000;
/// From the first character to a UART that listens: "first wait 100 ms".
const WAKE_US: u64 = 100_000;
/// A frame of 2G, 4.615 ms: the unit of `AT+UPSV=1,<frames>`.
const FRAME_US: u64 = 4_615;
/// `+CME ERROR: Command aborted`
const ABORTED: Refused = Refused::Cme(3000);

/// What the line has been through.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// A line that came too early is lost up to its end; the time of its last byte.
    deaf_since: Option<u64>,
    last_heard_us: u64,
    /// When the last answer ended, the last prompt came, the last line of its own accord.
    final_us: Option<u64>,
    prompt_us: u64,
    urc_us: Option<u64>,
    /// The UART wakes up until then.
    awake_us: u64,
    /// `AT+UPSV`: mode, and frames where it has them.
    pub(super) saving: (u32, u32),
    /// The command that runs is one of MQTT.
    pub(super) of_mqtt: bool,
}

impl Module {
    /// Whether a byte of the host reaches the module.
    pub(super) fn hears_byte(&mut self, byte: u8) -> bool {
        let heard = self.is_awake() && self.is_in_time(byte) && !self.aborts();
        self.settings.urcs_here |= heard;
        self.own.wire.last_heard_us = self.now_us;
        heard
    }

    /// Whether so long nothing was heard or said that the UART sleeps.
    fn uart_sleeps(&self) -> bool {
        let Wire { saving: (mode, frames), final_us, urc_us, last_heard_us, .. } = self.own.wire;
        let idle_us = match self.own.model.uart_sleep {
            _ if mode == 0 => return false,
            UartSleep::Fixed(_, idle_us) => idle_us,
            UartSleep::Frames(_) => u64::from(frames) * FRAME_US,
            UartSleep::None => return false,
        };
        let busy_us = final_us.max(urc_us).map_or(last_heard_us, |said_us| said_us.max(last_heard_us));
        self.now_us >= busy_us + idle_us
    }

    /// The first characters only wake it.
    fn is_awake(&mut self) -> bool {
        if self.uart_sleeps() {
            self.own.wire.awake_us = self.now_us + WAKE_US;
        }
        self.own.wire.saving.0 == 0 || self.now_us >= self.own.wire.awake_us
    }

    /// "With UART power saving R422 may hold URCs back: poke with `AT`" (ublox-at 3).
    pub(super) fn uart_holds_lines(&self) -> bool {
        let holds = self.options.ublox.lines_wait_for_uart && self.own.model.psd == Psd::Mapping;
        holds && self.uart_sleeps()
    }

    fn is_in_time(&mut self, byte: u8) -> bool {
        if self.options.ublox.early == Early::Heard {
            return true;
        }
        if self.console.in_entry() {
            return self.now_us >= self.own.wire.prompt_us + DATA_GAP_US;
        }
        if let Some(since_us) = self.own.wire.deaf_since {
            if self.now_us < since_us + self.own.model.gap_us {
                self.stays_deaf(byte);
                return false;
            }
            self.own.wire.deaf_since = None;
        }
        let begins = !self.console.has_begun_line() && !matches!(byte, b'\r' | b'\n') && self.running.is_none();
        if begins && self.comes_early() {
            self.stays_deaf(byte);
            return false;
        }
        true
    }

    fn comes_early(&self) -> bool {
        let Wire { final_us, urc_us, .. } = self.own.wire;
        let quiet_us = |said_us: u64| self.now_us - said_us;
        let gap_us = self.own.model.gap_us;
        let behind_urc = |said_us| (CROSSING_US..gap_us).contains(&quiet_us(said_us));
        final_us.is_some_and(|said_us| quiet_us(said_us) < gap_us)
            || self.options.ublox.gap_after_urcs && urc_us.is_some_and(behind_urc)
    }

    fn stays_deaf(&mut self, byte: u8) {
        self.own.wire.deaf_since = (byte != b'\r').then_some(self.now_us);
        if byte == b'\r' && self.options.ublox.early == Early::Refused {
            self.answer(Err(Refused::Error));
        }
    }

    /// Any character ends `AT+UPSDA` while it has not been answered (ublox-at 2).
    fn aborts(&mut self) -> bool {
        let activating =
            matches!(&self.running, Some(Running::Until(_, Then::Job(Job::Own(reply::Job::ActivateProfile)))));
        if activating {
            self.running = Some(Running::Until(self.now_us, Then::Reply(Reply::refused(ABORTED))));
        }
        activating
    }

    /// A piece of output as this model says it.
    pub(super) fn dressed(&mut self, kind: Kind, bytes: Vec<u8>) -> Vec<u8> {
        match kind {
            Kind::Final => self.own.wire.final_us = Some(self.now_us),
            Kind::Prompt => self.own.wire.prompt_us = self.now_us,
            Kind::Urc => self.own.wire.urc_us = Some(self.now_us),
            Kind::Echo | Kind::Info | Kind::Block | Kind::Part | Kind::Rest => {}
        }
        let quirks = &self.own.model.quirks;
        let starts = |text: &str| bytes.strip_prefix(b"\r\n").unwrap_or(&bytes).starts_with(text.as_bytes());
        let of_mqtt = starts("+UMQTT") || starts("+UUMQTT");
        let file = starts("+URDFILE") || starts("+URDBLOCK");
        let of_mqtt_command = self.own.wire.of_mqtt && matches!(kind, Kind::Final | Kind::Info | Kind::Block);
        let mut bytes = bytes;
        if quirks.lf_alone && file {
            bytes.remove(0);
        }
        if quirks.cr_cr_lf && of_mqtt && !matches!(kind, Kind::Block | Kind::Part) {
            bytes.truncate(bytes.len() - 2);
            bytes.extend(b"\r\r\n");
        }
        if quirks.empty_lines && self.options.ublox.empty_lines && of_mqtt_command {
            bytes.extend(b"\r\n");
        }
        if quirks.no_spaces && matches!(kind, Kind::Info | Kind::Block) {
            bytes = self.without_space(bytes);
        }
        if quirks.capitals && kind == Kind::Final {
            bytes = capitalised(bytes);
        }
        if kind == Kind::Final {
            self.own.wire.of_mqtt = false;
        }
        bytes
    }

    /// "LENA-R8 often omits the space after the colon" (ublox-at 1): where it was seen, or everywhere.
    fn without_space(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        const SEEN: [&str; 3] = ["+USOCR", "+CGATT", "+CEER"];
        let Some(at) = bytes.windows(2).position(|pair| pair == b": ") else { return bytes };
        let name = bytes[..at].strip_prefix(b"\r\n").unwrap_or(&bytes[..at]);
        let omitted = match self.options.ublox.colon_space {
            ColonSpace::Always => false,
            ColonSpace::AsSeen => SEEN.iter().any(|seen| name == seen.as_bytes()),
            ColonSpace::Never => true,
        };
        if omitted && name.first() == Some(&b'+') {
            bytes.remove(at + 1);
        }
        bytes
    }

    /// What a write for this purpose is prompted with.
    pub(super) const fn prompt_of(purpose: &Purpose) -> &'static str {
        match purpose {
            Purpose::Write(_) => "@",
            Purpose::Download(_) | Purpose::Import(_) | Purpose::Publish(_) => ">",
        }
    }
}

/// `Operation not allowed`: the older families begin with a capital (ublox-at 1).
fn capitalised(mut bytes: Vec<u8>) -> Vec<u8> {
    const HEAD: &[u8] = b"\r\n+CME ERROR: ";
    if bytes.starts_with(HEAD)
        && let Some(first) = bytes.get_mut(HEAD.len())
    {
        first.make_ascii_uppercase();
    }
    bytes
}
