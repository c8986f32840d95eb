//! SIMCom's dialect, one file per chapter of the vendor's manuals (`simcom-at` is the fact sheet this is written from).
//! The driver's tables are not known here: what both sides get wrong together, no test finds.
//!
//! Family 1 is A7670 and SIM7600: CMQTT, CIP and CCH sockets, HTTP by `AT+HTTPACTION`, certificates by `AT+CCERTDOWN`.
//!
//! Family 2 is SIM7080 and SIM7000: the application network, CA sockets, HTTP by `AT+SHREQ`, and of the SIM7080 the SM
//! client; roots by `AT+CFSWFILE` and "convert". SIM7000 has no MQTT here: "an unframed downlink can forge `OK`".
//!
//! Facts that are weak, and the field of [`SimcomOptions`](crate::SimcomOptions) for each:
//!
//! | fact | option |
//! |---|---|
//! | order of OK and result line; of ERROR and the line with its code | `result_order`, `failure_order` |
//! | bytes of the prompt | `prompt` |
//! | boot lines that never come, the ones about messages and contexts | `boot_lines`, `sms_lines`, `context_line` |
//! | what a restarted host finds open | `left_open` |
//! | form of CME errors after a boot; code of a card that starts | `error_form`, `busy_card` |
//! | cells with or without quotes | `bare_cells` |
//! | set-up commands that fail spuriously | `setup_failures` |
//! | blank lines and pieces of a received message | `blank_lines`, `payload_piece`, `topic_piece` |
//! | what is told when the network goes | `network_loss`, `result_after_loss` |
//! | CONNECT right behind `+CMQTTCONNLOST` | `connect_after_loss` |
//! | codes and time of a failed CONNECT | `tls_failure`, `refused_before_ok` |
//! | a filter that the broker refuses | `refusal_hidden` |
//! | a second topic or payload before the publish | `entry_replaces` |
//! | what "checkUTF8" checks | `utf8_checks_payload` |
//! | whether a certificate's name is checked | `checks_name` |
//! | `AT+NETOPEN` without a bearer; what it reads after `+CIPEVENT` | `network_refused_at_once`, `network_reads_open` |
//! | the code of a CIP socket that nobody listens to | `refused_socket` |
//! | data that waits when the other end closes a CIP socket | `closed_keeps_data` |
//! | `+CCHSEND` behind the OK of a send | `tls_send_result` |
//! | form, offset and blocks of `AT+HTTPREAD` | `http_read_data`, `http_read_offset`, `http_block` |
//! | a second "USERDATA" | `http_headers_add` |
//! | STOP with a client that is not released | `stop_releases` |
//! | lines that are lost while family 2 looks for the rate | `lines_until_rate` |
//! | `+CEREG` with mode 4 | `long_registration_line` |
//! | `EXIT PSM`; the application network after PSM | `exit_psm_line`, `bearer_down_after_psm` |
//! | when `AT+SMPUB` ends, and with what if the link goes | `publish_waits`, `ok_after_loss` |
//! | how long `AT+SMCONN` blocks | `connect_blocks_us` |
//! | whether there is a log-in of the module's own, and how it signs | [`NativeOptions`](crate::NativeOptions) |
//! | messages above 1024 bytes; the push of a registration | `big_message_stops`, `bare_registration` |
//! | names of `AT+CSSLCFG` in upper case; dates without having been set | `lower_case_only`, `dates_ignored` |
//! | a CA socket that the other end closed | `state_overtakes_data`, `held_id` |
//! | forms of `AT+CAOPEN` and `AT+CARECV` | `receive_mode_refused`, `tcp_word_refused`, `read_form` |
//! | `AT+SHCONN` at first; `AT+SHBODEXT` | `http_connect_failures`, `body_by_prompt` |

mod app_network;
mod certificates;
mod chapters;
mod clock;
mod context;
mod events;
mod file_system;
mod http_client;
mod http_config;
mod http_events;
mod identity;
mod inspect;
mod model;
mod mqtt_client;
mod mqtt_config;
mod mqtt_entries;
mod mqtt_events;
mod mqtt_service;
mod names;
mod network;
mod power;
mod power_lpwa;
mod profiles;
mod radio;
mod redact;
mod reply;
mod sh_client;
mod sh_request;
mod signal;
mod sm_client;
mod sm_config;
mod sm_events;
mod sm_native;
mod sockets;
mod sockets_ca;
mod sockets_cch;
mod sockets_cip;
mod state;
mod tls_config;
mod tls_lpwa;

use crate::engine::internet::{LinkId, NetEvent};
use crate::module;
use crate::module::Chapter;
use crate::module::dialect::{Dialect, Entry, Secret};
use crate::module::options::{Options, ResultOrder};
use crate::module::reply::{Refused, Reply, ok};
use crate::mqtt::session::AckFaults;
use crate::view::{HttpView, MqttView, SocketView, TlsContext};
use events::Event;
use file_system::FileUpload;
use model::Series;
use mqtt_client::Client;
use reply::{Handled, Job, Key, Purpose};
use sockets::Family;

pub(crate) use model::Model;
pub(crate) use profiles::PROFILES;
pub(crate) use state::Simcom;

type Module = module::Module<Simcom>;

impl Dialect for Simcom {
    type Event = Event;
    type Job = Job;
    type Purpose = Purpose;
    type Key = Key;

    const MAKER: &'static str = "INCORPORATED";
    const SLEEPS_BY_ITSELF: bool = true;
    const KEEPS_RATE: bool = false;
    const ZONE_MODES: &'static [u8] = &[0, 1];
    const SECRETS: &'static [Secret] = redact::SECRETS;

    fn chapters(&self) -> &'static [Chapter<Self>] {
        match self.model.series {
            Series::A76 | Series::Sim7600 => chapters::FAMILY_1,
            Series::Sim7080 => chapters::SIM7080,
            Series::Sim7000 => chapters::SIM7000,
        }
    }

    fn cme_text(code: u16) -> &'static str {
        reply::cme_text(code)
    }

    fn is_ready(module: &mut Module) {
        if let Some(form) = module.options.simcom.error_form {
            module.settings.cmee = form;
        }
        if module.own.model.series.is_lpwa() { module.lpwa_boot_line() } else { module.boot_line() }
    }

    fn goes_off(_: &mut Module) {}

    fn off_line(_: &Module) -> Option<&'static str> {
        None
    }

    fn lost_power(module: &mut Module) -> Vec<LinkId> {
        let links = module.own.links();
        module.own.restarted(&module.options);
        links
    }

    fn restarts_by_command(module: &mut Module) -> Handled {
        module.restarts_by_command()
    }

    fn falls_asleep(module: &mut Module) {
        module.own.lpwa.slept = true;
        module.own.lpwa.comes_back = !module.options.simcom.bearer_down_after_psm && module.app_is_up(0);
        if module.own.lpwa.sleep_lines {
            module.urc("+CPSMSTATUS: \"ENTER PSM\"");
        }
    }

    fn sim_is_there(module: &mut Module) {
        if module.own.model.series.is_lpwa() { module.lpwa_card_lines() } else { module.card_lines() }
    }

    fn registered(module: &mut Module) {
        if module.own.model.series.is_lpwa() {
            module.app_registered();
            module.lpwa_time_lines();
        } else {
            module.default_bearer();
        }
    }

    fn radio_switched(module: &mut Module, before: u8) {
        module.card_follows_radio(before);
    }

    fn busy_card(options: &Options) -> u16 {
        options.simcom.busy_card
    }

    fn field_behind_technology(module: &Module) -> &'static str {
        if module.options.simcom.long_registration_line { ",\"00\"" } else { "" }
    }

    fn cell(module: &Module) -> String {
        if module.options.simcom.bare_cells.unwrap_or(!module.own.model.series.is_lpwa()) {
            "333C,25C1630".to_owned()
        } else {
            "\"333C\",\"25C1630\"".to_owned()
        }
    }

    fn granted_timers(module: &Module) -> (String, String) {
        // What was asked for, where PSM is on.
        let (tau, active) = module.saving.granted.clone().unwrap_or(("01011111".to_owned(), "00000001".to_owned()));
        (active, tau)
    }

    fn context_refused(_: &mut Module) -> Refused {
        Refused::Cme(148)
    }

    fn context_closed(module: &mut Module, id: usize) {
        module.services_lose_network(id);
    }

    fn context_lost(module: &mut Module, id: usize) {
        module.services_lose_network(id);
    }

    fn link_event(module: &mut Module, link: LinkId, event: NetEvent) {
        if let Some(client) = module.client_of(link) {
            module.client_event(client, link, event);
        } else if let Some(socket) = module.socket_of(link) {
            module.socket_event(socket, event);
        } else if module.http_has_link(link) {
            module.http_event(link, event);
        } else if module.own.lpwa.sm.link() == Some(link) {
            module.sm_event(link, event);
        } else if module.own.lpwa.sh.link == Some(link) {
            module.sh_event(event);
        } else {
            module.name_answered(&event);
        }
    }

    fn negotiates(module: &mut Module, link: LinkId) {
        if let Some(client) = module.client_of(link) {
            let context = module.own.mqtt.clients[client].tls_context.unwrap_or(client);
            let wait_us = u64::from(module.own.tls[context].negotiation_s) * 1_000_000;
            module.later(module.now_us + wait_us, Event::ConnectTimeout { client, link });
        } else if let Some(socket) = module.socket_of(link) {
            module.socket_negotiates(socket, link);
        } else if module.http_has_link(link) {
            module.http_negotiates(link);
        }
    }

    fn data_passes(module: &mut Module) {
        module.send_again();
    }

    fn happens(module: &mut Module, event: Event) {
        module.own_happens(event);
    }

    fn do_job(_: &mut Module, job: Job) -> Handled {
        match job {}
    }

    fn result_order(module: &Module, key: Key) -> ResultOrder {
        let usual = if key == Key::MqttStart && module.own.model.series == Series::Sim7600 {
            ResultOrder::ResultFirst
        } else {
            ResultOrder::OkFirst
        };
        module.options.simcom.result_order.unwrap_or(usual)
    }

    fn entry(module: &Module, purpose: &Purpose) -> Entry {
        // "With echo on, data-mode bytes are echoed too".
        let usual = if module.own.model.series.is_lpwa() { "> " } else { ">" };
        let prompt = module.options.simcom.prompt.unwrap_or(usual);
        let entry = Entry { prompt, timeout_us: None, echo: true, acknowledge_every: None };
        match purpose {
            // "no documented time-out": the port stays blocked.
            Purpose::Mqtt(..) | Purpose::Certificate(_) | Purpose::Send(_) => entry,
            Purpose::HttpBody(wait_us) | Purpose::File(FileUpload { wait_us, .. }) => {
                Entry { prompt: "DOWNLOAD\r\n", timeout_us: Some(*wait_us), ..entry }
            }
            Purpose::SmPublish(_, wait_us) | Purpose::CaSend(_, wait_us) | Purpose::ShBody(wait_us) => {
                Entry { timeout_us: Some(*wait_us), ..entry }
            }
        }
    }

    fn typed(module: &mut Module, purpose: Purpose, data: Vec<u8>) -> Handled {
        match purpose {
            Purpose::Mqtt(client, what) => module.mqtt_typed(client, what, data),
            Purpose::Certificate(upload) => module.certificate_typed(upload, data),
            Purpose::Send(id) if id.family == Family::Cip => module.cip_typed(id, data),
            Purpose::Send(id) => module.cch_typed(id, data),
            Purpose::HttpBody(_) => module.http_body_typed(data),
            Purpose::File(upload) => module.file_typed(upload, data),
            Purpose::SmPublish(publish, _) => module.sm_typed(publish, data),
            Purpose::CaSend(id, _) => module.ca_typed(id, data),
            Purpose::ShBody(_) => {
                module.own.lpwa.sh.body = data;
                ok()
            }
        }
    }

    fn entry_timed_out(_: &mut Module, _: Purpose, _: Vec<u8>) -> Reply {
        Reply::refused(Refused::Error)
    }

    fn poll(module: &mut Module) {
        module.poll_clients();
        module.sm_poll();
    }

    fn next(module: &Module) -> Option<u64> {
        [module.next_of_clients(), module.sm_next()].into_iter().flatten().min()
    }

    fn understands(module: &mut Module) -> bool {
        let strange = module.settings.rate == 0 && module.own.lpwa.strange_lines > 0;
        module.own.lpwa.strange_lines -= u8::from(strange);
        !strange
    }

    fn stored(module: &mut Module) {
        module.own.lpwa.takes_time.1 = module.own.lpwa.takes_time.0;
    }

    fn kill_tcp(module: &mut Module) {
        module.kill_clients();
        module.kill_sockets();
        module.kill_http();
        module.sm_loses_network();
        module.sh_loses_network();
    }

    fn ack_faults(module: &mut Module) -> Vec<&mut AckFaults> {
        let Simcom { mqtt, lpwa, .. } = &mut module.own;
        mqtt.clients.iter_mut().filter_map(Client::ack_faults).chain(lpwa.sm.ack_faults()).collect()
    }

    fn mqtt(module: &Module, index: usize) -> Option<MqttView> {
        if module.own.model.series.is_lpwa() { module.sm_view(index) } else { module.client_view(index) }
    }

    fn http(module: &Module) -> HttpView {
        if module.own.model.series.is_lpwa() { module.sh_view() } else { module.http_view() }
    }

    fn tcp_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(if module.own.model.series.is_lpwa() { Family::Ca } else { Family::Cip }, id)
    }

    fn tls_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(Family::Cch, id)
    }

    fn tls_context(module: &Module, index: usize) -> Option<&TlsContext> {
        module.own.tls.get(index)
    }

    fn file_name(name: &str) -> Option<String> {
        (!name.is_empty()).then(|| name.to_owned())
    }
}
