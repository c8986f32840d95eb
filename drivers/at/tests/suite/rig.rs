//! A modem in a simulated world, and notes that write down all they are told.

use embassy_time::Instant;
use embedded_io_async::{ErrorType, Read};
use wanlink_at::{
    Answer, Block, Buffers, Dialect, Effect, Fault, Job, Modem, Notes, Part, Step, Urc, Verdict, step, table, urcs,
};
use wanlink_emulator::{Peer, PortOptions, PortReader, PortWriter, World, polled};

pub(crate) const RECEIVE: usize = 128;
pub(crate) const TRANSMIT: usize = 160;
pub(crate) const INBOX: usize = 256;

pub(crate) mod id {
    pub(crate) const BOOT: u8 = 1;
    pub(crate) const WOKEN: u8 = 2;
    pub(crate) const NETWORK: u8 = 3;
    pub(crate) const SOCKET: u8 = 4;
    pub(crate) const SESSION: u8 = 5;
    pub(crate) const PIN: u8 = 6;
}

const URCS: &[Urc] = &[
    Urc::new(id::BOOT, "RDY"),
    Urc::new(id::WOKEN, "+QIURC:"),
    Urc::new(id::NETWORK, "+CEREG:").twin(),
    Urc::new(id::SOCKET, "+CIPRXGET:"),
    Urc::new(id::SESSION, "+SMSTATE:"),
    Urc::new(id::PIN, "+CPIN:"),
];
const PACKED_URCS: &[u8] = urcs![URCS];

static BLOCKS: &[Block] = &[
    Block::whole(1, "+QMTRECV: #,#,\"$\",%,\"*\""),
    Block::whole(2, "+QIRD: %\n*"),
    Block::whole(3, "+HTTPREAD: %\n*"),
    Block::whole(4, "+CARECV: %,*"),
    Block::whole(5, "CONNECT=\n*"),
    Block::piece(6, Part::Start, "+CMQTTRXSTART: #,%,%\n"),
    Block::piece(6, Part::Head, "+CMQTTRXTOPIC: #,%\n$"),
    Block::piece(6, Part::Body, "+CMQTTRXPAYLOAD: #,%\n*"),
    Block::piece(6, Part::End, "+CMQTTRXEND: #\n"),
];

/// A bit of every vendor.
pub(crate) static DIALECT: Dialect =
    Dialect { urcs: PACKED_URCS, blocks: BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

const SIGNAL_STEPS: &[Step] = &[step("+CSQ", 3).info().note(1)];
pub(crate) const SIGNAL: &[u8] = table![SIGNAL_STEPS];
pub(crate) const SIGNAL_ANSWER: &str = "\r\n+CSQ: 24,99\r\n\r\nOK\r\n";
pub(crate) const SIGNAL_EVENT: &str = "1 info +CSQ: 24,99";

pub(crate) fn job(table: &'static [u8]) -> Job<'static> {
    Job { table, args: &[], flags: 0, body: &[] }
}

/// Notes that write down all they are told.
pub(crate) struct Log {
    pub(crate) events: Vec<String>,
    pub(crate) verdict: fn(u8, &Answer<'_>) -> Verdict,
    pub(crate) effect: fn(u8, &[u8]) -> Effect,
    pub(crate) until: fn(u8, Instant) -> Instant,
}

impl Default for Log {
    fn default() -> Self {
        Self { events: Vec::new(), verdict: |_, _| Verdict::Default, effect, until: |_, _| Instant::MAX }
    }
}

fn effect(id: u8, line: &[u8]) -> Effect {
    match id {
        id::BOOT => Effect::Restarted,
        id::SESSION if line.ends_with(b" 0") => Effect::End,
        _ => Effect::Woken,
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Notes for Log {
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        let event = match answer {
            Answer::Info(line) => format!("{note} info {}", text(line)),
            Answer::Result(line) => format!("{note} result {}", text(line)),
            Answer::Error(reason) => format!("{note} error {}", text(reason)),
            Answer::Silence => format!("{note} silence"),
            Answer::Tick => format!("{note} tick"),
            Answer::Record => format!("{note} record"),
            Answer::Due(_) | Answer::Data(_) => format!("{note} stream"),
        };
        self.events.push(event);
        (self.verdict)(note, &answer)
    }

    fn until(&mut self, note: u8, last_read: Instant) -> Instant {
        (self.until)(note, last_read)
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        self.events.push(format!("urc {id} {}", text(line)));
        (self.effect)(id, line)
    }

    fn restarted(&mut self) {
        self.events.push("restarted".to_owned());
    }
}

/// A reader that ends one of its reads at a given byte of the stream.
pub(crate) struct Cut<R> {
    inner: R,
    cut: usize,
    seen: usize,
}

impl<R: ErrorType> ErrorType for Cut<R> {
    type Error = R::Error;
}

impl<R: Read> Read for Cut<R> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, R::Error> {
        let most = if self.seen < self.cut { buf.len().min(self.cut - self.seen) } else { buf.len() };
        let count = self.inner.read(&mut buf[..most]).await?;
        self.seen += count;
        Ok(count)
    }
}

/// Of each record the tag, head and body.
pub(crate) type Records = Vec<(u8, String, Vec<u8>)>;

/// A modem, its port, and what stands at the other end.
pub(crate) struct Rig<P> {
    pub(crate) world: World,
    pub(crate) modem: Modem<'static, Cut<PortReader>, PortWriter>,
    pub(crate) peer: P,
    pub(crate) log: Log,
}

impl<P: Peer> Rig<P> {
    pub(crate) fn new(peer: P) -> Self {
        Self::with(PortOptions::default(), &DIALECT, peer)
    }

    pub(crate) fn with(options: PortOptions, dialect: &'static Dialect, peer: P) -> Self {
        Self::cut(0, options, dialect, peer)
    }

    /// One of the reads ends at byte `cut`.
    pub(crate) fn cut(cut: usize, options: PortOptions, dialect: &'static Dialect, peer: P) -> Self {
        Self::seeded(1, cut, options, dialect, peer)
    }

    pub(crate) fn seeded(seed: u64, cut: usize, options: PortOptions, dialect: &'static Dialect, peer: P) -> Self {
        let world = World::with_port(seed, options);
        let (reader, writer) = world.halves();
        let buffers = Box::leak(Box::new(Buffers::<RECEIVE, TRANSMIT, INBOX>::new()));
        let modem = Modem::new(dialect, Cut { inner: reader, cut, seen: 0 }, writer, buffers);
        Self { world, modem, peer, log: Log::default() }
    }

    pub(crate) fn run(&mut self, job: &Job<'_>) -> Result<(), Fault> {
        let Self { world, modem, peer, log } = self;
        world.run(peer, modem.run(job, log)).unwrap()
    }

    /// Runs it for so many polls, then drops it; what it gave if it was over by then.
    pub(crate) fn run_polls(&mut self, polls: usize, job: &Job<'_>) -> Option<Result<(), Fault>> {
        let Self { world, modem, peer, log } = self;
        world.run(peer, polled(modem.run(job, log), polls)).unwrap()
    }

    /// Runs it for so long, then drops it.
    pub(crate) fn run_ms(&mut self, ms: u64, job: &Job<'_>) -> Option<Result<(), Fault>> {
        let Self { world, modem, peer, log } = self;
        let run = embassy_time::with_timeout(embassy_time::Duration::from_millis(ms), modem.run(job, log));
        world.run(peer, run).unwrap().ok()
    }

    pub(crate) fn signal(&mut self) -> Result<(), Fault> {
        self.run(&job(SIGNAL))
    }

    pub(crate) fn idle_ms(&mut self, ms: u64) {
        self.world.idle(&mut self.peer, ms * 1000).unwrap();
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.world.now_us() / 1000
    }

    pub(crate) fn events(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log.events)
    }

    /// Takes all records.
    pub(crate) fn records(&mut self) -> Records {
        let mut records = Vec::new();
        while let Some(record) = self.modem.engine_mut().front() {
            records.push((record.tag, text(record.head), record.body.to_vec()));
            self.modem.engine_mut().release();
        }
        records
    }
}

/// A port whose writer takes a byte at a time and whose line is slow, so that each byte is a point where a future waits.
pub(crate) fn slow_port() -> PortOptions {
    PortOptions { baud: Some(115_200), transmit_buffer: Some(1), ..PortOptions::default() }
}
