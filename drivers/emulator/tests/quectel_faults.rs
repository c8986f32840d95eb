//! Each fault verb does what it says.

mod bench;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{ContextState, MqttPhase, NetRequest};

const PUBLISH: &str = "AT+QMTPUBEX=0,3,1,0,\"t\",\"x\"";

#[test]
fn reset_and_brown_out() {
    let mut bench = Bench::connected(running());
    bench.emulator.reset();
    assert_eq!(bench.wait(2_600 * MS), "\r\nRDY\r\n");
    assert!(bench.emulator.echo());
    let mut bench = Bench::connected(running());
    bench.send("AT+CCLK=\"30/06/01,12:00:00-20\"");
    bench.emulator.brown_out(5 * SECOND);
    assert!(!bench.emulator.is_on());
    assert_eq!(bench.wait(7 * SECOND), "");
    assert_eq!(bench.wait(SECOND), "\r\nRDY\r\n");
    assert!(bench.send("AT+CCLK?").contains("80/01/06"), "the clock lost its power too");
}

#[test]
fn garble() {
    let mut bench = Bench::quiet(running());
    bench.emulator.garble(4);
    let came = bench.send("AT");
    assert_ne!(&came[..2], "\r\n");
    assert!(came.ends_with("\r\n"), "{came:?}");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
    bench.emulator.garble_for(SECOND);
    assert!(!bench.send("AT").contains("OK"));
    bench.wait(SECOND);
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
}

#[test]
fn lines_are_dropped_and_doubled() {
    let mut bench = Bench::quiet(running());
    bench.emulator.drop_line("+CSQ");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+CSQ"), "\r\nOK\r\n");
    bench.emulator.drop_nth_line(3);
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+CSQ"), "\r\n+CSQ: 24,99\r\n");
    bench.emulator.duplicate_line("+CSQ");
    assert_eq!(bench.send("AT+CSQ"), "\r\n+CSQ: 24,99\r\n\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
    bench.emulator.lose_final();
    assert_eq!(bench.send("AT+CSQ"), "\r\n+CSQ: 24,99\r\n");
    assert_eq!(bench.send("AT+CSQ"), "\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
}

#[test]
fn a_foreign_line_between() {
    let mut bench = Bench::quiet(running());
    bench.emulator.urc_between(1, "+FOREIGN: 1");
    let expected = "\r\n+FOREIGN: 1\r\n\r\n+CSQ: 24,99\r\n\r\n+FOREIGN: 1\r\n\r\nOK\r\n";
    assert_eq!(bench.send("AT+CSQ"), expected);
    bench.emulator.urc_between(0, "");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
}

#[test]
fn prompts_come_late_or_never() {
    let mut bench = Bench::connected(running());
    bench.emulator.delay_prompt(SECOND);
    assert_eq!(bench.send("AT+QMTPUB=0,1,1,0,\"t\",2"), "");
    // Until the prompt the module does not listen.
    bench.raw(b"no");
    assert_eq!(bench.wait(SECOND), "\r\n> ");
    bench.raw(b"hi");
    assert_eq!(bench.wait(SECOND), "\r\nOK\r\n\r\n+QMTPUB: 0,1,0\r\n");
    bench.emulator.lose_prompt();
    assert_eq!(bench.send("AT+QMTPUB=0,2,1,0,\"t\",3"), "");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n\r\n+QMTPUB: 0,2,0\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload, b"AT\r");
}

#[test]
fn silence() {
    let mut bench = Bench::quiet(running());
    bench.emulator.silence(SECOND);
    assert_eq!(bench.send("AT+CMEE=2"), "");
    bench.wait(SECOND);
    assert_eq!(bench.emulator.error_form(), 1, "the module heard nothing either");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
}

#[test]
fn a_block_starves() {
    let mut bench = Bench::connected(running());
    bench.emulator.starve_block();
    bench.broker.say(bench.now_us, publish(0, 0, "t", b"0123456789abcdefghij"));
    let came = bench.wait(SECOND);
    assert!(came.starts_with("\r\n+QMTRECV: 0,0,\"t\",\"0123456") && !came.ends_with('\n'), "{came:?}");
    bench.broker.say(bench.now_us, publish(0, 0, "t", b"x"));
    assert_eq!(bench.wait(SECOND), "\r\n+QMTRECV: 0,0,\"t\",\"x\"\r\n");
}

#[test]
fn the_card_goes_and_comes() {
    let mut bench = Bench::online(running());
    bench.emulator.sim_out();
    assert_eq!(bench.send("AT+CPIN?"), "\r\n+QIURC: \"pdpdeact\",1\r\n\r\n+CME ERROR: 10\r\n");
    assert_eq!(bench.emulator.registration(), 0);
    bench.emulator.sim_in();
    assert_eq!(bench.send("AT+CPIN?"), "\r\n+CME ERROR: 14\r\n");
    bench.wait(5 * SECOND);
    assert_eq!(bench.emulator.registration(), 1);
}

#[test]
fn no_data_passes_without_the_network() {
    let mut bench = Bench::connected(running());
    bench.send("AT+CEREG=1");
    bench.emulator.lose_network();
    assert_eq!(bench.wait(MS), "\r\n+CEREG: 2\r\n");
    assert_eq!(bench.emulator.context(1), ContextState::Active);
    bench.broker.take_kinds();
    assert_eq!(bench.send(PUBLISH), "\r\nOK\r\n");
    bench.broker.say(bench.now_us, publish(0, 0, "t", b"x"));
    assert_eq!(bench.wait(SECOND), "");
    assert_eq!(bench.broker.take_kinds(), []);
    bench.emulator.restore_network();
    assert_eq!(bench.wait(SECOND), "\r\n+QMTRECV: 0,0,\"t\",\"x\"\r\n\r\n+QMTPUB: 0,3,0\r\n");
    assert_eq!(bench.wait(3 * SECOND), "\r\n+CEREG: 1\r\n");
}

#[test]
fn a_refused_subscriber() {
    let mut bench = Bench::online(running());
    bench.send("AT+CEREG=4");
    bench.emulator.deny();
    let came = bench.wait(5 * SECOND);
    assert_eq!(came, "\r\n+QIURC: \"pdpdeact\",1\r\n\r\n+CEREG: 2\r\n\r\n+CEREG: 3,,,,0,15\r\n");
    bench.emulator.admit();
    let home = "1,\"5A1C\",\"0B2D3F01\",8,,,\"00100100\",\"01000111\"";
    assert_eq!(bench.wait(5 * SECOND), format!("\r\n+CEREG: 2\r\n\r\n+CEREG: {home}\r\n"));
}

#[test]
fn a_lost_context_takes_its_clients_with_it() {
    let mut bench = Bench::connected(running());
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+QIURC: \"pdpdeact\",1\r\n\r\n+QMTSTAT: 0,1\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    assert_eq!(bench.send("AT+QIACT=1"), "\r\nERROR\r\n");
    assert_eq!(bench.until("AT+QIDEACT=1", "OK"), "\r\nOK\r\n");
    assert_eq!(bench.until("AT+QIACT=1", "OK"), "\r\nOK\r\n");
}

#[test]
fn a_context_that_lies() {
    let mut bench = Bench::online(running());
    bench.emulator.context_lies(1);
    assert_eq!(bench.send("AT+QIACT?"), "\r\n+QIACT: 1,1,1,\"10.171.134.243\"\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CGACT?"), "\r\n+CGACT: 1,0\r\n\r\nOK\r\n");
    bench.until("AT+QMTOPEN=0,\"broker\",1883", "OK");
    assert_eq!(bench.wait_for("+QMTOPEN"), "\r\n+QMTOPEN: 0,-1\r\n");
    bench.until("AT+QIDEACT=1", "OK");
    bench.until("AT+QIACT=1", "OK");
    assert_eq!(bench.until("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN"), "\r\nOK\r\n\r\n+QMTOPEN: 0,0\r\n");
}

#[test]
fn opens_fail_as_ordered() {
    let mut bench = Bench::online(running());
    let open = "AT+QMTOPEN=0,\"broker\",1883";
    bench.emulator.dns_failure();
    assert_eq!(bench.until(open, "+QMTOPEN"), "\r\nOK\r\n\r\n+QMTOPEN: 0,4\r\n");
    assert_eq!(bench.send("AT+QIGETERROR"), "\r\n+QIGETERROR: 565,DNS parse failed\r\n\r\nOK\r\n");
    bench.emulator.refuse();
    assert_eq!(bench.until(open, "+QMTOPEN"), "\r\nOK\r\n\r\n+QMTOPEN: 0,5\r\n");
    bench.emulator.wrong_certificate();
    assert_eq!(bench.until(open, "+QMTOPEN"), "\r\nOK\r\n\r\n+QMTOPEN: 0,-1\r\n");
    assert_eq!(bench.broker.requests, [], "the internet was not asked");
    assert_eq!(bench.until(open, "+QMTOPEN"), "\r\nOK\r\n\r\n+QMTOPEN: 0,0\r\n");
}

#[test]
fn a_slow_internet() {
    let mut bench = Bench::connected(running());
    bench.emulator.slow(2 * SECOND);
    assert_eq!(bench.send(PUBLISH), "\r\nOK\r\n");
    assert_eq!(bench.wait(1_900 * MS), "");
    assert_eq!(bench.wait(100 * MS), "\r\n+QMTPUB: 0,3,0\r\n");
}

#[test]
fn a_killed_connection_is_closed_on_both_sides() {
    let mut bench = Bench::connected(running());
    bench.emulator.kill_tcp();
    assert_eq!(bench.wait(MS), "\r\n+QMTSTAT: 0,1\r\n");
    assert_eq!(bench.broker.requests.last(), Some(&NetRequest::Close { link: 1 }));
}

#[test]
fn pubacks_are_lost_doubled_or_cut_off() {
    let mut bench = Bench::connected(running());
    bench.emulator.drop_puback();
    assert_eq!(bench.send(PUBLISH), "\r\nOK\r\n");
    assert_eq!(bench.wait(6 * SECOND), "\r\n+QMTPUB: 0,3,0\r\n");
    assert_eq!(bench.broker.take_kinds(), [0x10, 0x32, 0x3a], "the broker has it twice");
    bench.emulator.duplicate_puback();
    assert_eq!(bench.send(PUBLISH), "\r\nOK\r\n\r\n+QMTPUB: 0,3,0\r\n");
    assert_eq!(bench.wait(SECOND), "");
    bench.emulator.kill_before_puback();
    assert_eq!(bench.send(PUBLISH), "\r\nOK\r\n\r\n+QMTSTAT: 0,1\r\n");
    assert_eq!(bench.broker.take_kinds(), [0x32, 0x32], "the broker has it");
}

#[test]
fn the_time_server_fails() {
    let mut bench = Bench::online(running());
    bench.emulator.time_server_fails(565);
    assert_eq!(bench.until("AT+QNTP=1,\"pool.ntp.org\"", "+QNTP"), "\r\nOK\r\n\r\n+QNTP: 565\r\n");
    assert_eq!(bench.send("AT+CCLK?").len(), "\r\n+CCLK: \"80/01/06,00:00:01+00\"\r\n\r\nOK\r\n".len());
}
