//! What the sources leave open about u-blox's modules (ublox-at).

use crate::random::SplitMix64;

/// What becomes of a line that comes sooner than the gap allows behind a final result or an unsolicited line, and of
/// data sooner than 50 ms behind its prompt: "Commands answered with garbage or shifted answers" (11.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Early {
    /// The bytes are lost.
    Lost,
    /// A line is answered with `ERROR`; data is lost.
    Refused,
    /// The module listens at once.
    Heard,
}

/// Spaces behind colons on a LENA-R8: "often omits the space" (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColonSpace {
    /// It is there.
    Always,
    /// It is not there in `+USOCR`, `+CGATT`, `+CEER`, where it was seen to be left out.
    AsSeen,
    /// It is nowhere in answers.
    Never,
}

/// Doubtful facts about u-blox's modules. The default is what the sheet holds for true, [`Options::drawn`] any of it.
///
/// [`Options::drawn`]: super::Options::drawn
#[derive(Clone, Debug)]
pub struct UbloxOptions {
    /// See [`Early`].
    pub early: Early,
    /// The gap counts from unsolicited lines too: "after a final result or URC (D2)" (0). A line that crosses one on
    /// the wire is heard all the same.
    pub gap_after_urcs: bool,
    /// `AT+USOCO` within 250 ms of `AT+USOSEC` is refused: "wait 250 ms (U)" (5).
    pub secure_gap: bool,
    /// See [`ColonSpace`].
    pub colon_space: ColonSpace,
    /// "an R422 (00.12) log has extra empty lines around the answers and finals of UMQTT commands" (1).
    pub empty_lines: bool,
    /// "R4 sends NUL bytes on the UART after a reboot" (1).
    pub nul_bytes: bool,
    /// LARA-R6 "sometimes leaves the AcT out" of `+CEREG`, LENA-R8 of `+CREG` and `+CGREG` (2).
    pub technology_omitted: bool,
    /// "With UART power saving R422 may hold URCs back" until the host types something (3).
    pub lines_wait_for_uart: bool,
    /// What a card that starts is answered with: "R5 at boot may give 3" (2).
    pub busy_card: u16,
    /// LARA-R6 and LENA-R8 know `AT+CPSMS` and `AT+CEDRXS` (12).
    pub saving_known: bool,
    /// "read-back on R5 appends network suffix to the APN" (2).
    pub apn_suffix: bool,
    /// `AT+UPSDA=0,3` is answered so much later: "OK can take 150 s", and any character breaks it off (2).
    pub profile_blocks_us: u64,
    /// From its OK to `+UUPSDA`: "may come after the answer of the NEXT command" (2).
    pub profile_result_us: u64,
    /// "`+UUPSDA: 148` (refused, no IP) [L for the code]" (10.6).
    pub profile_refusal: u16,
    /// So long after its activation a context is of no use: "Wait 1 s .. before login", "R422: >= 500 ms" (3, 5).
    pub settling_us: u64,
    /// Another operator profile "may switch PSM/eDRX on (R410M 05.12)" (2).
    pub profile_saves_power: bool,
    /// R422: "send it even if already 1, else internal clients fail" (2).
    pub activation_needed: bool,

    /// Operation 2 of `AT+UMQTT` "may do a DNS look-up at once" (3), and is refused without a context. (How long a client
    /// id may be is [`client_id_limit`](super::Options::client_id_limit).)
    pub server_looked_up_at_once: bool,
    /// A client id that was never set is the IMEI: "R4 and R5-00B generate none" (3).
    pub client_id_from_imei: bool,
    /// The prompt of operation 9 is so much later while a ping is in flight: "by up to 30 s" (3).
    pub late_prompt_us: u64,
    /// Old syntax: "The content block may come before or after the `+UMQTTC: 6,1` / OK of the read command" (3).
    pub messages_before_answer: bool,
    /// Old syntax: "`+UUMQTTC: 0,0` may still follow" a log-out (3).
    pub late_logout_line: bool,
    /// "`9,1` (D1 prints `2,1`)" (3).
    pub binary_publish_says_two: bool,
    /// A read of an empty queue: "only `OK` (R5, no info line) or an ERROR/CME (LENA-R8)" (3); `None`: as the model.
    pub empty_queue_is_error: Option<bool>,
    /// "first value of `+UUMQTTC: 4,..` on R422" (12): the QoS in place of 1.
    pub subscription_tells_qos: bool,
    /// Messages that wait to be read: "unread-queue depth" (12).
    pub queue_depth: usize,
    /// How long CONNACK, PUBACK and their like are waited for: "its URC 120" (2). Not stated.
    pub answer_us: u64,
    /// `AT+UMQTTER` after a refused log-in: "another class-13 code (not 33/34/50)" (10.6).
    pub refused_login: u8,
    /// `AT+UMQTTER` knows the reason: "`0,0` .. also seen after real failures" (3).
    pub mqtt_errors_recorded: bool,
    /// An idle session without pings is ended by the module after the keep-alive time (`0,100`); false: by the broker.
    pub inactivity_closes: bool,
    /// An operation that is due when the session ends has its result, as a failure; false: only `0,10x` comes. Not
    /// stated.
    pub lost_operation_told: bool,

    /// "A bare OK without `+USOWR` has been seen: count it as nothing sent" (5): so many of the next writes.
    pub bare_ok_writes: u32,
    /// "R422 can lose a socket with NO URC": then "every `USORD` answers CME 3" (5).
    pub loses_sockets_silently: bool,
    /// "a quick ERROR (< 2 s) means busy: retry after 1 s" (5): so many of the next names.
    pub busy_names: u32,
    /// "LENA-R8 sometimes prefixes `+UUDNSRN:`" (5).
    pub names_as_urc: bool,

    /// Level of a TLS profile that was not set: "default .. of USECPRF op 0" (12).
    pub security_level: u8,
    /// "D1 prints op 1 there": the answer of an import over the port (6).
    pub import_says_one: bool,
    /// "D1 shows them unquoted `CA, "name"`" (6).
    pub certificate_list_unquoted: bool,
    /// "1612 file not found", "1624 on some" (7).
    pub file_not_found: u16,
    /// What came of a file until the time was over is kept. Not stated.
    pub half_file_kept: bool,
    /// "name+value <= 64 each (PY: both together 64)" (4).
    pub header_limit_shared: bool,
}

impl Default for UbloxOptions {
    fn default() -> Self {
        Self {
            early: Early::Lost,
            gap_after_urcs: true,
            secure_gap: true,
            colon_space: ColonSpace::AsSeen,
            empty_lines: true,
            nul_bytes: true,
            technology_omitted: false,
            lines_wait_for_uart: true,
            busy_card: 14,
            saving_known: false,
            apn_suffix: true,
            profile_blocks_us: 0,
            profile_result_us: 300_000,
            profile_refusal: 148,
            settling_us: 0,
            profile_saves_power: true,
            activation_needed: true,
            server_looked_up_at_once: false,
            client_id_from_imei: true,
            late_prompt_us: 0,
            messages_before_answer: false,
            late_logout_line: false,
            binary_publish_says_two: false,
            empty_queue_is_error: None,
            subscription_tells_qos: false,
            queue_depth: 64,
            answer_us: 60_000_000,
            refused_login: 15,
            mqtt_errors_recorded: true,
            inactivity_closes: true,
            lost_operation_told: false,
            bare_ok_writes: 0,
            loses_sockets_silently: false,
            busy_names: 0,
            names_as_urc: false,
            security_level: 0,
            import_says_one: false,
            certificate_list_unquoted: false,
            file_not_found: 1612,
            half_file_kept: false,
            header_limit_shared: false,
        }
    }
}

impl UbloxOptions {
    /// Any module that the facts allow and that a host can work with.
    pub(crate) fn drawn(random: &mut SplitMix64) -> Self {
        let mut options = Self {
            early: [Early::Lost, Early::Refused][random.below(2) as usize],
            colon_space: [ColonSpace::Always, ColonSpace::AsSeen, ColonSpace::Never][random.below(3) as usize],
            busy_card: [3, 13, 14][random.below(3) as usize],
            profile_blocks_us: random.below(5_000_000),
            profile_result_us: random.below(2_500_000),
            empty_queue_is_error: random.one_in(2).then(|| random.one_in(2)),
            security_level: random.below(4) as u8,
            file_not_found: [1612, 1624][random.below(2) as usize],
            bare_ok_writes: random.below(2) as u32,
            busy_names: random.below(2) as u32,
            late_prompt_us: random.below(30_000_000),
            settling_us: random.below(1_000_000),
            ..Self::default()
        };
        for switch in [
            &mut options.empty_lines,
            &mut options.nul_bytes,
            &mut options.technology_omitted,
            &mut options.lines_wait_for_uart,
            &mut options.saving_known,
            &mut options.apn_suffix,
            &mut options.profile_saves_power,
            &mut options.messages_before_answer,
            &mut options.late_logout_line,
            &mut options.activation_needed,
            &mut options.server_looked_up_at_once,
            &mut options.client_id_from_imei,
            &mut options.binary_publish_says_two,
            &mut options.subscription_tells_qos,
            &mut options.mqtt_errors_recorded,
            &mut options.inactivity_closes,
            &mut options.lost_operation_told,
            &mut options.names_as_urc,
            &mut options.import_says_one,
            &mut options.certificate_list_unquoted,
            &mut options.half_file_kept,
            &mut options.header_limit_shared,
        ] {
            *switch = random.one_in(2);
        }
        options
    }
}
