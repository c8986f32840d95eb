//! The state inside, for tests to look at.

use super::Module;
use super::dialect::Dialect;
use super::power::Supply;
use crate::view::{ContextState, HttpView, MqttView, SocketView, TlsContext};

/// What a test may look at; [`Emulator`](crate::Emulator) says what each is.
pub(crate) trait Inspect {
    fn is_on(&self) -> bool;
    fn boots(&self) -> u64;
    fn echo(&self) -> bool;
    fn error_form(&self) -> u8;
    fn urcs_here(&self) -> bool;
    fn rate(&self) -> u32;
    fn pin_tries_left(&self) -> u8;
    fn sim_ready(&self) -> bool;
    fn registration(&self) -> u8;
    fn functionality_level(&self) -> u8;
    fn context(&self, id: usize) -> ContextState;
    fn apn(&self, id: usize) -> &str;
    fn count(&self, command: &str) -> u64;
    fn file(&self, name: &str) -> Option<&[u8]>;
    fn file_names(&self) -> Vec<String>;
    fn put_file(&mut self, name: &str, content: &[u8]) -> bool;
    fn tls_context(&self, index: usize) -> Option<&TlsContext>;
    fn port_bytes(&self) -> (u64, u64);
    fn mqtt(&self, index: usize) -> Option<MqttView>;
    fn http(&self) -> HttpView;
    fn tcp_socket(&self, id: usize) -> Option<SocketView>;
    fn tls_socket(&self, id: usize) -> Option<SocketView>;
    fn command_names(&self) -> Vec<&'static str>;
}

impl<D: Dialect> Inspect for Module<D> {
    fn is_on(&self) -> bool {
        matches!(self.power.supply, Supply::On)
    }

    fn boots(&self) -> u64 {
        self.power.boots
    }

    fn echo(&self) -> bool {
        self.settings.echo
    }

    fn error_form(&self) -> u8 {
        self.settings.cmee
    }

    fn urcs_here(&self) -> bool {
        self.settings.urcs_here
    }

    fn rate(&self) -> u32 {
        self.settings.rate
    }

    fn pin_tries_left(&self) -> u8 {
        self.sim.tries_left
    }

    fn sim_ready(&self) -> bool {
        self.sim.check().is_ok()
    }

    fn registration(&self) -> u8 {
        self.radio.stat
    }

    fn functionality_level(&self) -> u8 {
        self.radio.functionality
    }

    fn context(&self, id: usize) -> ContextState {
        self.contexts.get(id).map_or(ContextState::Inactive, |context| context.state)
    }

    fn apn(&self, id: usize) -> &str {
        self.contexts.get(id).map_or("", |context| &context.apn)
    }

    fn count(&self, command: &str) -> u64 {
        self.counts.get(&command.to_ascii_uppercase()).copied().unwrap_or(0)
    }

    fn file(&self, name: &str) -> Option<&[u8]> {
        self.flash.read(&D::file_name(name)?)
    }

    fn file_names(&self) -> Vec<String> {
        self.flash.iter().map(|file| file.0.to_owned()).collect()
    }

    fn put_file(&mut self, name: &str, content: &[u8]) -> bool {
        D::file_name(name).map(|name| self.flash.write(name, content.to_vec())).is_some()
    }

    fn tls_context(&self, index: usize) -> Option<&TlsContext> {
        D::tls_context(self, index)
    }

    fn port_bytes(&self) -> (u64, u64) {
        (self.bytes_from_host, self.console.output.total())
    }

    fn mqtt(&self, index: usize) -> Option<MqttView> {
        D::mqtt(self, index)
    }

    fn http(&self) -> HttpView {
        D::http(self)
    }

    fn tcp_socket(&self, id: usize) -> Option<SocketView> {
        D::tcp_socket(self, id)
    }

    fn tls_socket(&self, id: usize) -> Option<SocketView> {
        D::tls_socket(self, id)
    }

    fn command_names(&self) -> Vec<&'static str> {
        self.own.chapters().iter().copied().flatten().map(|entry| entry.0).collect()
    }
}
