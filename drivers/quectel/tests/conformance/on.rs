//! What the conformance suite has to know of Quectel's modules.

use std::marker::PhantomData;

use wanlink_at::driver::{DozeFamily, HttpsFamily, NativeFamily, SocketFamily};
use wanlink_conformance::{
    Bench, DozeBench, DriverFor, HttpsBench, ModuleBench, MqttBench, NativeBench, Pins, SocketBench, TlsBench,
    TlsSessionBench,
};
use wanlink_core::{HasAliyun, HasHttps, HasMqtt, HasTlsSocket};
use wanlink_emulator::{
    ConnackTimeout, HttpFailure, HttpOptions, OpenFailure, Options, PortReader, PortWriter, Profile, ResultOrder,
};
use wanlink_quectel::{Bg95, Bg96, DriverModel, Ec25, Ec200u, Quectel};
use wanlink_scene::bench::running;

/// A model on the emulator that plays it.
pub(crate) struct On<M>(PhantomData<M>);

/// A model, and the emulator that plays it.
pub(crate) trait Played:
    DriverModel<Family: SocketFamily + DozeFamily + HttpsFamily + NativeFamily> + HasTlsSocket + HasHttps + 'static
{
    /// Going off takes no longer.
    const OFF_MS: u64;
    /// How user and password of the access point are shown.
    const REDACTED_LOGIN: &'static str = "AT+QICSGP=1,1,\"cmiot\",\"me\",\"***\",3";
    /// The clock is asked of a time server where the network does not tell it.
    const HAS_TIME_SERVER: bool = true;
    /// A certificate for another name is refused.
    const CHECKS_NAME: bool = true;
    /// A body may have no bytes.
    const TAKES_NO_BODY: bool = true;
    /// Path, name and value of a header that it cannot tell.
    const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] = &[];

    /// It goes the ways of another model.
    const STRIDE: usize = 1;

    fn profile() -> &'static Profile;
}

impl Played for Bg95 {
    const OFF_MS: u64 = 1_500;
    const HAS_TIME_SERVER: bool = false;

    fn profile() -> &'static Profile {
        Profile::bg95()
    }
}

impl Played for Bg96 {
    const STRIDE: usize = 7;
    const OFF_MS: u64 = 12_000;
    const HAS_TIME_SERVER: bool = false;

    fn profile() -> &'static Profile {
        Profile::bg96()
    }
}

impl Played for Ec200u {
    const OFF_MS: u64 = 12_000;
    const TAKES_NO_BODY: bool = false;
    const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] = &[("/auth", "a", "b\"c")];

    fn profile() -> &'static Profile {
        Profile::ec200u()
    }
}

impl Played for Ec25 {
    /// Its firmware has no command for it (quectel-at 5).
    const CHECKS_NAME: bool = false;
    const OFF_MS: u64 = 31_000;

    fn profile() -> &'static Profile {
        Profile::ec25()
    }
}

impl<M: Played> Bench for On<M> {
    type Model = M;

    const OFF_MS: u64 = M::OFF_MS;
    const STRIDE: usize = M::STRIDE;

    fn profile() -> &'static Profile {
        M::profile()
    }
}

impl<'b, M: Played> DriverFor<'b> for On<M> {
    type Driver = Quectel<'b, M, PortReader, PortWriter, Pins>;
}

impl<M: Played + HasAliyun> NativeBench for On<M> {
    const SETTING: &'static str = "AT+QMTCFG=\"aliauth\",0,\"pk\",\"device\",\"***\"\r";
    const READ_BACK: &'static str = "AT+QMTCFG=\"aliauth\",0\r";
}

impl<M: Played> ModuleBench for On<M> {
    const ACTIVATE: &'static str = "AT+QIACT";
    const REDACTED_LOGIN: &'static str = M::REDACTED_LOGIN;
    const OWN_LINE: &'static str = "+QIND: SMS DONE";
    const HAS_TIME_SERVER: bool = M::HAS_TIME_SERVER;

    fn error_forms() -> Vec<Options> {
        [false, true].map(|cme_text_always| Options { cme_text_always, ..Options::default() }).into()
    }
}

/// MQTT Application Note, chapters 3.3 and 4.
impl<M: Played + HasMqtt> MqttBench for On<M> {
    const SESSION_LINE: &'static str = "+QMTSTAT";
    const STATE: &'static str = "AT+QMTCONN";
    const LOST: u8 = 1;
    const MOST_KEEP_ALIVE_S: u16 = 3600;
    const REDACTED_PASSWORD: &'static str = "\"device&pk\",\"***\"\r";
    const FORGED_LINES: [&'static str; 4] =
        ["+QMTSTAT: 0,1", "RDY\r\n\r\nAPP RDY", "+QMTRECV: 0,0,\"a\",1,\"b\"", "AT+QPOWD"];

    fn occupy_by_hand() -> &'static [&'static str] {
        &["AT+QMTOPEN=0,\"pk.iot-as-mqtt.cn-shanghai.aliyuncs.com\",1883"]
    }

    fn mqtt_options() -> Vec<Options> {
        vec![
            running(),
            Options {
                result_order: ResultOrder::Burst,
                prompt: ">",
                disconnect_closes: false,
                failed_publish_closes: false,
                stat_after_context_loss: false,
                connack_timeout: ConnackTimeout::Result,
                ..running()
            },
            Options {
                result_order: ResultOrder::ResultFirst,
                prompt: ">\r\n",
                retransmission_lines: true,
                connack_timeout: ConnackTimeout::Stat,
                ..running()
            },
        ]
    }

    fn late_options() -> Options {
        Options { late_stat_us: Some(1_000_000), ..running() }
    }
}

impl<M: Played> SocketBench for On<M> {
    const DATA_LINE: &'static str = "+QIURC: \"recv\"";
    const END_LINE: &'static str = "+QIURC: \"closed\"";
    const HEAD_OF_FIVE: &'static str = "+QIRD: 5";
    const RESULT_LINE: &'static str = "SEND OK";
    const CLOSE: &'static str = "AT+QICLOSE";
    const FORGED: [&'static str; 2] = ["+QIRD: 5", "+QIURC: \"closed\",0"];

    /// TCP/IP Application Note, chapter 4.
    fn failures() -> Vec<(OpenFailure, u16)> {
        vec![(OpenFailure::Dns, 565), (OpenFailure::Refused, 566)]
    }

    fn open_by_hand() -> &'static str {
        "AT+QIOPEN=1,1,\"TCP\",\"server.example\",9,0,0"
    }

    fn socket_options() -> Vec<Options> {
        vec![
            running(),
            Options { idle_close_is_error: true, socket_refused_at_once: true, failed_name_short: true, ..running() },
        ]
    }
}

/// SSL Application Note, chapter 2.
impl<M: Played> TlsBench for On<M> {
    const UPLOAD: (&'static str, u64) = ("AT+QFUPL=", 1);
    const TLS_OPEN: &'static str = "AT+QSSLOPEN=";
    /// What the module does not tell is asked once more.
    const TLS_TRIES: usize = 2;
    const TLS_END_LINE: &'static str = "+QSSLURC: \"closed\"";
    const TLS_CONTEXT: usize = 2;
    const CHECKS_NAME: bool = M::CHECKS_NAME;

    fn delete_by_hand() -> Vec<String> {
        vec!["AT+QFDEL=\"*\"".to_owned()]
    }

    fn tls_failures() -> Vec<(OpenFailure, u16)> {
        vec![(OpenFailure::Dns, 565), (OpenFailure::Refused, 566), (OpenFailure::Timeout, 569)]
    }

    fn tls_options() -> Vec<Options> {
        vec![
            Options { tls_data_with_length: true, tls_close_has_timeout: false, ..running() },
            Options { client_reads_listening: true, socket_refused_at_once: true, ..running() },
        ]
    }
}

impl<M: Played + HasMqtt> TlsSessionBench for On<M> {
    const SESSION_OPEN: &'static str = "AT+QMTOPEN=";
    const SESSION_TRIES: usize = 2;
    const SESSION_CONTEXT: usize = 2;
}

/// HTTP(S) Application Note, chapters 2 and 5.
impl<M: Played> HttpsBench for On<M> {
    const POST: &'static str = "AT+QHTTPPOST=";
    /// As a socket.
    const POST_TRIES: usize = 2;
    const POST_TRACE: [&'static str; 2] = ["AT+QHTTPPOST=", "+QHTTPREAD: 0"];
    const FORGED_RESULT: &'static str = "+QHTTPPOST: 716";
    const HUNG_UP: u16 = 719;
    const FILLED_IS_POSTED: bool = true;
    const TAKES_NO_BODY: bool = M::TAKES_NO_BODY;
    /// The head counts.
    const TOO_LONG: usize = 1_024_000;
    const UNTELLABLE: &'static [(&'static str, &'static str, &'static str)] = M::UNTELLABLE;

    fn https_failures() -> Vec<(OpenFailure, u16)> {
        vec![(OpenFailure::Dns, 714), (OpenFailure::Refused, 716)]
    }

    fn https_options() -> Vec<Options> {
        [HttpFailure::Final, HttpFailure::Result, HttpFailure::AfterData]
            .map(|failure| http(HttpOptions { failure, ..HttpOptions::default() }))
            .into_iter()
            .chain([Options { cme_text_always: true, ..running() }])
            .collect()
    }

    fn unreachable_options() -> Vec<Options> {
        let hidden = Self::https_options().into_iter().map(|options| {
            let http = HttpOptions { hides_dns: true, ..options.http };
            Options { http, ..options }
        });
        Self::https_options().into_iter().chain(hidden).collect()
    }

    fn answer_options() -> Vec<Options> {
        [(false, false), (false, true), (true, false), (true, true)]
            .map(|(result_at_headers, keeps_connection)| {
                http(HttpOptions { result_at_headers, keeps_connection, ..HttpOptions::default() })
            })
            .into()
    }
}

fn http(http: HttpOptions) -> Options {
    Options { http, ..running() }
}

/// quectel-at 1.3: "1: sleeps when DTR high; wake by DTR low, wait 50-200 ms".
impl<M: Played> DozeBench for On<M> {
    const DOZE: &'static str = "AT+QSCLK";
}
