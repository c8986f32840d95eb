//! Promise 6: a call completes when its dialect's own rule is met (`facts`: the shapes of success S1 to S12).

use embassy_time::Timer;
use embedded_io_async::{ErrorType, Write};
use wanlink_at::{Answer, Buffers, Command, Ending, Fault, Job, Modem, Step, Verdict, fields, step, table};
use wanlink_emulator::{PortWriter, Script, World};

use super::Test;
use super::rig::{DIALECT, Log, Rig, SIGNAL, SIGNAL_ANSWER, SIGNAL_EVENT, id, job};

pub(crate) const TESTS: &[Test] = &[
    (6, "promise_06_s01_information_and_ok", promise_06_s01_information_and_ok),
    (6, "promise_06_s02_ok_then_the_result", promise_06_s02_ok_then_the_result),
    (6, "promise_06_s03_the_result_then_ok", promise_06_s03_the_result_then_ok),
    (6, "promise_06_s04_either_order_from_one_table", promise_06_s04_either_order_from_one_table),
    (6, "promise_06_s05_result_then_error", promise_06_s05_result_then_error),
    (6, "promise_06_s05_error_then_result", promise_06_s05_error_then_result),
    (6, "promise_06_s05_in_place_of_a_prompt", promise_06_s05_in_place_of_a_prompt),
    (6, "promise_06_s06_ok_then_blocks_then_an_end_line", promise_06_s06_ok_then_blocks_then_an_end_line),
    (6, "promise_06_s07_prompt_data_ok", promise_06_s07_prompt_data_ok),
    (6, "promise_06_s08_prompt_data_ok_result", promise_06_s08_prompt_data_ok_result),
    (6, "promise_06_s09_a_text_line_and_no_ok", promise_06_s09_a_text_line_and_no_ok),
    (6, "promise_06_s10_an_intermediate_result", promise_06_s10_an_intermediate_result),
    (6, "promise_06_s11_a_result_that_may_be_missing", promise_06_s11_a_result_that_may_be_missing),
    (6, "promise_06_s12_an_ok_that_does_not_count", promise_06_s12_an_ok_that_does_not_count),
    (6, "promise_06_a_missing_result_is_no_success", promise_06_a_missing_result_is_no_success),
    (6, "promise_06_an_answer_before_the_flush_is_over", promise_06_an_answer_before_the_flush_is_over),
];

fn run(table: &'static [u8], module: Script) -> (Result<(), Fault>, Vec<String>, u64) {
    let mut rig = Rig::new(module);
    let result = rig.run(&Job { body: b"hello", ..job(table) });
    (result, rig.events(), rig.now_ms())
}

#[test]
pub(crate) fn promise_06_s01_information_and_ok() {
    const STEPS: &[Step] = &[
        step("I", 3).bare().note(1),
        step("+CGDCONT?", 3).info().note(2),
        step("+CICCID", 3).named("+ICCID:").info().note(3),
        step("+CGDCONT=1", 3).note(4),
    ];
    let module = Script::new()
        .expect("ATI\r")
        .send("\r\nQuectel\r\nEC200U\r\n^FOREIGN\r\nRevision: R03\r\n\r\nOK\r\n")
        .expect("AT+CGDCONT?\r")
        .send("\r\n+CGDCONT: 1,\"IP\",\"a\"\r\n+CGDCONT: 2,\"IP\",\"b\"\r\n\r\nOK\r\n")
        .expect("AT+CICCID\r")
        .send("\r\n+ICCID: 8986\r\n\r\nOK\r\n")
        .expect("AT+CGDCONT=1\r")
        .send_after(7000, "\r\nOK\r\n");
    let (result, events, now) = run(table![STEPS], module);
    // A bare answer cannot be told from a foreign line without a plus: the note decides.
    let expected = [
        "1 info Quectel",
        "1 info EC200U",
        "1 info ^FOREIGN",
        "1 info Revision: R03",
        "2 info +CGDCONT: 1,\"IP\",\"a\"",
        "2 info +CGDCONT: 2,\"IP\",\"b\"",
        "3 info +ICCID: 8986",
    ];
    assert_eq!((result, now), (Ok(()), 7));
    assert_eq!(events, expected);
}

const OPEN_STEPS: &[Step] = &[step("+CMQTTCONNECT=0", 10).result(1, 100).note(1)];
const OPEN: &[u8] = table![OPEN_STEPS];
const OPENED: &str = "1 result +CMQTTCONNECT: 0,0";

fn open() -> Script {
    Script::new().expect("AT+CMQTTCONNECT=0\r")
}

#[test]
pub(crate) fn promise_06_s02_ok_then_the_result() {
    let module = open().send("\r\nOK\r\n").send_after(5_000_000, "\r\n+CMQTTCONNECT: 0,0\r\n");
    assert_eq!(run(OPEN, module), (Ok(()), vec![OPENED.to_owned()], 5000));
}

#[test]
pub(crate) fn promise_06_s03_the_result_then_ok() {
    let module = open().send("\r\n+CMQTTCONNECT: 0,0\r\n").send_after(500_000, "\r\nOK\r\n");
    assert_eq!(run(OPEN, module), (Ok(()), vec![OPENED.to_owned()], 500), "not before the OK");
}

#[test]
pub(crate) fn promise_06_s04_either_order_from_one_table() {
    for answer in ["\r\nOK\r\n\r\n+CMQTTCONNECT: 0,0\r\n", "\r\n+CMQTTCONNECT: 0,0\r\n\r\nOK\r\n"] {
        assert_eq!(run(OPEN, open().send(answer)), (Ok(()), vec![OPENED.to_owned()], 0), "{answer}");
    }
}

#[test]
pub(crate) fn promise_06_s05_result_then_error() {
    let (result, events, _) = run(OPEN, open().send("\r\n+CMQTTCONNECT: 0,30\r\n\r\nERROR\r\n"));
    assert_eq!(result, Err(Fault::Ending(Ending::Error { command: Command::new("+CMQTTCONNECT"), code: None })));
    assert_eq!(events, ["1 result +CMQTTCONNECT: 0,30"], "the driver has the code, and decided by it");
}

/// The call ends at `ERROR`, whose line may or may not follow. What follows is drained: it cannot be the answer to the
/// same command sent again, which therefore waits for it a moment; other commands do not wait.
#[test]
pub(crate) fn promise_06_s05_error_then_result() {
    const STEPS: &[Step] = &[
        step("+CMQTTCONNECT=0", 10).result(1, 100).note(1).retry(1, 0),
        step("+CSQ", 3).info(),
        step("+CMQTTDISC=0", 10).result(1, 100).ignore().note(2),
        step("+CMQTTREL=0", 10).result(1, 100).note(3),
    ];
    let module = open()
        .send("\r\nERROR\r\n")
        .send_after(400_000, "\r\n+CMQTTCONNECT: 0,3\r\n")
        .expect("AT+CMQTTCONNECT=0\r")
        .send("\r\nOK\r\n\r\n+CMQTTCONNECT: 0,0\r\n")
        .expect("AT+CSQ\r")
        .send("\r\n+CSQ: 1,1\r\n\r\nOK\r\n")
        .expect("AT+CMQTTDISC=0\r")
        .send("\r\nERROR\r\n")
        .expect("AT+CMQTTREL=0\r")
        .send("\r\n+CMQTTDISC: 0,11\r\n\r\nOK\r\n\r\n+CMQTTREL: 0,0\r\n");
    let (result, events, now) = run(table![STEPS], module);
    assert_eq!(result, Ok(()));
    assert_eq!(events, ["1 error ", OPENED, "2 error ", "3 result +CMQTTREL: 0,0"]);
    assert_eq!(now, 400, "only the repetition waited");
}

#[test]
pub(crate) fn promise_06_s05_in_place_of_a_prompt() {
    const STEPS: &[Step] = &[step("+CMQTTSUB=0,5,1", 10).prompt().result(1, 100).note(1)];
    let module = Script::new().expect("AT+CMQTTSUB=0,5,1\r").send("\r\n+CMQTTSUB: 0,11\r\n\r\nERROR\r\n");
    let (result, events, _) = run(table![STEPS], module);
    assert!(matches!(result, Err(Fault::Ending(Ending::Error { .. }))));
    assert_eq!(events, ["1 result +CMQTTSUB: 0,11"]);
}

#[test]
pub(crate) fn promise_06_s06_ok_then_blocks_then_an_end_line() {
    const STEPS: &[Step] = &[step("+HTTPREAD=0,104", 10).result(0, 100).note(1)];
    let module = Script::new()
        .expect("AT+HTTPREAD=0,104\r")
        .send("\r\nOK\r\n\r\n+HTTPREAD: 16\r\n+HTTPREAD: 0\r\nO")
        .send_after(900_000, "K\r\n+HTTPREAD: 5\r\n\r\nOK\r\r\n+HTTPREAD: 0\r\n");
    let mut rig = Rig::new(module);
    assert_eq!(rig.run(&job(table![STEPS])), Ok(()));
    assert_eq!((rig.events(), rig.now_ms()), (vec!["1 result +HTTPREAD: 0".to_owned()], 900));
    let bodies: Vec<Vec<u8>> = rig.records().into_iter().map(|record| record.2).collect();
    assert_eq!(bodies, [b"+HTTPREAD: 0\r\nOK".to_vec(), b"\r\nOK\r".to_vec()]);
}

#[test]
pub(crate) fn promise_06_s07_prompt_data_ok() {
    const STEPS: &[Step] = &[step("+SMPUB=\"t\",5,1,0", 10).prompt().note(1)];
    let module = Script::new().expect("AT+SMPUB=\"t\",5,1,0\r").send("\r\n> ").expect("hello");
    assert_eq!(run(table![STEPS], module.send_after(3000, "\r\nOK\r\n")), (Ok(()), vec![], 3));
}

#[test]
pub(crate) fn promise_06_s08_prompt_data_ok_result() {
    const STEPS: &[Step] = &[step("+QMTPUBEX=0,2,1,0,\"t\",5", 10).prompt().result(2, 400).note(1)];
    for (first, then) in [("\r\nOK\r\n", "\r\n+QMTPUBEX: 0,2,0\r\n"), ("\r\n+QMTPUBEX: 0,2,0\r\n", "\r\nOK\r\n")] {
        let module = Script::new().expect("AT+QMTPUBEX=0,2,1,0,\"t\",5\r").send("\r\n> ").expect("hello");
        let (result, events, now) = run(table![STEPS], module.send(first).send_after(200_000, then));
        assert_eq!((result, events.len(), now), (Ok(()), 1, 200));
    }
}

#[test]
pub(crate) fn promise_06_s09_a_text_line_and_no_ok() {
    const STEPS: &[Step] = &[step("+CPOWD=1", 10).result(0, 20).named("NORMAL POWER DOWN").no_final().note(1)];
    const TABLE: &[u8] = table![STEPS];
    let down = || Script::new().expect("AT+CPOWD=1\r");
    let (result, events, now) = run(TABLE, down().send_after(900_000, "\r\nNORMAL POWER DOWN\r\n"));
    assert_eq!((result, events, now), (Ok(()), vec!["1 result NORMAL POWER DOWN".to_owned()], 900));
    let (result, _, now) = run(TABLE, down().send("\r\nERROR\r\n"));
    assert_eq!((result, now), (Err(Fault::Ending(Ending::Error { command: Command::new("+CPOWD"), code: None })), 0));
    let (result, _, now) = run(TABLE, down());
    assert_eq!((result, now), (Err(Fault::Ending(Ending::Silent(Command::new("+CPOWD")))), 2000));
}

#[test]
pub(crate) fn promise_06_s10_an_intermediate_result() {
    const STEPS: &[Step] = &[step("+QMTCONN=0", 10).result(1, 400).note(1)];
    let module = Script::new()
        .expect("AT+QMTCONN=0\r")
        .send("\r\nOK\r\n\r\n+QMTCONN: 0,1\r\n")
        .send_after(10_000_000, "\r\n+QMTCONN: 0,1\r\n\r\n+QMTCONN: 0,0,0\r\n");
    let mut rig = Rig::new(module);
    rig.log.verdict = |_, answer| match answer {
        Answer::Result(line) if fields(line).nth(1) == Some(b"1") => Verdict::Wait,
        _ => Verdict::Default,
    };
    assert_eq!((rig.run(&job(table![STEPS])), rig.now_ms()), (Ok(()), 10_000));
    assert_eq!(rig.events(), ["1 result +QMTCONN: 0,1", "1 result +QMTCONN: 0,1", "1 result +QMTCONN: 0,0,0"]);
}

#[test]
pub(crate) fn promise_06_s11_a_result_that_may_be_missing() {
    const STEPS: &[Step] = &[step("+CCHSEND=0,5", 10).prompt().result(1, 30).optional().note(1)];
    const TABLE: &[u8] = table![STEPS];
    let module = || Script::new().expect("AT+CCHSEND=0,5\r").send("\r\n> ").expect("hello").send("\r\nOK\r\n");
    assert_eq!(run(TABLE, module()), (Ok(()), vec![], 3000));
    let (result, events, now) = run(TABLE, module().send_after(100_000, "\r\n+CCHSEND: 0,0\r\n"));
    assert_eq!((result, events, now), (Ok(()), vec!["1 result +CCHSEND: 0,0".to_owned()], 100));
}

#[test]
pub(crate) fn promise_06_s12_an_ok_that_does_not_count() {
    const STEPS: &[Step] = &[step("+SMPUB=\"t\",5,1,0", 100).prompt().note(1)];
    let module = Script::new()
        .expect("AT+SMPUB=\"t\",5,1,0\r")
        .send("\r\n> ")
        .expect("hello")
        .send("\r\n+SMSTATE: 0\r\n")
        .send_after(1000, "\r\nOK\r\n")
        .expect("AT+CSQ\r")
        .send("\r\n+CSQ: 1,1\r\n\r\nOK\r\n");
    let mut rig = Rig::new(module);
    let ended = rig.run(&Job { body: b"hello", ..job(table![STEPS]) });
    assert_eq!(ended, Err(Fault::Ending(Ending::Ended)));
    assert_eq!(rig.signal(), Ok(()), "its OK is drained before the next command");
    assert_eq!(rig.events(), [format!("urc {} +SMSTATE: 0", id::SESSION), "1 info +CSQ: 1,1".to_owned()]);
}

#[test]
pub(crate) fn promise_06_a_missing_result_is_no_success() {
    let (result, events, now) = run(OPEN, open().send("\r\nOK\r\n"));
    assert_eq!((result, now), (Err(Fault::Ending(Ending::Silent(Command::new("+CMQTTCONNECT")))), 10_000));
    assert_eq!(events, ["1 silence"]);
}

/// A driver whose flush looks only now and then whether the last byte is out.
struct Lazy(PortWriter);

impl ErrorType for Lazy {
    type Error = <PortWriter as ErrorType>::Error;
}

impl Write for Lazy {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Timer::after_millis(50).await;
        self.0.flush().await
    }
}

#[test]
pub(crate) fn promise_06_an_answer_before_the_flush_is_over() {
    let mut world = World::new(1);
    let (reader, writer) = world.halves();
    let mut buffers = Buffers::<64, 64, 64>::new();
    let (mut modem, mut log) = (Modem::new(&DIALECT, reader, Lazy(writer), &mut buffers), Log::default());
    let mut module = Script::new().expect("AT+CSQ\r").send(SIGNAL_ANSWER);
    assert_eq!(world.run(&mut module, modem.run(&job(SIGNAL), &mut log)).unwrap(), Ok(()));
    assert_eq!((log.events, world.now_us()), (vec![SIGNAL_EVENT.to_owned()], 50_000));
}
