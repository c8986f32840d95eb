//! What a well-behaved module says to the forms that are allowed: the other half of the refusals.

mod bench;

use bench::{Bench, SECOND, running};

/// Command and the lines before its OK, on a registered module with context 1 active.
const TABLE: &[(&str, &[&str])] = &[
    ("AT", &[]),
    ("at", &[]),
    ("ATV1Q0", &[]),
    ("AT&D0&C1", &[]),
    ("ATI", &["Quectel", "BG95-M3", "Revision: BG95M3LAR02A03"]),
    ("AT+CGMI", &["Quectel"]),
    ("AT+CGMM", &["BG95-M3"]),
    ("AT+CGMR", &["BG95M3LAR02A03"]),
    ("AT+QGMR", &["BG95M3LAR02A03"]),
    ("AT+GSN", &["866349040000017"]),
    ("AT+CGSN", &["866349040000017"]),
    ("AT+CGSN=?", &[]),
    ("AT+CIMI", &["460000000000017"]),
    ("AT+QCCID", &["+QCCID: 89860320045510000017"]),
    ("AT+CPIN?", &["+CPIN: READY"]),
    ("AT+CPIN=?", &[]),
    ("AT+QSIMSTAT?", &["+QSIMSTAT: 0,1"]),
    ("AT+CMEE?", &["+CMEE: 1"]),
    ("AT+CMEE=?", &["+CMEE: (0,1,2)"]),
    ("AT+IFC?", &["+IFC: 0,0"]),
    ("AT+IPR?", &["+IPR: 115200"]),
    ("AT+QURCCFG=\"urcport\"", &["+QURCCFG: \"urcport\",\"uart1\""]),
    ("AT+QSCLK=0", &[]),
    ("AT+QSCLK?", &["+QSCLK: 0"]),
    ("AT+CPSMS=0", &[]),
    ("AT+CPSMS?", &["+CPSMS: 0"]),
    ("AT+CEDRXS=1,4,\"0101\"", &[]),
    ("AT+CEDRXS?", &["+CEDRXS: 4,\"0101\""]),
    ("AT+CEDRXS=0", &[]),
    ("AT+CEDRXS?", &["+CEDRXS: 0"]),
    ("AT+QCFG=\"nwscanseq\",020103,1", &[]),
    ("AT+QCFG=\"nwscanseq\"", &["+QCFG: \"nwscanseq\",20103"]),
    ("AT+QCFG=\"iotopmode\"", &["+QCFG: \"iotopmode\",0"]),
    ("AT+CFUN?", &["+CFUN: 1"]),
    ("AT+CREG?", &["+CREG: 0,1"]),
    ("AT+CGREG?", &["+CGREG: 0,0"]),
    ("AT+CEREG=?", &["+CEREG: (0,1,2,4)"]),
    ("AT+CEREG=2", &[]),
    ("AT+CEREG?", &["+CEREG: 2,1,\"5A1C\",\"0B2D3F01\",8"]),
    ("AT+CEREG=4", &[]),
    ("AT+CEREG?", &["+CEREG: 4,1,\"5A1C\",\"0B2D3F01\",8,,,\"00100100\",\"01000111\""]),
    ("AT+CGATT?", &["+CGATT: 1"]),
    ("AT+COPS?", &["+COPS: 0,0,\"CHINA MOBILE\",8"]),
    ("AT+COPS=3,2", &[]),
    ("AT+COPS?", &["+COPS: 0,2,\"46000\",8"]),
    ("AT+CSQ", &["+CSQ: 24,99"]),
    ("AT+QCSQ", &["+QCSQ: \"eMTC\",-65,-95,152,-11"]),
    ("AT+CESQ", &["+CESQ: 99,99,255,255,17,45"]),
    ("AT+QNWINFO", &["+QNWINFO: \"eMTC\",\"46000\",\"LTE BAND 8\",3738"]),
    ("AT+QICSGP=1", &["+QICSGP: 1,\"cmnet\",\"\",\"\",0"]),
    ("AT+QICSGP=2", &["+QICSGP: 0,\"\",\"\",\"\",0"]),
    ("AT+QIACT?", &["+QIACT: 1,1,1,\"10.171.134.243\""]),
    ("AT+CGACT?", &["+CGACT: 1,1"]),
    ("AT+CGPADDR", &["+CGPADDR: 1,\"10.171.134.243\""]),
    ("AT+CGPADDR=2", &["+CGPADDR: 2,\"0.0.0.0\""]),
    ("AT+QIDNSCFG=1", &["+QIDNSCFG: 1,\"10.171.0.1\",\"10.171.0.2\""]),
    ("AT+QIGETERROR", &["+QIGETERROR: 0,operate successfully"]),
    ("AT+CTZU?", &["+CTZU: 0"]),
    (
        "AT+QMTCFG=?",
        &[
            "+QMTCFG: \"version\",(0-5),(3,4)",
            "+QMTCFG: \"pdpcid\",(0-5),(1-16)",
            "+QMTCFG: \"ssl\",(0-5),(0,1),(0-5)",
            "+QMTCFG: \"keepalive\",(0-5),(0-3600)",
            "+QMTCFG: \"session\",(0-5),(0,1)",
            "+QMTCFG: \"timeout\",(0-5),(1-60),(0-10),(0,1)",
            "+QMTCFG: \"will\",(0-5),(0,1),(0-2),(0,1),<will_topic>,<will_msg>",
            "+QMTCFG: \"recv/mode\",(0-5),(0,1),(0,1)",
            "+QMTCFG: \"aliauth\",(0-5),<product_key>,<device_name>,<device_secret>",
        ],
    ),
    ("AT+QMTCFG=\"SSL\",0,1,2", &[]),
    ("AT+QMTCFG=\"ssl\",0", &["+QMTCFG: \"ssl\",1,2"]),
    ("AT+QMTCFG=\"version\",0", &["+QMTCFG: \"version\",4"]),
    ("AT+QMTCFG=\"pdpcid\",0", &["+QMTCFG: \"pdpcid\",1"]),
    ("AT+QMTCFG=\"keepalive\",0", &["+QMTCFG: \"keepalive\",120"]),
    ("AT+QMTCFG=\"session\",0", &["+QMTCFG: \"session\",1"]),
    ("AT+QMTCFG=\"timeout\",0", &["+QMTCFG: \"timeout\",5,3,0"]),
    ("AT+QMTCFG=\"will\",0", &["+QMTCFG: \"will\",0"]),
    ("AT+QMTCFG=\"will\",0,1,1,0,\"t\",\"m\"", &[]),
    ("AT+QMTCFG=\"will\",0", &["+QMTCFG: \"will\",1,1,0,\"t\",\"m\""]),
    ("AT+QMTCFG=\"recv/mode\",0", &["+QMTCFG: \"recv/mode\",0,0"]),
    ("AT+QMTOPEN?", &[]),
    ("AT+QMTCONN?", &[]),
    ("AT+QMTPUB=?", &["+QMTPUB: (0-5),(0-65535),(0-2),(0,1),<topic>,(1-4096)"]),
    ("AT+QMTPUBEX=?", &["+QMTPUBEX: (0-5),(0-65535),(0-2),(0,1),<topic>,<msg>"]),
];

#[test]
fn every_line_of_the_table() {
    let mut bench = Bench::online(running());
    for &(command, lines) in TABLE {
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let start = if lines.is_empty() { "" } else { "\r\n" };
        assert_eq!(bench.send(command), format!("{start}{lines}\r\nOK\r\n"), "{command}");
    }
    println!("{} forms", TABLE.len());
}

#[test]
fn without_service_the_signal_is_unknown() {
    let mut bench = Bench::quiet(running());
    bench.emulator.lose_network();
    for (command, line) in [
        ("AT+CSQ", "+CSQ: 99,99"),
        ("AT+QCSQ", "+QCSQ: \"NOSERVICE\""),
        ("AT+CESQ", "+CESQ: 99,99,255,255,255,255"),
        ("AT+QNWINFO", "+QNWINFO: No Service"),
        ("AT+COPS?", "+COPS: 0"),
        ("AT+CGATT?", "+CGATT: 0"),
        ("AT+CEREG?", "+CEREG: 0,2"),
    ] {
        assert_eq!(bench.send(command), format!("\r\n{line}\r\n\r\nOK\r\n"));
    }
}

#[test]
fn results_may_be_digits_or_nothing() {
    let mut bench = Bench::quiet(running());
    assert_eq!(bench.send("ATV0"), "0\r");
    assert_eq!(bench.send("AT+CSQ"), "+CSQ: 24,99\r\n0\r");
    assert_eq!(bench.send("AT+NOSUCH"), "4\r");
    assert_eq!(bench.send("ATV1Q1"), "");
    assert_eq!(bench.send("AT+CSQ"), "\r\n+CSQ: 24,99\r\n");
    assert_eq!(bench.send("ATQ0"), "\r\nOK\r\n");
}

#[test]
fn the_radio_switches_off_and_on() {
    let mut bench = Bench::online(running());
    bench.send("AT+CEREG=1");
    let off = "\r\nOK\r\n\r\n+QIURC: \"pdpdeact\",1\r\n\r\n+CEREG: 0\r\n";
    assert_eq!(bench.until("AT+CFUN=4", "+CEREG: 0"), off);
    assert_eq!(bench.until("AT+CFUN=1", "+CEREG: 2"), "\r\nOK\r\n\r\n+CEREG: 2\r\n");
    assert_eq!(bench.wait_for("+CEREG: 1"), "\r\n+CEREG: 1\r\n");
    assert_eq!(bench.until("AT+CGATT=0", "OK"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+CGATT?"), "\r\n+CGATT: 0\r\n\r\nOK\r\n");
}

#[test]
fn a_scan_for_operators_takes_its_time_and_the_service() {
    let mut bench = Bench::quiet(running());
    assert_eq!(bench.send("AT+COPS=?"), "");
    assert_eq!(bench.wait(179 * SECOND), "");
    let list = "\r\n+COPS: (1,\"CHINA MOBILE\",\"CMCC\",\"46000\",8),,(0,1,2,3,4),(0,1,2)\r\n\r\nOK\r\n";
    assert_eq!(bench.wait(SECOND), list);
    assert_eq!(bench.send("AT+CEREG?"), "\r\n+CEREG: 0,2\r\n\r\nOK\r\n");
    bench.wait(4 * SECOND);
    assert_eq!(bench.until("AT+COPS=2", "OK"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+COPS?"), "\r\n+COPS: 2\r\n\r\nOK\r\n");
    assert_eq!(bench.until("AT+COPS=0", "OK"), "\r\nOK\r\n");
}

#[test]
fn rewriting_the_scan_sequence_deregisters_much_later() {
    let mut bench = Bench::quiet(running());
    bench.send("AT+CEREG=1");
    bench.send("AT+QCFG=\"nwscanseq\",0203,1");
    assert_eq!(bench.wait(17 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\n+CEREG: 2\r\n");
}
