//! Sockets, HTTP, files and TLS settings of SIM7080 and SIM7000 (simcom-at 6.2, 7.3, 8, 9).

mod bench;
mod simcom;

use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use simcom::{ERROR, OK, lpwa, ok, online, with};
use wanlink_emulator::{HttpPhase, OpenFailure, Options, Profile, ReadForm, SimcomOptions, SocketState};

const OPEN: &str = "AT+CAOPEN=0,0,\"TCP\",\"h\",80";
const SMALL_OPEN: &str = "AT+CAOPEN=0,\"h\",80";

fn opened(options: Options) -> Bench {
    let mut bench = lpwa(Profile::sim7080(), options);
    bench.broker.raw = true;
    assert_eq!(bench.send(OPEN), "\r\n+CAOPEN: 0,0\r\n\r\nOK\r\n");
    bench
}

fn small(options: Options) -> Bench {
    let mut bench = lpwa(Profile::sim7000(), options);
    bench.broker.raw = true;
    bench
}

fn say(bench: &mut Bench, bytes: &[u8]) -> String {
    let now = bench.now_us;
    bench.broker.say(now, bytes.to_vec());
    bench.wait(MS)
}

/// "OK even when result != 0".
#[test]
fn a_result_comes_before_its_ok_and_ok_says_nothing() {
    for (why, code) in [(OpenFailure::Dns, 20), (OpenFailure::Refused, 23), (OpenFailure::Timeout, 27)] {
        let mut bench = lpwa(Profile::sim7080(), running());
        bench.broker.open = Err(why);
        assert_eq!(bench.send(OPEN), format!("\r\n+CAOPEN: 0,{code}\r\n\r\nOK\r\n"));
        assert_eq!(bench.emulator.socket(0), None);
    }
    let mut bench = Bench::quiet_of(Profile::sim7080(), running());
    assert_eq!(bench.send(OPEN), "\r\n+CAOPEN: 0,21\r\n\r\nOK\r\n");
    // "`AT+CACFG="ASYNCOPEN",1` turns the order into OK then result".
    online(&mut bench);
    ok(&mut bench, "AT+CACFG=\"ASYNCOPEN\",1");
    assert_eq!(bench.send(OPEN), "\r\nOK\r\n\r\n+CAOPEN: 0,0\r\n");
}

#[test]
fn data_stands_on_the_line_of_its_length() {
    let mut bench = opened(running());
    assert_eq!(say(&mut bench, b"0123\r\nOK\r\n"), "\r\n+CADATAIND: 0\r\n");
    assert_eq!(bench.send("AT+CARECV=0,6"), "\r\n+CARECV: 6,0123\r\n\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CARECV=0,1460"), "\r\n+CARECV: 4,OK\r\n\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CARECV=0,1460"), "\r\n+CARECV: 0\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CASEND=0"), "\r\n+CASEND: 14600\r\n\r\nOK\r\n");
}

/// "Default input time 5000 ms": the port is free again by itself.
#[test]
fn an_entry_that_starves_ends() {
    let mut bench = opened(running());
    assert_eq!(bench.send("AT+CASEND=0,5"), "\r\n> ");
    bench.raw(b"12");
    assert_eq!(bench.wait(6 * SECOND), ERROR);
    assert_eq!(bench.until("AT+CASEND=0,5,100", "ERROR"), "\r\n> \r\nERROR\r\n");
    ok(&mut bench, "AT");
}

#[test]
fn a_close_can_overtake_data_and_hold_its_id() {
    for (state_overtakes_data, left) in [(false, 2_000), (true, 1_460)] {
        let options = with(SimcomOptions { state_overtakes_data, held_id: Some(4), ..SimcomOptions::default() });
        let mut bench = opened(options);
        say(&mut bench, &[b'x'; 2_000]);
        let now = bench.now_us;
        bench.broker.hang_up(now);
        assert_eq!(bench.wait(MS), "\r\n+CASTATE: 0,0\r\n");
        let socket = bench.emulator.socket(0).unwrap();
        assert_eq!((socket.state, socket.unread), (SocketState::Closed, left));
        bench.send("AT+CARECV=0,1460");
        bench.send("AT+CARECV=0,1460");
        assert_eq!(bench.send("AT+CARECV=0,1460"), ERROR);
        assert_eq!(bench.send(OPEN), "\r\n+CAOPEN: 0,4\r\n\r\nOK\r\n");
        ok(&mut bench, "AT+CACLOSE=0");
        assert_eq!(bench.send(OPEN), "\r\n+CAOPEN: 0,0\r\n\r\nOK\r\n");
    }
}

#[test]
fn the_receive_mode_is_better_left_out() {
    for (receive_mode_refused, expected) in [(true, ERROR), (false, "\r\n+CAOPEN: 0,0\r\n\r\nOK\r\n")] {
        let options = with(SimcomOptions { receive_mode_refused, ..SimcomOptions::default() });
        let mut bench = lpwa(Profile::sim7080(), options);
        assert_eq!(bench.send("AT+CAOPEN=0,0,\"TCP\",\"h\",80,0"), expected);
    }
}

/// "send without": the manual of SIM7000 allows "TCP", its modules do not; "+CASEND: cid,0,n after OK".
#[test]
fn a_sim7000_has_its_own_forms() {
    let mut bench = small(running());
    assert_eq!(bench.send("AT+CNACT?"), "\r\n+CNACT: 1,\"10.171.134.243\"\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+CASSLCFG=0,ssl,0");
    ok(&mut bench, "AT+CASSLCFG=0,\"protocol\",0");
    assert_eq!(bench.send("AT+CAOPEN=0,\"TCP\",\"h\",80"), "\r\n+CME ERROR: 3\r\n");
    assert_eq!(bench.send(SMALL_OPEN), "\r\n+CAOPEN: 0,0\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CASEND=0,5"), "\r\n> ");
    bench.raw(b"hello");
    assert_eq!(bench.wait(SECOND), "\r\nOK\r\n\r\n+CASEND: 0,0,5\r\n");
    say(&mut bench, b"hi");
    assert_eq!(bench.send("AT+CARECV=0,100"), "\r\n+CARECV: 2,hi\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+SMCONN"), ERROR);
    bench.send("AT+CNACT=0");
    assert_eq!(bench.emulator.context(1), wanlink_emulator::ContextState::Inactive);
    let options =
        with(SimcomOptions { tcp_word_refused: false, read_form: ReadForm::IdFirst, ..SimcomOptions::default() });
    let mut bench = small(options);
    assert_eq!(bench.send("AT+CAOPEN=3,\"TCP\",\"h\",80"), "\r\n+CAOPEN: 3,0\r\n\r\nOK\r\n");
    say(&mut bench, b"hi");
    assert_eq!(bench.send("AT+CARECV=3,100"), "\r\n+CARECV: 3,2\r\nhi\r\n\r\nOK\r\n");
}

/// A connection for requests, with a body of up to 1024 bytes.
fn http(profile: &'static Profile, simcom: SimcomOptions, answers: &[&str]) -> Bench {
    let mut bench = lpwa(profile, with(simcom));
    bench.broker.web = Some(Web::answering(answers));
    ok(&mut bench, "AT+SHCONF=\"URL\",\"http://h\"");
    ok(&mut bench, "AT+SHCONF=\"BODYLEN\",1024");
    ok(&mut bench, "AT+SHCONF=\"HEADERLEN\",350");
    bench
}

#[test]
fn a_post_of_family_2() {
    let mut bench = http(Profile::sim7080(), SimcomOptions::default(), &[&response("200 OK", "0123456789")]);
    ok(&mut bench, "AT+SHCONN");
    assert_eq!(bench.send("AT+SHSTATE?"), "\r\n+SHSTATE: 1\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+SHCHEAD");
    ok(&mut bench, "AT+SHAHEAD=\"Content-Type\",\"application/json\"");
    ok(&mut bench, "AT+SHAHEAD=\"password\",\"token\"");
    assert_eq!(bench.send("AT+SHBOD=5,10000"), "\r\n> ");
    bench.raw(b"hello");
    assert_eq!(bench.wait(100 * MS), OK);
    assert_eq!(bench.send("AT+SHREQ=\"/auth\",3"), "\r\nOK\r\n\r\n+SHREQ: \"POST\",200,10\r\n");
    let request = &bench.broker.web.as_ref().unwrap().requests[0];
    let head =
        ["POST /auth HTTP/1.1", "Host: h", "Content-Type: application/json", "password: token", "Content-Length: 5"];
    assert_eq!((request.head.as_slice(), request.body.as_slice()), (&head.map(str::to_owned)[..], &b"hello"[..]));
    assert_eq!(bench.emulator.http().phase, HttpPhase::Answered);
    assert_eq!(bench.send("AT+SHREAD=0,11"), ERROR);
    assert_eq!(bench.send("AT+SHREAD=2,8"), "\r\nOK\r\n\r\n+SHREAD: 8\r\n23456789\r\n");
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(MS), "\r\n+SHSTATE: 0\r\n");
    assert_eq!(bench.send("AT+SHDISC"), ERROR);
    ok(&mut bench, "AT+SHCONN");
    ok(&mut bench, "AT+SHDISC");
}

/// "ERROR or `+CME ERROR: operation not allowed` at the first try is common".
#[test]
fn shconn_may_fail_at_first_and_says_no_reason() {
    let simcom = SimcomOptions { http_connect_failures: 2, ..SimcomOptions::default() };
    let mut bench = http(Profile::sim7080(), simcom, &[]);
    for _ in 0..2 {
        assert_eq!(bench.send("AT+SHCONN"), "\r\n+CME ERROR: 3\r\n");
    }
    ok(&mut bench, "AT+SHCONN");
    let mut bench = http(Profile::sim7080(), SimcomOptions::default(), &[]);
    bench.broker.open = Err(OpenFailure::Refused);
    assert_eq!(bench.send("AT+SHCONN"), ERROR);
    bench.broker.open = Ok(());
    ok(&mut bench, "AT+SHCONN");
    bench.raw(b"AT+SHREQ=\"/\",1\r");
    assert_eq!(bench.wait(61 * SECOND), "\r\nOK\r\n\r\n+SHSTATE: 0\r\n");
}

#[test]
fn headers_have_350_bytes_in_all() {
    let mut bench = http(Profile::sim7080(), SimcomOptions::default(), &[]);
    ok(&mut bench, &format!("AT+SHAHEAD=\"password\",\"{}\"", "t".repeat(342)));
    assert_eq!(bench.send("AT+SHAHEAD=\"a\",\"b\""), ERROR);
    ok(&mut bench, "AT+SHCHEAD");
    ok(&mut bench, "AT+SHCONF=\"HEADERLEN\",10");
    assert_eq!(bench.send("AT+SHAHEAD=\"password\",\"tok\""), ERROR);
    ok(&mut bench, "AT+SHAHEAD=\"password\",\"to\"");
}

/// "`SHBOD=<len>,<ms>` is refused there with operation not allowed".
#[test]
fn a_body_of_a_sim7000_is_typed_by_another_name() {
    let answer = response("200 OK", "");
    let mut bench = http(Profile::sim7000(), SimcomOptions::default(), &[&answer]);
    ok(&mut bench, "AT+SHCONN");
    assert_eq!(bench.send("AT+SHBOD=5,1000"), "\r\n+CME ERROR: 3\r\n");
    assert_eq!(bench.send("AT+SHBODEXT=5,1000"), "\r\n> ");
    bench.raw(b"hello");
    assert_eq!(bench.wait(100 * MS), OK);
    ok(&mut bench, "AT+SHBOD=\"a=b\",3");
    bench.send("AT+SHREQ=\"/\",3");
    assert_eq!(bench.broker.web.as_ref().unwrap().requests[0].body, b"a=b");
    let simcom = SimcomOptions { body_by_prompt: false, ..SimcomOptions::default() };
    let mut bench = http(Profile::sim7000(), simcom, &[]);
    ok(&mut bench, "AT+SHCONN");
    assert_eq!(bench.send("AT+SHBODEXT=5,1000"), ERROR);
}

#[test]
fn files_are_written_within_their_frame() {
    let mut bench = Bench::quiet_of(Profile::sim7080(), running());
    assert_eq!(bench.send("AT+CFSWFILE=3,\"ca.crt\",0,5,1000"), ERROR);
    ok(&mut bench, "AT+CFSINIT");
    assert_eq!(bench.send("AT+CFSINIT"), ERROR);
    assert_eq!(bench.send("AT+CFSWFILE=3,\"ca.crt\",0,5,1000"), "\r\nDOWNLOAD\r\n");
    bench.raw(b"hello");
    assert_eq!(bench.wait(100 * MS), OK);
    assert_eq!(bench.send("AT+CFSGFIS=3,\"ca.crt\""), "\r\n+CFSGFIS: 5\r\n\r\nOK\r\n");
    let answer = bench.until("AT+CFSWFILE=3,\"ca.crt\",1,1,100", "ERROR");
    assert_eq!(answer, "\r\nDOWNLOAD\r\n\r\nERROR\r\n");
    assert_eq!(bench.send("AT+CFSRFILE=3,\"ca.crt\",1,10,3"), "\r\n+CFSRFILE: 2\r\nlo\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+CSSLCFG=\"convert\",2,\"ca.crt\"");
    ok(&mut bench, "AT+CFSDFILE=3,\"ca.crt\"");
    assert_eq!(bench.send("AT+CFSGFIS=3,\"ca.crt\""), ERROR);
    ok(&mut bench, "AT+CFSTERM");
    assert_eq!(bench.send("AT+CFSTERM"), ERROR);
    // The module's own copy stays.
    assert_eq!(bench.emulator.file("converted/ca.crt"), Some(&b"hello"[..]));
}

/// "Use LOWER-CASE item names: upper case from the manual is rejected by some firmware".
#[test]
fn items_of_csslcfg_are_lower_case() {
    for (lower_case_only, expected) in [(true, ERROR), (false, OK)] {
        let options = with(SimcomOptions { lower_case_only, ..SimcomOptions::default() });
        let mut bench = Bench::quiet_of(Profile::sim7080(), options);
        assert_eq!(bench.send("AT+CSSLCFG=\"SSLVERSION\",0,3"), expected);
        ok(&mut bench, "AT+CSSLCFG=\"sslversion\",0,3");
    }
}

#[test]
fn names_and_time_come_behind_their_ok() {
    let mut bench = lpwa(Profile::sim7080(), running());
    assert_eq!(bench.send("AT+CDNSGIP=\"h\",1,1000"), "\r\nOK\r\n\r\n+CDNSGIP: 1,\"h\",\"192.0.2.1\"\r\n");
    ok(&mut bench, "AT+CNTP=\"ntp\",32,0,2");
    assert_eq!(bench.until("AT+CNTP", "+CNTP"), "\r\nOK\r\n\r\n+CNTP: 1,\"2026/01/01,08:00:02\"\r\n");
    bench.emulator.time_server_fails(62);
    assert_eq!(bench.until("AT+CNTP", "+CNTP"), "\r\nOK\r\n\r\n+CNTP: 62\r\n");
}
