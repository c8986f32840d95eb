//! No TLS in this build: no session ever begins.

use super::{Received, TlsFailure, TlsSettings};

#[derive(Debug)]
pub(crate) enum Session {}

impl Session {
    pub(crate) const fn start(_host: &str, _settings: &TlsSettings) -> Result<Self, TlsFailure> {
        Err(TlsFailure::NotBuilt)
    }

    pub(crate) const fn input(&mut self, _bytes: &[u8]) -> Result<Received, TlsFailure> {
        match *self {}
    }

    pub(crate) const fn write(&mut self, _plain: &[u8]) {
        match *self {}
    }

    pub(crate) const fn close(&mut self) {
        match *self {}
    }

    pub(crate) const fn output(&mut self) -> Vec<u8> {
        match *self {}
    }

    pub(crate) const fn is_handshaking(&self) -> bool {
        match *self {}
    }
}
