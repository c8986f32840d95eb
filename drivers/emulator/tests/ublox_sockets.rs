//! Sockets of u-blox's modules, which the module numbers, and names.

mod bench;
mod ublox;

use bench::{Bench, MS, SECOND, running};
use ublox::{ERROR, MODELS, NOT_ALLOWED, OK, connect, connected, enter, ok, online, send, with};
use wanlink_emulator::{NetRequest, OpenFailure, Options, Profile, SocketState, UbloxOptions};

fn write(bench: &mut Bench, data: &[u8]) -> String {
    enter(bench, &format!("AT+USOWR=0,{}", data.len()), "@", data)
}

#[test]
fn the_module_gives_the_lowest_number_that_is_free() {
    let mut bench = online(Profile::sara_r5(), running());
    for id in 0..7 {
        assert_eq!(send(&mut bench, "AT+USOCR=6"), format!("\r\n+USOCR: {id}\r\n\r\nOK\r\n"));
    }
    assert_eq!(send(&mut bench, "AT+USOCR=6"), NOT_ALLOWED, "seven at most");
    ok(&mut bench, "AT+USOCL=3");
    ok(&mut bench, "AT+USOCL=1");
    assert_eq!(send(&mut bench, "AT+USOCR=6,5000"), "\r\n+USOCR: 1\r\n\r\nOK\r\n");
}

#[test]
fn no_socket_without_a_context() {
    let mut bench = ublox::quiet(Profile::sara_r5(), running());
    assert_eq!(send(&mut bench, "AT+USOCR=6"), NOT_ALLOWED);
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"h\""), ERROR);
    for profile in MODELS {
        let mut bench = online(profile, running());
        connect(&mut bench);
        assert_eq!(bench.emulator.socket(0).unwrap().state, SocketState::Connected, "{}", profile.name);
    }
}

#[test]
fn data_goes_both_ways() {
    let mut bench = connected(Profile::sara_r5(), running());
    bench.broker.raw = true;
    assert_eq!(write(&mut bench, b"\x1a\x1bOK\r\n\0\""), "\r\n+USOWR: 0,8\r\n\r\nOK\r\n");
    assert_eq!(bench.broker.plain, b"\x1a\x1bOK\r\n\0\"");
    assert_eq!(send(&mut bench, "AT+USOWR=0,3,\"abc\""), "\r\n+USOWR: 0,3\r\n\r\nOK\r\n");
    let now = bench.now_us;
    bench.broker.say(now, b"\"\r\nOK\r\n".to_vec());
    assert_eq!(bench.wait(150 * MS), "\r\n+UUSORD: 0,7\r\n");
    assert_eq!(send(&mut bench, "AT+USORD=0,0"), "\r\n+USORD: 0,7\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+USORD=0,3"), "\r\n+USORD: 0,3,\"\"\r\n\"\r\n\r\nOK\r\n\r\n+UUSORD: 0,4\r\n");
    let now = bench.now_us;
    bench.broker.say(now, b"xy".to_vec());
    assert_eq!(bench.wait(150 * MS), "\r\n+UUSORD: 0,6\r\n", "the total is told");
    assert_eq!(send(&mut bench, "AT+USORD=0,1024"), "\r\n+USORD: 0,6,\"OK\r\nxy\"\r\n\r\nOK\r\n");
    assert_eq!(bench.wait(SECOND), "", "no line says 0");
}

#[test]
fn hexadecimal_mode() {
    let mut bench = connected(Profile::lara_r6(), running());
    bench.broker.raw = true;
    ok(&mut bench, "AT+UDCONF=1,1");
    assert_eq!(send(&mut bench, "AT+USOWR=0,3,\"00ff7B\""), "\r\n+USOWR: 0,3\r\n\r\nOK\r\n");
    assert_eq!(bench.broker.plain, [0, 0xff, 0x7b]);
    assert_eq!(send(&mut bench, "AT+USOWR=0,2,\"00ff7B\""), ERROR, "the length is of the bytes");
    assert_eq!(send(&mut bench, "AT+USOWR=0,3"), NOT_ALLOWED);
    let now = bench.now_us;
    bench.broker.say(now, vec![0, 0xff]);
    bench.wait(150 * MS);
    assert_eq!(send(&mut bench, "AT+USORD=0,512"), "\r\n+USORD: 0,2,\"00FF\"\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+USORD=0,513"), ERROR);
}

#[test]
fn the_end_of_a_connection_is_told_behind_its_data_on_sara_r5_and_at_once_elsewhere() {
    let mut bench = connected(Profile::sara_r5(), running());
    let now = bench.now_us;
    bench.broker.say(now, b"last".to_vec());
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(SECOND), "\r\n+UUSORD: 0,4\r\n");
    assert_eq!(send(&mut bench, "AT+USOCTL=0,10"), "\r\n+USOCTL: 0,10,7\r\n\r\nOK\r\n", "close-wait");
    assert_eq!(write(&mut bench, b"x"), "\r\n+USOWR: 0,0\r\n\r\nOK\r\n", "closed by the peer");
    assert_eq!(send(&mut bench, "AT+USORD=0,9"), "\r\n+USORD: 0,4,\"last\"\r\n\r\nOK\r\n\r\n+UUSOCL: 0\r\n");
    assert_eq!(bench.emulator.socket(0), None);
    for profile in [Profile::sara_r422(), Profile::lara_r6(), Profile::lena_r8(), Profile::sara_r410m()] {
        let mut bench = connected(profile, running());
        let now = bench.now_us;
        bench.broker.say(now, b"last".to_vec());
        bench.broker.hang_up(now);
        assert_eq!(bench.wait(SECOND), "\r\n+UUSORD: 0,4\r\n\r\n+UUSOCL: 0\r\n", "{}", profile.name);
        assert_eq!(send(&mut bench, "AT+USORD=0,9"), NOT_ALLOWED, "the buffer is gone");
    }
}

#[test]
fn a_peer_that_goes_while_data_is_typed_takes_none_of_it() {
    let mut bench = connected(Profile::lara_r6(), running());
    bench.raw(b"AT+USOWR=0,4\r");
    assert_eq!(bench.wait(100 * MS), "\r\n@");
    let now = bench.now_us;
    bench.broker.hang_up(now);
    bench.wait(100 * MS);
    bench.raw(b"abcd");
    assert_eq!(bench.wait(SECOND), "\r\n+USOWR: 0,0\r\n\r\nOK\r\n\r\n+UUSOCL: 0\r\n");
}

#[test]
fn a_failed_connect_frees_the_socket_on_sara_r5_only() {
    for (profile, freed) in [(Profile::sara_r5(), true), (Profile::sara_r422(), false), (Profile::lara_r6(), false)] {
        let mut bench = online(profile, running());
        bench.broker.open = Err(OpenFailure::Refused);
        send(&mut bench, "AT+USOCR=6");
        let expected = if freed { "\r\nERROR\r\n\r\n+UUSOCL: 0\r\n" } else { ERROR };
        assert_eq!(send(&mut bench, "AT+USOCO=0,\"h\",1"), expected, "{}", profile.name);
        assert_eq!(send(&mut bench, "AT+USOER"), "\r\n+USOER: 111\r\n\r\nOK\r\n");
        assert_eq!(send(&mut bench, "AT+USOCL=0"), if freed { NOT_ALLOWED } else { OK });
    }
}

#[test]
fn connects_that_are_answered_at_once() {
    for (profile, refused) in [(Profile::sara_r422(), 111), (Profile::sara_r410m(), 11)] {
        let mut bench = online(profile, running());
        send(&mut bench, "AT+USOCR=6");
        assert_eq!(send(&mut bench, "AT+USOCO=0,\"h\",1,1"), "\r\nOK\r\n\r\n+UUSOCO: 0,0\r\n", "{}", profile.name);
        send(&mut bench, "AT+USOCR=6");
        bench.broker.open = Err(OpenFailure::Refused);
        let answer = format!("\r\nOK\r\n\r\n+UUSOCO: 1,{refused}\r\n");
        assert_eq!(send(&mut bench, "AT+USOCO=1,\"h\",1,1"), answer);
    }
    let mut bench = online(Profile::sara_r5(), running());
    send(&mut bench, "AT+USOCR=6");
    assert_eq!(send(&mut bench, "AT+USOCO=0,\"h\",1,1"), ERROR);
}

#[test]
fn a_connect_blocks_the_port_until_it_is_decided() {
    let mut bench = online(Profile::sara_r5(), running());
    send(&mut bench, "AT+USOCR=6");
    bench.broker.deaf = true;
    assert_eq!(send(&mut bench, "AT+USOCO=0,\"h\",1"), "");
    assert_eq!(send(&mut bench, "AT"), "", "it does not listen");
    assert_eq!(bench.wait(125 * SECOND), "\r\nERROR\r\n\r\n+UUSOCL: 0\r\n");
    assert_eq!(send(&mut bench, "AT+USOER"), "\r\n+USOER: 110\r\n\r\nOK\r\n");
    assert!(bench.broker.requests.iter().any(|request| matches!(request, NetRequest::Close { .. })));
}

#[test]
fn closes_are_slow_on_sara_r410m_unless_told_otherwise() {
    let mut bench = connected(Profile::sara_r410m(), running());
    bench.raw(b"AT+USOCL=0\r");
    assert_eq!(bench.wait(9 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), OK);
    bench.wait(SECOND);
    connect(&mut bench);
    assert_eq!(send(&mut bench, "AT+USOCL=0,1"), OK);
    assert_eq!(send(&mut bench, "AT+USORD=0,1"), NOT_ALLOWED);
    assert_eq!(bench.wait(11 * SECOND), "\r\n+UUSOCL: 0\r\n");
    bench.wait(SECOND);
    ok(&mut bench, "AT+USOCLCFG=0");
    connect(&mut bench);
    ok(&mut bench, "AT+USOCL=0");
}

#[test]
fn closes_at_once_exist_by_model() {
    for (profile, expected) in [
        (Profile::sara_r5(), ERROR.to_owned()),
        (Profile::lara_r6(), ERROR.to_owned()),
        (Profile::sara_r422(), "\r\nOK\r\n\r\n+UUSOCL: 0\r\n".to_owned()),
        (Profile::lena_r8(), "\r\nOK\r\n\r\n+UUSOCL: 0\r\n".to_owned()),
    ] {
        let mut bench = connected(profile, running());
        assert_eq!(send(&mut bench, "AT+USOCL=0,1"), expected, "{}", profile.name);
    }
}

#[test]
fn a_full_buffer_refuses_a_write_until_the_peer_has_it() {
    let mut bench = connected(Profile::sara_r5(), Options { send_buffer: 1_500, ..running() });
    bench.emulator.slow(10 * SECOND);
    assert_eq!(write(&mut bench, &[b'x'; 1_024]), "\r\n+USOWR: 0,1024\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+USOCTL=0,11"), "\r\n+USOCTL: 0,11,1024\r\n\r\nOK\r\n");
    assert_eq!(write(&mut bench, &[b'y'; 1_024]), ERROR);
    assert_eq!(send(&mut bench, "AT+USOCTL=0,1"), "\r\n+USOCTL: 0,1,11\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+USOCTL=0,10"), "\r\n+USOCTL: 0,10,4\r\n\r\nOK\r\n");
    bench.wait(11 * SECOND);
    assert_eq!(bench.emulator.socket(0).unwrap().unacknowledged, 0);
    assert_eq!(write(&mut bench, &[b'y'; 1_024]), "\r\n+USOWR: 0,1024\r\n\r\nOK\r\n");
}

#[test]
fn a_bare_ok_of_a_write_sent_nothing() {
    let mut bench = connected(Profile::sara_r5(), with(UbloxOptions { bare_ok_writes: 1, ..UbloxOptions::default() }));
    bench.broker.raw = true;
    assert_eq!(write(&mut bench, b"abc"), OK);
    assert_eq!(bench.broker.plain, b"");
    assert_eq!(write(&mut bench, b"abc"), "\r\n+USOWR: 0,3\r\n\r\nOK\r\n");
    assert_eq!(bench.broker.plain, b"abc");
}

#[test]
fn a_socket_may_be_lost_without_a_line() {
    let options = with(UbloxOptions { loses_sockets_silently: true, ..UbloxOptions::default() });
    let mut bench = connected(Profile::sara_r422(), options);
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(SECOND), "");
    for line in ["AT+USORD=0,1", "AT+USOWR=0,1", "AT+USOCTL=0,10"] {
        assert_eq!(send(&mut bench, line), NOT_ALLOWED, "{line}");
    }
}

#[test]
fn a_lost_context_takes_every_socket() {
    let mut bench = connected(Profile::sara_r422(), running());
    connect_second(&mut bench);
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(SECOND), "\r\n+UUSOCL: 0\r\n\r\n+UUSOCL: 1\r\n");
    assert_eq!(send(&mut bench, "AT+USOCR=6"), NOT_ALLOWED);
    bench.until("AT+CGACT=1,1", "OK");
    bench.wait(SECOND);
    connect(&mut bench);
}

fn connect_second(bench: &mut Bench) {
    assert_eq!(send(bench, "AT+USOCR=6"), "\r\n+USOCR: 1\r\n\r\nOK\r\n");
    ok(bench, "AT+USOCO=1,\"server\",8");
}

#[test]
fn names() {
    let mut bench = online(Profile::sara_r5(), running());
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"h.example\""), "\r\n+UDNSRN: \"192.0.2.1\"\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"203.0.113.5\""), "\r\n+UDNSRN: \"203.0.113.5\"\r\n\r\nOK\r\n");
    bench.emulator.dns_failure();
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"h.example\""), ERROR);
    bench.broker.deaf = true;
    bench.raw(b"AT+UDNSRN=0,\"h.example\"\r");
    assert_eq!(bench.wait(69 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), ERROR);
    let options = with(UbloxOptions { names_as_urc: true, ..UbloxOptions::default() });
    let mut bench = online(Profile::lena_r8(), options);
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"h.example\""), "\r\n+UUDNSRN: \"192.0.2.1\"\r\n\r\nOK\r\n");
}

#[test]
fn a_busy_resolver_says_so_quickly() {
    let mut bench = online(Profile::sara_r5(), with(UbloxOptions { busy_names: 1, ..UbloxOptions::default() }));
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"h.example\""), ERROR);
    assert_eq!(send(&mut bench, "AT+UDNSRN=0,\"h.example\""), "\r\n+UDNSRN: \"192.0.2.1\"\r\n\r\nOK\r\n");
}
