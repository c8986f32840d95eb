//! A bench for tests of exact bytes: one emulated module, driven by hand, and a small broker behind it.

// Every test binary takes its own part of the bench.
#![allow(dead_code)]

pub(crate) mod broker;
pub(crate) mod transcript;
pub(crate) mod web;

use broker::Broker;
use wanlink_emulator::{Emulator, Options, Peer, Profile, Start};

pub(crate) const MS: u64 = 1_000;
pub(crate) const SECOND: u64 = 1_000_000;

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) broker: Broker,
    pub(crate) now_us: u64,
}

/// A module that runs, with everything else as by default.
pub(crate) fn running() -> Options {
    Options { start: Start::Running, ..Options::default() }
}

impl Bench {
    /// A BG95 as the options say, echo on.
    pub(crate) fn new(options: Options) -> Self {
        Self::of(Profile::bg95(), options)
    }

    /// A module of this model as the options say, echo on.
    pub(crate) fn of(profile: &'static Profile, options: Options) -> Self {
        Self { emulator: Emulator::new(profile, options, 1), broker: Broker::default(), now_us: 0 }
    }

    /// A running BG95, echo off, CMEE=1.
    pub(crate) fn quiet(options: Options) -> Self {
        Self::quiet_of(Profile::bg95(), options)
    }

    /// A running module of this model, echo off, CMEE=1.
    pub(crate) fn quiet_of(profile: &'static Profile, options: Options) -> Self {
        let mut bench = Self::of(profile, Options { start: Start::Running, ..options });
        assert_eq!(bench.send("ATE0"), "ATE0\r\r\nOK\r\n");
        assert_eq!(bench.send("AT+CMEE=1"), "\r\nOK\r\n");
        bench
    }

    /// And context 1 is active.
    pub(crate) fn online(options: Options) -> Self {
        Self::online_of(Profile::bg95(), options)
    }

    /// As [`online`](Self::online), of this model of Quectel's.
    pub(crate) fn online_of(profile: &'static Profile, options: Options) -> Self {
        let mut bench = Self::quiet_of(profile, options);
        bench.online_again();
        bench
    }

    pub(crate) fn online_again(&mut self) {
        self.send("AT+QICSGP=1,1,\"cmnet\",\"\",\"\",0");
        assert!(self.until("AT+QIACT=1", "OK\r\n").ends_with("\r\nOK\r\n"));
    }

    /// And the connection of client 0 is open.
    pub(crate) fn open(options: Options) -> Self {
        Self::open_of(Profile::bg95(), options)
    }

    /// As [`open`](Self::open), of this model of Quectel's.
    pub(crate) fn open_of(profile: &'static Profile, options: Options) -> Self {
        let mut bench = Self::online_of(profile, options);
        assert!(bench.send("AT+QMTOPEN=0,\"broker\",1883").contains("\r\n+QMTOPEN: 0,0\r\n"));
        bench
    }

    /// And the broker accepted it.
    pub(crate) fn connected(options: Options) -> Self {
        Self::connected_of(Profile::bg95(), options)
    }

    /// As [`connected`](Self::connected), of this model of Quectel's.
    pub(crate) fn connected_of(profile: &'static Profile, options: Options) -> Self {
        let mut bench = Self::open_of(profile, options);
        assert!(bench.send("AT+QMTCONN=0,\"id\",\"u\",\"p\"").contains("\r\n+QMTCONN: 0,0,0\r\n"));
        bench
    }

    /// Types a line and gives what comes within a tenth of a second.
    pub(crate) fn send(&mut self, line: &str) -> String {
        self.raw(&[line.as_bytes(), b"\r"].concat());
        self.wait(100 * MS)
    }

    /// Types bytes; nothing else happens yet.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.emulator.input(self.now_us, bytes);
    }

    /// Types a line and gives what comes until `text` and the end of its line are there.
    pub(crate) fn until(&mut self, line: &str, text: &str) -> String {
        self.raw(&[line.as_bytes(), b"\r"].concat());
        self.wait_for(text)
    }

    /// Lets time pass until `text` and the end of its line are there.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let mut all = self.wait(0);
        for _ in 0..100_000 {
            if all.find(text).is_some_and(|at| all[at..].contains('\n')) {
                return all;
            }
            all += &self.wait(10 * MS);
        }
        panic!("`{text}` did not come; there is only {all:?}");
    }

    /// Lets time pass, and gives what the module says.
    pub(crate) fn wait(&mut self, us: u64) -> String {
        let end = self.now_us + us;
        let mut output = Vec::new();
        loop {
            self.emulator.poll(self.now_us);
            output.extend(self.emulator.output());
            self.broker.serve(self.now_us, &mut self.emulator);
            let next = [self.emulator.next(), self.broker.next()].into_iter().flatten().min();
            match next.filter(|&at| at <= end) {
                Some(at) => self.now_us = self.now_us.max(at),
                None => break,
            }
        }
        self.now_us = end;
        self.emulator.poll(end);
        output.extend(self.emulator.output());
        output.iter().map(|&byte| char::from(byte)).collect()
    }
}
