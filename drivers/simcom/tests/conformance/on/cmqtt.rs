//! A7670, A7608 and SIM7600.

use wanlink_conformance::{FILE, HttpsBench, MqttBench, NativeBench, SocketBench, TlsBench, TlsSessionBench};
use wanlink_emulator::{
    FailureOrder, NetworkLoss, OpenFailure, Options, Profile, ResultOrder, SimcomOptions, TlsContext,
};
use wanlink_scene::bench::running;
use wanlink_simcom::{A7608, A7670, Sim7600};

use super::{On, Played, special};

/// What they have in common beside their services.
macro_rules! modules {
    ($($model:ty: $profile:ident, $stride:literal)+) => {
        $(impl Played for $model {
            const STRIDE: usize = $stride;
            const OFF_MS: u64 = 10_000;
            const REDACTED_LOGIN: &'static str = "AT+CGAUTH=1,1,\"***\",\"me\"";
            const ACTIVATE: &'static str = "AT+CGACT";
            const OWN_LINE: &'static str = "SMS DONE";

            fn profile() -> &'static Profile {
                Profile::$profile()
            }
        }

        impl NativeBench for On<$model> {
            const SETTING: &'static str = "AT+CMQTTCFG=\"aliauth\",0,\"pk\",\"device\",\"***\"\r";
            const READ_BACK: &'static str = "AT+CMQTTCFG=\"aliauth\",0\r";
        })+
    };
}

modules! {
    A7670: a7670, 1
    A7608: a7608, 7
    Sim7600: sim7600, 1
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
