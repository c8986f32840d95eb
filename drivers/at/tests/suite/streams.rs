//! Promises 1, 4, 5, 7 and 11 for data that go through a step piece by piece.

use wanlink_at::{Answer, Command, Effect, Ending, Fault, Job, Notes, Rest, Step, Verdict, step, table};
use wanlink_emulator::{Peer, Script, polled};

use super::Test;
use super::rig::{DIALECT, Rig, SIGNAL_ANSWER, SIGNAL_EVENT, id, job, slow_port, text};

pub(crate) const TESTS: &[Test] = &[
    (1, "promise_01_streams_in_any_split", promise_01_streams_in_any_split),
    (4, "promise_04_any_byte_may_stand_in_a_stream", promise_04_any_byte_may_stand_in_a_stream),
    (4, "promise_04_a_stream_that_starves_is_broken_off", promise_04_a_stream_that_starves_is_broken_off),
    (
        4,
        "promise_04_the_driver_finds_the_end_that_nobody_counted",
        promise_04_the_driver_finds_the_end_that_nobody_counted,
    ),
    (5, "promise_05_no_piece_goes_before_the_prompt", promise_05_no_piece_goes_before_the_prompt),
    (7, "promise_07_a_dropped_request_is_filled_up", promise_07_a_dropped_request_is_filled_up),
    (
        7,
        "promise_07_a_request_whose_driver_gives_up_is_filled_up",
        promise_07_a_request_whose_driver_gives_up_is_filled_up,
    ),
    (7, "promise_07_a_dropped_answer_reaches_nobody", promise_07_a_dropped_answer_reaches_nobody),
    (11, "promise_11_no_piece_stays_in_a_buffer", promise_11_no_piece_stays_in_a_buffer),
];

/// More than the transmit buffer holds.
const LENGTH: usize = 400;
const SEND_STEPS: &[Step] = &[step("+QHTTPPOST=400,60", 20).connect().sends().result(0, 50).note(1)];
const SEND: &[u8] = table![SEND_STEPS];
const TAKE_STEPS: &[Step] = &[step("+QHTTPREAD=60", 20).connect().takes().result(0, 50).note(2)];
const TAKE: &[u8] = table![TAKE_STEPS];

const POST: &str = "AT+QHTTPPOST=400,60\r";
const POSTED: &str = "\r\nOK\r\n\r\n+QHTTPPOST: 0,200\r\n";
const READ: &str = "AT+QHTTPREAD=60\r";
const END: &str = "\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n";
const CONNECT: &str = "\r\nCONNECT\r\n";

/// All that data may hold to mislead a reader of lines, each byte at another place of it.
fn nasty() -> Vec<u8> {
    let lines =
        "\r\nOK\r\n\r\nERROR\r\n> \r\nRDY\r\n+CME ERROR: 3\r\n\r\n+QHTTPREAD: 5\r\n+QMTRECV: 0,1,\"x\",3,\"a\"\r\n";
    lines.bytes().chain(0..=255).cycle().take(LENGTH).collect()
}

/// A driver with data to send and room for what comes.
struct Driver {
    data: Vec<u8>,
    /// How much of it goes at once at most, and after how much it gives up.
    piece: usize,
    most: usize,
    sent: usize,
    received: Vec<u8>,
    /// How much will come; `None` when nobody knows.
    length: Option<usize>,
    urcs: Vec<String>,
    restarts: usize,
}

impl Default for Driver {
    fn default() -> Self {
        let (data, received, urcs) = (nasty(), Vec::new(), Vec::new());
        Self { data, piece: LENGTH, most: LENGTH, sent: 0, received, length: Some(LENGTH), urcs, restarts: 0 }
    }
}

impl Notes for Driver {
    fn note(&mut self, _: u8, answer: Answer<'_>) -> Verdict {
        match answer {
            Answer::Due(room) => room.fill(|room| {
                let rest = &self.data[self.sent..self.most];
                let count = rest.len().min(room.len()).min(self.piece);
                room[..count].copy_from_slice(&rest[..count]);
                self.sent += count;
                count
            }),
            Answer::Data(data) => data.take(|bytes| {
                self.received.extend(bytes);
                match self.length {
                    Some(length) => Rest::Bytes(length - self.received.len()),
                    None => {
                        let end = self.received.windows(END.len()).position(|window| window == END.as_bytes());
                        let Some(end) = end else { return Rest::Unknown };
                        let behind = self.received.len() - end - END.len();
                        self.received.truncate(end);
                        Rest::Over(bytes.len() - behind)
                    }
                }
            }),
            _ => {}
        }
        Verdict::Default
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        self.urcs.push(text(line));
        if id == self::id::BOOT { Effect::Restarted } else { Effect::Woken }
    }

    fn restarted(&mut self) {
        self.restarts += 1;
    }
}

fn streaming<P: Peer>(mut rig: Rig<P>) -> Rig<P> {
    rig.modem.engine_mut().allow_streams();
    rig
}

fn run<P: Peer>(rig: &mut Rig<P>, job: &Job<'_>, driver: &mut Driver) -> Result<(), Fault> {
    rig.world.run(&mut rig.peer, rig.modem.run(job, driver)).unwrap()
}

fn run_polls<P: Peer>(rig: &mut Rig<P>, polls: usize, job: &Job<'_>, driver: &mut Driver) -> Option<Result<(), Fault>> {
    rig.world.run(&mut rig.peer, polled(rig.modem.run(job, driver), polls)).unwrap()
}

fn answer() -> Vec<u8> {
    [CONNECT.as_bytes(), &nasty(), END.as_bytes(), b"\r\n+QIURC: 1\r\n"].concat()
}

#[test]
pub(crate) fn promise_01_streams_in_any_split() {
    for cut in 0..answer().len() {
        let mut rig = streaming(Rig::cut(cut, Default::default(), &DIALECT, Script::new().expect(READ).send(answer())));
        let mut driver = Driver::default();
        assert_eq!(run(&mut rig, &job(TAKE), &mut driver), Ok(()), "cut at {cut}");
        rig.idle_ms(1);
        assert!(driver.received == nasty() && driver.restarts == 0, "cut at {cut}");
    }
}

#[test]
pub(crate) fn promise_04_any_byte_may_stand_in_a_stream() {
    for piece in [1, 7, 128, LENGTH] {
        let module = Script::new().expect(POST).send(CONNECT).expect(nasty()).send_after(1000, POSTED);
        let mut rig = streaming(Rig::new(module.expect(READ).send(answer())));
        let mut driver = Driver { piece, ..Driver::default() };
        assert_eq!(run(&mut rig, &job(SEND), &mut driver), Ok(()));
        assert_eq!(run(&mut rig, &job(TAKE), &mut driver), Ok(()));
        rig.peer.assert_done();
        assert!(driver.received == nasty() && driver.restarts == 0, "pieces of {piece}");
    }
}

#[test]
pub(crate) fn promise_04_a_stream_that_starves_is_broken_off() {
    // Its rest comes when nobody waits for it any more, and is no line of anything.
    let mut rig = streaming(Rig::new(Web::bringing(300)));
    let mut driver = Driver::default();
    let result = run(&mut rig, &job(TAKE), &mut driver);
    assert_eq!(result, Err(Fault::Ending(Ending::Silent(Command::new("+QHTTPREAD")))));
    assert_eq!(rig.now_ms(), 2000, "the bound is for the next byte");
    rig.idle_ms(1500);
    rig.signal().unwrap();
    assert_eq!(rig.events(), ["urc 2 +QIURC: 1", SIGNAL_EVENT]);
    assert_eq!(rig.modem.engine().strays(), 2, "the last lines of the answer, and none of its bytes");
}

#[test]
pub(crate) fn promise_04_the_driver_finds_the_end_that_nobody_counted() {
    for cut in 0..answer().len() {
        let mut rig = streaming(Rig::cut(cut, Default::default(), &DIALECT, Script::new().expect(READ).send(answer())));
        let mut driver = Driver { length: None, ..Driver::default() };
        assert_eq!(run(&mut rig, &job(TAKE), &mut driver), Ok(()), "cut at {cut}");
        assert!(driver.received == nasty() && driver.restarts == 0, "cut at {cut}");
    }
}

#[test]
pub(crate) fn promise_05_no_piece_goes_before_the_prompt() {
    for instead in ["\r\nOK\r\n", "\r\nERROR\r\n", "\r\n+CME ERROR: 703\r\n", "\r\n> ", "\r\nCONNECTED\r\n"] {
        // A script without a further step panics at the first byte of the data.
        let mut rig = streaming(Rig::new(Script::new().expect(POST).send(instead)));
        let mut driver = Driver::default();
        let polls = run_polls(&mut rig, 20, &job(SEND), &mut driver);
        assert!(!matches!(polls, Some(Ok(()))) && driver.sent == 0, "{instead:?}: {polls:?}");
    }
}

/// A module that takes a request, brings an answer, and does what is asked of every module.
struct Web {
    taken: Vec<u8>,
    /// What it brings at once, and what after 3 s.
    answer: [Vec<u8>; 2],
    line: Vec<u8>,
    is_open: bool,
    output: Vec<u8>,
    late: Option<u64>,
}

impl Web {
    fn new() -> Self {
        Self::bringing(answer().len())
    }

    fn bringing(at_once: usize) -> Self {
        let answer = answer();
        let (come, late) = answer.split_at(at_once);
        let (taken, line, output) = Default::default();
        Self { taken, answer: [come.to_vec(), late.to_vec()], line, is_open: false, output, late: None }
    }

    fn take_line(&mut self, now_us: u64) {
        let line = text(&std::mem::take(&mut self.line));
        let answer = match line.trim_end().rsplit("AT").next() {
            Some("+QHTTPREAD=60") => {
                self.late = Some(now_us + 3_000_000);
                return self.output.extend(&self.answer[0]);
            }
            Some("+QHTTPPOST=400,60") => {
                self.is_open = true;
                CONNECT
            }
            Some("+CSQ") => SIGNAL_ANSWER,
            Some("+CFUN?") => "\r\n+CFUN: 1\r\n\r\nOK\r\n",
            Some("+IPR?") => "\r\n+IPR: 0\r\n\r\nOK\r\n",
            Some("+CMEE?") => "\r\n+CMEE: 1\r\n\r\nOK\r\n",
            _ => return,
        };
        self.output.extend(answer.as_bytes());
    }
}

impl Peer for Web {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        for &byte in bytes {
            if self.is_open {
                self.taken.push(byte);
                self.is_open = self.taken.len() < LENGTH;
                self.output.extend(if self.is_open { b"" } else { POSTED.as_bytes() });
                continue;
            }
            self.line.push(byte);
            if byte == b'\r' {
                self.take_line(now_us);
            }
        }
    }

    fn poll(&mut self, now_us: u64) {
        if self.late.is_some_and(|at| at <= now_us) {
            self.late = None;
            self.output.extend(&self.answer[1]);
        }
    }

    fn next(&self) -> Option<u64> {
        self.late
    }

    fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

#[test]
pub(crate) fn promise_07_a_dropped_request_is_filled_up() {
    let mut fillings = 0;
    for polls in 1.. {
        let mut rig = streaming(Rig::with(slow_port(), &DIALECT, Web::new()));
        let mut driver = Driver { piece: 90, ..Driver::default() };
        let ended = run_polls(&mut rig, polls, &job(SEND), &mut driver);
        rig.signal().unwrap();
        assert!(rig.events().iter().all(|event| event == SIGNAL_EVENT), "{polls} polls");
        let (taken, data) = (&rig.peer.taken, nasty());
        assert!(taken.is_empty() || taken.len() == LENGTH, "{polls} polls: {} bytes", taken.len());
        // What the driver gave is true, and blanks follow.
        let is_true = taken.iter().zip(&data).take_while(|(a, b)| a == b).count();
        assert!(taken.get(is_true.max(driver.sent)..).unwrap_or_default().iter().all(|&b| b == b' '), "{polls} polls");
        assert!(is_true >= driver.sent.min(taken.len()), "{polls} polls");
        fillings += usize::from(is_true < taken.len());
        if ended.is_some() {
            assert_eq!((ended, is_true), (Some(Ok(())), LENGTH));
            break;
        }
    }
    assert!(fillings > 100, "{fillings}");
}

#[test]
pub(crate) fn promise_07_a_request_whose_driver_gives_up_is_filled_up() {
    for most in [0, 1, 90, LENGTH - 1] {
        let mut rig = streaming(Rig::new(Web::new()));
        let mut driver = Driver { most, ..Driver::default() };
        assert_eq!(run(&mut rig, &job(SEND), &mut driver), Ok(()), "what it means is the driver's to say");
        assert_eq!(rig.peer.taken, [&nasty()[..most], &vec![b' '; LENGTH - most]].concat());
        rig.signal().unwrap();
    }
}

#[test]
pub(crate) fn promise_07_a_dropped_answer_reaches_nobody() {
    for polls in 1.. {
        let mut rig = streaming(Rig::with(slow_port(), &DIALECT, Web::new()));
        let mut driver = Driver::default();
        if let Some(ended) = run_polls(&mut rig, polls, &job(TAKE), &mut driver) {
            assert_eq!((ended, driver.received == nasty(), polls > 100), (Ok(()), true, true), "{polls} polls");
            break;
        }
        rig.signal().unwrap();
        rig.idle_ms(100);
        let events = rig.events();
        let is_known = |event: &String| event == SIGNAL_EVENT || event == "urc 2 +QIURC: 1";
        assert!(events.contains(&SIGNAL_EVENT.to_owned()) && events.iter().all(is_known), "{polls} polls: {events:?}");
        assert_eq!(rig.modem.engine().strays(), 0, "{polls} polls");
    }
}

#[test]
pub(crate) fn promise_11_no_piece_stays_in_a_buffer() {
    let has = |rig: &Rig<Web>| rig.modem.engine().transmit_buffer().windows(8).any(|window| window == b"s3cret-8");
    for polls in [usize::MAX, 60, 200] {
        let mut rig = streaming(Rig::with(slow_port(), &DIALECT, Web::new()));
        let mut driver = Driver { data: b"s3cret-8".repeat(LENGTH / 8), ..Driver::default() };
        run_polls(&mut rig, polls, &job(SEND), &mut driver);
        assert!(driver.sent > 0);
        rig.signal().unwrap();
        assert!(!has(&rig), "{polls} polls");
    }
}
