//! What the conformance suite has to know of u-blox' modules.

use std::marker::PhantomData;

use wanlink_conformance::{Bench, DriverFor, ModuleBench, MqttBench, Pins, SocketBench};
use wanlink_core::{HasMqtt, HasTlsSocket};
use wanlink_emulator::{OpenFailure, Options, PortReader, PortWriter, Profile};
use wanlink_scene::bench::running;
use wanlink_ublox::{DriverModel, LaraR6, LenaR8, SaraR5, SaraR410m, SaraR410m03b, SaraR422, Ublox, UbloxFamily};

/// A model on the emulator that plays it.
pub(crate) struct On<M>(PhantomData<M>);

/// A model, and the emulator that plays it.
pub(crate) trait Played: DriverModel<Family = UbloxFamily> + HasTlsSocket + 'static {
    /// What an opening that the other end refuses tells.
    const REFUSED: u16 = 111;
    /// Each attach activates the context, though `AT+CGACT?` says that it is up: else its clients say that it is not
    /// (ublox-at 2, 11.2), and one that the network brought back by itself, behind a line that was lost, looks the same.
    const ACTIVATES_AGAIN: bool = false;
    /// How user and password of the access point are shown (ublox-at 0).
    const REDACTED_LOGIN: &'static str = "AT+UAUTHREQ=1,3,\"***\",\"me\"";
    /// What was not read is gone when the other end closed (ublox-at 11).
    const KEEPS_UNREAD: bool = false;
    /// A close takes so long.
    const REOPEN_S: u64 = 5;

    fn profile() -> &'static Profile;
}

impl Played for SaraR5 {
    const REDACTED_LOGIN: &'static str = "AT+UAUTHREQ=1,3,\"me\",\"***\"";
    const KEEPS_UNREAD: bool = true;

    fn profile() -> &'static Profile {
        Profile::sara_r5()
    }
}

impl Played for SaraR422 {
    const ACTIVATES_AGAIN: bool = true;

    fn profile() -> &'static Profile {
        Profile::sara_r422()
    }
}

impl Played for LaraR6 {
    fn profile() -> &'static Profile {
        Profile::lara_r6()
    }
}

impl Played for LenaR8 {
    const REDACTED_LOGIN: &'static str = "AT+UAUTHREQ=1,3,\"me\",\"***\"";
    fn profile() -> &'static Profile {
        Profile::lena_r8()
    }
}

impl Played for SaraR410m {
    const REFUSED: u16 = 11;
    const REOPEN_S: u64 = 15;

    fn profile() -> &'static Profile {
        Profile::sara_r410m()
    }
}

impl Played for SaraR410m03b {
    const REFUSED: u16 = 11;
    const REOPEN_S: u64 = 15;

    fn profile() -> &'static Profile {
        Profile::sara_r410m_03b()
    }
}

impl<M: Played> Bench for On<M> {
    type Model = M;

    const OFF_MS: u64 = 0;

    fn profile() -> &'static Profile {
        M::profile()
    }
}

impl<'b, M: Played> DriverFor<'b> for On<M> {
    type Driver = Ublox<'b, M, PortReader, PortWriter, Pins>;
}

impl<M: Played> ModuleBench for On<M> {
    const ACTIVATE: &'static str = "AT+CGACT";
    // Some twenty settings, with the gaps between commands that each model wants (ublox-at 0).
    const ADOPTED_S: u64 = 12;
    const ACTIVATES_AGAIN: bool = M::ACTIVATES_AGAIN;
    const REDACTED_LOGIN: &'static str = M::REDACTED_LOGIN;
    const OWN_LINE: &'static str = "+CIEV: 3,1";
}

/// The client (ublox-at, 3).
impl<M: Played + HasMqtt> MqttBench for On<M> {
    const SESSION_LINE: &'static str = "+UUMQTTC: 0,1";
    const STATE: &'static str = "AT+UMQTTC";
    const LOST: u8 = 101;
    const MOST_KEEP_ALIVE_S: u16 = u16::MAX;
    const REDACTED_PASSWORD: &'static str = "\"device&pk\",\"***\"\r";
    const FORGED_LINES: [&'static str; 4] =
        ["+UUMQTTC: 0,1", "RDY\r\n\r\nAPP RDY", "+UMQTTC: 6,1,4,\"a\",2,\"", "AT+CPWROFF"];
    const PUSHES: bool = false;
    const UNRESOLVED: &'static [i8] = &[4, 5];
    const LATE_PROMPT_US: u64 = 30_000_000;

    fn occupy_by_hand() -> &'static [&'static str] {
        &["AT+UMQTTC=1"]
    }

    fn mqtt_options() -> Vec<Options> {
        let mut other = running();
        other.ublox.binary_publish_says_two = true;
        other.ublox.lost_operation_told = true;
        other.ublox.mqtt_errors_recorded = !other.ublox.mqtt_errors_recorded;
        vec![running(), other]
    }
}

/// Sockets (ublox-at, 11).
impl<M: Played> SocketBench for On<M> {
    const DATA_LINE: &'static str = "+UUSORD";
    const END_LINE: &'static str = "+UUSOCL";
    const HEAD_OF_FIVE: &'static str = "+USORD: 0,5";
    const RESULT_LINE: &'static str = "+USOWR";
    const CLOSE: &'static str = "AT+USOCL";
    const FORGED: [&'static str; 2] = ["+USORD: 0,5,\"", "+UUSOCL: 0"];
    // That the end was an orderly one, the module does not say any more.
    const TELLS_END: bool = false;
    const KEEPS_UNREAD: bool = M::KEEPS_UNREAD;
    const REOPEN_S: u64 = M::REOPEN_S;

    fn failures() -> Vec<(OpenFailure, u16)> {
        vec![(OpenFailure::Dns, 113), (OpenFailure::Refused, M::REFUSED), (OpenFailure::Timeout, 110)]
    }

    fn open_by_hand() -> &'static str {
        "AT+USOCR=6"
    }

    fn socket_options() -> Vec<Options> {
        let mut late = running();
        (late.ublox.names_as_urc, late.ublox.busy_names) = (true, 1);
        vec![running(), late]
    }
}
