//! Commands of the atat vocabulary that this crate does not know, and lines that nobody claims.

use atat::atat_derive::{AtatCmd, AtatResp};
use atat::heapless::String as Text;
use wanlink_at::{Command, Ending, Fault, SendError, Step, listen, table};
use wanlink_emulator::{Peer, Script, polled};

use super::Test;
use super::module::{Module, rule};
use super::rig::{DIALECT, Rig, SIGNAL_ANSWER, SIGNAL_EVENT, job, slow_port};

pub(crate) const TESTS: &[Test] = &[
    (2, "promise_02_a_urc_fits_every_gap_of_a_foreign_answer", promise_02_a_urc_fits_every_gap_of_a_foreign_answer),
    (7, "promise_07_a_foreign_command_dropped_at_every_point", promise_07_a_foreign_command_dropped_at_every_point),
    (7, "promise_07_a_foreign_command_waits_for_the_past", promise_07_a_foreign_command_waits_for_the_past),
];

/// The serving cell (Quectel AT 6.10), with a typed answer.
#[derive(AtatCmd)]
#[at_cmd("+QNWINFO", Cell, timeout_ms = 2000)]
struct ReadCell;

#[derive(AtatResp, Debug, PartialEq)]
struct Cell {
    access: Text<16>,
    network: Text<16>,
    band: Text<16>,
    channel: u16,
}

/// Switches the GNSS receiver off, without waiting for an answer.
#[derive(AtatCmd)]
#[at_cmd("+QGPSEND", NoAnswer, timeout_ms = 300, response_code = false)]
struct EndFix;

#[derive(AtatResp, Debug, PartialEq)]
struct NoAnswer;

const COMMAND: &str = "AT+QNWINFO\r";
const ANSWER: [&str; 2] = ["\r\n+QNWINFO: \"eMTC\",\"46000\",\"LTE BAND 3\",1650\r\n", "\r\nOK\r\n"];
const WHOLE: &str = "\r\n+QNWINFO: \"eMTC\",\"46000\",\"LTE BAND 3\",1650\r\n\r\nOK\r\n";

fn cell() -> Cell {
    let text = |text: &str| text.try_into().expect("it fits");
    Cell { access: text("eMTC"), network: text("46000"), band: text("LTE BAND 3"), channel: 1650 }
}

impl<P: Peer> Rig<P> {
    fn send<C: atat::AtatCmd>(&mut self, command: &C) -> Result<C::Response, SendError> {
        let Self { world, modem, peer, log } = self;
        world.run(peer, modem.send(command, log)).unwrap()
    }
}

#[test]
pub(crate) fn promise_02_a_urc_fits_every_gap_of_a_foreign_answer() {
    for urc in ["\r\n+QIURC: \"recv\",3\r\n", "\r\n+CEREG: 1,\"5A1C\",\"0B2D3F01\",7\r\n"] {
        for gap in 0..=ANSWER.len() {
            let (before, behind) = (ANSWER[..gap].concat(), ANSWER[gap..].concat());
            let mut rig = Rig::new(Script::new().expect(COMMAND).send(before + urc + &behind));
            assert_eq!(rig.send(&ReadCell), Ok(cell()), "gap {gap}");
            rig.run(&job(LISTEN)).unwrap();
            assert_eq!(rig.events().iter().filter(|event| event.starts_with("urc")).count(), 1, "gap {gap}");
        }
    }
}

#[test]
pub(crate) fn promise_07_a_foreign_command_dropped_at_every_point() {
    for polls in 1..300 {
        let rules = [rule("+QNWINFO", WHOLE).after(5)];
        let mut rig = Rig::with(slow_port(), &DIALECT, Module::new(&rules));
        let Rig { world, modem, peer, log } = &mut rig;
        let command = ReadCell;
        if world.run(peer, polled(modem.send(&command, log), polls)).unwrap().is_some() {
            assert!(polls > 60);
            return;
        }
        assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]), "dropped after {polls}");
        for command in &rig.peer.commands {
            assert!(["AT+QNWINFO", "AT+CSQ", "AT+CFUN?"].contains(&command.as_str()), "{command}");
        }
    }
    panic!("it never ends");
}

#[test]
pub(crate) fn promise_07_a_foreign_command_waits_for_the_past() {
    for after_ms in (200..1500).step_by(90) {
        let late = rule("+CSQ\r", "\r\n+QNWINFO: \"\",\"\",\"\",1\r\n\r\nOK\r\n").after(after_ms);
        let own = rule("+QNWINFO", WHOLE);
        let mut rig = Rig::new(Module::new(&[late, own]));
        assert_eq!(rig.run_ms(100, &job(super::rig::SIGNAL)), None);
        assert_eq!(rig.send(&ReadCell), Ok(cell()), "{after_ms}");
    }
}

const LISTEN_STEPS: &[Step] = &[listen(9, 10).ignore()];
const LISTEN: &[u8] = table![LISTEN_STEPS];

#[test]
fn errors_of_a_foreign_command_are_told_apart() {
    let error = |answer: &str| {
        let mut rig = Rig::new(Script::new().expect(COMMAND).send(answer));
        rig.send(&ReadCell).unwrap_err()
    };
    assert_eq!(error(""), SendError::Fault(Fault::Ending(Ending::Silent(Command::new("")))));
    assert_eq!(error("\r\nRDY\r\n"), SendError::Fault(Fault::Ending(Ending::Restarted)));
    assert_eq!(error("\r\n+CME ERROR: 516\r\n"), SendError::Answer(atat::Error::CmeError(516.into())));
    assert_eq!(error("\r\nERROR\r\n"), SendError::Answer(atat::Error::Error));
    assert_eq!(error("\r\n+QNWINFO: 1,2\r\n\r\nOK\r\n"), SendError::Answer(atat::Error::Parse));
}

#[test]
fn a_foreign_command_may_expect_no_answer() {
    let mut rig = Rig::new(Script::new().expect("AT+QGPSEND\r").expect("AT+CSQ\r").send(SIGNAL_ANSWER));
    assert_eq!(rig.send(&EndFix), Ok(NoAnswer));
    assert_eq!((rig.signal(), rig.now_ms()), (Ok(()), 0));
}

#[test]
fn unclaimed_lines_can_be_read() {
    let module = Script::new()
        .send("\r\n+QGPSURC: \"xtradataend\",1\r\n")
        .expect("AT+CSQ\r")
        .send("\r\n^MODE: 5,7\r\n\r\n+CSQ: 1,1\r\n\r\nOK\r\n");
    let mut rig = Rig::new(module);
    rig.modem.engine_mut().keep_lines(Some(77));
    rig.run(&job(LISTEN)).unwrap();
    assert_eq!(rig.events(), ["9 tick", "9 record", "9 silence"], "a listener is told");
    rig.signal().unwrap();
    let lines: Vec<(u8, String)> = rig.records().into_iter().map(|r| (r.0, String::from_utf8(r.2).unwrap())).collect();
    assert_eq!(lines, [(77, "+QGPSURC: \"xtradataend\",1".to_owned()), (77, "^MODE: 5,7".to_owned())]);
    assert_eq!(rig.events(), ["1 info +CSQ: 1,1"]);
}
