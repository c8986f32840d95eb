//! What the sources leave open about SIMCom's modules (simcom-at). `None` is what the sheet says of the model.

use super::ResultOrder;
use crate::random::SplitMix64;

/// How a refusal that has a code is printed: "Command-specific failures come as `+<CMD>: <id>,<err>` followed by
/// `ERROR`, or as `ERROR` followed by that line" (1); "plain ERROR" is the fourth legal order of the SIM7600 (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureOrder {
    /// The line with the code, then `ERROR`.
    ResultThenError,
    /// `ERROR`, then the line with the code.
    ErrorThenResult,
    /// `ERROR` alone.
    ErrorOnly,
}

/// How the loss of the data context is told to an MQTT client of the CMQTT family (3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkLoss {
    /// `+CMQTTNONET`, and the service has to be started again.
    Service,
    /// `+CMQTTCONNLOST: <i>,3`; the service goes on.
    Client,
}

/// How a SIM7000 prints what `AT+CARECV` reads (7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadForm {
    /// `+CARECV: <n>,<data>`, as measured.
    LengthFirst,
    /// `+CARECV: <cid>,<n>` and the data below, as the manual prints it.
    IdFirst,
}

/// What an earlier life of the host left open in a module that starts [running](super::Start::Running): "services that
/// outlive an MCU reset" (3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOpen {
    /// Nothing.
    Nothing,
    /// The services are started, and hold no connection.
    Services,
    /// And MQTT client 0 is acquired, with the id `old`.
    Client,
}

/// Doubtful facts about SIMCom's modules. The default is what the sheet holds for true, [`Options::drawn`] any of it.
///
/// [`Options::drawn`]: super::Options::drawn
#[derive(Clone, Debug)]
pub struct SimcomOptions {
    /// Order of OK and result where both are legal (1). `None`: OK first, but `AT+CMQTTSTART` of the SIM7600 (3).
    pub result_order: Option<ResultOrder>,
    /// See [`FailureOrder`].
    pub failure_order: FailureOrder,
    /// "Exact bytes after the prompt on each firmware" (14): `None`: `>` in family 1, `> ` in family 2 (1).
    pub prompt: Option<&'static str>,
    /// See [`LeftOpen`].
    pub left_open: LeftOpen,
    /// `*ATREADY: 1`, `RDY` and what follows come at all; false: never (2.2, as with autobaud).
    pub boot_lines: bool,
    /// `SMS DONE`, `PB DONE` follow: "Firmware without SMS never sends" them (2.2).
    pub sms_lines: bool,
    /// `+CGEV: EPS PDN ACT 1` when the network is there (2.2). `None`: A76XX yes, the others no.
    pub context_line: Option<bool>,
    /// Form of `+CME ERROR` after a boot: "Default differs by model/firmware" (1).
    pub error_form: Option<u8>,
    /// Area and cell of `+CEREG` without quotes: "hex with or without quotes" (2.3). `None`: family 1 yes.
    pub bare_cells: Option<bool>,
    /// So many of `AT+CREG`, `AT+CGREG`, `AT+CEREG`, set after a boot, fail: "setup commands fail spuriously" (11).
    pub setup_failures: u8,
    /// What a card that starts is answered with: "`SIM busy` / `SIM failure` / numeric 13, 14, 313" (2.2).
    pub busy_card: u16,
    /// Lines that a module without a fixed rate does not understand after its boot (11).
    pub lines_until_rate: u8,
    /// A SIMCom NB log "has one field more" in `+CEREG` with mode 4 (2.7).
    pub long_registration_line: bool,
    /// "users catch ENTER but often never EXIT" (2.7): `+CPSMSTATUS: "EXIT PSM"` comes.
    pub exit_psm_line: bool,
    /// "After PSM wake .. the app bearer is down (`CNACT?` shows 0)" (2.6); false: it is up again by itself.
    pub bearer_down_after_psm: bool,

    /// "whether a blank line precedes each +CMQTTRX line" (14).
    pub blank_lines: bool,
    /// "Payload pieces are at most 1500 bytes" (3), measured; topics "come in pieces too": most of a piece of each.
    pub payload_piece: usize,
    /// As above.
    pub topic_piece: usize,
    /// See [`NetworkLoss`].
    pub network_loss: NetworkLoss,
    /// "Whether CMQTTCONNECT may be repeated directly after CONNLOST on all firmware" (14).
    pub connect_after_loss: bool,
    /// "32 TLS handshake", "34 open session failed" (3): which of them a bad certificate is. Both are seen (11).
    pub tls_failure: u8,
    /// A refused socket is known before the OK: "refused socket `+CMQTTCONNECT: 0,3` + ERROR" (10); false: it comes
    /// behind OK like the rest.
    pub refused_before_ok: bool,
    /// A filter that the broker refuses is reported as good: there is "no granted value" (dialects-side-by-side 9).
    pub refusal_hidden: bool,
    /// "a second entry should replace it" (dialects-side-by-side 10); false: it is refused until the publish.
    pub entry_replaces: bool,
    /// "checkUTF8" (3) holds for payloads as for topics: one that is no UTF-8 ends with error 2.
    pub utf8_checks_payload: bool,
    /// What is owed when the connection is lost comes as error 26; false: it never comes. Not stated.
    pub result_after_loss: bool,
    /// A certificate must be for the host (8 says nothing of names in family 1).
    pub checks_name: bool,
    /// The CMQTT service is stopped with a client that is not released; false: error 21, as its table has it (3).
    pub stop_releases: bool,

    /// `+HTTPREAD: DATA,<m>`: "accept both" (6.1). `None`: SIM7600 yes.
    pub http_read_data: Option<bool>,
    /// `AT+HTTPREAD=<offset>,<n>` beside `AT+HTTPREAD=<n>` on a SIM7600: "field code also" (6.1).
    pub http_read_offset: bool,
    /// "repeating the command adds a header on some firmware" (6.1).
    pub http_headers_add: bool,
    /// Bytes that one `+HTTPREAD` brings: "about 1024 bytes a block" (6.1).
    pub http_block: usize,

    /// `AT+NETOPEN` without a bearer is a bare ERROR; false: `+NETOPEN: 1` behind OK: "PDP `+NETOPEN: 1` or ERROR"
    /// (10).
    pub network_refused_at_once: bool,
    /// After `+CIPEVENT` `AT+NETOPEN?` "still says 1" (2.6).
    pub network_reads_open: bool,
    /// What a CIP socket that nobody listens to is refused with: the table has no such code (7.1).
    pub refused_socket: u8,
    /// Cached data can be read after the other end closed a CIP socket: "for CIP \[L\]" (7.1).
    pub closed_keeps_data: bool,
    /// `+CCHSEND: <s>,0` follows the OK of a send: "[`+CCHSEND: s,0`]" (7.2).
    pub tls_send_result: bool,

    /// SMPUB with QoS 1 ends with the PUBACK: "observed delays suggest so" (14); false: when it is sent.
    pub publish_waits: bool,
    /// The link is lost while SMPUB runs: `+SMSTATE: 0`, then "the command may STILL end with `OK`" (5); false: ERROR.
    pub ok_after_loss: bool,
    /// A message above 1024 bytes "is never printed, and later small ones stop too" (5); false: only it is missing.
    pub big_message_stops: bool,
    /// The topic of the first push after a registration, and its payload, stand without quotes (4).
    pub bare_registration: bool,
    /// SMCONN blocks so much longer: "26 s seen", "up to minutes when an old session is still open" (5).
    pub connect_blocks_us: u64,
    /// "upper case from the manual is rejected by some firmware" (8): names of `AT+CSSLCFG` must be lower case.
    pub lower_case_only: bool,
    /// "Without network time TLS connects fail unless ignorertctime=1 .. default value of the flag not printed" (8).
    pub dates_ignored: bool,
    /// `+CASTATE: <cid>,0` "can come before unread data is fetched, and reading after it returns at most one more
    /// block" (7.3).
    pub state_overtakes_data: bool,
    /// "old cid still held" after a drop (11): CAOPEN is answered with this result until CACLOSE.
    pub held_id: Option<u16>,
    /// "giving recv_mode explicitly fails on real modules" (7.3).
    pub receive_mode_refused: bool,
    /// "real modules refuse the "TCP"" in CAOPEN of the SIM7000 (7.3).
    pub tcp_word_refused: bool,
    /// See [`ReadForm`].
    pub read_form: ReadForm,
    /// "ERROR or `+CME ERROR: operation not allowed` at the first try is common" (6.2): so many SHCONN fail so.
    pub http_connect_failures: u8,
    /// "SHBODEXT not proven" on old firmware of the SIM7000 (6.2).
    pub body_by_prompt: bool,
}

impl Default for SimcomOptions {
    fn default() -> Self {
        Self {
            result_order: None,
            failure_order: FailureOrder::ResultThenError,
            prompt: None,
            left_open: LeftOpen::Nothing,
            boot_lines: true,
            sms_lines: true,
            context_line: None,
            error_form: None,
            bare_cells: None,
            setup_failures: 0,
            busy_card: 14,
            lines_until_rate: 0,
            long_registration_line: false,
            exit_psm_line: false,
            bearer_down_after_psm: true,
            blank_lines: false,
            payload_piece: 1_500,
            topic_piece: 1_024,
            network_loss: NetworkLoss::Service,
            connect_after_loss: true,
            tls_failure: 32,
            refused_before_ok: false,
            refusal_hidden: false,
            entry_replaces: true,
            utf8_checks_payload: true,
            result_after_loss: false,
            checks_name: true,
            stop_releases: false,
            http_read_data: None,
            http_read_offset: true,
            http_headers_add: false,
            http_block: 1_024,
            network_refused_at_once: true,
            network_reads_open: false,
            refused_socket: 10,
            closed_keeps_data: true,
            tls_send_result: true,
            publish_waits: true,
            ok_after_loss: true,
            big_message_stops: false,
            bare_registration: true,
            connect_blocks_us: 0,
            lower_case_only: true,
            dates_ignored: false,
            state_overtakes_data: false,
            held_id: None,
            receive_mode_refused: true,
            tcp_word_refused: true,
            read_form: ReadForm::LengthFirst,
            http_connect_failures: 0,
            body_by_prompt: true,
        }
    }
}

impl SimcomOptions {
    /// Any module that the facts allow and that a host can work with.
    pub(crate) fn drawn(random: &mut SplitMix64) -> Self {
        let pick = |random: &mut SplitMix64, count: u64| random.below(count) as usize;
        let orders = [None, Some(ResultOrder::OkFirst), Some(ResultOrder::Burst), Some(ResultOrder::ResultFirst)];
        let failures = [FailureOrder::ResultThenError, FailureOrder::ErrorThenResult, FailureOrder::ErrorOnly];
        let left = [LeftOpen::Nothing, LeftOpen::Services, LeftOpen::Client];
        let mut options = Self {
            result_order: orders[pick(random, 4)],
            failure_order: failures[pick(random, 3)],
            prompt: [None, Some(">"), Some("> "), Some(">\r\n")][pick(random, 4)],
            left_open: left[pick(random, 3)],
            error_form: [None, Some(0), Some(1), Some(2)][pick(random, 4)],
            setup_failures: random.below(4) as u8,
            busy_card: [13, 14, 313][pick(random, 3)],
            lines_until_rate: random.below(3) as u8,
            payload_piece: 1 + pick(random, 1_500),
            topic_piece: 1 + pick(random, 128),
            network_loss: [NetworkLoss::Service, NetworkLoss::Client][pick(random, 2)],
            tls_failure: [32, 34][pick(random, 2)],
            http_block: 1 + pick(random, 1_024),
            connect_blocks_us: random.below(60_000_000),
            refused_socket: [1, 5, 10, 12][pick(random, 4)],
            held_id: [None, Some(3), Some(4)][pick(random, 3)],
            http_connect_failures: random.below(3) as u8,
            ..Self::default()
        };
        options.draw_switches(random);
        options
    }

    fn draw_switches(&mut self, random: &mut SplitMix64) {
        for switch in [
            &mut self.boot_lines,
            &mut self.sms_lines,
            &mut self.long_registration_line,
            &mut self.exit_psm_line,
            &mut self.bearer_down_after_psm,
            &mut self.blank_lines,
            &mut self.connect_after_loss,
            &mut self.refused_before_ok,
            &mut self.refusal_hidden,
            &mut self.entry_replaces,
            &mut self.utf8_checks_payload,
            &mut self.result_after_loss,
            &mut self.checks_name,
            &mut self.stop_releases,
            &mut self.http_read_offset,
            &mut self.http_headers_add,
            &mut self.network_refused_at_once,
            &mut self.network_reads_open,
            &mut self.closed_keeps_data,
            &mut self.tls_send_result,
            &mut self.publish_waits,
            &mut self.ok_after_loss,
            &mut self.bare_registration,
            &mut self.lower_case_only,
            &mut self.dates_ignored,
            &mut self.state_overtakes_data,
            &mut self.receive_mode_refused,
            &mut self.tcp_word_refused,
        ] {
            *switch = random.one_in(2);
        }
        let maybe = |random: &mut SplitMix64| random.one_in(2).then(|| random.one_in(2));
        (self.context_line, self.bare_cells, self.http_read_data) = (maybe(random), maybe(random), maybe(random));
    }
}
