//! SIM7080 and SIM7000.

use wanlink_conformance::{FILE, HttpsBench, MqttBench, NativeBench, SocketBench, TlsBench, TlsSessionBench};
use wanlink_emulator::{OpenFailure, Options, Profile, SimcomOptions, TlsContext};
use wanlink_simcom::{Sim7000, Sim7080};

use super::{On, Played, special};

impl Played for Sim7080 {
    const OFF_MS: u64 = 5_000;
    const REDACTED_LOGIN: &'static str = "AT+CNCFG=0,1,\"cmiot\",\"me\",\"***\",3";
    const ACTIVATE: &'static str = "AT+CNACT";
    const OWN_LINE: &'static str = "SMS Ready";
    const NEWS_LINE: &'static str = "*PSUTTZ: 19/06/26,06:04:03\",\"+32\",0";
    const SETUP_BOOTS: u64 = 1;
    const RESETS_BY_KEY: bool = true;

    fn profile() -> &'static Profile {
        Profile::sim7080()
    }
}

impl Played for Sim7000 {
    const OFF_MS: u64 = 5_000;
    const REDACTED_LOGIN: &'static str = "AT+CNACT=1,\"cmiot\"";
    const ACTIVATE: &'static str = "AT+CNACT";
    const OWN_LINE: &'static str = "SMS Ready";
    const NEWS_LINE: &'static str = "*PSUTTZ: 19/06/26,06:04:03\",\"+32\",0";
    const SETUP_BOOTS: u64 = 1;

    fn profile() -> &'static Profile {
        Profile::sim7000()
    }
}

impl NativeBench for On<Sim7080> {
    const SETTING: &'static str = "AT+SMALIAUTH=\"pk\",\"device\",\"***\"\r";
    const READ_BACK: &'static str = "AT+SMALIAUTH?";
}

/// Its `OK` may come with the PUBACK or before it (simcom-at, 5 and 14).
impl MqttBench for On<Sim7080> {
    const SESSION_LINE: &'static str = "+SMSTATE: 0";
    const STATE: &'static str = "AT+SMSTATE";
    const LOST: u8 = 0;
    const MOST_KEEP_ALIVE_S: u16 = u16::MAX;
    const REDACTED_PASSWORD: &'static str = "AT+SMCONF=\"PASSWORD\",\"***\"\r";
    const FORGED_LINES: [&'static str; 4] =
        ["+SMSTATE: 0", "RDY\r\n\r\nSMS Ready", "+SMSUB: \"a\",\"62\"", "AT+CPOWD=1"];
    const BREAK_S: u64 = 10;
    const CONTEXT_FIRST: bool = false;

    fn occupy_by_hand() -> &'static [&'static str] {
        &["AT+SMCONN"]
    }

    fn mqtt_options() -> Vec<Options> {
        let options =
            |prompt, ok_after_loss| special(SimcomOptions { prompt, ok_after_loss, ..SimcomOptions::default() });
        vec![options(None, true), options(Some(">"), false), options(Some(">\r\n"), true)]
    }
}

/// Sockets of SIM7080 and SIM7000 (simcom-at, 7.3).
macro_rules! ca_sockets {
    ($($model:ty: $open:literal)+) => {
        $(impl SocketBench for On<$model> {
            const DATA_LINE: &'static str = "+CADATAIND";
            const END_LINE: &'static str = "+CASTATE";
            const HEAD_OF_FIVE: &'static str = "+CARECV: 5,";
            const RESULT_LINE: &'static str = "+CAOPEN";
            const CLOSE: &'static str = "AT+CACLOSE";
            const FORGED: [&'static str; 2] = ["+CARECV: 5,", "+CASTATE: 0,0"];
            const ROOM_QUESTIONS: u64 = 1;

            fn failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 20), (OpenFailure::Refused, 23)]
            }

            fn open_by_hand() -> &'static str {
                $open
            }

            fn socket_options() -> Vec<Options> {
                let held = [None, Some(3), Some(4)];
                held.map(|held_id| special(SimcomOptions { held_id, ..SimcomOptions::default() })).into()
            }
        })+
    };
}

ca_sockets! {
    Sim7080: "AT+CAOPEN=1,0,\"TCP\",\"server.example\",9"
    Sim7000: "AT+CAOPEN=1,\"server.example\",9"
}

/// TLS of SIM7080 and SIM7000 (simcom-at, 7.4).
macro_rules! ca_tls_sockets {
    ($($model:ty)+) => {
        $(impl TlsBench for On<$model> {
            const UPLOAD: (&'static str, u64) = ("AT+CFSWFILE=", 1);
            const TLS_OPEN: &'static str = "AT+CAOPEN=";
            const TLS_END_LINE: &'static str = "+CASTATE";
            const TLS_CONTEXT: usize = 0;
            const SAYS_WHY: bool = true;
            /// As a socket without TLS.
            const TLS_TRIES: usize = 2;

            /// The root is that of a socket, not of a context.
            fn is_verified(tls: &TlsContext) -> bool {
                tls.version == 3 && tls.sni && !tls.ignore_dates
            }

            fn delete_by_hand() -> Vec<String> {
                vec!["AT+CFSINIT".to_owned(), format!("AT+CFSDFILE=3,\"{FILE}\""), "AT+CFSTERM".to_owned()]
            }

            fn tls_failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 20), (OpenFailure::Refused, 23), (OpenFailure::Timeout, 27)]
            }
        })+
    };
}

ca_tls_sockets! { Sim7080 Sim7000 }

impl TlsSessionBench for On<Sim7080> {
    const SESSION_OPEN: &'static str = "AT+SMCONN";
    const SESSION_CONTEXT: usize = 1;
    const OK_OPENS_A_SESSION: bool = true;
}

/// The client of SIM7080 and SIM7000 (simcom-at, 6.2).
macro_rules! sh_clients {
    ($($model:ty)+) => {
        $(impl HttpsBench for On<$model> {
            const POST: &'static str = "AT+SHCONN";
            /// A connection is tried three times: the first may be refused (simcom-at, 6.2).
            const POST_TRIES: usize = 3;
            const POST_TRACE: [&'static str; 2] = ["AT+SHREQ=", "AT+SHAHEAD=\"password\",\"***\""];
            const FORGED_RESULT: &'static str = "+SHREQ: \"POST\",200,1";
            const HUNG_UP: u16 = 0;
            const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] =
                &[("/a\"b", "a", "b"), ("/auth", "a", "\"")];

            fn https_failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 20), (OpenFailure::Refused, 27)]
            }

            /// A connection may be refused at first.
            fn answer_options() -> Vec<Options> {
                let failing = |http_connect_failures| {
                    special(SimcomOptions { http_connect_failures, ..SimcomOptions::default() })
                };
                [0, 1, 2].map(failing).into()
            }
        })+
    };
}

sh_clients! { Sim7080 Sim7000 }
