//! u-blox's dialect, one file per chapter of the vendor's manuals (`ublox-at` is the fact sheet this is written from).
//! The driver's tables are not known here: what both sides get wrong together, no test finds.
//!
//! Facts that are weak, and the field of [`UbloxOptions`](crate::UbloxOptions) for each:
//!
//! | fact | option |
//! |---|---|
//! | what becomes of bytes that come too early (20, 50, 100, 250 ms) | `early`, `gap_after_urcs`, `secure_gap` |
//! | blank lines, spaces and NUL bytes by firmware | `empty_lines`, `colon_space`, `nul_bytes` |
//! | the access technology left out of registration | `technology_omitted` |
//! | what a card that starts is answered with | `busy_card` |
//! | whether LARA-R6 and LENA-R8 know PSM and eDRX | `saving_known` |
//! | the APN as it is read back | `apn_suffix` |
//! | `+UUPSDA`: when it comes, and its error | `profile_blocks_us`, `profile_result_us`, `profile_refusal` |
//! | R422: `CGACT=1,1` once more; a context that is young | `activation_needed`, `settling_us` |
//! | R410M: another operator profile switches PSM on | `profile_saves_power` |
//! | the prompt of a publish while a ping is in flight | `late_prompt_us` |
//! | old syntax: order of a read, a line behind a log-out | `messages_before_answer`, `late_logout_line` |
//! | a look-up by operation 2, a client id that was not set | `server_looked_up_at_once`, `client_id_from_imei` |
//! | client ids of R41x: 23 or 128 | `Options::client_id_limit` |
//! | result `9` or `2`; first value of a subscription | `binary_publish_says_two`, `subscription_tells_qos` |
//! | an empty queue as bare OK or as error; how deep it is | `empty_queue_is_error`, `queue_depth` |
//! | codes of `AT+UMQTTER` | `refused_login`, `mqtt_errors_recorded` |
//! | an idle session without pings; an operation whose session ends | `inactivity_closes`, `lost_operation_told` |
//! | how long an answer of the broker is waited for | `answer_us` |
//! | `AT+USOWR` with a bare OK; sockets lost without a line | `bare_ok_writes`, `loses_sockets_silently` |
//! | R422: lines that wait for the UART to wake up | `lines_wait_for_uart` |
//! | names told as `+UUDNSRN`, and names that are busy | `names_as_urc`, `busy_names` |
//! | factory level of a TLS profile | `security_level` |
//! | forms of `AT+USECMNG` | `import_says_one`, `certificate_list_unquoted` |
//! | files: the code of one that is not there, one that came by half | `file_not_found`, `half_file_kept` |
//! | length of an HTTP header | `header_limit_shared` |

mod certificates;
mod context;
mod events;
mod files;
mod http_client;
mod http_events;
mod http_profile;
mod identity;
mod inspect;
mod links;
mod model;
mod mqtt_client;
mod mqtt_events;
mod mqtt_messages;
mod mqtt_old;
mod mqtt_profile;
mod names;
mod pem;
mod power;
mod profiles;
mod psd;
mod radio;
mod redact;
mod reply;
mod saving;
mod settings;
mod socket_commands;
mod socket_data;
mod socket_events;
mod sockets;
mod tls_profiles;
mod wire;

use crate::engine::internet::{LinkId, NetEvent};
use crate::engine::output::Kind;
use crate::module;
use crate::module::Chapter;
use crate::module::dialect::{Dialect, Entry, Secret};
use crate::module::options::Options;
use crate::module::profile::Profile;
use crate::module::reply::{Refused, Reply};
use crate::mqtt::session::AckFaults;
use crate::view::{HttpView, MqttView, SocketView, TlsContext};
use events::Event;
use http_client::Http;
use mqtt_client::Client;
use psd::InternalProfile;
use reply::{Handled, Job, Purpose, ResultKey};
use sockets::Sockets;
use tls_profiles::TlsProfile;
use wire::Wire;

pub(crate) use model::Model;
pub(crate) use profiles::PROFILES;

type Module = module::Module<Ublox>;

/// What only u-blox's modules have.
#[derive(Debug)]
pub(crate) struct Ublox {
    model: &'static Model,
    wire: Wire,
    /// `AT+CSGT`
    greeting: Option<String>,
    /// `AT+CFUN=4` that outlives a restart.
    airplane: bool,
    /// `AT+UDCONF=1,1`
    hex: bool,
    /// `AT+CGEREP=1`
    packet_lines: bool,
    /// `AT+UPSMR=1`
    sleep_lines: bool,
    was_asleep: bool,
    operator_profile: u32,
    technologies: String,
    profile: InternalProfile,
    /// `AT+CGACT=1,1` was ordered on a bearer that is up.
    activated: bool,
    /// From then on a context is of use to the internal clients.
    settled_us: u64,
    tls: Vec<TlsProfile>,
    mqtt: Client,
    sockets: Sockets,
    http: Vec<Http>,
    question: Option<LinkId>,
}

impl Ublox {
    pub(crate) fn new(model: &'static Model, options: &Options) -> Self {
        Self {
            model,
            wire: Wire::default(),
            greeting: None,
            airplane: false,
            hex: false,
            packet_lines: false,
            sleep_lines: false,
            was_asleep: false,
            operator_profile: 100,
            technologies: "7".to_owned(),
            profile: InternalProfile::default(),
            activated: false,
            settled_us: 0,
            tls: vec![tls_profiles::factory(options.ublox.security_level); tls_profiles::PROFILES],
            mqtt: Client::default(),
            sockets: Sockets::default(),
            http: (0..http_profile::PROFILES).map(|_| Http::default()).collect(),
            question: None,
        }
    }

    /// What a restart takes: everything but what is in NV.
    fn restarted(&mut self, options: &Options) {
        let old = std::mem::replace(self, Self::new(self.model, options));
        (self.greeting, self.airplane, self.sleep_lines) = (old.greeting, old.airplane, old.sleep_lines);
        (self.operator_profile, self.technologies) = (old.operator_profile, old.technologies);
        (self.was_asleep, self.hex) = (old.was_asleep, old.hex && self.model.quirks.hex_kept);
        (self.mqtt.stored, self.mqtt.published) = (old.mqtt.stored, old.mqtt.published);
    }
}

/// Every command, with those for the internal profile where the model has any.
const fn chapters(internal_profile: Chapter<Ublox>) -> [Chapter<Ublox>; 27] {
    [
        settings::COMMANDS,
        Module::SETTINGS,
        power::COMMANDS,
        saving::COMMANDS,
        Module::IDENTITY,
        identity::COMMANDS,
        Module::SIM,
        Module::RADIO,
        Module::ATTACH,
        radio::COMMANDS,
        Module::OPERATORS,
        Module::SIGNAL,
        context::COMMANDS,
        Module::CONTEXT,
        Module::CLOCK,
        Module::ZONE_UPDATE,
        internal_profile,
        files::COMMANDS,
        certificates::COMMANDS,
        tls_profiles::COMMANDS,
        names::COMMANDS,
        socket_commands::COMMANDS,
        socket_data::COMMANDS,
        mqtt_profile::COMMANDS,
        mqtt_client::COMMANDS,
        http_profile::COMMANDS,
        http_client::COMMANDS,
    ]
}

const PROFILE_CHAPTERS: &[Chapter<Ublox>] = &chapters(psd::COMMANDS);
const MAPPING_CHAPTERS: &[Chapter<Ublox>] = &chapters(psd::MAPPING);
const BEARER_CHAPTERS: &[Chapter<Ublox>] = &chapters(&[]);

impl Dialect for Ublox {
    type Event = Event;
    type Job = Job;
    type Purpose = Purpose;
    type Key = ResultKey;

    const MAKER: &'static str = "u-blox";
    const KEEPS_RATE: bool = false;
    /// "Command line too long"
    const TOO_LONG: Refused = Refused::Cme(1650);
    const SLEEPS_BY_ITSELF: bool = true;
    const ZONE_MODES: &'static [u8] = &[0, 1];
    const SECRETS: &'static [Secret] = redact::SECRETS;

    fn chapters(&self) -> &'static [Chapter<Self>] {
        self.model.chapters
    }

    fn cme_text(code: u16) -> &'static str {
        reply::cme_text(code)
    }

    /// "`AT+CTZU=1` lets NITZ set it (R5 factory default on)" (ublox-at 2).
    fn zone_mode(profile: &Profile) -> u8 {
        u8::from(profile.rate == 0)
    }

    fn busy_card(options: &Options) -> u16 {
        options.ublox.busy_card
    }

    fn hears(module: &mut Module, byte: u8) -> bool {
        module.hears_byte(byte)
    }

    fn holds_lines(module: &Module) -> bool {
        module.uart_holds_lines()
    }

    fn dress(module: &mut Module, kind: Kind, bytes: Vec<u8>) -> Vec<u8> {
        module.dressed(kind, bytes)
    }

    fn is_ready(module: &mut Module) {
        module.booted();
    }

    fn goes_off(_: &mut Module) {}

    fn off_line(_: &Module) -> Option<&'static str> {
        None
    }

    fn lost_power(module: &mut Module) -> Vec<LinkId> {
        let links = module.take_links();
        module.own.restarted(&module.options);
        links
    }

    fn restarts_by_command(module: &mut Module) -> Handled {
        module.restarts_by_command()
    }

    fn falls_asleep(module: &mut Module) {
        module.stack_goes_down();
    }

    fn registered(module: &mut Module) {
        module.bearer_follows();
    }

    fn attached(module: &mut Module) {
        module.bearer_comes();
    }

    fn cell(_: &Module) -> String {
        radio::cell()
    }

    fn granted_timers(module: &Module) -> (String, String) {
        module.granted_timers()
    }

    fn registration_answer(module: &Module, name: &str, mode: u8, stat: u8) -> String {
        module.registration_answer(name, mode, stat)
    }

    fn registration_line(module: &Module, name: &str, mode: u8, stat: u8) -> String {
        module.registration_line(name, mode, stat)
    }

    fn context_refused(module: &mut Module) -> Refused {
        module.context_refused_with()
    }

    fn context_opened(module: &mut Module, id: usize) {
        module.bearer_opened(id);
    }

    fn context_closed(module: &mut Module, id: usize) {
        module.bearer_lost(id, false);
    }

    fn context_lost(module: &mut Module, id: usize) {
        module.bearer_lost(id, true);
    }

    fn link_event(module: &mut Module, link: LinkId, event: NetEvent) {
        module.link_event(link, event);
    }

    /// The handshake has the time that the whole open has.
    fn negotiates(_: &mut Module, _: LinkId) {}

    fn data_passes(module: &mut Module) {
        module.send_again();
    }

    fn happens(module: &mut Module, event: Event) {
        module.own_happens(event);
    }

    fn do_job(module: &mut Module, job: Job) -> Handled {
        match job {
            Job::ActivateProfile => module.profile_activates(),
            Job::DeactivateProfile => module.profile_deactivates(),
            Job::ActivateAgain => module.activated_again(),
        }
    }

    fn entry(_: &Module, purpose: &Purpose) -> Entry {
        let timeout_us = match purpose {
            // "Fewer bytes: port stays blocked"
            Purpose::Write(_) | Purpose::Publish(_) => None,
            Purpose::Download(_) => Some(files::INPUT_US),
            Purpose::Import(_) => Some(certificates::IMPORT_US),
        };
        Entry { prompt: Module::prompt_of(purpose), timeout_us, echo: false, acknowledge_every: None }
    }

    fn typed(module: &mut Module, purpose: Purpose, data: Vec<u8>) -> Handled {
        match purpose {
            Purpose::Write(id) => module.socket_writes(id, data),
            Purpose::Download(file) => module.downloaded(file, data),
            Purpose::Import(import) => module.imported(&import, &data),
            Purpose::Publish(publish) => module.publishes(publish, data),
        }
    }

    fn entry_goes_on(_: &mut Module) {}

    fn entry_timed_out(module: &mut Module, purpose: Purpose, data: Vec<u8>) -> Reply {
        match purpose {
            Purpose::Download(file) => module.download_timed_out(file, data),
            Purpose::Import(_) => Module::import_timed_out(),
            Purpose::Write(_) | Purpose::Publish(_) => Reply::refused(Refused::Error),
        }
    }

    fn poll(module: &mut Module) {
        module.poll_mqtt();
    }

    fn next(module: &Module) -> Option<u64> {
        module.next_of_mqtt()
    }

    fn kill_tcp(module: &mut Module) {
        module.kill_sockets();
        module.close_mqtt();
        module.close_http();
    }

    fn ack_faults(module: &mut Module) -> Vec<&mut AckFaults> {
        module.own.mqtt.ack_faults().into_iter().collect()
    }

    fn mqtt(module: &Module, index: usize) -> Option<MqttView> {
        module.client_view(index)
    }

    fn http(module: &Module) -> HttpView {
        module.http_view()
    }

    fn tcp_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(id, false)
    }

    fn tls_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(id, true)
    }

    fn tls_context(module: &Module, index: usize) -> Option<&TlsContext> {
        module.own.tls.get(index).map(|profile| &profile.shown)
    }

    fn file_name(name: &str) -> Option<String> {
        Some(name.to_owned()).filter(|name| !name.is_empty())
    }
}
