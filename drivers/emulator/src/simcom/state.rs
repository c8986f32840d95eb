//! What only SIMCom's modules have.

use super::app_network::Automatic;
use super::http_client::Http;
use super::http_config::HttpConfig;
use super::model::Model;
use super::mqtt_client::Client;
use super::mqtt_service::{Mqtt, Service};
use super::names::Question;
use super::network::Network;
use super::sh_client::Sh;
use super::sm_client::Sm;
use super::sockets::Sockets;
use super::sockets_ca::Ca;
use super::sockets_cch::Cch;
use super::sockets_cip::CipReception;
use super::{tls_config, tls_lpwa};
use crate::engine::internet::LinkId;
use crate::module::options::{LeftOpen, Options, Start};
use crate::view::TlsContext;

/// What only SIMCom's modules have.
#[derive(Debug)]
pub(crate) struct Simcom {
    pub(super) model: &'static Model,
    pub(super) tls: Vec<TlsContext>,
    pub(super) mqtt: Mqtt,
    pub(super) network: Network,
    pub(super) cip: CipReception,
    pub(super) cch: Cch,
    pub(super) sockets: Sockets,
    /// Between `AT+HTTPINIT` and `AT+HTTPTERM`.
    pub(super) http: Option<Http>,
    pub(super) question: Option<Question>,
    pub(super) lpwa: Lpwa,
    /// Host and zone of `AT+CNTP`.
    pub(super) time_server: (String, i8),
    /// Set-up commands that still fail.
    pub(super) setup_failures: u8,
}

/// What only family 2 has.
#[derive(Debug)]
pub(super) struct Lpwa {
    pub(super) automatic: Automatic,
    /// `AT+CGACT` came before `AT+CNACT`.
    pub(super) broken: bool,
    /// Between `AT+CFSINIT` and `AT+CFSTERM`.
    pub(super) files_open: bool,
    /// "sni" of each TLS context.
    pub(super) server_names: [String; tls_lpwa::CONTEXTS],
    pub(super) sm: Sm,
    pub(super) ca: Ca,
    pub(super) sh: Sh,
    /// `AT+CPSMSTATUS`
    pub(super) sleep_lines: bool,
    /// It comes from its deepest sleep.
    pub(super) slept: bool,
    /// The application network is up again by itself behind that sleep.
    pub(super) comes_back: bool,
    /// `AT+CLTS`, as it is and as `AT&W` stored it.
    pub(super) takes_time: (bool, bool),
    /// Lines that are not understood while the rate is looked for.
    pub(super) strange_lines: u8,
}

impl Lpwa {
    fn new(options: &Options) -> Self {
        Self {
            automatic: Automatic::default(),
            broken: false,
            files_open: false,
            server_names: Default::default(),
            sm: Sm::default(),
            ca: Ca::default(),
            sh: Sh::new(options.simcom.http_connect_failures),
            sleep_lines: false,
            slept: false,
            comes_back: false,
            takes_time: (false, false),
            strange_lines: options.simcom.lines_until_rate,
        }
    }
}

impl Simcom {
    pub(crate) fn new(model: &'static Model, options: &Options) -> Self {
        let mut own = Self {
            model,
            tls: if model.series.is_lpwa() {
                vec![tls_lpwa::factory(options.simcom.dates_ignored); tls_lpwa::CONTEXTS]
            } else {
                vec![tls_config::factory(); tls_config::CONTEXTS]
            },
            mqtt: Mqtt::default(),
            network: Network::Closed,
            cip: CipReception::default(),
            cch: Cch::default(),
            sockets: Sockets::new(),
            http: None,
            question: None,
            lpwa: Lpwa::new(options),
            time_server: (String::new(), 0),
            setup_failures: options.simcom.setup_failures,
        };
        if options.start == Start::Running && !model.series.is_lpwa() && options.simcom.left_open != LeftOpen::Nothing {
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
    pub(super) fn restarted(&mut self, options: &Options) {
        let fresh = Self::new(self.model, &Options { start: Start::Off, ..options.clone() });
        let old = std::mem::replace(self, fresh);
        self.time_server = old.time_server;
        let Lpwa { sleep_lines, slept, comes_back, takes_time: (_, stored), .. } = old.lpwa;
        (self.lpwa.sleep_lines, self.lpwa.slept, self.lpwa.comes_back) = (sleep_lines, slept, comes_back);
        self.lpwa.takes_time = (stored, stored);
        (self.lpwa.sm.published, self.lpwa.sm.lost) = (old.lpwa.sm.published, old.lpwa.sm.lost);
        for (client, before) in self.mqtt.clients.iter_mut().zip(old.mqtt.clients) {
            (client.published, client.lost) = (before.published, before.lost);
        }
    }

    /// Every link that is open.
    pub(super) fn links(&self) -> Vec<LinkId> {
        let clients = self.mqtt.clients.iter().filter_map(Client::link);
        let sockets = self.sockets.values().filter_map(|socket| socket.link);
        let http = self.http.as_ref().and_then(Http::link);
        let question = self.question.as_ref().map(|question| question.link);
        let lpwa = [self.lpwa.sm.link(), self.lpwa.sh.link];
        clients.chain(sockets).chain(http).chain(question).chain(lpwa.into_iter().flatten()).collect()
    }
}
