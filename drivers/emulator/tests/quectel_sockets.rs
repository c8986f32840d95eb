//! Names and sockets of a BG95: what a host asks when an MQTT open fails and the module keeps the reason to itself.

mod bench;

use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{NetRequest, OpenFailure, Options, SocketState};

const OPEN: &str = "AT+QIOPEN=1,0,\"TCP\",\"host.example\",8883,0,0";

fn connected() -> Bench {
    let mut bench = Bench::online(running());
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
    // What is sent there is no MQTT.
    bench.broker.deaf = true;
    bench
}

#[test]
fn a_name_has_addresses() {
    let mut bench = Bench::online(running());
    let answer = "\r\nOK\r\n\r\n+QIURC: \"dnsgip\",0,1,600\r\n\r\n+QIURC: \"dnsgip\",\"192.0.2.1\"\r\n";
    assert_eq!(bench.send("AT+QIDNSGIP=1,\"host.example\""), answer);
    // An address is its own, and nobody is asked.
    let asked = bench.broker.requests.len();
    assert!(bench.send("AT+QIDNSGIP=1,\"10.0.0.9\"").ends_with("\r\n+QIURC: \"dnsgip\",\"10.0.0.9\"\r\n"));
    assert_eq!(bench.broker.requests.len(), asked);
}

#[test]
fn a_name_may_not_be_found_or_not_in_time() {
    for (short, line) in [(true, "\r\n+QIURC: \"dnsgip\",565\r\n"), (false, "\r\n+QIURC: \"dnsgip\",565,0,0\r\n")] {
        let mut bench = Bench::online(Options { failed_name_short: short, ..running() });
        bench.broker.open = Err(OpenFailure::Dns);
        assert_eq!(bench.send("AT+QIDNSGIP=1,\"host.example\""), format!("\r\nOK\r\n{line}"));
        assert_eq!(bench.send("AT+QIGETERROR"), "\r\n+QIGETERROR: 565,DNS parse failed\r\n\r\nOK\r\n");
        bench.broker.deaf = true;
        assert_eq!(bench.send("AT+QIDNSGIP=1,\"host.example\""), "\r\nOK\r\n");
        assert_eq!(bench.send("AT+QIDNSGIP=1,\"other.example\""), "\r\nERROR\r\n", "one at a time");
        assert_eq!(bench.wait(59 * SECOND), "");
        assert_eq!(bench.wait(SECOND), line);
    }
}

/// The three questions of a diagnosis, and what each fault answers to them.
#[test]
fn faults_answer_all_three_questions_alike() {
    for (why, mqtt, name, socket) in [
        (OpenFailure::Dns, "4", "565", "565"),
        (OpenFailure::Refused, "5", "0,1,600", "566"),
        (OpenFailure::Tls, "-1", "0,1,600", "0"),
    ] {
        let mut bench = Bench::online(running());
        bench.emulator.fail_opens(why, None);
        for _ in 0..2 {
            let answer = bench.send("AT+QMTOPEN=0,\"host.example\",8883");
            assert!(answer.ends_with(&format!("\r\n+QMTOPEN: 0,{mqtt}\r\n")), "{why:?}: {answer}");
            let answer = bench.send("AT+QIDNSGIP=1,\"host.example\"");
            assert!(answer.contains(&format!("\r\n+QIURC: \"dnsgip\",{name}\r\n")), "{why:?}: {answer}");
            let answer = bench.send(OPEN);
            assert!(answer.ends_with(&format!("\r\n+QIOPEN: 0,{socket}\r\n")), "{why:?}: {answer}");
            bench.send("AT+QICLOSE=0");
        }
        bench.emulator.fail_opens(why, Some(0));
        assert!(bench.send("AT+QMTOPEN=0,\"host.example\",8883").ends_with("\r\n+QMTOPEN: 0,0\r\n"));
    }
}

#[test]
fn an_ordered_failure_hits_as_often_as_it_was_told() {
    let mut bench = Bench::online(running());
    bench.emulator.fail_opens(OpenFailure::Refused, Some(2));
    for code in [566, 566, 0] {
        assert_eq!(bench.send(OPEN), format!("\r\nOK\r\n\r\n+QIOPEN: 0,{code}\r\n"));
    }
}

#[test]
fn an_address_needs_no_name_server() {
    let mut bench = Bench::online(running());
    bench.emulator.fail_opens(OpenFailure::Dns, None);
    let answer = bench.send("AT+QIOPEN=1,0,\"TCP\",\"192.0.2.1\",8883,0,0");
    assert_eq!(answer, "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
}

/// The transcript of the fact sheet (quectel-at 9.4).
#[test]
fn data_goes_both_ways_in_buffer_mode() {
    let mut bench = connected();
    assert_eq!(bench.send("AT+QISEND=0,6"), "\r\n> ");
    bench.raw(b"Hello\n");
    assert_eq!(bench.wait(100 * MS), "\r\nSEND OK\r\n");
    let sent = NetRequest::Send { link: 1, bytes: b"Hello\n".to_vec() };
    assert_eq!(bench.broker.requests.last(), Some(&sent));
    assert_eq!(bench.send("AT+QISEND=0,0"), "\r\n+QISEND: 6,6,0\r\n\r\nOK\r\n");
    let now = bench.now_us;
    bench.broker.say(now, b"Hello\n".to_vec());
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(bench.send("AT+QIRD=0,1500"), "\r\n+QIRD: 6\r\nHello\n\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QIRD=0,1500"), "\r\n+QIRD: 0\r\n\r\nOK\r\n");
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"closed\",0\r\n");
    assert_eq!(bench.send("AT+QICLOSE=0"), "\r\nOK\r\n");
    assert_eq!(bench.emulator.socket(0), None);
}

/// "No second announcement until the buffer was read to 0" (quectel-at 4).
#[test]
fn more_data_is_announced_only_after_an_empty_read() {
    let mut bench = connected();
    let say = |bench: &mut Bench, expected: &str| {
        let now = bench.now_us;
        bench.broker.say(now, vec![b'x'; 1_000]);
        assert_eq!(bench.wait(0), expected);
    };
    say(&mut bench, "\r\n+QIURC: \"recv\",0\r\n");
    say(&mut bench, "");
    assert_eq!(bench.send("AT+QIRD=0,0"), "\r\n+QIRD: 2000,0,2000\r\n\r\nOK\r\n");
    assert!(bench.send("AT+QIRD=0,1500").starts_with("\r\n+QIRD: 1500\r\nxxx"));
    assert!(bench.send("AT+QIRD=0").starts_with("\r\n+QIRD: 500\r\nxxx"));
    say(&mut bench, "");
    assert_eq!(bench.emulator.socket(0).unwrap().unread, 1_000);
    bench.send("AT+QIRD=0");
    assert_eq!(bench.send("AT+QIRD=0"), "\r\n+QIRD: 0\r\n\r\nOK\r\n");
    say(&mut bench, "\r\n+QIURC: \"recv\",0\r\n");
}

#[test]
fn the_state_is_told_until_the_host_closes() {
    let mut bench = connected();
    let line =
        |state| format!("\r\n+QISTATE: 0,\"TCP\",\"host.example\",8883,49152,{state},1,0,0,\"uart1\"\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QISTATE=1,0"), line(2));
    assert_eq!(bench.send("AT+QISTATE=1,1"), "\r\nOK\r\n");
    let now = bench.now_us;
    bench.broker.say(now, b"last".to_vec());
    bench.broker.hang_up(now);
    bench.wait(0);
    // What came before the end can still be read.
    assert_eq!(bench.send("AT+QISTATE?"), line(4));
    assert_eq!(bench.send("AT+QIRD=0"), "\r\n+QIRD: 4\r\nlast\r\n\r\nOK\r\n");
    bench.send("AT+QICLOSE=0,1");
    assert_eq!(bench.send("AT+QISTATE"), "\r\nOK\r\n");
}

#[test]
fn an_open_has_its_time() {
    let mut bench = Bench::online(running());
    bench.broker.deaf = true;
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n");
    assert_eq!(bench.emulator.socket(0).unwrap().state, SocketState::Opening);
    assert_eq!(bench.wait(149 * SECOND), "");
    assert_eq!(bench.wait(SECOND), "\r\n+QIOPEN: 0,569\r\n");
    assert!(matches!(bench.broker.requests.last(), Some(NetRequest::Close { link: 1 })));
}

#[test]
fn a_socket_dies_with_its_context_its_connection_and_its_module() {
    let mut bench = connected();
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"pdpdeact\",1\r\n");
    assert_eq!(bench.emulator.socket(0).unwrap().state, SocketState::Closed);
    bench.until("AT+QIDEACT=1", "OK");
    assert_eq!(bench.emulator.socket(0), None);

    let mut bench = connected();
    bench.emulator.kill_tcp();
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"closed\",0\r\n");

    let mut bench = connected();
    bench.emulator.reset();
    bench.wait(10 * SECOND);
    assert_eq!(bench.emulator.socket(0), None);
    assert!(matches!(bench.broker.requests.last(), Some(NetRequest::Close { link: 1 })));
}

#[test]
fn refusals_may_come_at_once() {
    let mut bench = Bench::online(Options { socket_refused_at_once: true, idle_close_is_error: true, ..running() });
    assert_eq!(bench.send("AT+QICLOSE=0"), "\r\nERROR\r\n");
    bench.send(OPEN);
    assert_eq!(bench.send(OPEN), "\r\nERROR\r\n");
    let error = "\r\n+QIGETERROR: 563,socket identity has been used\r\n\r\nOK\r\n";
    assert_eq!(bench.send("AT+QIGETERROR"), error);
}

/// "563: QICLOSE missing" (quectel-at 10.14), where a failed open counts too.
#[test]
fn a_failed_open_may_keep_its_id() {
    for (keeps, code) in [(true, 563), (false, 0)] {
        let mut bench = Bench::online(Options { failed_open_keeps_id: keeps, ..running() });
        bench.emulator.refuse();
        assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+QIOPEN: 0,566\r\n");
        assert_eq!(bench.send("AT+QIRD=0"), if keeps { "\r\n+QIRD: 0\r\n\r\nOK\r\n" } else { "\r\nERROR\r\n" });
        assert_eq!(bench.send(OPEN), format!("\r\nOK\r\n\r\n+QIOPEN: 0,{code}\r\n"));
        assert_eq!(bench.send("AT+QICLOSE=0"), "\r\nOK\r\n");
        assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
        // With its context gone by the host's order it is free in any case.
        bench.broker.deaf = true;
        bench.send("AT+QIOPEN=1,1,\"TCP\",\"host.example\",1");
        assert_eq!(bench.until("AT+QIDEACT=1", "+QIOPEN"), "\r\nOK\r\n\r\n+QIOPEN: 1,570\r\n");
        assert_eq!(bench.emulator.socket(1), None);
    }
}

/// "`QIACT?` can lie: .. every connect then fails with the same ~30 s timeout (716/552)" (quectel-at 1.5).
#[test]
fn a_context_that_lies_may_fail_opens_in_its_own_way() {
    let mut bench = Bench::online(Options { dead_context_fails_us: Some(30 * SECOND), ..running() });
    bench.emulator.context_lies(1);
    assert!(bench.send("AT+QIACT?").starts_with("\r\n+QIACT: 1,1,1,"));
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n");
    assert_eq!(bench.wait(29 * SECOND), "");
    assert_eq!(bench.wait(SECOND), "\r\n+QIOPEN: 0,552\r\n");
    bench.send("AT+QHTTPURL=8");
    bench.raw(b"http://h");
    bench.wait(SECOND);
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\nOK\r\n");
    assert_eq!(bench.wait(29 * SECOND), "");
    assert_eq!(bench.wait(SECOND), "\r\n+QHTTPGET: 716\r\n");
    bench.until("AT+QIDEACT=1", "OK");
    bench.online_again();
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
}
