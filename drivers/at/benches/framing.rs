//! Nanoseconds per byte of what a module sends: our engine beside atat's stock digester on the same bytes.
//!
//! `cargo bench -p wanlink-at`. One kind of input is lines alone, the other has messages of 1 KB; reads are of 1, 16 and 64
//! bytes; each input is taken once, twice and four times as long, so that work that grows faster than the input shows.
//! Ours is the whole pump with its clock and timer; the stock one is the digester alone, as its derive makes it.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Instant;

use atat::atat_derive::AtatUrc;
use atat::digest::{AtDigester, DigestResult, Digester};
use embedded_io_async::{ErrorType, Read, Write};
use wanlink_at::{
    Answer, Block, Buffers, Dialect, Effect, FOREVER, Job, Modem, Notes, Step, Urc, Verdict, listen, table, urcs,
};
use wanlink_emulator as _;

/// Bytes of the shortest input.
const LENGTH: usize = 64 * 1024;

const NAMES: [&str; 30] = [
    "+QMTSTAT:",
    "+QMTRECV:",
    "+QIURC:",
    "+CEREG:",
    "+CGREG:",
    "+CREG:",
    "+QIND:",
    "+CPIN:",
    "+QUSIM:",
    "+CFUN:",
    "+CTZE:",
    "+CTZV:",
    "+QMTPING:",
    "+QSSLURC:",
    "+QHTTPPOST:",
    "+QHTTPREAD:",
    "+QIOPEN:",
    "+QSSLOPEN:",
    "+QNTP:",
    "+QPING:",
    "+QGPSLOC:",
    "+CMT:",
    "+CMTI:",
    "+CDS:",
    "+CRING:",
    "+CLIP:",
    "+CUSD:",
    "+CGEV:",
    "+QPSMTIMER:",
    "RDY",
];

const URCS: [Urc; 30] = {
    let mut urcs = [Urc::new(1, ""); 30];
    let mut i = 0;
    while i < NAMES.len() {
        urcs[i] = Urc::new(i as u8, NAMES[i]);
        i += 1;
    }
    urcs
};
static BLOCKS: [Block; 1] = [Block::whole(1, "+QMTRECV: #,#,\"$\",%,\"*\"")];
static DIALECT: Dialect =
    Dialect { urcs: urcs![&URCS], blocks: &BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };
const STEPS: &[Step] = &[listen(1, FOREVER)];
const LISTEN: &[u8] = table![STEPS];

/// Counts and forgets.
struct Counter(usize);

impl Notes for Counter {
    fn note(&mut self, _note: u8, _answer: Answer<'_>) -> Verdict {
        Verdict::Default
    }

    fn urc(&mut self, _id: u8, line: &[u8]) -> Effect {
        self.0 += line.len();
        Effect::None
    }

    fn restarted(&mut self) {}
}

/// Gives its bytes in pieces of one size and then ends.
struct Input<'a> {
    bytes: &'a [u8],
    piece: usize,
}

impl ErrorType for Input<'_> {
    type Error = Infallible;
}

impl Read for Input<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let count = self.piece.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

struct Nowhere;

impl ErrorType for Nowhere {
    type Error = Infallible;
}

impl Write for Nowhere {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn ours(bytes: &[u8], piece: usize) -> usize {
    let mut buffers: Buffers<256, 256, 64> = Buffers::new();
    let mut modem = Modem::new(&DIALECT, Input { bytes, piece }, Nowhere, &mut buffers);
    let mut counter = Counter(0);
    let job = Job { table: LISTEN, args: &[], flags: 0, body: &[] };
    {
        let mut run = pin!(modem.run(&job, &mut counter));
        // The end of the input ends it; nothing in between waits.
        while run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {}
    }
    counter.0
}

/// The same names as a program on atat lists them.
#[derive(Clone, AtatUrc)]
#[allow(dead_code)]
enum Urcs {
    #[at_urc("+QMTSTAT")]
    Qmtstat,
    #[at_urc("+QMTRECV")]
    Qmtrecv,
    #[at_urc("+QIURC")]
    Qiurc,
    #[at_urc("+CEREG")]
    Cereg,
    #[at_urc("+CGREG")]
    Cgreg,
    #[at_urc("+CREG")]
    Creg,
    #[at_urc("+QIND")]
    Qind,
    #[at_urc("+CPIN")]
    Cpin,
    #[at_urc("+QUSIM")]
    Qusim,
    #[at_urc("+CFUN")]
    Cfun,
    #[at_urc("+CTZE")]
    Ctze,
    #[at_urc("+CTZV")]
    Ctzv,
    #[at_urc("+QMTPING")]
    Qmtping,
    #[at_urc("+QSSLURC")]
    Qsslurc,
    #[at_urc("+QHTTPPOST")]
    Qhttppost,
    #[at_urc("+QHTTPREAD")]
    Qhttpread,
    #[at_urc("+QIOPEN")]
    Qiopen,
    #[at_urc("+QSSLOPEN")]
    Qsslopen,
    #[at_urc("+QNTP")]
    Qntp,
    #[at_urc("+QPING")]
    Qping,
    #[at_urc("+QGPSLOC")]
    Qgpsloc,
    #[at_urc("+CMT")]
    Cmt,
    #[at_urc("+CMTI")]
    Cmti,
    #[at_urc("+CDS")]
    Cds,
    #[at_urc("+CRING")]
    Cring,
    #[at_urc("+CLIP")]
    Clip,
    #[at_urc("+CUSD")]
    Cusd,
    #[at_urc("+CGEV")]
    Cgev,
    #[at_urc("+QPSMTIMER")]
    Qpsmtimer,
    #[at_urc("RDY")]
    Rdy,
}

/// The stock digester as its ingress drives it: all that was read and not consumed, again after each read.
fn stock(bytes: &[u8], piece: usize) -> usize {
    let mut digester = AtDigester::<Urcs>::new();
    let mut buffer = [0; 2048];
    let (mut filled, mut counted) = (0, 0);
    for piece in bytes.chunks(piece) {
        if filled + piece.len() > buffer.len() {
            filled = 0;
        }
        buffer[filled..filled + piece.len()].copy_from_slice(piece);
        filled += piece.len();
        loop {
            let (result, used) = digester.digest(&buffer[..filled]);
            if let DigestResult::Urc(line) = result {
                counted += line.len();
            }
            let done = used == 0 || matches!(result, DigestResult::None);
            buffer.copy_within(used..filled, 0);
            filled -= used;
            if done {
                break;
            }
        }
    }
    counted
}

fn lines(length: usize) -> Vec<u8> {
    let pattern = b"\r\n+CEREG: 1,\"5A1C\",\"0B2D3F01\",7\r\n\r\n+QIND: \"csq\",24,99\r\n\r\n+QMTPING: 0,0\r\n";
    pattern.iter().copied().cycle().take(length).collect()
}

fn messages(length: usize) -> Vec<u8> {
    let mut pattern = b"\r\n+QMTRECV: 0,0,\"/a1B2c3D4e5F/meter-0042/user/get\",1024,\"".to_vec();
    pattern.extend((0..1024).map(|i| b"{\"t\":25.4,\"h\":60} "[i % 18]));
    pattern.extend(b"\"\r\n\r\n+CEREG: 1\r\n");
    pattern.iter().copied().cycle().take(length).collect()
}

/// The best of five runs, in nanoseconds per byte.
fn measure(run: fn(&[u8], usize) -> usize, bytes: &[u8], piece: usize) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(run(black_box(bytes), piece));
        start.elapsed().as_nanos() as f64 / bytes.len() as f64
    };
    (0..5).map(time).fold(f64::INFINITY, f64::min)
}

fn main() {
    println!("{:<10} {:>6} {:>10} {:>12} {:>12} {:>8}", "input", "read", "length", "ours ns/B", "stock ns/B", "ratio");
    for (name, input) in [("lines", lines as fn(usize) -> Vec<u8>), ("1 KB", messages)] {
        for piece in [1, 16, 64] {
            for times in [1, 2, 4] {
                let bytes = input(LENGTH * times);
                // The stock digester is too slow to be measured on more than the shortest input.
                let theirs = (times == 1).then(|| measure(stock, &bytes[..LENGTH / 8], piece));
                let ours = measure(ours, &bytes, piece);
                let (theirs, ratio) = match theirs {
                    Some(theirs) => (format!("{theirs:.0}"), format!("{:.0}", theirs / ours)),
                    None => (String::new(), String::new()),
                };
                println!("{name:<10} {piece:>6} {:>10} {ours:>12.1} {theirs:>12} {ratio:>8}", bytes.len());
            }
        }
    }
}
