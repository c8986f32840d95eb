//! The module's own MQTT client: what it sends, when it sends it again, what it tells the host.

mod bench;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{MqttPhase, NetEvent, Options};

/// CONNECT has the settings in it, and the client shows them.
#[test]
fn connect_carries_the_settings() {
    let mut bench = Bench::online(running());
    for setting in ["\"keepalive\",2,60", "\"session\",2,0", "\"version\",2,3", "\"will\",2,1,1,1,\"w\",\"gone\""] {
        assert_eq!(bench.send(&format!("AT+QMTCFG={setting}")), "\r\nOK\r\n");
    }
    bench.until("AT+QMTOPEN=2,\"broker\",1883", "+QMTOPEN");
    assert_eq!(bench.emulator.mqtt(2).unwrap().phase, MqttPhase::Open);
    bench.until("AT+QMTCONN=2,\"id\",\"user\",\"pw\"", "+QMTCONN: 2,0,0");
    let view = bench.emulator.mqtt(2).unwrap();
    assert_eq!((view.phase, view.keep_alive_s, view.clean), (MqttPhase::Connected, 60, false));
    assert_eq!((view.host.as_str(), view.port, view.tls), ("broker", 1883, false));
    assert_eq!((view.client_id.as_str(), view.username.as_str()), ("id", "user"));
    let connect = b"\x10\0\x06MQIsdp\x03\xec\x00\x3c\0\x02id\0\x01w\0\x04gone\0\x04user\0\x02pw";
    assert_eq!(bench.broker.packets[0], connect);
}

#[test]
fn subscriptions_are_what_the_broker_granted() {
    let mut bench = Bench::connected(running());
    assert_eq!(bench.send("AT+QMTSUB=0,1,\"a/b\",1"), "\r\nOK\r\n\r\n+QMTSUB: 0,1,0,1\r\n");
    assert_eq!(bench.send("AT+QMTSUB=0,2,\"c\",0"), "\r\nOK\r\n\r\n+QMTSUB: 0,2,0,0\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, [("a/b".to_owned(), 1), ("c".to_owned(), 0)]);
    assert_eq!(bench.send("AT+QMTUNS=0,3,\"a/b\""), "\r\nOK\r\n\r\n+QMTUNS: 0,3,0\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, [("c".to_owned(), 0)]);
}

#[test]
fn a_publish_takes_exactly_its_bytes() {
    let mut bench = Bench::connected(running());
    assert_eq!(bench.send("AT+QMTPUB=0,7,1,1,\"t\",9"), "\r\n> ");
    bench.raw(b"\r\nOK\r\n>\x1a\x00");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+QMTPUB: 0,7,0\r\n");
    let published = bench.emulator.mqtt(0).unwrap().published.unwrap();
    assert_eq!((published.payload.as_slice(), published.retain, published.id), (&b"\r\nOK\r\n>\x1a\x00"[..], true, 7));
    assert_eq!(bench.broker.packets.last().unwrap(), b"\x33\0\x01t\0\x07\r\nOK\r\n>\x1a\x00");
}

#[test]
fn surplus_bytes_are_a_command() {
    let mut bench = Bench::connected(running());
    bench.send("AT+QMTPUB=0,7,1,0,\"t\",2");
    bench.raw(b"hithere\r");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\nERROR\r\n\r\n+QMTPUB: 0,7,0\r\n");
    // Without a line end they spoil the next command; a line end alone does no harm.
    bench.send("AT+QMTPUB=0,8,1,0,\"t\",2");
    bench.raw(b"hi!");
    bench.wait(100 * MS);
    assert_eq!(bench.send("AT"), "\r\nERROR\r\n");
    bench.send("AT+QMTPUB=0,9,1,0,\"t\",2");
    bench.raw(b"hi\r\n");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+QMTPUB: 0,9,0\r\n");
}

#[test]
fn ctrl_z_ends_and_escape_breaks_off() {
    let mut bench = Bench::connected(running());
    assert_eq!(bench.send("AT+QMTPUB=0,0,0,0,\"t\""), "\r\n> ");
    bench.raw(b"AT+CSQ\rhello\x1a");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
    assert_eq!(bench.broker.packets.last().unwrap(), b"\x30\0\x01tAT+CSQ\rhello");
    let sent = bench.broker.packets.len();
    bench.send("AT+QMTPUB=0,0,0,0,\"t\"");
    bench.raw(b"hello\x1b");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n");
    bench.send("AT+QMTPUB=0,0,0,0,\"t\"");
    bench.raw(&[b'x'; 4097]);
    bench.raw(b"\x1a");
    assert_eq!(bench.wait(100 * MS), "\r\nERROR\r\n");
    assert_eq!(bench.broker.packets.len(), sent);
}

/// The trap of the text form: a length is published as its digits, and the payload is read as a command.
#[test]
fn the_length_form_of_qmtpubex_publishes_the_digits() {
    let mut bench = Bench::connected(running());
    bench.raw(b"AT+QMTPUBEX=0,2,1,0,\"t\",5\r");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+QMTPUB: 0,2,0\r\n");
    assert_eq!(bench.broker.packets.last().unwrap(), b"\x32\0\x01t\0\x025");
    assert_eq!(bench.send("hello"), "\r\nERROR\r\n");
}

#[test]
fn an_unanswered_publish_goes_out_again_with_dup() {
    let mut bench = Bench::online(running());
    bench.send("AT+QMTCFG=\"timeout\",0,10,2,1");
    bench.until("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN");
    bench.until("AT+QMTCONN=0,\"id\"", "+QMTCONN");
    bench.broker.take_kinds();
    bench.broker.mute = true;
    bench.send("AT+QMTPUBEX=0,3,1,0,\"t\",\"x\"");
    assert_eq!(bench.wait(10 * SECOND), "\r\n+QMTPUB: 0,3,1,1\r\n");
    assert_eq!(bench.wait(10 * SECOND), "\r\n+QMTPUB: 0,3,1,2\r\n");
    assert_eq!(bench.broker.take_kinds(), [0x32, 0x3a, 0x3a]);
    assert_eq!(bench.wait(10 * SECOND), "\r\n+QMTPUB: 0,3,2\r\n\r\n+QMTSTAT: 0,6\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
}

#[test]
fn a_late_puback_ends_the_repetitions() {
    let mut bench = Bench::connected(running());
    bench.broker.mute = true;
    bench.send("AT+QMTPUBEX=0,3,1,0,\"t\",\"x\"");
    bench.wait(6 * SECOND);
    bench.broker.mute = false;
    assert_eq!(bench.wait(6 * SECOND), "\r\n+QMTPUB: 0,3,0\r\n");
    assert_eq!(bench.broker.take_kinds()[1..], [0x32, 0x3a, 0x3a]);
}

#[test]
fn qos_2_goes_both_ways() {
    let mut bench = Bench::connected(running());
    assert_eq!(bench.send("AT+QMTPUBEX=0,3,2,0,\"t\",\"x\""), "\r\nOK\r\n\r\n+QMTPUB: 0,3,0\r\n");
    assert_eq!(bench.broker.take_kinds()[1..], [0x34, 0x62]);
    bench.broker.say(bench.now_us, publish(2, 8, "t", b"in"));
    bench.broker.say(bench.now_us, b"\x62\x02\x00\x08".to_vec());
    assert_eq!(bench.wait(100 * MS), "\r\n+QMTRECV: 0,8,\"t\",\"in\"\r\n");
    assert_eq!(bench.broker.take_kinds(), [0x50, 0x70]);
}

#[test]
fn pings_keep_the_session_and_a_lost_one_ends_it() {
    let mut bench = Bench::online(running());
    bench.send("AT+QMTCFG=\"keepalive\",0,30");
    bench.until("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN");
    bench.until("AT+QMTCONN=0,\"id\"", "+QMTCONN");
    assert_eq!(bench.wait(100 * SECOND), "");
    assert_eq!(bench.broker.take_kinds(), [0x10, 0xc0, 0xc0, 0xc0]);
    bench.broker.mute = true;
    assert_eq!(bench.wait(60 * SECOND), "\r\n+QMTSTAT: 0,2\r\n");
}

#[test]
fn inbound_messages_are_raw_and_acknowledged_at_once() {
    let mut bench = Bench::connected(running());
    bench.broker.say(bench.now_us, publish(0, 0, "a", b"{\"q\":\"\r\nOK\r\n\"}"));
    assert_eq!(bench.wait(MS), "\r\n+QMTRECV: 0,0,\"a\",\"{\"q\":\"\r\nOK\r\n\"}\"\r\n");
    bench.broker.take_kinds();
    // The host has a prompt open and sees nothing yet; the broker has its PUBACK already.
    bench.send("AT+QMTPUB=0,1,1,0,\"t\",2");
    bench.broker.say(bench.now_us, publish(1, 5, "b", b"x"));
    assert_eq!(bench.wait(100 * MS), "");
    assert_eq!(bench.broker.take_kinds(), [0x40]);
    bench.raw(b"hi");
    let came = bench.wait(100 * MS);
    assert_eq!(came, "\r\nOK\r\n\r\n+QMTRECV: 0,5,\"b\",\"x\"\r\n\r\n+QMTPUB: 0,1,0\r\n");
}

#[test]
fn buffered_messages_wait_in_five_slots() {
    let mut bench = Bench::online(running());
    bench.send("AT+QMTCFG=\"recv/mode\",0,1,1");
    bench.until("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN");
    bench.until("AT+QMTCONN=0,\"id\"", "+QMTCONN");
    for id in 1..=6 {
        bench.broker.say(bench.now_us, publish(1, id, "t", &[b'0' + id as u8]));
    }
    let announced: String = (0..5).map(|slot| format!("\r\n+QMTRECV: 0,{slot}\r\n")).collect();
    assert_eq!(bench.wait(MS), announced);
    assert_eq!(bench.emulator.mqtt(0).unwrap().lost, 1);
    assert_eq!(bench.send("AT+QMTRECV?"), "\r\n+QMTRECV: 0,1,1,1,1,1\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QMTRECV=0,1"), "\r\n+QMTRECV: 0,2,\"t\",1,\"2\"\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QMTRECV?"), "\r\n+QMTRECV: 0,1,0,1,1,1\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QMTRECV=0,1"), "\r\nOK\r\n");
    let rest: String = [1, 3, 4, 5].map(|id| format!("+QMTRECV: 0,{id},\"t\",1,\"{id}\"\r\n")).concat();
    assert_eq!(bench.send("AT+QMTRECV=0"), format!("\r\n{rest}\r\nOK\r\n"));
    bench.send("AT+QMTCLOSE=0");
    assert_eq!(bench.emulator.mqtt(0).unwrap().lost, 1, "the count outlives the client");
}

#[test]
fn six_clients_do_not_meet() {
    let mut bench = Bench::online(running());
    for client in 0..6 {
        bench.until(&format!("AT+QMTOPEN={client},\"broker\",1883"), "+QMTOPEN");
    }
    let states: String = (0..6).map(|client| format!("+QMTCONN: {client},1\r\n")).collect();
    assert_eq!(bench.send("AT+QMTCONN?"), format!("\r\n{states}\r\nOK\r\n"));
    assert_eq!(bench.send("AT+QMTCLOSE=3"), "\r\nOK\r\n\r\n+QMTCLOSE: 3,0\r\n");
    assert_eq!(bench.emulator.mqtt(3).unwrap().phase, MqttPhase::Closed);
    assert_eq!(bench.emulator.mqtt(4).unwrap().phase, MqttPhase::Open);
}

#[test]
fn an_internet_that_never_answers_ends_the_open() {
    let mut bench = Bench::online(running());
    bench.broker.deaf = true;
    assert_eq!(bench.until("AT+QMTOPEN=0,\"broker\",1883", "OK"), "\r\nOK\r\n");
    assert_eq!(bench.wait(74 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\n+QMTOPEN: 0,-1\r\n");
    // An answer that is too late is nobody's.
    bench.emulator.network_event(bench.now_us, NetEvent::Opened { link: 1 });
    assert_eq!(bench.wait(SECOND), "");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
}

#[test]
fn bytes_that_are_no_mqtt_end_the_session() {
    let mut bench = Bench::connected(running());
    bench.broker.say(bench.now_us, b"HTTP/1.1 400".to_vec());
    assert_eq!(bench.wait(MS), "\r\n+QMTSTAT: 0,1\r\n");
}

#[test]
fn the_link_ends_while_a_prompt_is_open() {
    let mut bench = Bench::connected(running());
    bench.send("AT+QMTPUB=0,1,1,0,\"t\",2");
    bench.broker.hang_up(bench.now_us);
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(b"hi");
    assert_eq!(bench.wait(SECOND), "\r\nERROR\r\n\r\n+QMTSTAT: 0,1\r\n");
}

#[test]
fn the_other_time_commands() {
    let mut bench = Bench::online(running());
    assert_eq!(bench.send("AT+CCLK?"), "\r\n+CCLK: \"80/01/06,00:00:01+00\"\r\n\r\nOK\r\n");
    let now = bench.now_us / SECOND;
    assert_eq!(bench.send("AT+QLTS=1"), format!("\r\n+QLTS: \"2026/01/01,00:00:{now:02}+32,0\"\r\n\r\nOK\r\n"));
    assert_eq!(bench.send("AT+QNTP=1,\"pool.ntp.org\",123,1"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+QNTP=1,\"pool.ntp.org\",123,1"), "\r\nERROR\r\n", "one at a time");
    assert_eq!(bench.wait(SECOND), "\r\n+QNTP: 0,\"2026/01/01,08:00:02+32\"\r\n");
    assert!(bench.send("AT+CCLK?").starts_with("\r\n+CCLK: \"26/01/01,08:00:0"));
    assert_eq!(bench.send("AT+CCLK=\"30/06/01,12:00:00-20\""), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+CCLK?"), "\r\n+CCLK: \"30/06/01,12:00:00-20\"\r\n\r\nOK\r\n");
}

#[test]
fn the_network_sets_the_clock_where_it_may() {
    let mut bench = Bench::quiet(running());
    assert_eq!(bench.send("AT+CTZU=1"), "\r\nOK\r\n");
    bench.emulator.lose_network();
    bench.emulator.restore_network();
    bench.wait(5 * SECOND);
    assert_eq!(bench.send("AT+CCLK?"), "\r\n+CCLK: \"26/01/01,08:00:05+32\"\r\n\r\nOK\r\n");
    let mut bench = Bench::quiet(Options { nitz: false, ..running() });
    assert_eq!(bench.send("AT+QLTS"), "\r\n+QLTS: \"\"\r\n\r\nOK\r\n");
}
