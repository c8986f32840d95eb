//! What the conformance suite has to know of u-blox' modules.

use std::marker::PhantomData;

use wanlink_conformance::{
    Bench, DriverFor, FILE, HttpsBench, ModuleBench, MqttBench, Pins, SocketBench, TlsBench, TlsSessionBench,
};
use wanlink_core::{HasHttps, HasMqtt, HasTlsSocket};
use wanlink_emulator::{OpenFailure, Options, PortReader, PortWriter, Profile};
use wanlink_scene::bench::running;
use wanlink_ublox::{
    DriverModel, Error, LaraR6, LenaR8, SaraR5, SaraR410m, SaraR410m03b, SaraR422, Ublox, UbloxFamily,
};

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
    /// What a refused certificate takes.
    const REFUSED_S: u64 = 10;
    /// There is a setting for the name that a server is told (ublox-at 6).
    const TELLS_NAME: bool = true;
    /// A login that can have reached nobody is tried again.
    const SESSION_TRIES: usize = 2;
    /// What a login is told as that a certificate ended.
    const UNTRUSTED: Error = Error::Certificate;

    /// It goes the ways of another model.
    const STRIDE: usize = 1;

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
    const STRIDE: usize = 7;
    const ACTIVATES_AGAIN: bool = true;

    fn profile() -> &'static Profile {
        Profile::sara_r422()
    }
}

impl Played for LaraR6 {
    const STRIDE: usize = 7;
    fn profile() -> &'static Profile {
        Profile::lara_r6()
    }
}

impl Played for LenaR8 {
    const STRIDE: usize = 7;
    const SESSION_TRIES: usize = 1;
    /// One code for all that can be wrong with a login (ublox-at 3).
    const UNTRUSTED: Error = Error::LoginFailed(4);
    const REDACTED_LOGIN: &'static str = "AT+UAUTHREQ=1,3,\"me\",\"***\"";
    fn profile() -> &'static Profile {
        Profile::lena_r8()
    }
}

impl Played for SaraR410m {
    const STRIDE: usize = 7;
    const REFUSED: u16 = 11;
    const REOPEN_S: u64 = 15;
    const REFUSED_S: u64 = 20;
    const TELLS_NAME: bool = false;

    fn profile() -> &'static Profile {
        Profile::sara_r410m()
    }
}

impl Played for SaraR410m03b {
    const STRIDE: usize = 7;
    const REFUSED: u16 = 11;
    const REOPEN_S: u64 = 15;
    const REFUSED_S: u64 = 20;

    fn profile() -> &'static Profile {
        Profile::sara_r410m_03b()
    }
}

impl<M: Played> Bench for On<M> {
    type Model = M;

    const OFF_MS: u64 = 0;
    const STRIDE: usize = M::STRIDE;

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

/// TLS (ublox-at, 6).
impl<M: Played> TlsBench for On<M> {
    /// Behind the question whether it is there, and the command that deletes it.
    const UPLOAD: (&'static str, u64) = ("AT+USECMNG=0", 3);
    const TLS_OPEN: &'static str = "AT+USOCO=";
    /// Once more where it may have been the root, and without TLS.
    const TLS_TRIES: usize = 3;
    const TLS_END_LINE: &'static str = "+UUSOCL";
    const TLS_CONTEXT: usize = 0;
    const LOOKS_AT_ROOTS: bool = true;
    const TELLS_NAME: bool = M::TELLS_NAME;
    const REFUSED_S: u64 = M::REFUSED_S;

    fn file_of(root: &str) -> String {
        format!("CERT:0:{root}")
    }

    fn delete_by_hand() -> Vec<String> {
        vec![format!("AT+USECMNG=2,0,\"{FILE}\"")]
    }

    /// Every value is set: what the factory set differs.
    fn tls_options() -> Vec<Options> {
        let level = |security_level| {
            let mut options = running();
            options.ublox.security_level = security_level;
            options
        };
        (0..4).map(level).collect()
    }
}

impl<M: Played + HasMqtt> TlsSessionBench for On<M> {
    const SESSION_OPEN: &'static str = "AT+UMQTTC=1";
    const SESSION_TRIES: usize = M::SESSION_TRIES;
    const SESSION_CONTEXT: usize = 0;

    fn untrusted() -> wanlink_conformance::ErrorOf<Self> {
        M::UNTRUSTED
    }
}

/// The client (ublox-at, 4).
impl<M: Played + HasHttps> HttpsBench for On<M> {
    const POST: &'static str = "AT+UHTTPC=";
    /// The same again where the module does not say why.
    const POST_TRIES: usize = 2;
    const POST_TRACE: [&'static str; 2] = ["AT+UHTTPC=0,4", "+UUHTTPCR: 0,4,1"];
    const FORGED_RESULT: &'static str = "+UUHTTPCR: 0,4,0";
    const HUNG_UP: u16 = 44;
    const TAKES_NO_BODY: bool = false;
    const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] =
        &[("/auth", "a", "b\r\nc"), ("/auth", "a", "b:c"), ("/auth", "a", "b\"c"), ("/a\"b", "a", "b")];

    fn https_failures() -> Vec<(OpenFailure, u16)> {
        vec![(OpenFailure::Dns, u16::MAX), (OpenFailure::Refused, 11), (OpenFailure::Timeout, 26)]
    }
}
