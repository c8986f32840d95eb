//! Each fault verb does on SIMCom's modules what it says.

mod bench;
mod simcom;

use bench::broker::publish;
use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use simcom::{OK, connect, connected, enter, entered, lpwa, ok, online, sm_connected, sm_ready};
use wanlink_emulator::{MqttPhase, Profile};

const PUB: &str = "AT+CMQTTPUB=0,1,60";

fn arrives(bench: &mut Bench, topic: &str, payload: &[u8]) -> String {
    let now = bench.now_us;
    bench.broker.say(now, publish(0, 0, topic, payload));
    bench.wait(100 * MS)
}

#[test]
fn every_model_has_one_name() {
    let names: std::collections::BTreeSet<_> = Profile::all().map(|profile| profile.name).collect();
    assert_eq!(names.len(), Profile::all().count());
    assert!(
        Profile::all().all(|profile| Profile::named(profile.name).is_some_and(|named| named.model == profile.model))
    );
    assert!(Profile::named("sim800").is_none());
}

/// Each of the blocks that carry counted bytes, or a payload without a count.
#[test]
fn blocks_starve_behind_their_heads() {
    let mut bench = connected(Profile::a7670(), running());
    bench.emulator.starve_block();
    let came = arrives(&mut bench, "a/b", b"0123456789");
    assert_eq!(came, "\r\n+CMQTTRXSTART: 0,3,10\r\n\r\n+CMQTTRXTOPIC: 0,3\r\n", "and nothing of the rest");
    let mut bench = sm_connected(running());
    bench.emulator.starve_block();
    let came = arrives(&mut bench, "a/b", b"0123456789");
    assert!(came.starts_with("\r\n+SMSUB: \"a/b\",\"01") && !came.contains("9\"\r\n"), "{came}");
    let mut bench = lpwa(Profile::sim7080(), running());
    bench.broker.raw = true;
    bench.send("AT+CAOPEN=0,0,\"TCP\",\"h\",1");
    let now = bench.now_us;
    bench.broker.say(now, b"0123456789".to_vec());
    bench.wait(MS);
    bench.emulator.starve_block();
    assert_eq!(bench.send("AT+CARECV=0,10"), "\r\n+CARECV: 10,012\r\nOK\r\n");
    let mut bench = Bench::quiet_of(Profile::a7670(), running());
    bench.broker.web = Some(Web::answering(&[&response("200 OK", "0123456789")]));
    ok(&mut bench, "AT+HTTPINIT");
    ok(&mut bench, "AT+HTTPPARA=\"URL\",\"http://h/\"");
    bench.send("AT+HTTPACTION=0");
    bench.emulator.starve_block();
    let came = bench.send("AT+HTTPREAD=0,10");
    assert!(came.starts_with("\r\nOK\r\n\r\n+HTTPREAD: 10\r\n0") && !came.contains('9'), "{came}");
}

#[test]
fn foreign_lines_come_between_the_parts_of_a_message() {
    let mut bench = connected(Profile::a7670(), running());
    bench.emulator.urc_between(2, "+MSTK: 14");
    let came = arrives(&mut bench, "t", b"x");
    assert_eq!(
        came,
        "\r\n+MSTK: 14\r\n\r\n+CMQTTRXSTART: 0,1,1\r\n\r\n+CMQTTRXTOPIC: 0,1\r\nt\r\n\r\n+MSTK: 14\r\n\
         +CMQTTRXPAYLOAD: 0,1\r\nx\r\n+CMQTTRXEND: 0\r\n"
    );
}

#[test]
fn prompts_are_late_or_lost() {
    let mut bench = connected(Profile::a7670(), running());
    bench.emulator.delay_prompt(5 * SECOND);
    assert_eq!(bench.send("AT+CMQTTTOPIC=0,1"), "");
    assert_eq!(bench.wait(5 * SECOND), "\r\n>");
    bench.raw(b"t");
    assert_eq!(bench.wait(100 * MS), OK);
    bench.emulator.lose_prompt();
    assert_eq!(bench.send("AT+CMQTTPAYLOAD=0,3"), "");
    // The host does not know that the port wants data.
    bench.raw(b"AT\r");
    assert_eq!(bench.wait(100 * MS), OK);
    assert!(bench.send(PUB).ends_with("+CMQTTPUB: 0,0\r\n"));
    assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload, b"AT\r");
}

#[test]
fn lines_and_finals_are_lost_or_come_twice() {
    let mut bench = connected(Profile::sim7600(), running());
    entered(&mut bench);
    bench.emulator.drop_line("+CMQTTPUB");
    ok(&mut bench, PUB);
    entered(&mut bench);
    bench.emulator.duplicate_line("+CMQTTPUB");
    assert_eq!(bench.send(PUB), "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n\r\n+CMQTTPUB: 0,0\r\n");
    entered(&mut bench);
    bench.emulator.lose_final();
    assert_eq!(bench.send(PUB), "\r\n+CMQTTPUB: 0,0\r\n");
    bench.emulator.silence(SECOND);
    assert_eq!(bench.send("AT"), "");
    bench.wait(SECOND);
    bench.emulator.garble(2);
    let came = bench.send("AT");
    assert!(came.ends_with("OK\r\n") && !came.starts_with("\r\n"), "{came}");
}

#[test]
fn acknowledgements_are_lost_or_come_twice() {
    let mut bench = connected(Profile::a7670(), running());
    bench.emulator.duplicate_puback();
    entered(&mut bench);
    assert_eq!(bench.send(PUB), "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n");
    bench.emulator.drop_puback();
    entered(&mut bench);
    bench.raw(format!("{PUB}\r").as_bytes());
    assert_eq!(bench.wait(61 * SECOND), "\r\nOK\r\n\r\n+CMQTTPUB: 0,17\r\n");
    bench.emulator.kill_before_puback();
    entered(&mut bench);
    assert_eq!(bench.send(PUB), "\r\nOK\r\n\r\n+CMQTTCONNLOST: 0,1\r\n");
    let mut bench = sm_connected(running());
    bench.emulator.drop_puback();
    assert_eq!(bench.send("AT+SMPUB=\"t\",1,1,0"), "\r\n> ");
    bench.raw(b"x");
    assert_eq!(bench.wait(59 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\nERROR\r\n");
}

#[test]
fn opens_fail_as_they_were_told() {
    let mut bench = connected(Profile::a7670(), running());
    let command = "AT+CMQTTCONNECT=0,\"tcp://broker\",60,1";
    bench.send("AT+CMQTTDISC=0,120");
    bench.emulator.dns_failure();
    assert!(bench.send(command).ends_with("+CMQTTCONNECT: 0,25\r\n"));
    bench.emulator.refuse();
    assert!(bench.send(command).ends_with("+CMQTTCONNECT: 0,3\r\n"));
    bench.send("AT+CMQTTREL=0");
    ok(&mut bench, "AT+CMQTTACCQ=0,\"id\",1");
    bench.emulator.wrong_certificate();
    assert!(bench.until(command, "+CMQTTCONNECT").ends_with("+CMQTTCONNECT: 0,32\r\n"));
    let mut bench = sm_ready(running());
    bench.emulator.refuse();
    assert_eq!(bench.send("AT+SMCONN"), "\r\nERROR\r\n");
    ok(&mut bench, "AT+SMCONN");
}

#[test]
fn the_network_is_lost_and_found_with_its_connection() {
    let mut bench = connected(Profile::a7670(), running());
    ok(&mut bench, "AT+CEREG=1");
    bench.emulator.lose_network();
    assert_eq!(bench.wait(MS), "\r\n+CEREG: 2\r\n");
    entered(&mut bench);
    ok(&mut bench, PUB);
    bench.emulator.restore_network();
    let came = bench.wait(5 * SECOND);
    assert!(came.contains("\r\n+CMQTTPUB: 0,0\r\n") && came.contains("\r\n+CEREG: 1\r\n"), "{came}");
    bench.emulator.slow(3 * SECOND);
    entered(&mut bench);
    bench.raw(format!("{PUB}\r").as_bytes());
    assert_eq!(bench.wait(2 * SECOND), OK);
    assert_eq!(bench.wait(2 * SECOND), "\r\n+CMQTTPUB: 0,0\r\n");
}

#[test]
fn a_denied_module_loses_its_service_and_finds_its_way_back() {
    for profile in [Profile::a7670(), Profile::sim7600()] {
        let mut bench = connected(profile, running());
        bench.emulator.deny();
        let came = bench.wait(10 * SECOND);
        assert!(came.contains("\r\n+CMQTTNONET\r\n"), "{came}");
        assert_eq!(bench.emulator.registration(), 3);
        bench.emulator.admit();
        bench.wait(10 * SECOND);
        assert!(bench.until("AT+CMQTTSTART", "+CMQTTSTART").contains("+CMQTTSTART: 0\r\n"));
        bench.wait(SECOND);
        ok(&mut bench, "AT+CMQTTACCQ=0,\"id\"");
        connect(&mut bench);
        bench.emulator.sim_out();
        bench.wait(SECOND);
        assert_eq!(bench.send("AT+CPIN?"), "\r\n+CME ERROR: 10\r\n");
        assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    }
}

/// A bearer that is dead behind its name: it is a new one once the host left it.
#[test]
fn a_context_that_lies_is_cured_by_a_new_one() {
    let mut bench = connected(Profile::a7670(), running());
    bench.emulator.context_lies(1);
    entered(&mut bench);
    bench.raw(format!("{PUB}\r").as_bytes());
    assert_eq!(bench.wait(61 * SECOND), "\r\nOK\r\n\r\n+CMQTTPUB: 0,17\r\n");
    bench.send("AT+CMQTTDISC=0,120");
    bench.send("AT+CMQTTREL=0");
    bench.send("AT+CMQTTSTOP");
    bench.until("AT+CMQTTSTART", "+CMQTTSTART");
    ok(&mut bench, "AT+CMQTTACCQ=0,\"id\"");
    connect(&mut bench);
    let mut bench = lpwa(Profile::sim7080(), running());
    bench.emulator.context_lies(1);
    bench.raw(b"AT+CAOPEN=0,0,\"TCP\",\"h\",1\r");
    assert_eq!(bench.wait(121 * SECOND), "\r\n+CAOPEN: 0,27\r\n\r\nOK\r\n");
    bench.send("AT+CNACT=0,0");
    online(&mut bench);
    assert_eq!(bench.send("AT+CAOPEN=0,0,\"TCP\",\"h\",1"), "\r\n+CAOPEN: 0,0\r\n\r\nOK\r\n");
}

#[test]
fn a_restart_breaks_off_what_is_typed() {
    let mut bench = connected(Profile::a7670(), running());
    assert_eq!(bench.send("AT+CMQTTPAYLOAD=0,100"), "\r\n>");
    bench.raw(b"hello");
    bench.emulator.reset();
    bench.wait(20 * SECOND);
    assert!(bench.send("AT").ends_with(OK));
    assert_eq!(enter(&mut connected(Profile::a7670(), running()), "AT+CMQTTTOPIC=0,1", b"t"), OK);
}
