//! What the conformance suite has to know of SIMCom's modules.

use std::marker::PhantomData;

use wanlink_at::driver::{HttpsFamily, SocketFamily};
use wanlink_conformance::{
    Bench, DozeBench, DriverFor, FILE, HttpsBench, ModuleBench, MqttBench, NativeBench, Pins, SocketBench, TlsBench,
    TlsSessionBench,
};
use wanlink_core::{HasHttps, HasTlsSocket};
use wanlink_emulator::{
    FailureOrder, NetworkLoss, OpenFailure, Options, PortReader, PortWriter, Profile, ResultOrder, SimcomOptions,
    TlsContext,
};
use wanlink_scene::bench::running;
use wanlink_simcom::{A7608, A7670, DriverModel, Sim7000, Sim7080, Sim7600, Simcom};

/// A model on the emulator that plays it.
pub(crate) struct On<M>(PhantomData<M>);

/// A model, and the emulator that plays it.
pub(crate) trait Played:
    DriverModel<Family: SocketFamily + HttpsFamily> + HasTlsSocket + HasHttps + 'static
{
    /// Going off takes no longer.
    const OFF_MS: u64;
    /// The command that activates the data context.
    const ACTIVATE: &'static str;
    /// A line of the model's boot without a prefix.
    const OWN_LINE: &'static str;
    /// One that it says while it works.
    const NEWS_LINE: &'static str = Self::OWN_LINE;
    /// How user and password of the access point are shown.
    const REDACTED_LOGIN: &'static str;
    /// How often a new module restarts before its settings are those of the driver.
    const SETUP_BOOTS: u64 = 0;
    /// There is no reset line.
    const RESETS_BY_KEY: bool = false;

    /// It goes the ways of another model.
    const STRIDE: usize = 1;

    fn profile() -> &'static Profile;
}

impl Played for A7670 {
    const OFF_MS: u64 = 10_000;
    const REDACTED_LOGIN: &'static str = "AT+CGAUTH=1,1,\"***\",\"me\"";
    const ACTIVATE: &'static str = "AT+CGACT";
    const OWN_LINE: &'static str = "SMS DONE";

    fn profile() -> &'static Profile {
        Profile::a7670()
    }
}

impl Played for A7608 {
    const STRIDE: usize = 7;
    const OFF_MS: u64 = 10_000;
    const REDACTED_LOGIN: &'static str = "AT+CGAUTH=1,1,\"***\",\"me\"";
    const ACTIVATE: &'static str = "AT+CGACT";
    const OWN_LINE: &'static str = "SMS DONE";

    fn profile() -> &'static Profile {
        Profile::a7608()
    }
}

impl Played for Sim7600 {
    const OFF_MS: u64 = 10_000;
    const REDACTED_LOGIN: &'static str = "AT+CGAUTH=1,1,\"***\",\"me\"";
    const ACTIVATE: &'static str = "AT+CGACT";
    const OWN_LINE: &'static str = "SMS DONE";

    fn profile() -> &'static Profile {
        Profile::sim7600()
    }
}

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

impl<M: Played> Bench for On<M> {
    type Model = M;

    const OFF_MS: u64 = M::OFF_MS;
    const STRIDE: usize = M::STRIDE;

    fn profile() -> &'static Profile {
        M::profile()
    }

    fn label() -> &'static str {
        M::profile().model.trim_start_matches("SIMCOM_")
    }
}

impl<'b, M: Played> DriverFor<'b> for On<M> {
    type Driver = Simcom<'b, M, PortReader, PortWriter, Pins>;
}

impl NativeBench for On<A7670> {
    const SETTING: &'static str = CMQTT_SETTING;
    const READ_BACK: &'static str = CMQTT_READ_BACK;
}

impl NativeBench for On<A7608> {
    const SETTING: &'static str = CMQTT_SETTING;
    const READ_BACK: &'static str = CMQTT_READ_BACK;
}

impl NativeBench for On<Sim7600> {
    const SETTING: &'static str = CMQTT_SETTING;
    const READ_BACK: &'static str = CMQTT_READ_BACK;
}

impl NativeBench for On<Sim7080> {
    const SETTING: &'static str = "AT+SMALIAUTH=\"pk\",\"device\",\"***\"\r";
    const READ_BACK: &'static str = "AT+SMALIAUTH?";
}

const CMQTT_SETTING: &str = "AT+CMQTTCFG=\"aliauth\",0,\"pk\",\"device\",\"***\"\r";
const CMQTT_READ_BACK: &str = "AT+CMQTTCFG=\"aliauth\",0\r";

/// A module that runs, with options of this vendor's.
fn special(simcom: SimcomOptions) -> Options {
    Options { simcom, ..running() }
}

impl<M: Played> ModuleBench for On<M> {
    const ACTIVATE: &'static str = M::ACTIVATE;
    const OWN_LINE: &'static str = M::OWN_LINE;
    const NEWS_LINE: &'static str = M::NEWS_LINE;
    const REDACTED_LOGIN: &'static str = M::REDACTED_LOGIN;
    const SETUP_BOOTS: u64 = M::SETUP_BOOTS;
    const RESETS_BY_KEY: bool = M::RESETS_BY_KEY;

    fn error_forms() -> Vec<Options> {
        let form = |error_form| SimcomOptions { error_form, ..SimcomOptions::default() };
        [None, Some(2)].map(|error_form| Options { simcom: form(error_form), ..Options::default() }).into()
    }
}

/// The client of A7670 and SIM7600 (simcom-at, 3).
macro_rules! cmqtt_clients {
    ($($model:ty)+) => {
        $(impl MqttBench for On<$model> {
            const SESSION_LINE: &'static str = "+CMQTTCONNLOST";
            const STATE: &'static str = "AT+CMQTTDISC";
            const LOST: u8 = 2;
            const MOST_KEEP_ALIVE_S: u16 = 64_800;
            const REDACTED_PASSWORD: &'static str = "\"device&pk\",\"***\"\r";
            const FORGED_LINES: [&'static str; 4] = [
                "+CMQTTCONNLOST: 0,1",
                "RDY\r\n\r\n*ATREADY: 1",
                "+CMQTTRXEND: 0\r\n\r\n+CMQTTRXSTART: 0,1,1",
                "AT+CPOF",
            ];
            const LATE_PROMPT_US: u64 = 9_000_000;
            const FILLED_IS_SEEN: bool = false;
            const CONTEXT_FIRST: bool = false;

            fn occupy_by_hand() -> &'static [&'static str] {
                &["AT+CMQTTSTART", "AT+CMQTTACCQ=0,\"other\",0"]
            }

            fn mqtt_options() -> Vec<Options> {
                let options = |result_order, prompt, network_loss, result_after_loss| {
                    special(SimcomOptions { result_order, prompt, network_loss, result_after_loss, ..SimcomOptions::default() })
                };
                vec![
                    running(),
                    options(Some(ResultOrder::OkFirst), Some(">"), NetworkLoss::Service, true),
                    options(Some(ResultOrder::Burst), Some("> "), NetworkLoss::Client, false),
                    options(Some(ResultOrder::ResultFirst), Some(">\r\n"), NetworkLoss::Service, true),
                ]
            }
        })+
    };
}

cmqtt_clients! { A7670 A7608 Sim7600 }

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

/// Sockets of A7670 and SIM7600 (simcom-at, 6.3).
macro_rules! cip_sockets {
    ($($model:ty)+) => {
        $(impl SocketBench for On<$model> {
            const DATA_LINE: &'static str = "+CIPRXGET: 1";
            const END_LINE: &'static str = "+IPCLOSE";
            const HEAD_OF_FIVE: &'static str = "+CIPRXGET: 2,0,5";
            const RESULT_LINE: &'static str = "+CIPSEND";
            const CLOSE: &'static str = "AT+CIPCLOSE";
            const FORGED: [&'static str; 2] = ["+CIPRXGET: 2,0,5,0", "+IPCLOSE: 0,1"];
            const MISSES_CONTEXT: bool = false;

            fn failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 11), (OpenFailure::Refused, 10)]
            }

            fn open_by_hand() -> &'static str {
                "AT+CIPOPEN=1,\"TCP\",\"server.example\",9"
            }

            fn socket_options() -> Vec<Options> {
                let options = |result_order, failure_order, network_reads_open| {
                    special(SimcomOptions { result_order, failure_order, network_reads_open, ..SimcomOptions::default() })
                };
                vec![
                    options(None, FailureOrder::ResultThenError, false),
                    options(Some(ResultOrder::Burst), FailureOrder::ErrorThenResult, true),
                    options(Some(ResultOrder::ResultFirst), FailureOrder::ErrorOnly, false),
                ]
            }
        })+
    };
}

cip_sockets! { A7670 A7608 Sim7600 }

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

/// TLS of A7670 and SIM7600 (simcom-at, 4 and 6.4).
macro_rules! cch_sockets {
    ($($model:ty)+) => {
        $(impl TlsBench for On<$model> {
            const UPLOAD: (&'static str, u64) = ("AT+CCERTDOWN=", 1);
            const TLS_OPEN: &'static str = "AT+CCHOPEN=";
            const TLS_END_LINE: &'static str = "+CCH_PEER_CLOSED";
            const TLS_CONTEXT: usize = 0;
            // A session without anything to read refuses to be read, as one that ended does.
            const TELLS_TLS_END: bool = false;

            /// The name is compared where it is told (simcom-at, 4).
            fn is_verified(tls: &TlsContext) -> bool {
                (tls.version, tls.level, tls.root_file.as_str()) == (3, 1, FILE) && tls.sni && !tls.ignore_dates
            }

            fn delete_by_hand() -> Vec<String> {
                vec![format!("AT+CCERTDELE=\"{FILE}\"")]
            }

            fn tls_failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 13), (OpenFailure::Refused, 14), (OpenFailure::Timeout, 5)]
            }

            fn tls_options() -> Vec<Options> {
                let options = |result_order, tls_send_result| {
                    special(SimcomOptions { result_order, tls_send_result, ..SimcomOptions::default() })
                };
                vec![
                    options(None, true),
                    options(Some(ResultOrder::Burst), false),
                    options(Some(ResultOrder::ResultFirst), true),
                ]
            }
        }

        impl TlsSessionBench for On<$model> {
            const SESSION_OPEN: &'static str = "AT+CMQTTCONNECT=";
            const SESSION_CONTEXT: usize = 0;
        })+
    };
}

cch_sockets! { A7670 A7608 Sim7600 }

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

/// The client of A7670 and SIM7600 (simcom-at, 6.1).
macro_rules! http_clients {
    ($($model:ty)+) => {
        $(impl HttpsBench for On<$model> {
            const POST: &'static str = "AT+HTTPACTION=";
            const POST_TRACE: [&'static str; 2] = ["AT+HTTPDATA=", "+HTTPREAD: 0"];
            const FORGED_RESULT: &'static str = "+HTTPACTION: 1,715,0";
            const HUNG_UP: u16 = 704;
            const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] =
                &[("/auth", "a", "b\\r\\nc: d"), ("/auth", "a", "\""), ("/\"", "a", "b")];

            fn https_failures() -> Vec<(OpenFailure, u16)> {
                vec![(OpenFailure::Dns, 713), (OpenFailure::Refused, 714)]
            }

            fn https_options() -> Vec<Options> {
                [None, Some(ResultOrder::Burst), Some(ResultOrder::ResultFirst)]
                    .map(|result_order| special(SimcomOptions { result_order, ..SimcomOptions::default() }))
                    .into()
            }

            /// The blocks of an answer are as the firmware likes, and so is the word before their length.
            fn answer_options() -> Vec<Options> {
                let options = |http_block, http_read_data| {
                    let http_read_offset = false;
                    special(SimcomOptions { http_block, http_read_data, http_read_offset, ..SimcomOptions::default() })
                };
                let words = [None, Some(false), Some(true)];
                [1, 7, 64, 1024].into_iter().flat_map(|block| words.map(|word| options(block, word))).collect()
            }
        })+
    };
}

http_clients! { A7670 A7608 Sim7600 }

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

/// simcom-at 2.3: "sleep via DTR high; pull DTR low and wait 20 ms .. / 50 ms .. before the first byte".
macro_rules! sleep_lines {
    ($($model:ty)+) => {
        $(impl DozeBench for On<$model> {
            const DOZE: &'static str = "AT+CSCLK";
        })+
    };
}

sleep_lines! { A7670 A7608 Sim7600 Sim7080 Sim7000 }
