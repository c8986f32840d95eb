//! Promise 11: secrets never reach a log or trace, and the buffers that carried one are wiped.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_at::{Arg, Command, Ending, Fault, Job, Step, Trace, listen, step, table};
use wanlink_emulator::{Peer, Script};

use super::Test;
use super::module::{Module, rule};
use super::rig::{RECEIVE, Rig, job, text};

pub(crate) const TESTS: &[Test] = &[
    (11, "promise_11_no_secret_in_a_trace", promise_11_no_secret_in_a_trace),
    (11, "promise_11_no_echoed_secret_in_a_trace", promise_11_no_echoed_secret_in_a_trace),
    (11, "promise_11_no_end_of_an_answer_in_a_trace", promise_11_no_end_of_an_answer_in_a_trace),
    (11, "promise_11_no_secret_in_debug", promise_11_no_secret_in_debug),
    (11, "promise_11_wiped_after_success_error_and_time_out", promise_11_wiped_after_success_error_and_time_out),
    (11, "promise_11_wiped_after_a_restart", promise_11_wiped_after_a_restart),
    (11, "promise_11_wiped_when_a_dropped_command_is_settled", promise_11_wiped_when_a_dropped_command_is_settled),
    (11, "promise_11_a_dropped_secret_is_not_lost_on_its_way", promise_11_a_dropped_secret_is_not_lost_on_its_way),
];

const SECRET: &str = "8f2a77aa";
const STEPS: &[Step] = &[step("+LOGIN=0,\"{a}\",\"{b}\",{c}", 10).note(1)];
const LOGIN: &[u8] = table![STEPS];
const ARGS: [Arg<'static>; 3] = [Arg::Text(b"device"), Arg::Secret(SECRET.as_bytes()), Arg::Number(60)];

fn login() -> Job<'static> {
    Job { args: &ARGS, ..job(LOGIN) }
}

/// What a trace shows, line by line.
#[derive(Clone, Default)]
struct Shown(Rc<RefCell<String>>);

impl Trace for Shown {
    fn sent(&mut self, piece: &[u8]) {
        self.0.borrow_mut().push_str(&text(piece).replace('\r', "\n"));
    }

    fn received(&mut self, line: &[u8]) {
        self.0.borrow_mut().push_str(&format!("< {}\n", text(line)));
    }
}

fn traced<P: Peer>(rig: &mut Rig<P>) -> Shown {
    let shown = Shown::default();
    rig.modem.engine_mut().set_trace(Box::leak(Box::new(shown.clone())));
    shown
}

#[test]
pub(crate) fn promise_11_no_secret_in_a_trace() {
    let mut rig = Rig::new(Module::new(&[rule("+LOGIN", "\r\n+CME ERROR: 3\r\n")]));
    let shown = traced(&mut rig);
    assert!(rig.run(&login()).is_err());
    rig.signal().unwrap();
    let expected = "AT+LOGIN=0,\"device\",\"***\",60\n< +CME ERROR: 3\nAT+CSQ\n< +CSQ: 24,99\n< OK\n";
    assert_eq!(*shown.0.borrow(), expected);
}

#[test]
pub(crate) fn promise_11_no_echoed_secret_in_a_trace() {
    let echo = format!("AT+LOGIN=0,\"device\",\"{SECRET}\",60\r\r\n");
    let damaged = [echo.clone(), echo[1..].to_owned(), echo.replace("LOGIN", "L\u{1}GIN"), echo.replace("60\r", "60")];
    for echo in damaged {
        let module = Script::new().expect(format!("AT+LOGIN=0,\"device\",\"{SECRET}\",60\r"));
        let mut rig = Rig::new(module.send(&echo).send("\r\nOK\r\n"));
        let shown = traced(&mut rig);
        assert_eq!(rig.run(&login()), Ok(()));
        assert!(shown.0.borrow().ends_with("***\n< OK\n") && !shown.0.borrow().contains(SECRET), "{:?}", shown.0);
    }
}

/// The host restarted while the module sent it data: what is left of them comes as a line.
#[test]
pub(crate) fn promise_11_no_end_of_an_answer_in_a_trace() {
    let answer = format!("{{\"deviceSecret\":\"{SECRET}\"}}");
    for left in 0..answer.find(SECRET).unwrap() {
        let module = Script::new().expect("AT+CSQ\r").send(format!("{}\r\n", &answer[left..]));
        let mut rig = Rig::new(module.send("\r\nOK\r\n\r\n+QIND: \"csq\",24,99\r\n\r\n+CSQ: 24,99\r\n\r\nOK\r\n"));
        let shown = traced(&mut rig);
        let _ = rig.signal();
        assert!(shown.0.borrow().starts_with("AT+CSQ\n< ***\n< OK\n"), "{:?}", shown.0);
    }
    let module = Script::new().expect("AT+CSQ\r").send("\r\n+QIND: \"csq\",24,99\r\n\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
    let mut rig = Rig::new(module);
    let shown = traced(&mut rig);
    rig.signal().unwrap();
    assert_eq!(*shown.0.borrow(), "AT+CSQ\n< +QIND: \"csq\",24,99\n< +CSQ: 24,99\n< OK\n");
}

#[test]
pub(crate) fn promise_11_no_secret_in_debug() {
    assert_eq!(format!("{ARGS:?}"), "[Text(Ok(\"device\")), Secret(***), Number(60)]");
}

fn holds_secret<P: Peer>(rig: &Rig<P>) -> bool {
    rig.modem.engine().transmit_buffer().windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

#[test]
pub(crate) fn promise_11_wiped_after_success_error_and_time_out() {
    for (answer, result) in [
        ("\r\nOK\r\n", Ok(())),
        ("\r\nERROR\r\n", Err(Fault::Ending(Ending::Error { command: Command::new("+LOGIN"), code: None }))),
        ("", Err(Fault::Ending(Ending::Silent(Command::new("+LOGIN"))))),
    ] {
        let mut rig = Rig::new(Module::new(&[rule("+LOGIN", answer)]));
        assert_eq!(rig.run(&login()), result);
        assert!(!holds_secret(&rig), "{answer:?}");
    }
    // A line that does not fit is not sent, and not kept either.
    let long = [b'x'; RECEIVE];
    let args = [Arg::Text(b""), Arg::Secret(SECRET.as_bytes()), Arg::Text(&long), Arg::Number(0)];
    const STEPS: &[Step] = &[step("+LOGIN=\"{b}\",\"{c}{c}\"", 10)];
    let mut rig = Rig::new(Module::new(&[]));
    assert!(matches!(rig.run(&Job { args: &args, ..job(table![STEPS]) }), Err(Fault::Ending(Ending::TooLong(_)))));
    assert!(!holds_secret(&rig));
}

#[test]
pub(crate) fn promise_11_wiped_after_a_restart() {
    let mut rig = Rig::new(Module::new(&[rule("+LOGIN", "\r\nRDY\r\n")]));
    assert_eq!(rig.run(&login()), Err(Fault::Ending(Ending::Restarted)));
    assert!(!holds_secret(&rig));
}

#[test]
pub(crate) fn promise_11_wiped_when_a_dropped_command_is_settled() {
    const STEPS: &[Step] = &[listen(9, 30).ignore()];
    const LISTEN: &[u8] = table![STEPS];
    for answer in ["\r\nOK\r\n", "\r\nERROR\r\n", ""] {
        let mut rig = Rig::new(Module::new(&[rule("+LOGIN", answer).after(500)]));
        assert_eq!(rig.run_ms(100, &login()), None);
        assert!(holds_secret(&rig), "it is under way");
        // An operation that sends nothing settles it, too.
        rig.run(&job(LISTEN)).unwrap();
        assert!(!holds_secret(&rig), "{answer:?}");
    }
}

/// A pause that ends, or a listening step, must not wipe a command that is half written.
#[test]
pub(crate) fn promise_11_a_dropped_secret_is_not_lost_on_its_way() {
    const STEPS: &[Step] = &[listen(9, 1).ignore(), listen(9, 50).ignore()];
    const LISTEN: &[u8] = table![STEPS];
    let slow = wanlink_emulator::PortOptions { baud: Some(300), transmit_buffer: Some(1), ..Default::default() };
    let mut rig = Rig::with(slow, &super::rig::DIALECT, Module::new(&[rule("+LOGIN", "\r\nOK\r\n")]));
    assert_eq!(rig.run_ms(300, &login()), None);
    rig.run(&job(LISTEN)).unwrap();
    assert_eq!(rig.peer.commands, [format!("AT+LOGIN=0,\"device\",\"{SECRET}\",60")]);
    assert!(!holds_secret(&rig));
}
