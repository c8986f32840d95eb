//! A module that is online, a server with TLS, and a root.

// Every test binary takes its own part of it.
#![allow(dead_code)]

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use rustls::version::{TLS12, TLS13};
use wanlink_emulator::{MqttPhase, Options, TlsFailure};

use super::authority::{Authority, Leaf};
use super::bench::{Bench, MS, running};
use super::server::{Seen, Server};

pub(crate) const HOST: &str = "broker.example";
pub(crate) const NOW: (i32, i32) = (2025, 2030);

/// A module that is online and has a root as its file `ca.pem`, with the settings of a careful host.
pub(crate) struct Scene {
    pub(crate) bench: Bench,
    seen: Rc<RefCell<Seen>>,
}

impl Scene {
    pub(crate) fn new(trusted: &str, leaf: &Leaf) -> Self {
        Self::with(running(), trusted, leaf)
    }

    fn with(options: Options, trusted: &str, leaf: &Leaf) -> Self {
        let mut bench = Bench::online(options);
        let (server, seen) = Server::new(leaf, &[&TLS12, &TLS13], None);
        bench.broker.front = Some(Box::new(server));
        bench.send(&format!("AT+QFUPL=\"ca.pem\",{}", trusted.len()));
        bench.raw(trusted.as_bytes());
        bench.wait(100 * MS);
        let mut scene = Self { bench, seen };
        scene.set(&[("cacert", "\"ca.pem\""), ("seclevel", "1"), ("sni", "1"), ("checkhost", "1")]);
        scene.ok("AT+CCLK=\"26/11/22,12:00:00+00\"");
        scene.ok("AT+QMTCFG=\"ssl\",0,1,2");
        scene
    }

    /// One whose server is as it should be.
    pub(crate) fn good() -> Self {
        Self::good_as(running())
    }

    pub(crate) fn good_as(options: Options) -> Self {
        let authority = Authority::new();
        Self::with(options, &authority.pem, &authority.leaf(HOST, NOW))
    }

    pub(crate) fn ok(&mut self, command: &str) {
        assert_eq!(self.bench.send(command), "\r\nOK\r\n", "{command}");
    }

    pub(crate) fn set(&mut self, values: &[(&str, &str)]) {
        for (name, value) in values {
            self.ok(&format!("AT+QSSLCFG=\"{name}\",2,{value}"));
        }
    }

    /// What `AT+QMTOPEN` comes to.
    pub(crate) fn open(&mut self) -> Result<(), TlsFailure> {
        let answer = self.bench.until(&format!("AT+QMTOPEN=0,\"{HOST}\",8883"), "+QMTOPEN");
        match answer.as_str() {
            "\r\nOK\r\n\r\n+QMTOPEN: 0,0\r\n" => {
                assert_eq!(self.bench.emulator.tls_failure(), None);
                Ok(())
            }
            "\r\nOK\r\n\r\n+QMTOPEN: 0,-1\r\n" => {
                assert_eq!(self.bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
                Err(self.bench.emulator.tls_failure().expect("TLS was the reason").clone())
            }
            other => panic!("{other}"),
        }
    }

    pub(crate) fn seen(&self) -> Ref<'_, Seen> {
        self.seen.borrow()
    }

    pub(crate) fn close(&mut self) {
        assert_eq!(self.bench.send("AT+QMTCLOSE=0"), "\r\nOK\r\n\r\n+QMTCLOSE: 0,0\r\n");
    }
}
