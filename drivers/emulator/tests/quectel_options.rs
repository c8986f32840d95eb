//! Each option changes what it names. The default side of most of them is pinned by the other tests.

mod bench;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use embedded_hal::digital::OutputPin;
use wanlink_emulator::{
    BusyInput, ConnackTimeout, Emulator, MqttPhase, Options, Peer, Profile, ResultOrder, SplitMix64,
};

const OPEN: &str = "AT+QMTOPEN=0,\"broker\",1883";
const PUBLISH: &str = "AT+QMTPUBEX=0,3,1,0,\"t\",\"x\"";

/// The boot lines of a module with these options, ten seconds after the key.
fn boot(options: Options) -> String {
    let mut bench = Bench::new(options);
    let mut key = bench.emulator.pins().pwrkey();
    key.set_low().unwrap();
    bench.wait(600 * MS);
    key.set_high().unwrap();
    bench.wait(10 * SECOND)
}

/// A build without the feature `tls` does not pretend.
#[cfg(not(feature = "tls"))]
#[test]
fn without_tls_such_an_open_fails() {
    let mut bench = Bench::online(running());
    bench.send("AT+QMTCFG=\"ssl\",0,1,0");
    assert_eq!(bench.send("AT+QMTOPEN=0,\"broker\",8883"), "\r\nOK\r\n\r\n+QMTOPEN: 0,-1\r\n");
    assert_eq!(bench.send("AT+QSSLOPEN=1,0,0,\"broker\",8883"), "\r\nOK\r\n\r\n+QSSLOPEN: 0,566\r\n");
    assert_eq!(bench.emulator.tls_failure(), Some(&wanlink_emulator::TlsFailure::NotBuilt));
    assert_eq!(bench.broker.requests, []);
}

#[test]
fn boot_lines() {
    let options = Options::default;
    let sim = "\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n";
    assert_eq!(boot(options()), format!("\r\nRDY\r\n\r\nAPP RDY\r\n{sim}"));
    assert_eq!(boot(Options { app_rdy: false, ..options() }), format!("\r\nRDY\r\n{sim}"));
    assert_eq!(boot(Options { sim_lines: false, ..options() }), "\r\nRDY\r\n\r\nAPP RDY\r\n");
    assert_eq!(boot(Options { rdy: false, ..options() }), format!("\r\nAPP RDY\r\n{sim}"));
    assert_eq!(boot(Options { urcs_on_usb: true, ..options() }), "");
    assert_eq!(boot(Options { slow_boot_us: 8 * SECOND, ..options() }), "");
}

#[test]
fn a_held_key_boots_what_went_off() {
    for (key_held, boots) in [(false, false), (true, true)] {
        let mut bench = Bench::quiet(Options { key_held, ..running() });
        bench.send("AT+QPOWD=1");
        assert_eq!(bench.wait(20 * SECOND).contains("RDY"), boots);
    }
}

#[test]
fn text_in_spite_of_cmee() {
    let mut bench = Bench::quiet(Options { cme_text_always: true, ..running() });
    bench.emulator.sim_out();
    assert_eq!(bench.send("AT+CPIN?"), "\r\n+CME ERROR: SIM not inserted\r\n");
}

#[test]
fn context_setup_is_refused_at_first() {
    let mut bench = Bench::quiet(Options { context_setup_refused_us: 2 * SECOND, ..running() });
    assert_eq!(bench.send("AT+CGDCONT=1,\"IP\",\"cmnet\""), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT+QICSGP=1,1,\"cmnet\""), "\r\nERROR\r\n");
    bench.wait(2 * SECOND);
    assert_eq!(bench.send("AT+CGDCONT=1,\"IP\",\"cmnet\""), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+CGDCONT?"), "\r\n+CGDCONT: 1,\"IP\",\"cmnet\",\"0.0.0.0\",0,0\r\n\r\nOK\r\n");
}

#[test]
fn restart_with_or_without_a_word() {
    for (option, said) in [(true, "\r\nOK\r\n\r\nPOWERED DOWN\r\n"), (false, "\r\nOK\r\n")] {
        let mut bench = Bench::quiet(Options { powered_down_on_restart: option, ..running() });
        assert_eq!(bench.send("AT+CFUN=1,1"), said);
    }
    let mut bench = Bench::quiet(Options { context_line_on_restart: true, ..running() });
    assert_eq!(bench.send("AT+CFUN=1,1"), "\r\nOK\r\n\r\nPOWERED DOWN\r\n\r\n+QIURC: \"pdpdeact\",1\r\n");
}

#[test]
fn flow_control_without_wires_is_deaf_and_mute() {
    let mut bench = Bench::online(Options { flow_control_unwired: true, ..running() });
    bench.send("AT+IFC=2,2");
    bench.emulator.lose_context(1);
    assert_eq!(bench.send("AT"), "");
    let mut bench = Bench::quiet(running());
    bench.send("AT+IFC=2,2");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
}

#[test]
fn creg_may_be_stuck() {
    let mut bench = Bench::quiet(Options { creg_stuck: Some(3), roaming: true, ..running() });
    bench.send("AT+CREG=1");
    assert_eq!(bench.send("AT+CREG?"), "\r\n+CREG: 1,3\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CEREG?"), "\r\n+CEREG: 0,5\r\n\r\nOK\r\n");
    bench.emulator.lose_network();
    assert_eq!(bench.wait(SECOND), "");
}

#[test]
fn networks_may_be_choosy() {
    let login = Some(("u".to_owned(), "p".to_owned()));
    let options = Options { accepted_apn: Some("iot".into()), accepted_login: login, ..running() };
    let mut bench = Bench::quiet(options);
    for (context, answer) in [
        ("\"cmnet\",\"u\",\"p\",1", "ERROR"),
        ("\"iot\"", "ERROR"),
        ("\"iot\",\"u\",\"q\",1", "ERROR"),
        ("\"iot\",\"u\",\"p\",1", "OK"),
    ] {
        assert_eq!(bench.send(&format!("AT+QICSGP=1,1,{context}")), "\r\nOK\r\n");
        bench.raw(b"AT+QIACT=1\r");
        assert_eq!(bench.wait(2 * SECOND), format!("\r\n{answer}\r\n"), "{context}");
    }
}

#[test]
fn contexts_that_are_active_or_not_already() {
    let mut bench = Bench::online(Options { active_context_is_error: false, ..running() });
    assert_eq!(bench.send("AT+QIACT=1"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+QIDEACT=2"), "\r\nOK\r\n");
    let mut bench = Bench::online(Options { idle_deactivation_is_error: true, ..running() });
    assert_eq!(bench.send("AT+QIDEACT=2"), "\r\nERROR\r\n");
}

#[test]
fn a_lost_context_may_be_all_that_is_said() {
    let mut bench = Bench::connected(Options { stat_after_context_loss: false, ..running() });
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(SECOND), "\r\n+QIURC: \"pdpdeact\",1\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
}

#[test]
fn time_servers_may_print_utc() {
    let mut bench = Bench::online(Options { ntp_utc_with_local_tag: true, ..running() });
    let came = bench.until("AT+QNTP=1,\"pool.ntp.org\"", "+QNTP");
    assert!(came.ends_with("\r\n+QNTP: 0,\"2026/01/01,00:00:02+32\"\r\n"), "{came:?}");
    assert!(bench.send("AT+CCLK?").contains("26/01/01,08:00:0"));
}

#[test]
fn input_while_a_command_runs() {
    for (busy, rest) in [(BusyInput::Ignored, ""), (BusyInput::Rejected, "\r\nERROR\r\n")] {
        let mut bench = Bench::quiet(Options { busy_input: busy, ..running() });
        bench.send("AT+QICSGP=1,1,\"cmnet\"");
        assert_eq!(bench.send("AT+QIACT=1"), "");
        assert_eq!(bench.send("AT+CSQ"), "");
        assert_eq!(bench.wait(2 * SECOND), format!("\r\nOK\r\n{rest}"));
        assert_eq!(bench.send("AT"), "\r\nOK\r\n");
    }
}

#[test]
fn prompts() {
    for prompt in ["> ", ">", ">\r\n"] {
        let mut bench = Bench::connected(Options { prompt, ..running() });
        assert_eq!(bench.send("AT+QMTPUB=0,1,1,0,\"t\",2"), format!("\r\n{prompt}"));
    }
    let mut bench = Bench::connected(Options { escape_is_ok: false, ..running() });
    bench.send("AT+QMTPUB=0,1,1,0,\"t\"");
    bench.raw(b"\x1b");
    assert_eq!(bench.wait(SECOND), "\r\nERROR\r\n");
    let mut bench = Bench::connected(Options { prompt_timeout_us: Some(5 * SECOND), ..running() });
    bench.send("AT+QMTPUB=0,1,1,0,\"t\",2");
    bench.raw(b"h");
    assert_eq!(bench.wait(5 * SECOND), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
}

#[test]
fn payloads_may_be_echoed() {
    let mut bench = Bench::connected(Options { echo_data: true, ..running() });
    bench.send("ATE1");
    let typed = "AT+QMTPUB=0,1,1,0,\"t\",2";
    assert_eq!(bench.send(typed), format!("{typed}\r\r\n> "));
    bench.raw(b"hi");
    assert_eq!(bench.wait(SECOND), "hi\r\nOK\r\n\r\n+QMTPUB: 0,1,0\r\n");
}

#[test]
fn a_single_line_end_before_the_final() {
    let mut bench = Bench::quiet(Options { single_crlf: true, ..running() });
    assert_eq!(bench.send("AT+QMTCLOSE=?"), "\r\n+QMTCLOSE: (0-5)\r\nOK\r\n");
    assert_eq!(bench.send("AT+CSQ"), "\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
    let mut bench = Bench::quiet(running());
    assert_eq!(bench.send("AT+QMTCLOSE=?"), "\r\n+QMTCLOSE: (0-5)\r\n\r\nOK\r\n");
}

#[test]
fn lines_inside_an_answer() {
    for (inside, expected) in [
        (true, "\r\n+CSQ: 24,99\r\n\r\n+QMTSTAT: 0,1\r\n\r\nOK\r\n"),
        (false, "\r\n+CSQ: 24,99\r\n\r\nOK\r\n\r\n+QMTSTAT: 0,1\r\n"),
    ] {
        let mut bench = Bench::connected(Options { urcs_inside_answers: inside, ..running() });
        bench.raw(b"AT+CSQ\r");
        bench.emulator.kill_tcp();
        assert_eq!(bench.wait(SECOND), expected);
    }
}

#[test]
fn no_line_tears_the_echo_of_a_command() {
    let mut bench = Bench::connected(running());
    bench.send("ATE1");
    bench.raw(b"AT+C");
    bench.emulator.kill_tcp();
    assert_eq!(bench.wait(SECOND), "AT+C");
    bench.raw(b"SQ\r");
    assert_eq!(bench.wait(SECOND), "SQ\r\r\n+CSQ: 24,99\r\n\r\nOK\r\n\r\n+QMTSTAT: 0,1\r\n");
}

#[test]
fn results_come_before_after_or_with_ok() {
    for (order, ok_at_once, whole) in [
        (ResultOrder::OkFirst, true, "\r\nOK\r\n\r\n+QMTPUB: 0,3,0\r\n"),
        (ResultOrder::Burst, false, "\r\nOK\r\n\r\n+QMTPUB: 0,3,0\r\n"),
        (ResultOrder::ResultFirst, false, "\r\n+QMTPUB: 0,3,0\r\n\r\nOK\r\n"),
    ] {
        let mut bench = Bench::online(Options { result_order: order, ..running() });
        for (line, result) in [(OPEN, "+QMTOPEN: 0,0"), ("AT+QMTCONN=0,\"id\"", "+QMTCONN: 0,0,0")] {
            assert!(bench.send(line).contains(result), "{order:?}");
        }
        bench.raw(format!("{PUBLISH}\r").as_bytes());
        let first = bench.wait(10 * MS);
        assert_eq!(!first.is_empty(), ok_at_once, "{order:?}");
        assert_eq!(first + &bench.wait(SECOND), whole);
        assert!(bench.send("AT+QMTSUB=0,1,\"t\",1").contains("+QMTSUB: 0,1,0,1"));
        assert!(bench.send("AT+QMTDISC=0").contains("+QMTDISC: 0,0"));
        assert_eq!(bench.send("AT"), "\r\nOK\r\n", "no final is owed");
    }
}

#[test]
fn a_result_that_never_comes_still_leaves_an_ok() {
    let mut bench = Bench::connected(Options { result_order: ResultOrder::ResultFirst, ..running() });
    bench.broker.mute = true;
    assert_eq!(bench.send(PUBLISH), "");
    bench.broker.hang_up(bench.now_us);
    assert_eq!(bench.wait(SECOND), "\r\nOK\r\n\r\n+QMTSTAT: 0,1\r\n");
}

#[test]
fn repetitions_may_always_be_told() {
    let mut bench = Bench::open(Options { retransmission_lines: true, ..running() });
    bench.broker.mute = true;
    bench.send("AT+QMTCONN=0,\"id\"");
    assert_eq!(bench.wait(5 * SECOND), "\r\n+QMTCONN: 0,1\r\n");
}

#[test]
fn a_missing_connack_has_two_forms() {
    for (form, line) in [(ConnackTimeout::Result, "+QMTCONN: 0,2"), (ConnackTimeout::Stat, "+QMTSTAT: 0,4")] {
        let mut bench = Bench::open(Options { connack_timeout: form, ..running() });
        bench.broker.mute = true;
        bench.send("AT+QMTCONN=0,\"id\"");
        assert_eq!(bench.wait(20 * SECOND), format!("\r\n{line}\r\n"));
    }
}

#[test]
fn reasons_may_be_hidden() {
    let mut bench = Bench::online(Options { open_failure_hidden: true, ..running() });
    bench.emulator.dns_failure();
    assert_eq!(bench.until(OPEN, "+QMTOPEN"), "\r\nOK\r\n\r\n+QMTOPEN: 0,-1\r\n");
}

#[test]
fn client_ids_may_be_limited() {
    let mut bench = Bench::open(Options { client_id_limit: Some(23), ..running() });
    assert_eq!(bench.send(&format!("AT+QMTCONN=0,\"{}\"", "x".repeat(24))), "\r\nERROR\r\n");
    assert!(bench.send(&format!("AT+QMTCONN=0,\"{}\"", "x".repeat(23))).contains("+QMTCONN: 0,0,0"));
}

#[test]
fn a_disconnected_client_may_want_a_close() {
    let mut bench = Bench::connected(Options { disconnect_closes: false, ..running() });
    bench.send("AT+QMTDISC=0");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Left);
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+QMTOPEN: 0,2\r\n");
    assert_eq!(bench.send("AT+QMTCLOSE=0"), "\r\nOK\r\n\r\n+QMTCLOSE: 0,0\r\n");
    let mut bench = Bench::connected(running());
    bench.send("AT+QMTDISC=0");
    assert_eq!(bench.send("AT+QMTCLOSE=0"), "\r\nERROR\r\n");
}

#[test]
fn a_late_stat_of_the_old_session() {
    let mut bench = Bench::connected(Options { late_stat_us: Some(150 * MS), ..running() });
    assert_eq!(bench.send("AT+QMTCLOSE=0"), "\r\nOK\r\n\r\n+QMTCLOSE: 0,0\r\n");
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+QMTOPEN: 0,0\r\n\r\n+QMTSTAT: 0,1\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Open, "the new one lives");
}

#[test]
fn a_failed_publish_may_leave_the_client() {
    let mut bench = Bench::connected(Options { failed_publish_closes: false, ..running() });
    bench.broker.mute = true;
    bench.send(PUBLISH);
    assert_eq!(bench.wait(21 * SECOND), "\r\n+QMTPUB: 0,3,2\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Connected);
}

#[test]
fn pings_may_be_told() {
    let mut bench = Bench::connected(Options { ping_lines: true, ..running() });
    assert_eq!(bench.wait(121 * SECOND), "\r\n+QMTPING: 0,0\r\n");
    bench.broker.mute = true;
    assert_eq!(bench.wait(200 * SECOND), "\r\n+QMTPING: 0,1\r\n\r\n+QMTSTAT: 0,2\r\n");
}

#[test]
fn subscriptions_may_be_refused() {
    let mut bench = Bench::connected(Options { subscriptions_refused: true, ..running() });
    assert_eq!(bench.send("AT+QMTSUB=0,1,\"t\",1"), "\r\nOK\r\n\r\n+QMTSUB: 0,1,0,128\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, []);
}

#[test]
fn lengths_of_messages_may_be_left_out() {
    for (ignored, line) in [(false, "+QMTRECV: 0,0,\"t\",1,\"x\""), (true, "+QMTRECV: 0,0,\"t\",\"x\"")] {
        let mut bench = Bench::online(Options { receive_length_ignored: ignored, ..running() });
        assert_eq!(bench.send("AT+QMTCFG=\"recv/mode\",0,0,1"), "\r\nOK\r\n");
        bench.send(OPEN);
        bench.send("AT+QMTCONN=0,\"id\"");
        bench.broker.say(bench.now_us, publish(0, 0, "t", b"x"));
        assert_eq!(bench.wait(SECOND), format!("\r\n{line}\r\n"));
    }
}

#[test]
fn drawn_options_depend_on_the_seed_alone_and_every_module_boots() {
    let draw = |seed| format!("{:?}", Options::drawn(&mut SplitMix64::new(seed)));
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    for seed in 0..200 {
        let mut emulator = Emulator::new(Profile::bg95(), Options::drawn(&mut SplitMix64::new(seed)), seed);
        let mut key = emulator.pins().pwrkey();
        key.set_low().unwrap();
        emulator.poll(0);
        key.set_high().unwrap();
        emulator.poll(575 * MS);
        emulator.poll(15 * SECOND);
        emulator.output();
        emulator.input(15 * SECOND, b"ATE0\r");
        emulator.poll(16 * SECOND);
        let came = emulator.output();
        assert!(came.windows(4).any(|window| window == b"OK\r\n"), "seed {seed}: {came:?}");
        emulator.poll(90 * SECOND);
        assert!([1, 5].contains(&emulator.registration()), "seed {seed}");
    }
}
