//! SIMCom's dialect, one file per chapter of the vendor's manuals (`simcom-at` is the fact sheet this is written from).
//! The driver's tables are not known here: what both sides get wrong together, no test finds.
//!
//! Family 1 is A7670 and SIM7600: CMQTT, CIP and CCH sockets, HTTP by `AT+HTTPACTION`, certificates by `AT+CCERTDOWN`.
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

mod certificates;
mod clock;
mod context;
mod events;
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
mod radio;
mod redact;
mod reply;
mod signal;
mod sockets;
mod sockets_cch;
mod sockets_cip;
mod tls_config;

use crate::engine::internet::{LinkId, NetEvent};
use crate::module;
use crate::module::Chapter;
use crate::module::dialect::{Dialect, Entry, Secret};
use crate::module::options::{LeftOpen, Options, ResultOrder, Start};
use crate::module::reply::{Refused, Reply};
use crate::mqtt::session::AckFaults;
use crate::view::{HttpView, MqttView, SocketView, TlsContext};
use events::Event;
use http_client::Http;
use http_config::HttpConfig;
use model::Series;
use mqtt_client::Client;
use mqtt_service::{Mqtt, Service};
use names::Question;
use network::Network;
use reply::{Handled, Job, Key, Purpose};
use sockets::{Family, Sockets};
use sockets_cch::Cch;
use sockets_cip::CipReception;

pub(crate) use model::Model;

type Module = module::Module<Simcom>;

/// What only SIMCom's modules have.
#[derive(Debug)]
pub(crate) struct Simcom {
    model: &'static Model,
    tls: Vec<TlsContext>,
    mqtt: Mqtt,
    network: Network,
    cip: CipReception,
    cch: Cch,
    sockets: Sockets,
    /// Between `AT+HTTPINIT` and `AT+HTTPTERM`.
    http: Option<Http>,
    question: Option<Question>,
    /// Host and zone of `AT+CNTP`.
    time_server: (String, i8),
    /// Set-up commands that still fail.
    setup_failures: u8,
}

impl Simcom {
    pub(crate) fn new(model: &'static Model, options: &Options) -> Self {
        let mut own = Self {
            model,
            tls: vec![tls_config::factory(); tls_config::CONTEXTS],
            mqtt: Mqtt::default(),
            network: Network::Closed,
            cip: CipReception::default(),
            cch: Cch::default(),
            sockets: Sockets::new(),
            http: None,
            question: None,
            time_server: (String::new(), 0),
            setup_failures: options.simcom.setup_failures,
        };
        if options.start == Start::Running && options.simcom.left_open != LeftOpen::Nothing {
            own.was_left_open(options.simcom.left_open == LeftOpen::Client);
        }
        own
    }

    /// An earlier life of the host did not clean up.
    fn was_left_open(&mut self, with_client: bool) {
        self.mqtt.service = Service::Started;
        self.cch.service = Service::Started;
        self.network = Network::Open;
        self.http = Some(Http::new(HttpConfig::factory(self.model.series)));
        if with_client {
            self.mqtt.clients[0].acquire("old".to_owned(), false, 3);
        }
    }

    /// Nothing of it survives a restart but the time server; what a test looks at stays.
    fn restarted(&mut self, options: &Options) {
        let fresh = Self::new(self.model, &Options { start: Start::Off, ..options.clone() });
        let old = std::mem::replace(self, fresh);
        self.time_server = old.time_server;
        for (client, before) in self.mqtt.clients.iter_mut().zip(old.mqtt.clients) {
            (client.published, client.lost) = (before.published, before.lost);
        }
    }

    /// Every link that is open.
    fn links(&self) -> Vec<LinkId> {
        let clients = self.mqtt.clients.iter().filter_map(Client::link);
        let sockets = self.sockets.values().filter_map(|socket| socket.link);
        let http = self.http.as_ref().and_then(Http::link);
        let question = self.question.as_ref().map(|question| question.link);
        clients.chain(sockets).chain(http).chain(question).collect()
    }
}

impl Dialect for Simcom {
    type Event = Event;
    type Job = Job;
    type Purpose = Purpose;
    type Key = Key;

    const MAKER: &'static str = "INCORPORATED";
    const KEEPS_RATE: bool = false;
    const ZONE_MODES: &'static [u8] = &[0, 1];
    const SECRETS: &'static [Secret] = redact::SECRETS;

    fn chapters(&self) -> &'static [Chapter<Self>] {
        &[
            Module::SETTINGS,
            power::COMMANDS,
            Module::IDENTITY,
            identity::COMMANDS,
            Module::SIM,
            radio::COMMANDS,
            Module::ATTACH,
            Module::OPERATORS,
            Module::SIGNAL,
            signal::COMMANDS,
            Module::CONTEXT,
            context::COMMANDS,
            Module::CLOCK,
            clock::COMMANDS,
            tls_config::COMMANDS,
            certificates::COMMANDS,
            network::COMMANDS,
            names::COMMANDS,
            sockets_cip::COMMANDS,
            sockets_cch::COMMANDS,
            http_config::COMMANDS,
            http_client::COMMANDS,
            mqtt_service::COMMANDS,
            mqtt_config::COMMANDS,
            mqtt_client::COMMANDS,
            mqtt_entries::COMMANDS,
        ]
    }

    fn cme_text(code: u16) -> &'static str {
        reply::cme_text(code)
    }

    fn is_ready(module: &mut Module) {
        if let Some(form) = module.options.simcom.error_form {
            module.settings.cmee = form;
        }
        module.boot_line();
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

    fn falls_asleep(_: &mut Module) {}

    fn sim_is_there(module: &mut Module) {
        module.card_lines();
    }

    fn registered(module: &mut Module) {
        module.default_bearer();
    }

    fn radio_switched(module: &mut Module, before: u8) {
        module.card_follows_radio(before);
    }

    fn busy_card(options: &Options) -> u16 {
        options.simcom.busy_card
    }

    fn cell(module: &Module) -> String {
        if module.options.simcom.bare_cells.unwrap_or(true) {
            "333C,25C1630".to_owned()
        } else {
            "\"333C\",\"25C1630\"".to_owned()
        }
    }

    fn granted_timers(_: &Module) -> (String, String) {
        ("00000001".to_owned(), "01011111".to_owned())
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
        let prompt = module.options.simcom.prompt.unwrap_or(">");
        let entry = Entry { prompt, timeout_us: None, echo: true, acknowledge_every: None };
        match purpose {
            // "no documented time-out": the port stays blocked.
            Purpose::Mqtt(..) | Purpose::Certificate(_) | Purpose::Send(_) => entry,
            Purpose::HttpBody(wait_us) => Entry { prompt: "DOWNLOAD\r\n", timeout_us: Some(*wait_us), ..entry },
        }
    }

    fn typed(module: &mut Module, purpose: Purpose, data: Vec<u8>) -> Handled {
        match purpose {
            Purpose::Mqtt(client, what) => module.mqtt_typed(client, what, data),
            Purpose::Certificate(upload) => module.certificate_typed(upload, data),
            Purpose::Send(id) if id.family == Family::Cip => module.cip_typed(id, data),
            Purpose::Send(id) => module.cch_typed(id, data),
            Purpose::HttpBody(_) => module.http_body_typed(data),
        }
    }

    fn entry_timed_out(_: &mut Module, _: Purpose, _: Vec<u8>) -> Reply {
        Reply::refused(Refused::Error)
    }

    fn poll(module: &mut Module) {
        module.poll_clients();
    }

    fn next(module: &Module) -> Option<u64> {
        module.next_of_clients()
    }

    fn kill_tcp(module: &mut Module) {
        module.kill_clients();
        module.kill_sockets();
        module.kill_http();
    }

    fn ack_faults(module: &mut Module) -> Vec<&mut AckFaults> {
        module.own.mqtt.clients.iter_mut().filter_map(Client::ack_faults).collect()
    }

    fn mqtt(module: &Module, index: usize) -> Option<MqttView> {
        module.client_view(index)
    }

    fn http(module: &Module) -> HttpView {
        module.http_view()
    }

    fn tcp_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(Family::Cip, id)
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
