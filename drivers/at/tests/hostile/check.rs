//! One property of the engine, for proptest and for the fuzz target: whatever bytes come, in whatever pieces and at whatever
//! time, and wherever calls are dropped, it neither panics nor spins, and once the module behaves again it is found again.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use embassy_futures::select::select;
use embassy_time::{Duration, Instant, Timer};
use wanlink_at::{
    Answer, Arg, Block, Buffers, Dialect, Effect, Ending, FOREVER, Fault, Job, Modem, Notes, Step, Urc, Verdict, int,
    listen, step, table, urcs,
};
use wanlink_emulator::{Limits, Peer, PortOptions, PortReader, PortWriter, Split, World};

/// So many operations after the module behaves, the first one has succeeded, and so do all that follow.
pub(crate) const RECOVERED_WITHIN: usize = 3;
/// Rounds of the runner for each run, far above what an honest one needs: more is a spin.
const ROUNDS: u64 = 20_000;
/// When the module behaves again: later than all that the bytes can order.
const HONEST_FROM_US: u64 = 600_000_000;
const SIGNAL: i32 = 17;
/// More lines that end a call than the pieces of a script can hold.
const NEWS: usize = 1000;
/// A caller's own time-out.
const PATIENCE: Duration = Duration::from_secs(20);

const URCS: &[Urc] = &[Urc::new(1, "RDY"), Urc::new(2, "+CEREG:").twin(), Urc::new(3, "+QMTSTAT:")];
static BLOCKS: &[Block] = &[
    Block::whole(1, "+QMTRECV: #,#,\"$\",%,\"*\""),
    Block::whole(1, "+QMTRECV: #,#,\"$\",%\n*"),
    Block::whole(2, "+QIRD: %\n*"),
];
static DIALECT: Dialect =
    Dialect { urcs: urcs![URCS], blocks: BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

const SIGNAL_STEPS: &[Step] = &[step("+CSQ", 3).info().note(1)];
const READ_SIGNAL: &[u8] = table![SIGNAL_STEPS];
const PUBLISH_STEPS: &[Step] = &[step("+QMTPUB=0,{a},1,0,\"t\",{b}", 10).prompt().result(2, 20).note(2)];
const PUBLISH: &[u8] = table![PUBLISH_STEPS];
const LOGIN_STEPS: &[Step] = &[
    step("+QMTOPEN=0,\"h\",1", 10).result(1, 50).ignore(),
    step("+CEREG?", 3).info().note(3).retry(2, 5),
    listen(4, 20).ignore(),
];
const LOGIN: &[u8] = table![LOGIN_STEPS];
const LISTEN_STEPS: &[Step] = &[listen(5, FOREVER)];
const LISTEN: &[u8] = table![LISTEN_STEPS];

/// Takes any answer, and remembers the signal.
#[derive(Default)]
struct Host {
    signal: Option<i32>,
}

impl Notes for Host {
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        match (note, answer) {
            (1, Answer::Info(line)) => self.signal = int(line, 0),
            (2, Answer::Result(line)) if int(line, 2) == Some(1) => return Verdict::Wait,
            (3, Answer::Info(line)) if int(line, 1) == Some(2) => return Verdict::Again,
            (5, Answer::Record) => return Verdict::Done,
            _ => {}
        }
        Verdict::Default
    }

    fn urc(&mut self, id: u8, _line: &[u8]) -> Effect {
        match id {
            1 => Effect::Restarted,
            3 => Effect::End,
            _ => Effect::Woken,
        }
    }

    fn restarted(&mut self) {}
}

/// Says what the bytes order, and from a certain time on what a module should.
struct Module {
    script: VecDeque<(u64, Vec<u8>)>,
    line: Vec<u8>,
    output: Vec<u8>,
}

impl Module {
    fn answer(&mut self, byte: u8) {
        if byte != b'\r' {
            return self.line.push(byte);
        }
        let line = std::mem::take(&mut self.line);
        let answer: &[u8] = match line.strip_prefix(b"AT") {
            _ if line.is_empty() => b"",
            Some(b"") => b"\r\nOK\r\n",
            Some(b"+CMEE?") => b"\r\n+CMEE: 1\r\n\r\nOK\r\n",
            Some(b"+CFUN?") => b"\r\n+CFUN: 1\r\n\r\nOK\r\n",
            Some(b"+IPR?") => b"\r\n+IPR: 115200\r\n\r\nOK\r\n",
            Some(b"+CSQ") => b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n",
            _ => b"\r\nERROR\r\n",
        };
        self.output.extend(answer);
    }
}

impl Peer for Module {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        if now_us >= HONEST_FROM_US {
            bytes.iter().for_each(|&byte| self.answer(byte));
        }
    }

    fn poll(&mut self, now_us: u64) {
        while self.script.front().is_some_and(|&(at, _)| at <= now_us) {
            let (_, bytes) = self.script.pop_front().expect("there is a first one");
            self.output.extend(bytes);
        }
    }

    fn next(&self) -> Option<u64> {
        self.script.front().map(|&(at, _)| at)
    }

    fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

/// Hands out the bytes that decide, and zeros when they are used up.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first)
    }

    /// The module's bytes: pieces with a pause before each.
    fn script(&mut self) -> VecDeque<(u64, Vec<u8>)> {
        let mut at = 0;
        let mut script = VecDeque::new();
        while !self.0.is_empty() && script.len() < 64 {
            let pause = self.next();
            // Mostly none, sometimes milliseconds, seldom seconds.
            at += if pause < 128 {
                0
            } else if pause < 240 {
                pause as u64 * 100
            } else {
                pause as u64 * 10_000
            };
            let length = self.next().clamp(1, 64).min(self.0.len());
            let (piece, rest) = self.0.split_at(length);
            self.0 = rest;
            script.push_back((at, piece.to_vec()));
        }
        script
    }
}

/// The property. Panics when it does not hold.
pub(crate) fn check(data: &[u8]) {
    let mut choices = Choices(data);
    let split = match choices.next() {
        n @ 0..64 => Split::At(n + 1),
        64..128 => Split::Whole,
        _ => Split::Random,
    };
    let calls: Vec<_> = (0..8).map(|_| (choices.next(), choices.next())).collect();
    let mut module = Module { script: choices.script(), line: Vec::new(), output: Vec::new() };
    let mut world = World::with_port(1, PortOptions { split, ..PortOptions::default() });
    world.limit(Limits { rounds: ROUNDS, ..Limits::default() });
    let (reader, writer) = world.halves();
    let mut buffers: Buffers<96, 96, 128> = Buffers::new();
    let mut modem = Modem::new(&DIALECT, reader, writer, &mut buffers);
    let mut host = Host::default();
    modem.engine_mut().set_echo_off(calls[0].0 & 1 == 1);
    let story = async {
        for (what, polls) in calls {
            hostile(&mut modem, &mut host, what, polls).await;
        }
        Timer::at(Instant::from_micros(HONEST_FROM_US)).await;
        recovers(&mut modem, &mut host).await;
    };
    world.run(&mut module, story).expect("neither stuck nor spinning");
}

/// One call while the module says what it likes; dropped after some polls.
async fn hostile(modem: &mut Modem<'_, PortReader, PortWriter>, host: &mut Host, what: usize, polls: usize) {
    let body = [b'x'; 200];
    let (table, body): (&'static [u8], &[u8]) = match what % 5 {
        0 => (READ_SIGNAL, &[]),
        1 => (PUBLISH, &body[..20]),
        2 => (PUBLISH, &body),
        3 => (LOGIN, &[]),
        _ => (LISTEN, &[]),
    };
    let args = [Arg::Number(what as u32), Arg::Number(body.len() as u32)];
    let job = Job { table, args: &args, flags: if what & 32 == 0 { 0 } else { Job::BRING_UP }, body };
    let mut call = pin!(modem.run(&job, host));
    let mut left = polls % 32 + 1;
    let dropped = poll_fn(|cx| {
        left -= 1;
        match call.as_mut().poll(cx) {
            Poll::Pending if left > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    });
    select(dropped, Timer::after(PATIENCE)).await;
}

/// The module behaves: after a few operations that may fail, all succeed, each with its own answer. A line that ends a call,
/// as those of a restart do, ends one each, also when it waited in the port: that is news, not a failure to recover.
async fn recovers(modem: &mut Modem<'_, PortReader, PortWriter>, host: &mut Host) {
    let job = Job { table: READ_SIGNAL, args: &[], flags: 0, body: &[] };
    let (mut failures, mut successes, mut news) = (0, 0, 0);
    while successes < 4 {
        host.signal = None;
        match modem.run(&job, host).await {
            Ok(()) => {
                assert_eq!(host.signal, Some(SIGNAL), "the answer of another command");
                successes += 1;
            }
            Err(Fault::Ending(Ending::Restarted | Ending::Ended)) if news < NEWS => news += 1,
            Err(_) if successes == 0 && failures + 1 < RECOVERED_WITHIN => failures += 1,
            Err(fault) => panic!("not recovered after {failures} failures, {successes} successes: {fault:?}"),
        }
    }
}
