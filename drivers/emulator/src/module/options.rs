//! What one run may have different: the card, the network, and each fact that the sources leave open.

mod http;
mod native;
mod quectel;
mod simcom;
mod ublox;

use crate::random::SplitMix64;
pub use http::{HttpFailure, HttpOptions};
pub use native::{NativeOptions, NativeSign};
pub use quectel::QuectelOptions;
pub use simcom::{FailureOrder, LeftOpen, NetworkLoss, ReadForm, SimcomOptions};
pub use ublox::{ColonSpace, Early, UbloxOptions};

/// Where the module's life begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Without power: the key has to be pressed.
    Off,
    /// Running since long, echo on, registered: a host that restarted finds it so.
    Running,
}

/// Order of a command's OK and its result line (`+QMTOPEN`, `+QMTCONN`, `+QMTSUB`, `+QMTUNS`, `+QMTPUB`, `+QMTDISC`,
/// `+QMTCLOSE`). "Order may be `OK` then URC or both in one burst; accept URC-before-OK." (quectel-at 2.2)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultOrder {
    /// OK at once, the result when it is there.
    OkFirst,
    /// OK waits for the result and goes out right before it.
    Burst,
    /// The result goes out first.
    ResultFirst,
}

/// What happens to a line typed while a command runs. "A blocking command (QIACT, COPS, CFUN) ignores or rejects input
/// until its final." (quectel-at 11)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusyInput {
    /// The line is lost.
    Ignored,
    /// The line is lost, and `ERROR` follows the running command's final.
    Rejected,
}

/// How a missing CONNACK is reported. "`+QMTCONN: 0,2` or `+QMTSTAT: 0,4`" (quectel-at 9.5)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnackTimeout {
    /// `+QMTCONN: <idx>,2`
    Result,
    /// `+QMTSTAT: <idx>,4`
    Stat,
}

/// The SIM card.
#[derive(Clone, Debug)]
pub struct SimCard {
    /// Whether it is in the holder.
    pub inserted: bool,
    /// The PIN that it asks for, or none.
    pub pin: Option<String>,
    /// The PUK that it asks for after three wrong PINs.
    pub puk: String,
    /// As `AT+QCCID` prints it; 19 digits may be followed by a filler `F` (quectel-at 1.3).
    pub iccid: String,
    /// As `AT+CIMI` prints it.
    pub imsi: String,
    /// The card is busy (CME 14) so long after boot, in microseconds.
    pub busy_us: u64,
}

impl Default for SimCard {
    fn default() -> Self {
        Self {
            inserted: true,
            pin: None,
            puk: "12345678".to_owned(),
            iccid: "89860320045510000017".to_owned(),
            imsi: "460000000000017".to_owned(),
            busy_us: 300_000,
        }
    }
}

/// Everything that may differ between two modules of one model. The default is a well-behaved module on a quick
/// network; [`Options::drawn`] is any module that the facts allow.
#[derive(Clone, Debug)]
pub struct Options {
    /// Off, or running already.
    pub start: Start,
    /// The card.
    pub sim: SimCard,
    /// IMEI.
    pub imei: String,
    /// APN that the network accepts; `None`: any.
    pub accepted_apn: Option<String>,
    /// User and password that the network asks for.
    pub accepted_login: Option<(String, String)>,
    /// The network is a foreign one: stat 5 instead of 1.
    pub roaming: bool,
    /// What the network grants of PSM whatever is asked for: T3412 extended and T3324, as eight bits each.
    pub granted_timers: Option<(String, String)>,
    /// Seconds since 1970, UTC, at virtual time 0.
    pub utc_at_start: u64,
    /// Quarter hours that local time is ahead of UTC.
    pub time_zone: i8,
    /// The network tells the time (NITZ) on registration.
    pub nitz: bool,

    /// Latency of an answer, microseconds.
    pub latency_us: u64,
    /// Added to each latency, drawn from the seed: 0 up to this.
    pub jitter_us: u64,
    /// Searching before the network is found.
    pub registration_us: u64,
    /// `AT+QIACT` blocks so long: up to 150 s (quectel-at 1.5).
    pub activation_us: u64,
    /// `AT+CFUN` blocks so long: up to 15 s (quectel-at 1.3).
    pub functionality_us: u64,
    /// `AT+COPS=?` blocks so long: 180 to 300 s (quectel-at 1.3).
    pub operator_scan_us: u64,
    /// `+QNTP` comes so long after its OK: up to 125 s (quectel-at 1.6).
    pub ntp_us: u64,
    /// Added to the boot time.
    pub slow_boot_us: u64,
    /// The board holds the power key down, as boards without a line for it do: what went off boots at once.
    pub key_held: bool,

    /// `APP RDY` follows `RDY`. "Do not require any of them" (quectel-at 1.2)
    pub app_rdy: bool,
    /// `RDY` is sent at all. As above.
    pub rdy: bool,
    /// `+CPIN: READY`, `+QUSIM: 1`, `+QIND: SMS DONE` follow, seconds apart. "Accept, do not wait for them" (1.2)
    pub sim_lines: bool,
    /// The URC port is `usbat` from the factory: "every URC then goes to USB and the UART sees only OK" (0).
    pub urcs_on_usb: bool,
    /// "+CME ERROR may be numeric or textual irrespective of CMEE" (0): text under CMEE=1.
    pub cme_text_always: bool,
    /// "`AT+QPOWD` can be refused right after boot: retry x6 at 500 ms" (1.1): refused so long after `RDY`.
    pub powerdown_refused_us: u64,
    /// "CGDCONT can give ERROR for ~2 s on cold boot" (1.3), QICSGP too (10.16): refused so long after `RDY`.
    pub context_setup_refused_us: u64,
    /// "`CFUN=1,1`: OK, maybe `POWERED DOWN`" (1.3)
    pub powered_down_on_restart: bool,
    /// "possibly late `+QIURC: "pdpdeact",1`" after `CFUN=1,1` (1.3)
    pub context_line_on_restart: bool,
    /// RTS and CTS are not wired: after `AT+IFC=2,2` "the port looks dead" (1.3).
    pub flow_control_unwired: bool,
    /// "On LTE-only SIMs CREG may stay 0/3" (1.4): `+CREG` says this for ever.
    pub creg_stuck: Option<u8>,
    /// "QIACT on an already active context answers ERROR (BG770A, BG95 ..)" (1.5); false: OK.
    pub active_context_is_error: bool,
    /// "QIDEACT: Not active -> OK on most" (1.5); true: ERROR.
    pub idle_deactivation_is_error: bool,
    /// "`QIACT?` can lie: .. every connect then fails with the same ~30 s timeout (716/552)" (1.5; EG800K): sockets and
    /// HTTP fail so after this time; `None`: as when nobody answers.
    pub dead_context_fails_us: Option<u64>,
    /// "`+QMTSTAT: 0,1` may follow or not" after the context is lost (9.5).
    pub stat_after_context_loss: bool,
    /// "EG800K reports UTC digits with a local zone tag" in `+QNTP` (1.6); not seen on BG95.
    pub ntp_utc_with_local_tag: bool,

    /// See [`BusyInput`].
    pub busy_input: BusyInput,
    /// "The prompt is `>` after CRLF; with or without trailing space / CRLF" (2.2).
    pub prompt: &'static str,
    /// "Data typed at a `>` prompt may also be echoed (.. MQTT payload echo on BG770 with E1)" (0).
    pub echo_data: bool,
    /// "0x1B aborts (answers OK or ERROR)" (2.2): true is OK.
    pub escape_is_ok: bool,
    /// "Prompt timeout: module leaves by itself .. with ERROR" (2.2; BC660K and UA): microseconds.
    pub prompt_timeout_us: Option<u64>,
    /// "The test forms of the QMT commands put one CRLF only before the final" (0; BG770).
    pub single_crlf: bool,
    /// "URCs wait until the running command's final (.. between info lines and OK possible)" (11): let them out there.
    pub urcs_inside_answers: bool,

    /// The timeout of `AT+QFUPL` "(5)" (6) counts from the last byte; true: over the whole upload. Not stated.
    pub upload_timeout_total: bool,
    /// A restart in the middle of an upload leaves what came under the file's name, as a timeout does (6). Not stated.
    pub half_file_after_restart: bool,
    /// "QC without `UFS:` when listing default" (6).
    pub file_list_without_drive: bool,
    /// "checkhost: a switch of its own on BG95/BG96 .. ERROR = unknown name" (5): the firmware has it.
    pub checkhost_known: bool,
    /// "checkhost: default not printed, assume 0" (5).
    pub checkhost_from_factory: bool,
    /// "First BG96 firmware lists no sni: ERROR, ignore" (5): the firmware has it.
    pub sni_known: bool,

    /// `AT+QIOPEN` with an id in use or without its context answers ERROR, and `AT+QIGETERROR` the reason; false: OK
    /// and `+QIOPEN: <id>,563`. Both are in the sheet (4, 10.14).
    pub socket_refused_at_once: bool,
    /// An open that failed leaves its id in use until `AT+QICLOSE`, as a connection that ended does. Not stated.
    pub failed_open_keeps_id: bool,
    /// `AT+QICLOSE` of an id that is not in use: true: ERROR. Not stated.
    pub idle_close_is_error: bool,
    /// "SEND FAIL (buffer full: retry later)" (4): so many bytes of one socket may wait for their acknowledgement, at
    /// least 1460. Not stated.
    pub send_buffer: usize,
    /// "2 connected, 3 listening (BG96 logs show 3 on a client)" (4): `AT+QISTATE` and `AT+QSSLSTATE` say 3.
    pub client_reads_listening: bool,
    /// "`+QSSLURC: "recv",<cl>[,<n>]`" (5): with the number of bytes.
    pub tls_data_with_length: bool,
    /// "`AT+QSSLCLOSE=<cl>[,<t 10>]` (BG770A lists no time parameter)" (5); false: a time is refused.
    pub tls_close_has_timeout: bool,
    /// A name that is not found: `+QIURC: "dnsgip",565`; false: with `,0,0` behind it. Not stated (4).
    pub failed_name_short: bool,

    /// See [`ResultOrder`].
    pub result_order: ResultOrder,
    /// "1 retransmission (another line follows)" (2.2): report each, whatever the notice switch of `timeout` says.
    pub retransmission_lines: bool,
    /// See [`ConnackTimeout`].
    pub connack_timeout: ConnackTimeout,
    /// "-1 failed to open (catch-all ..)" (2.2): every failed open is -1, its reason hidden.
    pub open_failure_hidden: bool,
    /// A longer client id is refused. "Not stated (SDKs quote 23 - real ids >= 40 work)" (2.2)
    pub client_id_limit: Option<usize>,
    /// "or ERROR when DISC closed it" (9.2): `AT+QMTDISC` frees the client; false: `AT+QMTCLOSE` is still needed.
    pub disconnect_closes: bool,
    /// "A late `+QMTSTAT: <idx>,1` can follow our own QMTCLOSE/QMTDISC and arrive during the next QMTOPEN" (2.2).
    pub late_stat_us: Option<u64>,
    /// "`+QMTPUBEX: 0,7,2` (then usually `+QMTSTAT: 0,6` or `0,1`)" (9.5): a failed publish closes the client.
    pub failed_publish_closes: bool,
    /// `+QMTPING: <idx>,<0|1>` after each ping (2.2; UA and QC).
    pub ping_lines: bool,
    /// "value 128 = refused by the broker although result is 0" (2.2): every SUBACK reads so.
    pub subscriptions_refused: bool,
    /// The length switch of recv/mode is taken and has no effect ("whether recv/mode (length) exists on BG96", 12).
    pub receive_length_ignored: bool,

    /// The HTTP client of Quectel's modules.
    pub http: HttpOptions,
    /// The log-in that Quectel's and SIMCom's modules compute by themselves.
    pub native: NativeOptions,
    /// What is doubtful of Quectel's modules beside LPWA.
    pub quectel: QuectelOptions,
    /// What is doubtful of SIMCom's modules alone.
    pub simcom: SimcomOptions,
    /// What is doubtful of u-blox's modules alone.
    pub ublox: UbloxOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            start: Start::Off,
            sim: SimCard::default(),
            imei: "866349040000017".to_owned(),
            accepted_apn: None,
            accepted_login: None,
            roaming: false,
            granted_timers: None,
            utc_at_start: 1_767_225_600,
            time_zone: 32,
            nitz: true,
            latency_us: 2_000,
            jitter_us: 0,
            registration_us: 3_000_000,
            activation_us: 1_200_000,
            functionality_us: 500_000,
            operator_scan_us: 180_000_000,
            ntp_us: 800_000,
            slow_boot_us: 0,
            key_held: false,
            app_rdy: true,
            rdy: true,
            sim_lines: true,
            urcs_on_usb: false,
            cme_text_always: false,
            powerdown_refused_us: 0,
            context_setup_refused_us: 0,
            powered_down_on_restart: true,
            context_line_on_restart: false,
            flow_control_unwired: false,
            creg_stuck: None,
            active_context_is_error: true,
            idle_deactivation_is_error: false,
            dead_context_fails_us: None,
            stat_after_context_loss: true,
            ntp_utc_with_local_tag: false,
            busy_input: BusyInput::Ignored,
            prompt: "> ",
            echo_data: false,
            escape_is_ok: true,
            prompt_timeout_us: None,
            single_crlf: false,
            urcs_inside_answers: false,
            upload_timeout_total: false,
            half_file_after_restart: false,
            file_list_without_drive: false,
            checkhost_known: true,
            checkhost_from_factory: false,
            sni_known: true,
            socket_refused_at_once: false,
            failed_open_keeps_id: false,
            idle_close_is_error: false,
            send_buffer: 14_600,
            client_reads_listening: false,
            tls_data_with_length: false,
            tls_close_has_timeout: true,
            failed_name_short: true,
            result_order: ResultOrder::OkFirst,
            retransmission_lines: false,
            connack_timeout: ConnackTimeout::Result,
            open_failure_hidden: false,
            client_id_limit: None,
            disconnect_closes: true,
            late_stat_us: None,
            failed_publish_closes: true,
            ping_lines: false,
            subscriptions_refused: false,
            receive_length_ignored: false,
            http: HttpOptions::default(),
            native: NativeOptions::default(),
            quectel: QuectelOptions::default(),
            simcom: SimcomOptions::default(),
            ublox: UbloxOptions::default(),
        }
    }
}

impl Options {
    /// Any module that the facts allow and that a host can work with: each doubtful fact is drawn from the generator.
    #[must_use]
    pub fn drawn(random: &mut SplitMix64) -> Self {
        let mut coin = || random.one_in(2);
        let mut options = Self {
            app_rdy: coin(),
            rdy: coin(),
            sim_lines: coin(),
            urcs_on_usb: coin(),
            cme_text_always: coin(),
            powered_down_on_restart: coin(),
            context_line_on_restart: coin(),
            creg_stuck: coin().then_some(3),
            active_context_is_error: coin(),
            idle_deactivation_is_error: coin(),
            stat_after_context_loss: coin(),
            ntp_utc_with_local_tag: coin(),
            echo_data: coin(),
            escape_is_ok: coin(),
            single_crlf: coin(),
            urcs_inside_answers: coin(),
            upload_timeout_total: coin(),
            half_file_after_restart: coin(),
            file_list_without_drive: coin(),
            checkhost_from_factory: coin(),
            socket_refused_at_once: coin(),
            idle_close_is_error: coin(),
            failed_name_short: coin(),
            retransmission_lines: coin(),
            open_failure_hidden: coin(),
            disconnect_closes: coin(),
            failed_publish_closes: coin(),
            ping_lines: coin(),
            busy_input: if coin() { BusyInput::Ignored } else { BusyInput::Rejected },
            connack_timeout: if coin() { ConnackTimeout::Result } else { ConnackTimeout::Stat },
            roaming: coin(),
            nitz: coin(),
            ..Self::default()
        };
        options.prompt = ["> ", ">", ">\r\n"][random.below(3) as usize];
        options.result_order =
            [ResultOrder::OkFirst, ResultOrder::Burst, ResultOrder::ResultFirst][random.below(3) as usize];
        options.jitter_us = random.below(250_000);
        options.registration_us = random.below(60_000_000);
        options.activation_us = random.below(20_000_000);
        options.slow_boot_us = random.below(10_000_000);
        options.sim.busy_us = random.below(8_000_000);
        options.powerdown_refused_us = random.below(2_500_000);
        options.context_setup_refused_us = random.below(900_000);
        options.late_stat_us = random.one_in(2).then(|| random.below(3_000_000));
        options.draw_sockets(random.clone());
        options.http = HttpOptions::drawn(&mut random.clone().fork());
        let mut further = random.clone();
        further.next_u64();
        options.simcom = SimcomOptions::drawn(&mut further.fork());
        options.ublox = UbloxOptions::drawn(&mut further.fork());
        options.native = NativeOptions::drawn(&mut further.fork());
        options.quectel = QuectelOptions::drawn(&mut further.fork());
        options
    }

    /// From a copy of the generator: what is drawn behind this stays what it was before there were these facts.
    fn draw_sockets(&mut self, mut random: SplitMix64) {
        self.client_reads_listening = random.one_in(2);
        self.tls_data_with_length = random.one_in(2);
        self.tls_close_has_timeout = random.one_in(2);
        self.send_buffer = 1_460 + random.below(14_600) as usize;
        self.failed_open_keeps_id = random.one_in(2);
        self.dead_context_fails_us = random.one_in(2).then_some(30_000_000);
    }
}
