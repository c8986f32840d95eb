//! The data of u-blox's models (ublox-at 0: the dialect matrix).

use super::Ublox;
use crate::module::Chapter;

/// What the internal clients need of the data context (ublox-at 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Psd {
    /// `UPSD` and `UPSDA`, then `+UUPSDA`.
    Profile,
    /// `UPSD` alone, and `CGACT=1,1` once more.
    Mapping,
    /// The bearer that the network gave is enough.
    Bearer,
}

/// The order of the last two parameters of `AT+UAUTHREQ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoginOrder {
    UserPassword,
    PasswordUser,
}

/// What `AT+USECPRF=<p>,2` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ciphers {
    /// One of the numbered suites.
    Legacy,
    /// `99,"C0","30"`
    Single,
    /// `100,"C0","30",<0 add, 1 remove>`, and the single form.
    List,
}

/// How the UART sleeps, and after how long (`AT+UPSV`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UartSleep {
    /// This mode, after a fixed time.
    Fixed(u32, u64),
    /// This mode, after so many frames of 2G.
    Frames(u32),
    /// Not known to the sheet.
    None,
}

/// The syntax of the MQTT commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MqttSyntax {
    Old,
    New,
}

/// What one model has that another has not.
#[derive(Debug)]
pub(crate) struct Model {
    pub(super) chapters: &'static [Chapter<Ublox>],
    /// What `ATI9` says: of the modem, of the application.
    pub(super) firmware: &'static str,
    /// The level of `AT+CFUN` that restarts.
    pub(super) restart_level: u32,
    /// Between a final result or an unsolicited line and the next command.
    pub(super) gap_us: u64,
    pub(super) psd: Psd,
    pub(super) login_order: LoginOrder,
    pub(super) ciphers: Ciphers,
    /// `AT+USECPRF=<p>,10`
    pub(super) sni: bool,
    pub(super) uart_sleep: UartSleep,
    /// What `AT+URAT` takes.
    pub(super) technologies: &'static [u32],
    /// `AT+UMNOPROF`
    pub(super) operator_profiles: bool,
    /// `AT+UPSMR`
    pub(super) sleep_lines: bool,
    /// The vendor's library uses PSM or eDRX here.
    pub(super) saves_power: bool,
    pub(super) mqtt: MqttSyntax,
    /// Operation 12 of `AT+UMQTT`.
    pub(super) clean_session: bool,
    /// Operation 20 of `AT+UMQTT`.
    pub(super) mqtt_context: bool,
    pub(super) client_id: usize,
    /// User name and password, each.
    pub(super) mqtt_login: usize,
    /// What `AT+UMQTTER` says of every log-in that failed, where it is one code.
    pub(super) login_code: Option<u8>,
    /// A read of an empty queue is refused.
    pub(super) empty_queue_is_error: bool,
    /// A result that is not 2xx fails, and leaves the old file (ublox-at 4).
    pub(super) http_keeps_old_answers: bool,
    /// `AT+USOCO=<s>,"<host>",<port>,1`
    pub(super) connects_async: bool,
    /// `AT+USOCL=<s>,1`
    pub(super) closes_async: bool,
    /// A close without `AT+USOCLCFG=0` takes so long.
    pub(super) close_us: u64,
    /// A failed connect frees the socket and says `+UUSOCL`; the end of a connection is told behind its data.
    pub(super) frees_failed: bool,
    /// `AT+USOER` of a connect that was refused, and of a connection that the peer ended.
    pub(super) refused: u16,
    pub(super) ended: u16,
    /// File names.
    pub(super) file_name: usize,
    /// PEM needs its line ends.
    pub(super) pem_lines: bool,
    pub(super) quirks: Quirks,
}

/// How its lines differ.
#[derive(Debug)]
pub(super) struct Quirks {
    /// Lines of MQTT end with CR CR LF.
    pub(super) cr_cr_lf: bool,
    /// Extra empty lines around the answers of MQTT commands.
    pub(super) empty_lines: bool,
    /// `+URDFILE` and `+URDBLOCK` begin with LF alone.
    pub(super) lf_alone: bool,
    /// `+URDFILE` has its name without quotes.
    pub(super) bare_names: bool,
    /// Spaces behind colons are left out.
    pub(super) no_spaces: bool,
    /// "Operation not allowed" instead of "operation not allowed".
    pub(super) capitals: bool,
    /// NUL bytes come after a boot.
    pub(super) nul_bytes: bool,
    /// A field more between area and cell in the answer of `AT+CEREG?` with n=4.
    pub(super) area_field: bool,
    /// A field more in `+CEREG` lines too, and commas when detached.
    pub(super) area_field_in_lines: bool,
    /// Cells of zeros where there is none.
    pub(super) zero_cells: bool,
    /// `+CREG?` is answered without its mode.
    pub(super) creg_without_mode: bool,
    /// Another operator profile switches PSM and eDRX on.
    pub(super) profile_saves_power: bool,
    /// TLS of the MQTT client cannot be switched off again before a restart.
    pub(super) mqtt_keeps_tls: bool,
    /// `AT+CFUN=4` outlives a restart.
    pub(super) airplane_kept: bool,
    /// Hexadecimal mode outlives a restart.
    pub(super) hex_kept: bool,
    /// The APN is read back with what the network puts behind it.
    pub(super) apn_suffix: bool,
}

impl Quirks {
    pub(super) const NONE: Self = Self {
        cr_cr_lf: false,
        empty_lines: false,
        lf_alone: false,
        bare_names: false,
        no_spaces: false,
        capitals: false,
        nul_bytes: false,
        area_field: false,
        area_field_in_lines: false,
        zero_cells: false,
        creg_without_mode: false,
        profile_saves_power: false,
        mqtt_keeps_tls: false,
        airplane_kept: false,
        hex_kept: false,
        apn_suffix: false,
    };
}
