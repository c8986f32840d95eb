//! A look inside.

use super::Emulator;
use crate::engine::tls::TlsFailure;
use crate::traffic::{Traffic, TrafficModel};
use crate::view::{ContextState, HttpView, MqttView, SocketView, TlsContext};

impl Emulator {
    /// Every command that this model knows, as `AT+CSQ`, `ATE`.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.module.command_names().iter().map(|name| format!("AT{name}")).collect()
    }

    /// Whether it runs and answers.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.module.is_on()
    }

    /// How often it booted.
    #[must_use]
    pub fn boots(&self) -> u64 {
        self.module.boots()
    }

    /// Whether echo is on.
    #[must_use]
    pub fn echo(&self) -> bool {
        self.module.echo()
    }

    /// `AT+CMEE`
    #[must_use]
    pub fn error_form(&self) -> u8 {
        self.module.error_form()
    }

    /// Whether unsolicited lines come out at this port.
    #[must_use]
    pub fn urcs_reach_host(&self) -> bool {
        self.module.urcs_here()
    }

    /// `AT+IPR`. The rate of the wire is the port's business.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.module.rate()
    }

    /// Whether the card can be used.
    #[must_use]
    pub fn sim_ready(&self) -> bool {
        self.module.sim_ready()
    }

    /// PINs that may still be wrong.
    #[must_use]
    pub fn pin_tries_left(&self) -> u8 {
        self.module.pin_tries_left()
    }

    /// `<stat>` of `AT+CEREG?`
    #[must_use]
    pub fn registration(&self) -> u8 {
        self.module.registration()
    }

    /// `AT+CFUN`
    #[must_use]
    pub fn functionality(&self) -> u8 {
        self.module.functionality_level()
    }

    /// State of a data context.
    #[must_use]
    pub fn context(&self, id: usize) -> ContextState {
        self.module.context(id)
    }

    /// APN of a data context.
    #[must_use]
    pub fn apn(&self, id: usize) -> &str {
        self.module.apn(id)
    }

    /// State of an MQTT client, by its index; 0 where there is only one.
    #[must_use]
    pub fn mqtt(&self, index: usize) -> Option<MqttView> {
        self.module.mqtt(index)
    }

    /// The HTTP client.
    #[must_use]
    pub fn http(&self) -> HttpView {
        self.module.http()
    }

    /// A TCP socket that is in use, by its id; with TLS or without, where both have the same ids.
    #[must_use]
    pub fn socket(&self, id: usize) -> Option<SocketView> {
        self.module.tcp_socket(id)
    }

    /// A TLS socket that is in use, where TLS sockets have ids of their own.
    #[must_use]
    pub fn tls_socket(&self, id: usize) -> Option<SocketView> {
        self.module.tls_socket(id)
    }

    /// Content of a file; the name with or without its drive, where there are drives.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.module.file(name)
    }

    /// Names of all files, with their drives, where there are drives: `UFS:ca.pem`.
    #[must_use]
    pub fn file_names(&self) -> Vec<String> {
        self.module.file_names()
    }

    /// Puts a file there, as if an earlier life of the host had uploaded it. `false`: no such name can be.
    pub fn put_file(&mut self, name: &str, content: &[u8]) -> bool {
        self.module.put_file(name, content)
    }

    /// What was set for TLS, by context.
    #[must_use]
    pub fn tls_context(&self, index: usize) -> Option<&TlsContext> {
        self.module.tls_context(index)
    }

    /// Why the last open with TLS failed, as far as TLS was the reason; `None` when it was good.
    #[must_use]
    pub fn tls_failure(&self) -> Option<&TlsFailure> {
        self.module.internet().tls_failure.as_ref()
    }

    /// How often a command was carried out or refused, by its name: `AT+QMTPUB`, `ATE`. Unknown commands count too;
    /// lines that the module did not hear do not.
    #[must_use]
    pub fn command_count(&self, command: &str) -> u64 {
        self.module.count(command)
    }

    /// Bytes from the host and to the host.
    #[must_use]
    pub fn port_bytes(&self) -> (u64, u64) {
        self.module.port_bytes()
    }

    /// What went over the radio since the start, or since [`count_traffic`](Self::count_traffic).
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.module.internet().meter.read()
    }

    /// Counts anew, by this model.
    pub fn count_traffic(&mut self, model: TrafficModel) {
        self.module.internet_mut().meter.begin(model);
    }
}
