//! CIP and CCH sockets of A7670 and SIM7600 (simcom-at 2.6, 7.1, 7.2).

mod bench;
mod simcom;

use bench::{Bench, MS, SECOND, running};
use simcom::{ERROR, OK, enter, ok, with};
use wanlink_emulator::{LeftOpen, OpenFailure, Options, Profile, ResultOrder, SimcomOptions, SocketState};

const OPEN: &str = "AT+CIPOPEN=0,\"TCP\",\"h\",80";

fn opened(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = Bench::quiet_of(profile, options);
    bench.broker.raw = true;
    assert!(bench.until("AT+NETOPEN", "+NETOPEN").contains("\r\n+NETOPEN: 0\r\n"));
    bench.wait(100 * MS);
    ok(&mut bench, "AT+CIPRXGET=1");
    let answer = bench.send(OPEN);
    assert!(answer.contains("\r\n+CIPOPEN: 0,0\r\n"), "{answer}");
    bench
}

fn say(bench: &mut Bench, bytes: &[u8]) -> String {
    let now = bench.now_us;
    bench.broker.say(now, bytes.to_vec());
    bench.wait(MS)
}

/// The CCH service is started with the settings of a careful host, and session 0 is open without TLS.
fn session(options: Options) -> Bench {
    let mut bench = Bench::quiet_of(Profile::a7670(), options);
    bench.broker.raw = true;
    ok(&mut bench, "AT+CCHSET=1,1");
    assert!(bench.until("AT+CCHSTART", "+CCHSTART").ends_with("\r\n+CCHSTART: 0\r\n"));
    assert_eq!(bench.send("AT+CCHOPEN=0,\"h\",80,1"), "\r\nOK\r\n\r\n+CCHOPEN: 0,0\r\n");
    bench
}

/// "NOT again until all of it has been read: read until rest = 0".
#[test]
fn data_is_announced_once_until_all_of_it_is_read() {
    for profile in [Profile::a7670(), Profile::sim7600()] {
        let mut bench = opened(profile, running());
        assert_eq!(say(&mut bench, b"0123456789"), "\r\n+CIPRXGET: 1,0\r\n");
        assert_eq!(say(&mut bench, b"ab"), "");
        assert_eq!(bench.send("AT+CIPRXGET=4,0"), "\r\n+CIPRXGET: 4,0,12\r\n\r\nOK\r\n");
        assert_eq!(bench.send("AT+CIPRXGET=2,0,4"), "\r\n+CIPRXGET: 2,0,4,8\r\n0123\r\n\r\nOK\r\n");
        assert_eq!(say(&mut bench, b"c"), "");
        assert_eq!(bench.send("AT+CIPRXGET=3,0,3"), "\r\n+CIPRXGET: 3,0,3,6\r\n343536\r\n\r\nOK\r\n");
        assert_eq!(bench.send("AT+CIPRXGET=2,0,1500"), "\r\n+CIPRXGET: 2,0,6,0\r\n789abc\r\n\r\nOK\r\n");
        assert_eq!(say(&mut bench, b"d"), "\r\n+CIPRXGET: 1,0\r\n");
        assert_eq!(bench.emulator.socket(0).unwrap().unread, 1);
        // "Setting mode 0 later dumps the buffered data to the port."
        assert_eq!(bench.send("AT+CIPRXGET=0"), "\r\nOK\r\n\r\nRECV FROM:192.0.2.1:80\r\n+IPD1\r\nd\r\n");
        ok(&mut bench, "AT+CIPSRIP=0");
        assert_eq!(say(&mut bench, b"e"), "\r\n+IPD1\r\ne\r\n");
    }
}

#[test]
fn a_send_is_all_or_nothing() {
    let mut bench = opened(Profile::a7670(), Options { send_buffer: 1_500, ..running() });
    let data = vec![b'x'; 1_000];
    bench.emulator.slow(10 * SECOND);
    assert_eq!(enter(&mut bench, "AT+CIPSEND=0,1000", &data), "\r\nOK\r\n\r\n+CIPSEND: 0,1000,1000\r\n");
    assert_eq!(enter(&mut bench, "AT+CIPSEND=0,1000", &data), "\r\nOK\r\n\r\n+CIPSEND: 0,1000,0\r\n");
    bench.emulator.slow(0);
    bench.wait(20 * SECOND);
    assert_eq!(bench.emulator.socket(0).unwrap().unacknowledged, 0);
    assert_eq!(bench.send("AT+CIPSEND=0,3"), "\r\n>");
    bench.emulator.kill_tcp();
    bench.raw(b"abc");
    let answer = bench.wait(SECOND);
    assert!(answer.starts_with("\r\nOK\r\n") && answer.contains("\r\n+CIPSEND: 0,3,-1\r\n"), "{answer}");
    assert!(answer.contains("\r\n+IPCLOSE: 0,1\r\n"), "{answer}");
}

#[test]
fn what_waits_when_the_other_end_closes_can_be_read_or_not() {
    for closed_keeps_data in [true, false] {
        let options = with(SimcomOptions { closed_keeps_data, ..SimcomOptions::default() });
        let mut bench = opened(Profile::a7670(), options);
        say(&mut bench, b"last");
        let now = bench.now_us;
        bench.broker.hang_up(now);
        assert_eq!(bench.wait(MS), "\r\n+IPCLOSE: 0,1\r\n");
        let (read, close) = (bench.send("AT+CIPRXGET=2,0,1500"), bench.send("AT+CIPCLOSE=0"));
        if closed_keeps_data {
            assert_eq!(read, "\r\n+CIPRXGET: 2,0,4,0\r\nlast\r\n\r\nOK\r\n");
            assert_eq!(close, "\r\nOK\r\n\r\n+CIPCLOSE: 0,0\r\n");
        } else {
            assert_eq!(read, "\r\n+IP ERROR: Connection is not created\r\n\r\nERROR\r\n");
            assert_eq!(close, "\r\n+CIPCLOSE: 0,2\r\n\r\nERROR\r\n");
        }
        assert_eq!(bench.emulator.socket(0), None);
        assert!(bench.send(OPEN).ends_with("\r\n+CIPOPEN: 0,0\r\n"));
    }
}

#[test]
fn the_network_closes_unexpectedly() {
    for network_reads_open in [false, true] {
        let options = with(SimcomOptions { network_reads_open, ..SimcomOptions::default() });
        let mut bench = opened(Profile::sim7600(), options);
        bench.emulator.lose_context(1);
        assert_eq!(bench.wait(MS), "\r\n+IPCLOSE: 0,1\r\n\r\n+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY\r\n");
        let reads = u8::from(network_reads_open);
        assert_eq!(bench.send("AT+NETOPEN?"), format!("\r\n+NETOPEN: {reads}\r\n\r\nOK\r\n"));
        assert_eq!(bench.send(OPEN), "\r\n+CIPOPEN: 0,2\r\n\r\nERROR\r\n");
        if network_reads_open {
            assert_eq!(bench.send("AT+NETCLOSE"), "\r\nOK\r\n\r\n+CIPCLOSE: 0,0\r\n\r\n+NETCLOSE: 0\r\n");
        }
        assert!(bench.until("AT+NETOPEN", "+NETOPEN").ends_with("\r\n+NETOPEN: 0\r\n"));
        assert!(bench.send(OPEN).ends_with("\r\n+CIPOPEN: 0,0\r\n"));
    }
}

#[test]
fn netopen_without_a_bearer_is_refused_in_either_form() {
    for (network_refused_at_once, expected) in [(true, ERROR), (false, "\r\nOK\r\n\r\n+NETOPEN: 1\r\n")] {
        let simcom = SimcomOptions { network_refused_at_once, ..SimcomOptions::default() };
        let options = Options { accepted_apn: Some("cmiot".into()), ..with(simcom) };
        let mut bench = Bench::quiet_of(Profile::a7670(), options);
        bench.raw(b"AT+NETOPEN\r");
        assert_eq!(bench.wait(2 * SECOND), expected);
    }
}

#[test]
fn what_a_failed_open_says() {
    for (why, code) in [(OpenFailure::Dns, 11), (OpenFailure::Refused, 12), (OpenFailure::Timeout, 10)] {
        let simcom = SimcomOptions { refused_socket: 12, ..SimcomOptions::default() };
        let mut bench = opened(Profile::a7670(), with(simcom));
        bench.broker.open = Err(why);
        assert_eq!(bench.send("AT+CIPOPEN=1,\"TCP\",\"h\",80"), format!("\r\nOK\r\n\r\n+CIPOPEN: 1,{code}\r\n"));
        assert_eq!(bench.emulator.socket(1), None);
    }
    let simcom = SimcomOptions { result_order: Some(ResultOrder::ResultFirst), ..SimcomOptions::default() };
    let mut bench = opened(Profile::a7670(), with(simcom));
    bench.broker.open = Err(OpenFailure::Dns);
    assert_eq!(bench.send("AT+CIPOPEN=1,\"TCP\",\"h\",80"), "\r\n+CIPOPEN: 1,11\r\n\r\nERROR\r\n");
    bench.broker.deaf = true;
    bench.raw(b"AT+CIPOPEN=1,\"TCP\",\"h\",80\r");
    assert_eq!(bench.wait(121 * SECOND), "\r\n+CIPOPEN: 1,10\r\n\r\nERROR\r\n");
}

#[test]
fn what_an_earlier_life_left_open() {
    let options = with(SimcomOptions { left_open: LeftOpen::Services, ..SimcomOptions::default() });
    let mut bench = Bench::quiet_of(Profile::a7670(), options);
    assert_eq!(bench.send("AT+NETOPEN"), "\r\n+IP ERROR: Network is already opened\r\n\r\nERROR\r\n");
    for line in ["AT+CCHSTART", "AT+CCHSET=1,1", "AT+HTTPINIT"] {
        assert_eq!(bench.send(line), ERROR);
    }
    assert_eq!(bench.send("AT+CCHSTOP"), "\r\nOK\r\n\r\n+CCHSTOP: 0\r\n");
    ok(&mut bench, "AT+CCHSET=1,1");
    ok(&mut bench, "AT+HTTPTERM");
}

#[test]
fn a_session_of_the_cch_service() {
    let mut bench = session(running());
    assert_eq!(enter(&mut bench, "AT+CCHSEND=0,5", b"hello"), "\r\nOK\r\n\r\n+CCHSEND: 0,0\r\n");
    assert_eq!(bench.broker.plain, b"hello");
    assert_eq!(say(&mut bench, &[b'x'; 1_500]), "\r\n+CCHEVENT: 0,RECV EVENT\r\n");
    assert_eq!(say(&mut bench, b"y"), "");
    assert_eq!(bench.send("AT+CCHRECV?"), "\r\n+CCHRECV: LEN,1501,0\r\n\r\nOK\r\n");
    let x = |count: usize| "x".repeat(count);
    assert_eq!(
        bench.send("AT+CCHRECV=0,1400"),
        format!(
            "\r\nOK\r\n\r\n+CCHRECV: DATA,0,1024\r\n{}\r\n\r\n+CCHRECV: DATA,0,376\r\n{}\r\n\r\n+CCHRECV: 0,0\r\n",
            x(1_024),
            x(376)
        )
    );
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(MS), "\r\n+CCH_PEER_CLOSED: 0\r\n");
    assert_eq!(bench.emulator.tls_socket(0).unwrap().state, SocketState::Closed);
    // "Cached data survives a peer close."
    assert!(bench.send("AT+CCHRECV=0").contains("+CCHRECV: DATA,0,101\r\n"));
    assert_eq!(bench.send("AT+CCHRECV=0,2048"), "\r\n+CCHRECV: 0,11\r\n\r\nERROR\r\n");
    assert_eq!(bench.send("AT+CCHCLOSE=0"), "\r\nOK\r\n\r\n+CCHCLOSE: 0,0\r\n");
    assert_eq!(bench.send("AT+CCHCLOSE=0"), "\r\n+CCHCLOSE: 0,11\r\n\r\nERROR\r\n");
}

#[test]
fn the_result_of_a_cch_send_may_be_missing() {
    let options = with(SimcomOptions { tls_send_result: false, ..SimcomOptions::default() });
    assert_eq!(enter(&mut session(options), "AT+CCHSEND=0,5", b"hello"), OK);
}

#[test]
fn the_cch_service_goes_with_its_context() {
    let mut bench = session(running());
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+CCH: CCH STOP\r\n");
    assert_eq!(bench.send("AT+CCHOPEN=0,\"h\",80,1"), ERROR);
}
