//! Data of TCP sockets: every byte, push mode, slow and vanished networks, several sockets at once.

mod bench;

use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{NetRequest, Options, SocketState};

fn online(options: Options) -> Bench {
    let mut bench = Bench::online(options);
    bench.broker.raw = true;
    bench
}

fn opened(bench: &mut Bench, id: usize, mode: u8) {
    let answer = bench.send(&format!("AT+QIOPEN=1,{id},\"TCP\",\"host.example\",7,0,{mode}"));
    assert!(answer.ends_with(&format!("\r\n+QIOPEN: {id},0\r\n")), "{answer}");
}

fn connected() -> Bench {
    let mut bench = online(running());
    opened(&mut bench, 0, 0);
    bench
}

/// What `AT+QISEND` comes to.
fn send(bench: &mut Bench, id: usize, data: &[u8]) -> String {
    assert_eq!(bench.send(&format!("AT+QISEND={id},{}", data.len())), "\r\n> ");
    bench.raw(data);
    bench.wait(10 * MS)
}

/// The other end of a link says something.
fn say(bench: &mut Bench, link: u32, bytes: &[u8]) {
    let now = bench.now_us;
    bench.broker.link = link;
    bench.broker.say(now, bytes.to_vec());
}

/// As the bench shows bytes.
fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn all_bytes(count: usize) -> Vec<u8> {
    (0..=255).cycle().take(count).collect()
}

#[test]
fn every_byte_passes_both_ways() {
    let texts = [b"\r\nOK\r\n".as_slice(), b"\r\n> ", b"+QIURC: \"closed\",0\r\n", b"\x1a\x1b", b"+++", b"\0"];
    for data in texts.into_iter().map(<[u8]>::to_vec).chain([all_bytes(1_460)]) {
        let mut bench = connected();
        assert_eq!(send(&mut bench, 0, &data), "\r\nSEND OK\r\n");
        assert_eq!(bench.broker.plain, data);
        say(&mut bench, 1, &data);
        assert_eq!(bench.wait(0), "\r\n+QIURC: \"recv\",0\r\n");
        let answer = format!("\r\n+QIRD: {}\r\n{}\r\n\r\nOK\r\n", data.len(), shown(&data));
        assert_eq!(bench.send("AT+QIRD=0,1500"), answer);
        assert_eq!(bench.send("AT+QIRD=0,0"), format!("\r\n+QIRD: {0},{0},0\r\n\r\nOK\r\n", data.len()));
    }
}

/// `+QIURC: "recv",<id>,<length>` and the data: no read, no OK (quectel-at 4).
#[test]
fn push_mode_brings_the_data_itself() {
    let mut bench = online(running());
    opened(&mut bench, 3, 1);
    let line = "\r\n+QISTATE: 3,\"TCP\",\"host.example\",7,49155,2,1,0,1,\"uart1\"\r\n\r\nOK\r\n";
    assert_eq!(bench.send("AT+QISTATE=1,3"), line);
    say(&mut bench, 1, b"a\r\nOK\r\n");
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"recv\",3,7\r\na\r\nOK\r\n\r\n");
    let data = all_bytes(3_100);
    say(&mut bench, 1, &data);
    let pieces =
        data.chunks(1_500).map(|piece| format!("\r\n+QIURC: \"recv\",3,{}\r\n{}\r\n", piece.len(), shown(piece)));
    assert_eq!(bench.wait(0), pieces.collect::<String>());
    // Nothing is left to be read, and a read is wrong here.
    assert_eq!(bench.send("AT+QIRD=3,1500"), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT+QIGETERROR"), "\r\n+QIGETERROR: 572,operation not allowed\r\n\r\nOK\r\n");
    // Pushed data waits for the end of a data entry.
    assert_eq!(bench.send("AT+QISEND=3,2"), "\r\n> ");
    say(&mut bench, 1, b"x");
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(b"hi");
    assert_eq!(bench.wait(SECOND), "\r\nSEND OK\r\n\r\n+QIURC: \"recv\",3,1\r\nx\r\n");
    let now = bench.now_us;
    bench.broker.say(now, b"last".to_vec());
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"recv\",3,4\r\nlast\r\n\r\n+QIURC: \"closed\",3\r\n");
}

/// "SEND FAIL (buffer full: retry later)" (quectel-at 4): all of the data is taken, or nothing.
#[test]
fn a_slow_peer_fills_the_send_buffer() {
    let mut bench = online(Options { send_buffer: 3_000, ..running() });
    opened(&mut bench, 0, 0);
    bench.emulator.slow(2 * SECOND);
    for data in [b"a", b"b"] {
        assert_eq!(send(&mut bench, 0, &data.repeat(1_460)), "\r\nSEND OK\r\n");
    }
    assert_eq!(send(&mut bench, 0, &[b'c'; 81]), "\r\nSEND FAIL\r\n");
    assert_eq!(bench.send("AT+QIGETERROR"), "\r\n+QIGETERROR: 558,socket write failed\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QISEND=0,0"), "\r\n+QISEND: 2920,0,2920\r\n\r\nOK\r\n");
    // What still fits is taken.
    assert_eq!(send(&mut bench, 0, &[b'd'; 80]), "\r\nSEND OK\r\n");
    assert_eq!(bench.emulator.socket(0).unwrap().unacknowledged, 3_000);
    bench.wait(3 * SECOND);
    assert_eq!(bench.send("AT+QISEND=0,0"), "\r\n+QISEND: 3000,3000,0\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, 0, b"e"), "\r\nSEND OK\r\n");
    let whole = [&[b'a'; 1_460], &[b'b'; 1_460], [b'd'; 80].as_slice(), b"e"].concat();
    assert!(bench.broker.plain == whole, "nothing of what was refused was sent");
}

#[test]
fn without_a_network_data_waits_in_the_module() {
    let mut bench = connected();
    bench.emulator.lose_network();
    assert_eq!(send(&mut bench, 0, b"hello"), "\r\nSEND OK\r\n");
    bench.wait(60 * SECOND);
    assert_eq!(bench.send("AT+QISEND=0,0"), "\r\n+QISEND: 5,0,5\r\n\r\nOK\r\n");
    assert_eq!(bench.broker.plain, b"");
    bench.emulator.restore_network();
    bench.wait(100 * MS);
    assert_eq!(bench.broker.plain, b"hello");
    bench.wait(20 * SECOND);
    assert_eq!(bench.send("AT+QISEND=0,0"), "\r\n+QISEND: 5,5,0\r\n\r\nOK\r\n");
}

/// What was on its way when the network went is acknowledged after it is back.
#[test]
fn an_acknowledgement_does_not_pass_a_lost_network() {
    let mut bench = connected();
    assert_eq!(send(&mut bench, 0, b"hello"), "\r\nSEND OK\r\n");
    bench.emulator.lose_network();
    bench.wait(SECOND);
    assert_eq!(bench.emulator.socket(0).unwrap().unacknowledged, 5);
    bench.emulator.restore_network();
    bench.wait(SECOND);
    assert_eq!(bench.emulator.socket(0).unwrap().unacknowledged, 0);
}

#[test]
fn twelve_sockets_live_side_by_side() {
    let mut bench = online(running());
    (0..12).for_each(|id| opened(&mut bench, id, 0));
    assert_eq!(bench.send("AT+QISTATE").matches("+QISTATE: ").count(), 12);
    for id in 0..12 {
        say(&mut bench, id + 1, format!("to {id}").as_bytes());
    }
    let lines: String = (0..12).map(|id| format!("\r\n+QIURC: \"recv\",{id}\r\n")).collect();
    assert_eq!(bench.wait(0), lines);
    for id in (0..12).rev() {
        assert_eq!(send(&mut bench, id, format!("from {id};").as_bytes()), "\r\nSEND OK\r\n");
        let (text, length) = (format!("to {id}"), format!("to {id}").len());
        assert_eq!(bench.send(&format!("AT+QIRD={id}")), format!("\r\n+QIRD: {length}\r\n{text}\r\n\r\nOK\r\n"));
        let last = bench.broker.requests.last();
        let bytes = format!("from {id};").into_bytes();
        assert_eq!(last, Some(&NetRequest::Send { link: id as u32 + 1, bytes }));
    }
    // The end of one is nothing to the others.
    bench.broker.link = 6;
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"closed\",5\r\n");
    assert_eq!(bench.send("AT+QICLOSE=7"), "\r\nOK\r\n");
    let alive = |bench: &Bench| {
        let state = |id| bench.emulator.socket(id).map(|socket| socket.state);
        (0..12).filter(|&id| state(id) == Some(SocketState::Connected)).count()
    };
    assert_eq!(alive(&bench), 10);
    bench.emulator.kill_tcp();
    assert_eq!(bench.wait(0).matches("\"closed\"").count(), 10);
    assert_eq!(alive(&bench), 0);
}

/// "OK (blocks up to timeout; set 1-3)" (quectel-at 4).
#[test]
fn a_close_blocks_until_the_other_end_has_answered() {
    let close = |slow_us, cut: bool, command: &str| {
        let mut bench = connected();
        bench.emulator.slow(slow_us);
        if cut {
            bench.emulator.lose_network();
        }
        let began = bench.now_us;
        assert_eq!(bench.until(command, "OK"), "\r\nOK\r\n");
        assert_eq!(bench.emulator.socket(0), None);
        (bench.now_us - began) / SECOND
    };
    assert_eq!(close(0, false, "AT+QICLOSE=0"), 0);
    assert_eq!(close(4 * SECOND, false, "AT+QICLOSE=0"), 4);
    assert_eq!(close(4 * SECOND, false, "AT+QICLOSE=0,1"), 1);
    assert_eq!(close(0, true, "AT+QICLOSE=0"), 10);
    assert_eq!(close(0, true, "AT+QICLOSE=0,2"), 2);
    assert_eq!(close(0, true, "AT+QICLOSE=0,0"), 0);
}

#[test]
fn a_socket_may_end_in_the_middle_of_a_data_entry() {
    let mut bench = connected();
    assert_eq!(bench.send("AT+QISEND=0,5"), "\r\n> ");
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(b"hello");
    assert_eq!(bench.wait(SECOND), "\r\nERROR\r\n\r\n+QIURC: \"closed\",0\r\n");
    assert_eq!(bench.send("AT+QIGETERROR"), "\r\n+QIGETERROR: 567,socket has been closed\r\n\r\nOK\r\n");
    assert_eq!(bench.broker.plain, b"");

    let mut bench = connected();
    assert_eq!(bench.send("AT+QISEND=0,5"), "\r\n> ");
    bench.emulator.lose_context(1);
    bench.raw(b"hello");
    assert_eq!(bench.wait(SECOND), "\r\nERROR\r\n\r\n+QIURC: \"pdpdeact\",1\r\n");
}

/// Nobody hears of a socket any more that went with its module, not even by what was still under way.
#[test]
fn a_restart_forgets_sockets_and_what_was_under_way() {
    let mut bench = connected();
    bench.emulator.slow(30 * SECOND);
    assert_eq!(send(&mut bench, 0, b"hello"), "\r\nSEND OK\r\n");
    say(&mut bench, 1, b"too late");
    bench.wait(SECOND);
    bench.emulator.reset();
    let lines = bench.wait(60 * SECOND);
    assert!(lines.contains("RDY") && !lines.contains("QIURC"), "{lines}");
    assert_eq!(bench.emulator.socket(0), None);
    bench.send("ATE0");
    assert_eq!(bench.send("AT+QISTATE"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+QIRD=0"), "\r\nERROR\r\n");
}

#[test]
fn a_client_may_be_shown_as_listening() {
    let mut bench = online(Options { client_reads_listening: true, ..running() });
    opened(&mut bench, 0, 0);
    assert!(bench.send("AT+QISTATE=1,0").contains(",49152,3,1,0,0,"));
}

/// Faults of the line hit data too.
#[test]
fn counted_data_may_starve_and_announcements_may_be_lost() {
    let mut bench = connected();
    bench.emulator.drop_line("recv");
    say(&mut bench, 1, &[b'x'; 100]);
    assert_eq!(bench.wait(SECOND), "");
    bench.emulator.starve_block();
    let answer = bench.send("AT+QIRD=0");
    let block = answer.strip_prefix("\r\n+QIRD: 100\r\n").and_then(|rest| rest.strip_suffix("\r\nOK\r\n")).unwrap();
    assert!(block.len() < 100 && block.bytes().all(|byte| byte == b'x'), "{block}");
}
