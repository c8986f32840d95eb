//! What EC25 and EC200U have of their own beside refusals and transcripts, and what is doubtful of them (quectel-at 1.6,
//! 2, 3.1, 5, 8).

mod bench;

use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{Options, Profile, QuectelOptions};

const OK: &str = "\r\nOK\r\n";
const ERROR: &str = "\r\nERROR\r\n";

fn with(quectel: QuectelOptions) -> Options {
    Options { quectel, ..running() }
}

fn connected(profile: &'static Profile, quectel: QuectelOptions) -> Bench {
    let mut bench = Bench::open_of(profile, with(quectel));
    assert!(bench.send("AT+QMTCONN=0,\"id\"").starts_with("\r\nOK\r\n\r\n+QMTCONN: 0,0"));
    bench
}

fn publish(bench: &mut Bench, head: &str) -> String {
    assert_eq!(bench.send(&format!("AT+{head},\"t\",2")), "\r\n> ", "{head}");
    bench.raw(b"hi");
    bench.wait(200 * MS)
}

/// "QMTPUBEX since MQTT note V1.1 (2018-12) .., older firmware only QMTPUB"; "some QC firmware answers `+QMTPUB:`".
#[test]
fn an_ec25_has_one_publish_or_the_other() {
    let mut old = connected(Profile::ec25(), QuectelOptions { old_publish: true, ..QuectelOptions::default() });
    assert_eq!(old.send("AT+QMTPUBEX=0,1,1,0,\"t\",2"), ERROR);
    assert_eq!(publish(&mut old, "QMTPUB=0,1,1,0"), "\r\nOK\r\n\r\n+QMTPUB: 0,1,0\r\n");
    assert!(old.send("AT+QMTPUB=?").contains("(1-1548)"));
    for (short_publish_result, name) in [(false, "QMTPUBEX"), (true, "QMTPUB")] {
        let options = QuectelOptions { short_publish_result, ..QuectelOptions::default() };
        let mut bench = connected(Profile::ec25(), options);
        assert_eq!(publish(&mut bench, "QMTPUBEX=0,1,1,0"), format!("\r\nOK\r\n\r\n+{name}: 0,1,0\r\n"));
    }
}

#[test]
fn an_ec200u_may_say_nothing_of_quality_0() {
    for (silent_qos0, expected) in [(false, "\r\nOK\r\n\r\n+QMTPUBEX: 0,0,0\r\n"), (true, OK)] {
        let options = QuectelOptions { silent_qos0, ..QuectelOptions::default() };
        let mut bench = connected(Profile::ec200u(), options);
        assert_eq!(publish(&mut bench, "QMTPUBEX=0,0,0,0"), expected);
        assert_eq!(bench.broker.packets.last().unwrap()[0], 0x30);
    }
}

#[test]
fn an_ec200u_may_leave_the_code_of_an_accepted_login_out() {
    let options = || with(QuectelOptions { connack_code_omitted: true, ..QuectelOptions::default() });
    for (connack, expected) in [(0, "+QMTCONN: 0,0\r\n"), (4, "+QMTCONN: 0,0,4\r\n")] {
        let mut bench = Bench::open_of(Profile::ec200u(), options());
        bench.broker.connack = connack;
        assert!(bench.send("AT+QMTCONN=0,\"id\"").contains(expected));
    }
}

#[test]
fn an_ec200u_may_put_a_payload_on_a_line_of_its_own() {
    let options = QuectelOptions { payload_on_own_line: true, ..QuectelOptions::default() };
    let mut bench = Bench::online_of(Profile::ec200u(), with(options));
    assert_eq!(bench.send("AT+QMTCFG=\"recv/mode\",0,0,1"), OK);
    bench.send("AT+QMTOPEN=0,\"broker\",1883");
    bench.send("AT+QMTCONN=0,\"id\"");
    let now = bench.now_us;
    bench.broker.say(now, bench::broker::publish(0, 0, "t", b"OK\r\n"));
    assert_eq!(bench.wait(MS), "\r\n+QMTRECV: 0,0,\"t\",4\r\nOK\r\n\r\n");
}

/// "UA `edit/timeout`: leave the prompt by itself."
#[test]
fn an_ec200u_leaves_a_prompt_by_itself_where_it_is_told_to() {
    let mut bench = Bench::online_of(Profile::ec200u(), running());
    assert_eq!(bench.send("AT+QMTCFG=\"edit/timeout\",0,1,3"), OK);
    bench.send("AT+QMTOPEN=0,\"broker\",1883");
    bench.send("AT+QMTCONN=0,\"id\"");
    assert_eq!(bench.send("AT+QMTPUBEX=0,1,1,0,\"t\",9"), "\r\n> ");
    assert_eq!(bench.wait(2 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), ERROR);
}

/// "Measured trap: UTC digits with a local zone tag -> after QNTP read CCLK."
#[test]
fn the_text_of_a_time_server_is_not_the_clock_of_an_ec200u() {
    let mut bench = Bench::online_of(Profile::ec200u(), running());
    let answer = bench.until("AT+QNTP=1,\"pool.ntp.org\"", "+QNTP");
    let clock = bench.send("AT+CCLK?");
    let hour = |text: &str| text.split(',').next_back().unwrap()[..2].parse::<u8>().unwrap();
    assert!(answer.ends_with("+32\"\r\n"), "{answer}");
    let (told, real) = (hour(answer.trim()), hour(clock.lines().nth(1).unwrap()));
    assert_eq!((told + 8) % 24, real, "{answer} {clock}");
}

/// "EG800K: unknown host gives 716"; the header that was added goes with each request until it is removed.
#[test]
fn an_ec200u_sends_the_headers_that_were_added() {
    let mut bench = Bench::online_of(Profile::ec200u(), running());
    bench.broker.web = Some(Web::answering(&[&response("200 OK", "x"), &response("200 OK", "x")]));
    for header in ["\"password\",\"old\"", "\"password\",\"token\"", "\"X-One\",\"1\""] {
        assert_eq!(bench.send(&format!("AT+QHTTPCFG=\"reqheader/add\",{header}")), OK);
    }
    bench.send("AT+QHTTPURL=10");
    bench.raw(b"http://h/a");
    bench.wait(SECOND);
    for _ in 0..2 {
        assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n");
        bench.raw(b"hi");
        assert!(bench.wait(SECOND).ends_with("+QHTTPPOST: 0,200,1\r\n"));
        bench.send("AT+QHTTPCFG=\"reqheader/remove\",\"X-One\"");
    }
    let heads: Vec<_> = bench.broker.web.unwrap().requests.into_iter().map(|request| request.head).collect();
    for (head, of_one) in heads.iter().zip([true, false]) {
        assert!(head.contains(&"password: token".to_owned()) && !head.contains(&"password: old".to_owned()));
        assert_eq!(head.contains(&"X-One: 1".to_owned()), of_one, "{head:?}");
    }
}

/// "`QISDE=1` default for QISEND on QC/UA": with echo on, what is typed at the prompt comes back.
#[test]
fn typed_data_is_echoed_until_it_is_switched_off() {
    for (command, echo) in [("AT", "hello"), ("AT+QISDE=0", "")] {
        let mut bench = Bench::online_of(Profile::ec25(), running());
        bench.broker.raw = true;
        bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1");
        bench.send(command);
        bench.send("ATE1");
        assert!(bench.send("AT+QISEND=0,5").ends_with("\r\n> "));
        bench.raw(b"hello");
        assert_eq!(bench.wait(SECOND), format!("{echo}\r\nSEND OK\r\n"));
    }
}

#[test]
fn a_restart_brings_the_factory_version_back() {
    let mut bench = Bench::quiet_of(Profile::ec25(), running());
    assert_eq!(bench.send("AT+QMTCFG=\"version\",0,4"), OK);
    bench.emulator.reset();
    bench.wait(20 * SECOND);
    bench.send("ATE0");
    assert_eq!(bench.send("AT+QMTCFG=\"version\",0"), "\r\n+QMTCFG: \"version\",3\r\n\r\nOK\r\n");
}
