//! Quectel's dialect, one file per chapter of the vendor's manuals (`quectel-at` is the fact sheet this is written
//! from). The driver's tables are not known here: what both sides get wrong together, no test finds.

mod chapters;
mod clock;
mod context;
mod events;
mod files;
mod http_client;
mod http_config;
mod http_events;
mod http_exchange;
mod http_read;
mod http_results;
mod identity;
mod inspect;
mod links;
mod model;
mod mqtt_client;
mod mqtt_config;
mod mqtt_events;
mod mqtt_messages;
mod mqtt_receive;
mod names;
mod power;
mod profiles;
mod redact;
mod reply;
mod settings;
mod signal;
mod sim;
mod socket_data;
mod socket_events;
mod socket_tcp;
mod socket_tls;
mod sockets;
mod tls_config;

use crate::engine::internet::{LinkId, NetEvent};
use crate::module;
use crate::module::Chapter;
use crate::module::dialect::{Dialect, Entry, Secret};
use crate::module::options::Options;
use crate::module::reply::{Refused, Reply};
use crate::mqtt::session::AckFaults;
use crate::view::{HttpView, MqttView, SocketView, TlsContext};
use events::Event;
use http_exchange::Http;
use model::Group;
use mqtt_client::Client;
use names::Question;
use reply::{Handled, Job, Purpose, ResultKey};
use settings::Configuration;
use sockets::{Family, Sockets};
use tls_config::CONTEXTS;

pub(crate) use model::Model;
pub(crate) use profiles::PROFILES;

type Module = module::Module<Quectel>;

/// What only Quectel's modules have.
#[derive(Debug)]
pub(crate) struct Quectel {
    model: &'static Model,
    configuration: Configuration,
    /// For `AT+QIGETERROR`.
    last_error: u16,
    tls: Vec<TlsContext>,
    clients: Vec<Client>,
    sockets: Sockets,
    http: Http,
    question: Option<Question>,
    /// `AT+QISDE`
    echoes_data: bool,
}

impl Quectel {
    pub(crate) fn new(model: &'static Model, options: &Options) -> Self {
        Self {
            model,
            configuration: Configuration::of(model),
            last_error: 0,
            tls: vec![tls_config::factory(model, options); CONTEXTS],
            clients: (0..6).map(|_| Client::factory(model)).collect(),
            sockets: Sockets::default(),
            http: Http::default(),
            question: None,
            echoes_data: model.group != Group::Lpwa,
        }
    }
}

impl Dialect for Quectel {
    type Event = Event;
    type Job = Job;
    type Purpose = Purpose;
    type Key = ResultKey;

    const MAKER: &'static str = "Quectel";
    const SLEEPS_BY_ITSELF: bool = true;
    const KEEPS_RATE: bool = true;
    const ZONE_MODES: &'static [u8] = &[0, 1, 3];
    const SECRETS: &'static [Secret] = redact::SECRETS;

    fn chapters(&self) -> &'static [Chapter<Self>] {
        self.model.chapters
    }

    fn cme_text(code: u16) -> &'static str {
        reply::cme_text(code)
    }

    fn boots(module: &mut Module) {
        module.boot_lines();
    }

    fn is_ready(module: &mut Module) {
        if module.options.rdy {
            module.urc("RDY");
        }
    }

    fn goes_off(module: &mut Module) {
        module.files_at_restart();
    }

    fn off_line(_: &Module) -> Option<&'static str> {
        Some("POWERED DOWN")
    }

    fn lost_power(module: &mut Module) -> Vec<LinkId> {
        module.own.last_error = 0;
        module.own.tls.fill(tls_config::factory(module.own.model, &module.options));
        module.own.echoes_data = module.own.model.group != Group::Lpwa;
        module.take_links()
    }

    fn restarts_by_command(module: &mut Module) -> Handled {
        module.restarts_by_command()
    }

    fn falls_asleep(module: &mut Module) {
        module.urc("PSM POWER DOWN");
    }

    fn cell(_: &Module) -> String {
        "\"5A1C\",\"0B2D3F01\"".to_owned()
    }

    fn granted_timers(module: &Module) -> (String, String) {
        // What was asked for, where PSM is on.
        let (tau, active) = module.saving.granted.clone().unwrap_or(("01000111".to_owned(), "00100100".to_owned()));
        (active, tau)
    }

    fn context_refused(module: &mut Module) -> Refused {
        module.context_refused()
    }

    fn context_opened(module: &mut Module, _: usize) {
        module.own.last_error = 0;
    }

    fn context_closed(module: &mut Module, id: usize) {
        module.close_links_of(id, true);
    }

    fn context_lost(module: &mut Module, id: usize) {
        module.urc(format!("+QIURC: \"pdpdeact\",{id}"));
        module.close_links_of(id, false);
    }

    fn link_event(module: &mut Module, link: LinkId, event: NetEvent) {
        module.link_event(link, event);
    }

    fn negotiates(module: &mut Module, link: LinkId) {
        module.negotiates(link);
    }

    fn data_passes(module: &mut Module) {
        module.send_again();
    }

    fn happens(module: &mut Module, event: Event) {
        module.own_happens(event);
    }

    fn do_job(module: &mut Module, job: Job) -> Handled {
        match job {
            Job::ReadAnswer(wait_us) => module.answer_is_read(wait_us),
        }
    }

    fn entry(module: &Module, purpose: &Purpose) -> Entry {
        const CONNECT: &str = "CONNECT\r\n";
        let silent = Entry { prompt: CONNECT, timeout_us: None, echo: false, acknowledge_every: None };
        match purpose {
            Purpose::Publish(publish) => Entry {
                prompt: module.options.prompt,
                timeout_us: module.edit_timeout_us(publish).or(module.options.prompt_timeout_us),
                echo: module.options.echo_data,
                acknowledge_every: None,
            },
            Purpose::Send(_) => Entry {
                prompt: module.options.prompt,
                timeout_us: module.options.prompt_timeout_us,
                // "`QISDE=1` default for QISEND on QC/UA" (quectel-at 0).
                echo: module.options.echo_data || module.own.echoes_data,
                acknowledge_every: None,
            },
            Purpose::Upload(upload) => {
                Entry { timeout_us: Some(upload.timeout_us), acknowledge_every: upload.acknowledge_every, ..silent }
            }
            Purpose::HttpUrl(timeout_us) | Purpose::HttpRequest(timeout_us) => {
                Entry { timeout_us: Some(*timeout_us), ..silent }
            }
        }
    }

    fn typed(module: &mut Module, purpose: Purpose, data: Vec<u8>) -> Handled {
        match purpose {
            Purpose::Publish(publish) => module.published(publish, data),
            Purpose::Upload(upload) => module.uploaded(upload, data),
            Purpose::Send(socket) => module.socket_sends(socket, data),
            Purpose::HttpUrl(_) => module.http_url_typed(&data),
            Purpose::HttpRequest(_) => module.http_request_typed(data),
        }
    }

    fn entry_goes_on(module: &mut Module) {
        module.upload_goes_on();
    }

    fn entry_timed_out(module: &mut Module, purpose: Purpose, data: Vec<u8>) -> Reply {
        match purpose {
            Purpose::Upload(upload) => module.upload_timed_out(upload, data),
            Purpose::HttpUrl(_) => Reply::refused(http_client::INPUT_TIMEOUT),
            Purpose::HttpRequest(_) => module.http_request_timed_out(),
            Purpose::Publish(_) | Purpose::Send(_) => Reply::refused(Refused::Error),
        }
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
        module.own.clients.iter_mut().filter_map(Client::ack_faults).collect()
    }

    fn mqtt(module: &Module, index: usize) -> Option<MqttView> {
        module.client_view(index)
    }

    fn http(module: &Module) -> HttpView {
        module.http_view()
    }

    fn tcp_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(Family::Tcp, id)
    }

    fn tls_socket(module: &Module, id: usize) -> Option<SocketView> {
        module.socket_view(Family::Tls, id)
    }

    fn tls_context(module: &Module, index: usize) -> Option<&TlsContext> {
        module.own.tls.get(index)
    }

    fn file_name(name: &str) -> Option<String> {
        files::with_drive(name.as_bytes()).ok()
    }
}
