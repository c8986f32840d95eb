//! Promise 9: overflow and garbage cost one line. Promise 12: what is lost is visible.

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use wanlink_at::{Buffers, Fault, Loss, Modem, Step, listen, step, table};
use wanlink_emulator::{Limits, Script, SplitMix64, World};

use super::Test;
use super::module::Module;
use super::rig::{DIALECT, INBOX, Log, RECEIVE, Rig, SIGNAL_ANSWER, SIGNAL_EVENT, job};

pub(crate) const TESTS: &[Test] = &[
    (9, "promise_09_overflow_costs_one_line", promise_09_overflow_costs_one_line),
    (9, "promise_09_the_tail_of_a_long_line_is_no_line", promise_09_the_tail_of_a_long_line_is_no_line),
    (9, "promise_09_overflow_of_a_counted_line_keeps_in_step", promise_09_overflow_of_a_counted_line_keeps_in_step),
    (9, "promise_09_garbage_is_survived_without_a_spin", promise_09_garbage_is_survived_without_a_spin),
    (9, "promise_09_a_broken_port_is_reported_without_a_spin", promise_09_a_broken_port_is_reported_without_a_spin),
    (9, "promise_09_garbage_completes_nothing", promise_09_garbage_completes_nothing),
    (9, "promise_09_a_noisy_port_is_survived", promise_09_a_noisy_port_is_survived),
    (12, "promise_12_a_message_too_large_for_the_inbox", promise_12_a_message_too_large_for_the_inbox),
    (12, "promise_12_a_full_inbox", promise_12_a_full_inbox),
    (12, "promise_12_a_message_in_pieces", promise_12_a_message_in_pieces),
    (12, "promise_12_unclaimed_lines_that_do_not_fit", promise_12_unclaimed_lines_that_do_not_fit),
];

const LISTEN_STEPS: &[Step] = &[listen(9, 20).ignore()];
const LISTEN: &[u8] = table![LISTEN_STEPS];

fn urcs(rig: &mut Rig<Script>) -> Vec<String> {
    rig.events().into_iter().filter(|event| event.starts_with("urc")).collect()
}

#[test]
pub(crate) fn promise_09_overflow_costs_one_line() {
    for length in (RECEIVE - 12..RECEIVE + 12).chain(2 * RECEIVE - 12..2 * RECEIVE + 12).chain([10_000]) {
        let line = "+QIURC: ".to_owned() + &"x".repeat(length - 8);
        let module = Script::new().send(format!("\r\n+QIURC: 1\r\n{line}\r\n+QIURC: 2\r\n"));
        let mut rig = Rig::new(module);
        rig.run(&job(LISTEN)).unwrap();
        // A line and its line end fit when they are no longer than the buffer.
        let fits = length + 2 <= RECEIVE;
        let mut expected = vec!["urc 2 +QIURC: 1".to_owned(), "urc 2 +QIURC: 2".to_owned()];
        if fits {
            expected.insert(1, format!("urc 2 {line}"));
        }
        assert_eq!(urcs(&mut rig), expected, "{length}");
        assert_eq!(rig.modem.engine().garbled(), u16::from(!fits), "{length}");
    }
}

#[test]
pub(crate) fn promise_09_the_tail_of_a_long_line_is_no_line() {
    for length in RECEIVE..RECEIVE + 3 {
        for tail in ["+QIURC: 7", "OK", "RDY", "> ", "+CSQ: 1,1"] {
            let long = format!("\r\n{}{tail}\r\n", "x".repeat(length));
            let module = Script::new().expect("AT+CSQ\r").send(long).send(SIGNAL_ANSWER);
            let mut rig = Rig::new(module);
            assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]), "{length} {tail}");
            assert_eq!((rig.modem.engine().garbled(), rig.modem.engine().strays()), (1, 0));
        }
    }
}

#[test]
pub(crate) fn promise_09_overflow_of_a_counted_line_keeps_in_step() {
    for length in (RECEIVE - 30..RECEIVE + 30).chain([1000]) {
        let topic = "t".repeat(length);
        let body = "\r\nOK\r\nRDY\r\n+QMTRECV: 0,0,\"x\",1,\"y\"\r\n";
        let push = format!("\r\n+QMTRECV: 0,0,\"{topic}\",{},\"{body}\"\r\n\r\n+QIURC: 1\r\n", body.len());
        let mut rig = Rig::new(Script::new().send(push));
        rig.run(&job(LISTEN)).unwrap();
        assert_eq!(urcs(&mut rig), ["urc 2 +QIURC: 1"], "{length}");
        let kept = rig.records().iter().map(|record| record.1.len()).collect::<Vec<_>>();
        let lost = rig.modem.engine_mut().take_loss().map_or(0, |loss| loss.count);
        if kept.is_empty() {
            assert_eq!((lost, rig.modem.engine().strays()), (1, 0), "{length}");
        } else {
            assert_eq!((kept, lost), (vec![length], 0), "{length}");
        }
    }
}

#[test]
pub(crate) fn promise_09_garbage_is_survived_without_a_spin() {
    const WORDS: [&str; 9] = ["\r\n", "OK\r\n", "> ", "+QMTRECV: 0,0,\"t\",", "9", "\"", "+CSQ: ", "ERROR", "\0"];
    for seed in 0..300 {
        let mut random = SplitMix64::new(seed);
        let mut bytes = Vec::new();
        while bytes.len() < 3000 {
            match random.below(4) {
                0 => bytes.push(random.next_u64() as u8),
                _ => bytes.extend_from_slice(WORDS[random.below(9) as usize].as_bytes()),
            }
        }
        // No restart, which ends a call rightly, and no block that reaches far beyond the garbage.
        let mut rig = Rig::new(Module::new(&[]));
        let wire = rig.world.wire();
        wire.put_from_module(0, &bytes);
        rig.world.limit(Limits { rounds: 3000, ..Limits::default() });
        let _ = rig.run(&job(LISTEN));
        let tries = (1..=4).find(|_| rig.signal().is_ok());
        assert!(tries.is_some(), "seed {seed}: the module was not found again");
        rig.events();
        assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]), "seed {seed}");
    }
}

/// A port that always gives the same, and counts how often it is asked.
struct Broken {
    error: Option<ErrorKind>,
    asked: usize,
}

impl ErrorType for &mut Broken {
    type Error = ErrorKind;
}

impl Read for &mut Broken {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        self.asked += 1;
        self.error.map_or(Ok(0), Err)
    }
}

/// Takes nothing, and never fails.
struct Stuck;

impl ErrorType for Stuck {
    type Error = ErrorKind;
}

impl Write for Stuck {
    async fn write(&mut self, _: &[u8]) -> Result<usize, ErrorKind> {
        std::future::pending().await
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        std::future::pending().await
    }
}

#[test]
pub(crate) fn promise_09_a_broken_port_is_reported_without_a_spin() {
    for (error, fault) in [(Some(ErrorKind::Other), ErrorKind::Other), (None, ErrorKind::BrokenPipe)] {
        let mut world = World::new(1);
        let mut buffers = Buffers::<64, 64, 64>::new();
        let mut broken = Broken { error, asked: 0 };
        let writer = world.halves().1;
        let mut log = Log::default();
        let mut modem = Modem::new(&DIALECT, &mut broken, writer, &mut buffers);
        let result = world.run(&mut Module::new(&[]), modem.run(&job(LISTEN), &mut log)).unwrap();
        assert_eq!(result, Err(Fault::Port(fault)));
        assert!(broken.asked <= 20, "{} reads", broken.asked);
        let mut modem = Modem::new(&DIALECT, world.halves().0, Stuck, &mut buffers);
        let signal = job(super::rig::SIGNAL);
        let result = world.run(&mut Module::new(&[]), modem.run(&signal, &mut log)).unwrap();
        assert_eq!(result, Err(Fault::Stuck));
    }
}

#[test]
pub(crate) fn promise_09_a_noisy_port_is_survived() {
    let mut rig = Rig::new(Module::new(&[]));
    let wire = rig.world.wire();
    for _ in 0..12 {
        wire.framing_error(0);
    }
    wire.put_from_module(0, b"\x80\xfe\r\n");
    wire.framing_error(0);
    assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]));
    assert_eq!(rig.modem.engine().garbled(), 13);
}

fn message(topic: usize, body: usize) -> String {
    format!("\r\n+QMTRECV: 0,0,\"{}\",{body},\"{}\"\r\n", "t".repeat(topic), "b".repeat(body))
}

#[test]
pub(crate) fn promise_12_a_message_too_large_for_the_inbox() {
    for body in INBOX - 30..INBOX + 30 {
        let mut rig = Rig::new(Script::new().expect("AT+CSQ\r").send(message(10, body)).send(SIGNAL_ANSWER));
        rig.signal().unwrap();
        let needed = 4 + 10 + body;
        if needed <= INBOX {
            assert_eq!((rig.modem.engine_mut().take_loss(), rig.records().len()), (None, 1), "{body}");
        } else {
            assert_eq!(rig.modem.engine_mut().take_loss(), Some(Loss { count: 1, longest: needed }));
            assert_eq!(rig.records(), []);
        }
    }
}

#[test]
pub(crate) fn promise_12_a_full_inbox() {
    let sizes = [100, 90, 60, 80, 40];
    let pushes: String = sizes.iter().map(|&size| message(1, size)).collect();
    let mut rig = Rig::new(Script::new().send(&pushes).send_after(1_500_000, message(1, 5)));
    rig.run(&job(LISTEN)).unwrap();
    assert!(rig.modem.engine().has_loss());
    assert_eq!(rig.modem.engine_mut().take_loss(), Some(Loss { count: 2, longest: 85 }), "60 and 80 found no room");
    assert_eq!(rig.modem.engine_mut().take_loss(), None);
    let kept: Vec<usize> = rig.records().iter().map(|record| record.2.len()).collect();
    assert_eq!(kept, [100, 90, 40, 5]);
}

#[test]
pub(crate) fn promise_12_a_message_in_pieces() {
    let whole =
        "+CMQTTRXSTART: 0,3,5\r\n+CMQTTRXTOPIC: 0,3\r\na/b\r\n+CMQTTRXPAYLOAD: 0,5\r\nhello\r\n+CMQTTRXEND: 0\r\n";
    let no_start = &whole[22..];
    let no_topic = whole.replace("+CMQTTRXTOPIC: 0,3\r\na/b\r\n", "");
    let no_end = whole.replace("+CMQTTRXEND: 0\r\n", "");
    let too_large = "+CMQTTRXSTART: 0,3,2000\r\n+CMQTTRXTOPIC: 0,3\r\na/b\r\n".to_owned()
        + &format!("+CMQTTRXPAYLOAD: 0,1500\r\n{}\r\n", "\r\nOK\r\n".repeat(250))
        + &format!("+CMQTTRXPAYLOAD: 0,500\r\n{}\r\n+CMQTTRXEND: 0\r\n", "x".repeat(500));
    for (first, lost, longest) in [(no_start, 0, 0), (&no_topic, 1, 0), (&no_end, 1, 0), (&too_large, 1, 2007)] {
        let mut rig = Rig::new(Script::new().send(first).send(whole));
        rig.run(&job(LISTEN)).unwrap();
        assert_eq!(rig.records(), [(6, "a/b".to_owned(), b"hello".to_vec())], "{first}");
        let loss = rig.modem.engine_mut().take_loss().unwrap_or_default();
        assert_eq!(loss, Loss { count: lost, longest }, "{first}");
    }
}

#[test]
pub(crate) fn promise_12_unclaimed_lines_that_do_not_fit() {
    let start = "+CMQTTRXSTART: 0,1,1\r\n^BETWEEN\r\n+CMQTTRXTOPIC: 0,1\r\nt\r\n+CMQTTRXPAYLOAD: 0,1\r\nb\r\n";
    let module = Script::new().send(format!("^FIRST\r\n{start}+CMQTTRXEND: 0\r\n^LAST\r\n"));
    let mut rig = Rig::new(module);
    rig.modem.engine_mut().keep_lines(Some(99));
    rig.run(&job(LISTEN)).unwrap();
    let records = rig.records();
    let tags: Vec<u8> = records.iter().map(|record| record.0).collect();
    assert_eq!(tags, [99, 6, 99]);
    assert_eq!((&records[0].2[..], &records[2].2[..]), (&b"^FIRST"[..], &b"^LAST"[..]));
    // The line between the pieces of a message is given up, not the message.
    assert_eq!(rig.modem.engine_mut().take_loss(), Some(Loss { count: 1, longest: 12 }));
    assert_eq!(rig.modem.engine().strays(), 3);
}

/// A command that is pending when garbage comes is not completed by it.
#[test]
pub(crate) fn promise_09_garbage_completes_nothing() {
    const STEPS: &[Step] = &[step("+CSQ", 20).info().note(1)];
    let garbage = "\r\nOKAY\r\nO\r\nK\r\n OK.\r\nERROR1\r\nOK OK\r\nok\r\n";
    let module = Script::new().expect("AT+CSQ\r").send(garbage).send_after(500_000, SIGNAL_ANSWER);
    let mut rig = Rig::new(module);
    assert_eq!((rig.run(&job(table![STEPS])), rig.now_ms()), (Ok(()), 500));
    assert_eq!(rig.events(), [SIGNAL_EVENT]);
}
