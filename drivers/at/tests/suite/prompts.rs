//! Promise 5: a prompt only while one is awaited, only as the first byte of a line.

use wanlink_at::{Code, Command, Ending, Fault, Job, Step, step, table};
use wanlink_emulator::Script;

use super::Test;
use super::module::{Module, rule};
use super::rig::{DIALECT, Rig, job, slow_port};

pub(crate) const TESTS: &[Test] = &[
    (5, "promise_05_a_prompt_inside_a_line_is_none", promise_05_a_prompt_inside_a_line_is_none),
    (5, "promise_05_a_prompt_inside_a_payload_is_none", promise_05_a_prompt_inside_a_payload_is_none),
    (5, "promise_05_a_prompt_may_be_glued_to_what_follows", promise_05_a_prompt_may_be_glued_to_what_follows),
    (5, "promise_05_ok_instead_of_the_prompt", promise_05_ok_instead_of_the_prompt),
    (5, "promise_05_a_prompt_behind_an_ok_is_served", promise_05_a_prompt_behind_an_ok_is_served),
    (5, "promise_05_error_instead_of_the_prompt", promise_05_error_instead_of_the_prompt),
    (5, "promise_05_a_prompt_that_nobody_awaits", promise_05_a_prompt_that_nobody_awaits),
    (5, "promise_05_a_step_may_have_a_prompt_of_its_own", promise_05_a_step_may_have_a_prompt_of_its_own),
    (5, "promise_05_ok_before_the_last_byte_is_not_ours", promise_05_ok_before_the_last_byte_is_not_ours),
];

const STEPS: &[Step] = &[step("+SMPUB=\"t\",5,1,0", 10).prompt().note(1)];
const PUBLISH: &[u8] = table![STEPS];
const COMMAND: &str = "AT+SMPUB=\"t\",5,1,0\r";

/// The script panics when a byte of the payload comes before its place.
fn publish(module: Script) -> (Result<(), Fault>, Vec<String>) {
    let mut rig = Rig::new(module);
    let result = rig.run(&Job { body: b"hello", ..job(PUBLISH) });
    rig.peer.assert_done();
    (result, rig.events())
}

#[test]
pub(crate) fn promise_05_a_prompt_inside_a_line_is_none() {
    let module = Script::new()
        .expect(COMMAND)
        .send("\r\n+QIURC: a>b> \r\nfoo > \r\n")
        .send_after(100_000, "\r\n> ")
        .expect("hello")
        .send("\r\nOK\r\n");
    let (result, events) = publish(module);
    assert_eq!((result, events), (Ok(()), vec!["urc 2 +QIURC: a>b>".to_owned()]));
}

#[test]
pub(crate) fn promise_05_a_prompt_inside_a_payload_is_none() {
    let module = Script::new()
        .expect(COMMAND)
        .send("\r\n+QMTRECV: 0,0,\"t\",9,\"\r\n> \r\n>\r\n\"\r\n+CMQTTRXTOPIC: 0,3\r\n\r\n>\r\n")
        .send_after(100_000, "\r\n> ")
        .expect("hello")
        .send("\r\nOK\r\n");
    assert_eq!(publish(module).0, Ok(()));
}

#[test]
pub(crate) fn promise_05_a_prompt_may_be_glued_to_what_follows() {
    for prompt in ["\r\n>", "\r\n> ", ">", "\r\n>\r\n", "\r\n> \r\n+QIURC: 1\r\n", "\r\n>+QIURC: 1\r\n"] {
        let module = Script::new().expect(COMMAND).send(prompt).expect("hello").send("\r\nOK\r\n");
        let (result, events) = publish(module);
        assert_eq!((result, events.len()), (Ok(()), usize::from(prompt.contains('+'))), "{prompt:?}");
    }
}

#[test]
pub(crate) fn promise_05_ok_instead_of_the_prompt() {
    let no_prompt = Err(Fault::Ending(Ending::NoPrompt(Command::new("+SMPUB"))));
    assert_eq!(publish(Script::new().expect(COMMAND).send("\r\nOK\r\n")).0, no_prompt);
    assert_eq!(publish(Script::new().expect(COMMAND).send("\r\n> \r\nOK\r\n")).0, no_prompt, "taken back at once");
}

/// The `OK` was the late answer to something else: the prompt is served, and no command goes out for payload.
#[test]
pub(crate) fn promise_05_a_prompt_behind_an_ok_is_served() {
    const STEPS: &[Step] = &[step("+CSQ", 3).info().note(1)];
    let module = Script::new()
        .expect(COMMAND)
        .send("\r\nOK\r\n")
        .send_after(80_000, "\r\n> ")
        .expect("hello")
        .send("\r\nOK\r\n")
        .expect("AT+CSQ\r")
        .send("\r\n+CSQ: 1,1\r\n\r\nOK\r\n");
    let mut rig = Rig::new(module);
    let first = rig.run(&Job { body: b"hello", ..job(PUBLISH) });
    assert_eq!(first, Err(Fault::Ending(Ending::NoPrompt(Command::new("+SMPUB")))));
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!(rig.events(), ["1 info +CSQ: 1,1"]);
}

#[test]
pub(crate) fn promise_05_error_instead_of_the_prompt() {
    let (result, events) = publish(Script::new().expect(COMMAND).send("\r\n+CME ERROR: 3\r\n"));
    assert_eq!(result, Err(Fault::Ending(Ending::Error { command: Command::new("+SMPUB"), code: Code::new(3) })));
    assert_eq!(events, ["1 error 3"]);
}

#[test]
pub(crate) fn promise_05_a_prompt_that_nobody_awaits() {
    const STEPS: &[Step] = &[step("+CSQ", 3).info().note(1), step("+SMPUB=\"t\",5,1,0", 10).prompt()];
    let module = Script::new()
        .expect("AT+CSQ\r")
        .send("\r\n> \r\n+CSQ: 1,1\r\n\r\nOK\r\n\r\nCONNECT\r\n")
        .expect(COMMAND)
        .send_after(500_000, "\r\n> ")
        .expect("hello")
        .send("\r\nOK\r\n");
    let mut rig = Rig::new(module);
    rig.run(&Job { body: b"hello", ..job(table![STEPS]) }).unwrap();
    assert_eq!((rig.events(), rig.modem.engine().strays()), (vec!["1 info +CSQ: 1,1".to_owned()], 2));
}

#[test]
pub(crate) fn promise_05_a_step_may_have_a_prompt_of_its_own() {
    const STEPS: &[Step] = &[
        step("+USOWR=0,5", 10).prompt_byte(b'@').info().note(1),
        step("+QFUPL=\"f\",5,60", 10).connect().info().note(2),
        step("+HTTPDATA=5,30", 10).download(),
    ];
    let module = Script::new()
        .expect("AT+USOWR=0,5\r")
        .send("\r\n> \r\nCONNECT\r\n")
        .send_after(1000, "\r\n@")
        .expect("hello")
        .send("\r\n+USOWR: 0,5\r\n\r\nOK\r\n")
        .expect("AT+QFUPL=\"f\",5,60\r")
        .send("\r\n> \r\n@\r\nDOWNLOAD\r\n")
        .send_after(1000, "\r\nCONNECT\r\n")
        .expect("hello")
        .send("\r\n+QFUPL: 5,613e\r\n\r\nOK\r\n")
        .expect("AT+HTTPDATA=5,30\r")
        .send("\r\nCONNECT\r\n> \r\n")
        .send_after(1000, "\r\nDOWNLOAD\r\n")
        .expect("hello")
        .send("\r\nOK\r\n");
    let mut rig = Rig::new(module);
    assert_eq!(rig.run(&Job { body: b"hello", ..job(table![STEPS]) }), Ok(()));
    assert_eq!(rig.events(), ["1 info +USOWR: 0,5", "2 info +QFUPL: 5,613e"]);
}

#[test]
pub(crate) fn promise_05_ok_before_the_last_byte_is_not_ours() {
    const STEPS: &[Step] = &[step("+QMTPUB=40", 10).prompt()];
    let module = Module::new(&[rule("+QMTPUB", "\r\n> ").data(5, "\r\nOK\r\n")]);
    let mut rig = Rig::with(slow_port(), &DIALECT, module);
    // The command takes 1.1 ms on the wire, the prompt 1.3, the payload 3.5: this comes in the middle of it.
    rig.peer.later(5, "\r\nOK\r\n");
    rig.run(&Job { body: &[b'x'; 40], ..job(table![STEPS]) }).unwrap();
    assert_eq!(rig.peer.payloads, ["x".repeat(40)]);
    assert_eq!((rig.modem.engine().strays(), rig.now_ms()), (1, 11));
}
