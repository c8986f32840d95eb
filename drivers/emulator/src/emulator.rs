//! The emulated module, as a test or a program holds it.

mod faults;
mod inspect;

use crate::engine::internet::{NetEvent, NetRequest};
use crate::module::Module;
use crate::module::options::Options;
use crate::module::play::Play;
use crate::module::profile::{Profile, Vendor};
use crate::peer::Peer;
use crate::pins::Pins;
use crate::quectel::Quectel;
use crate::simcom::Simcom;
use crate::ublox::Ublox;

/// An emulated module: a pure state machine. Towards the host it is a [`Peer`], with [`Pins`]; towards the network it
/// asks with [`NetRequest`] and is told with [`NetEvent`].
///
/// Strict as a module is: an unknown command or name, a wrong state, a wrong order and a broken limit are refused, a
/// line typed while a command runs is lost, and bytes typed at a prompt are data. What the facts leave open is a field
/// of [`Options`]; what goes wrong in the field is a method named after it.
///
/// With the feature `tls` it speaks TLS by itself: a link carries real ciphertext, and the server's certificate is
/// measured by nothing but the root in the module's own file, as it is at that moment, and by the module's own clock.
/// [`tls_failure`](Self::tls_failure) says what a module keeps to itself. Without the feature an open that wants TLS
/// fails.
///
/// What it does not play: TLS before version 1.2 and cipher suites without forward secrecy.
#[derive(Debug)]
pub struct Emulator {
    module: Box<dyn Play>,
    notes: Vec<String>,
}

impl Emulator {
    /// A module of this model. The seed decides garbled bytes and jitter.
    #[must_use]
    pub fn new(profile: &'static Profile, options: Options, seed: u64) -> Self {
        let module: Box<dyn Play> = match &profile.vendor {
            Vendor::Simcom(model) => Box::new(Module::new(Simcom::new(model, &options), profile, options, seed)),
            Vendor::Ublox(model) => Box::new(Module::new(Ublox::new(model, &options), profile, options, seed)),
            Vendor::Quectel(model) => Box::new(Module::new(Quectel::new(model, &options), profile, options, seed)),
        };
        Self { module, notes: Vec::new() }
    }

    /// The power pins, to hand to the host's driver.
    #[must_use]
    pub fn pins(&self) -> Pins {
        self.module.pins()
    }

    /// What the module wants from the internet since the last call.
    #[must_use]
    pub fn take_requests(&mut self) -> Vec<NetRequest> {
        let now_us = self.module.now_us();
        self.module.internet_mut().take_requests(now_us)
    }

    /// Something happens in the internet.
    pub fn network_event(&mut self, now_us: u64, event: NetEvent) {
        self.module.network_event(now_us, event);
    }

    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

impl Peer for Emulator {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.module.input(now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        self.module.poll(now_us);
    }

    fn next(&self) -> Option<u64> {
        self.module.next()
    }

    fn output(&mut self) -> Vec<u8> {
        self.module.output().take()
    }

    fn clean_output(&mut self) -> Option<Vec<u8>> {
        Some(self.module.output().clean())
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        self.module.redact(bytes)
    }

    fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }
}
