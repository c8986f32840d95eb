//! Faults by name: each reaches the verb that it is named after, with its value, and each that lasts can be taken back.

mod bench;

use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{Fault, FaultyPort, Peer};

#[derive(Debug, Default)]
struct Port(Vec<String>);

impl FaultyPort for Port {
    fn split(&mut self, most: Option<usize>) {
        self.0.push(format!("split {most:?}"));
    }

    fn overrun(&mut self, bytes: usize) {
        self.0.push(format!("overrun {bytes}"));
    }
}

/// The text, the note that its order leaves, and that of its end.
const NOTES: [(&str, &str, &str); 28] = [
    ("reset", "reset", ""),
    ("hang", "hang", ""),
    ("brown-out", "brown_out", ""),
    ("enter-psm", "enter_psm", ""),
    ("sim-out", "sim_out", "sim_in"),
    ("deny", "deny", "admit"),
    ("lose-network", "lose_network", "restore_network"),
    ("lose-context", "lose_context", ""),
    ("context-lies", "context_lies", ""),
    ("garble=3", "garble", ""),
    ("drop-line=RDY", "drop_line RDY", ""),
    ("duplicate-line", "duplicate_line OK", ""),
    ("delay-prompt", "delay_prompt", ""),
    ("lose-prompt", "lose_prompt", ""),
    ("lose-final", "lose_final", ""),
    ("urc-between=2", "urc_between", "urc_between"),
    ("silence=1", "silence", ""),
    ("starve-block", "starve_block", ""),
    ("split-reads=7", "split Some(7)", "split None"),
    ("overrun=9", "overrun 9", ""),
    ("kill-tcp", "kill_tcp", ""),
    ("kill-before-puback", "kill_before_puback", ""),
    ("drop-puback", "drop_puback", ""),
    ("duplicate-puback", "duplicate_puback", ""),
    ("refuse=2", "fail_opens Refused 2", "fail_opens Refused 0"),
    ("dns-failure", "fail_opens Dns all", "fail_opens Dns 0"),
    ("wrong-certificate", "fail_opens Tls all", "fail_opens Tls 0"),
    ("slow=1", "slow", "slow"),
];

#[test]
fn every_name_reaches_its_verb() {
    for (text, order, end) in NOTES {
        let (mut bench, mut port) = (Bench::connected(running()), Port::default());
        let fault: Fault = text.parse().unwrap();
        bench.emulator.notes();
        fault.order(&mut bench.emulator, &mut port);
        assert_eq!([bench.emulator.notes(), std::mem::take(&mut port.0)].concat(), [order], "{text}");
        fault.end(&mut bench.emulator, &mut port);
        let notes = [bench.emulator.notes(), port.0].concat().join(" ");
        assert_eq!(notes, end, "the end of {text}");
    }
    let named: Vec<_> = NOTES.iter().map(|entry| entry.0.split('=').next().unwrap()).collect();
    assert_eq!(Fault::names().collect::<Vec<_>>(), named);
}

#[test]
fn values_arrive() {
    let mut bench = Bench::connected(running());
    let order = |bench: &mut Bench, text: &str| {
        text.parse::<Fault>().unwrap().order(&mut bench.emulator, &mut Port::default());
    };
    order(&mut bench, "silence=500");
    assert_eq!(bench.send("AT"), "");
    assert_eq!(bench.wait(SECOND), "");
    order(&mut bench, "delay-prompt=700");
    assert_eq!(bench.send("AT+QMTPUB=0,1,1,0,\"t\",1"), "");
    assert_eq!(bench.wait(700 * MS), "\r\n> ");
    bench.raw(b"x");
    order(&mut bench, "slow=300");
    assert_eq!(bench.wait(200 * MS), "\r\nOK\r\n");
    assert_eq!(bench.wait(200 * MS), "\r\n+QMTPUB: 0,1,0\r\n");
    order(&mut bench, "brown-out=4000");
    assert_eq!(bench.wait(4_000 * MS + 2_400 * MS), "");
    assert!(bench.wait(200 * MS).starts_with("\r\nRDY\r\n"));
}
