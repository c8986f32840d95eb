//! HTTP requests that lose what they stand on: connection, context, network, module, lines (quectel-at 1.5, 3.1).

mod bench;
#[path = "http/scene.rs"]
mod scene;

use bench::web::response;
use bench::{Bench, MS, SECOND};
use scene::{all_closed, hang_up, phase, posted, ready, say, set_url};
use wanlink_emulator::{HttpOptions, HttpPhase};

/// What the host cannot be told while it types is told behind the data.
#[test]
fn a_connection_may_end_while_the_host_types() {
    type Case = (fn(&mut Bench), &'static str, u16);
    let cases: [Case; 4] = [
        (hang_up, "", 719),
        (|bench| bench.emulator.kill_tcp(), "", 719),
        (|bench| say(bench, "no HTTP"), "", 723),
        (|bench| bench.emulator.lose_context(1), "\r\n+QIURC: \"pdpdeact\",1\r\n", 709),
    ];
    for (happens, line, code) in cases {
        let mut bench = ready(HttpOptions::default());
        assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n");
        happens(&mut bench);
        assert_eq!(bench.wait(10 * SECOND), "");
        bench.raw(b"hi");
        assert_eq!(bench.wait(100 * MS), format!("\r\nOK\r\n{line}\r\n+QHTTPPOST: {code}\r\n"));
        assert!(bench.broker.web.as_ref().unwrap().requests.is_empty());
    }
    // A server that speaks first, and right: what it says is the answer.
    let mut bench = ready(HttpOptions::default());
    assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n");
    say(&mut bench, &response("408 Request Timeout", ""));
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(b"hi");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+QHTTPPOST: 0,408,0\r\n");
}

/// "`pdpdeact`: every socket/MQTT/HTTP on it is dead" (1.5), with a result line or without.
#[test]
fn a_request_dies_with_its_context() {
    for (told, line) in [(true, "\r\n+QHTTPPOST: 709\r\n"), (false, "")] {
        let options = HttpOptions { result_after_context_loss: told, ..HttpOptions::default() };
        let lost = "\r\n+QIURC: \"pdpdeact\",1\r\n";
        let mut bench = posted(options.clone());
        bench.emulator.lose_context(1);
        assert_eq!(bench.wait(200 * SECOND), format!("{lost}{line}"));
        assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\n+CME ERROR: 709\r\n");
        // While CONNECT is owed.
        let mut bench = ready(options.clone());
        bench.broker.deaf = true;
        assert_eq!(bench.send("AT+QHTTPPOST=2"), "");
        bench.emulator.lose_context(1);
        assert_eq!(bench.wait(200 * SECOND), format!("{line}{lost}"));
        assert_eq!(bench.send("AT"), "\r\nOK\r\n");
        // By the host's own order; an answer that is there stays.
        let mut bench = posted(options);
        say(&mut bench, &response("200 OK", "hi"));
        assert!(bench.wait(0).contains("+QHTTPPOST: 0,200,2"));
        assert_eq!(bench.until("AT+QIDEACT=1", "OK"), "\r\nOK\r\n");
        assert_eq!(bench.send("AT+QHTTPREAD"), "\r\nCONNECT\r\nhi\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
    }
    // Another context is nothing to it.
    let mut bench = posted(HttpOptions::default());
    bench.emulator.lose_context(2);
    say(&mut bench, &response("200 OK", ""));
    assert_eq!(bench.wait(0), "\r\n+QHTTPPOST: 0,200,0\r\n");
}

#[test]
fn an_answer_that_still_comes_may_end_before_its_end() {
    type Case = (fn(&mut Bench), &'static str, u16);
    let cases: [Case; 3] = [
        (hang_up, "", 719),
        (|bench| bench.emulator.kill_tcp(), "", 719),
        (|bench| bench.emulator.lose_context(1), "\r\n+QIURC: \"pdpdeact\",1\r\n", 709),
    ];
    for (happens, line, code) in cases {
        for while_read in [false, true] {
            let mut bench = posted(HttpOptions { result_at_headers: true, ..HttpOptions::default() });
            say(&mut bench, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
            assert_eq!(bench.wait(0), "\r\n+QHTTPPOST: 0,200,9\r\n");
            let end = format!("\r\nOK\r\n\r\n+QHTTPREAD: {code}\r\n");
            if while_read {
                assert_eq!(bench.send("AT+QHTTPREAD"), "\r\nCONNECT\r\nabc");
                happens(&mut bench);
                assert_eq!(bench.wait(100 * MS), format!("{end}{line}"));
            } else {
                happens(&mut bench);
                assert_eq!(bench.wait(100 * MS), line);
                assert_eq!(bench.send("AT+QHTTPREAD"), format!("\r\nCONNECT\r\nabc{end}"));
            }
            assert_eq!(bench.send("AT+QHTTPREAD"), "\r\n+CME ERROR: 705\r\n");
        }
    }
}

#[test]
fn a_network_that_is_lost_and_comes_back() {
    let mut bench = posted(HttpOptions::default());
    bench.emulator.lose_network();
    say(&mut bench, &response("200 OK", "hi"));
    assert_eq!(bench.wait(20 * SECOND), "");
    bench.emulator.restore_network();
    assert_eq!(bench.wait(SECOND), "\r\n+QHTTPPOST: 0,200,2\r\n");
    let mut bench = posted(HttpOptions::default());
    bench.emulator.lose_network();
    assert_eq!(bench.wait(30 * SECOND), "\r\n+QHTTPPOST: 728\r\n");
}

#[test]
fn a_restart_forgets_everything() {
    let mut bench = posted(HttpOptions { keeps_connection: true, ..HttpOptions::default() });
    bench.emulator.reset();
    let lines = bench.wait(100 * SECOND);
    assert!(lines.contains("RDY") && !lines.contains("QHTTP") && all_closed(&bench), "{lines}");
    bench.send("ATE0");
    bench.send("AT+CMEE=1");
    assert_eq!(bench.send("AT+QHTTPURL?"), "\r\n+QHTTPURL: \r\n\r\nOK\r\n");
    bench.online_again();
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\n+CME ERROR: 712\r\n");
    // In the middle of an entry the next bytes are commands of the next life.
    set_url(&mut bench, "http://web.example/");
    assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n");
    bench.emulator.reset();
    bench.wait(10 * SECOND);
    assert!(bench.send("AT").ends_with("\r\nOK\r\n") && phase(&bench) == HttpPhase::Idle);
}

#[test]
fn a_kept_connection_may_be_dead() {
    let mut bench = posted(HttpOptions { keeps_connection: true, ..HttpOptions::default() });
    say(&mut bench, &response("200 OK", ""));
    assert!(bench.wait(0).contains("0,200,0"));
    // The server closes it when the next request comes, as servers do with idle ones.
    assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n");
    bench.raw(b"hi");
    hang_up(&mut bench);
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+QHTTPPOST: 719\r\n");
    // What nobody asked for ends it too.
    let mut bench = posted(HttpOptions { keeps_connection: true, ..HttpOptions::default() });
    say(&mut bench, &response("200 OK", ""));
    bench.wait(0);
    say(&mut bench, "HTTP/1.1 408 Request Timeout\r\n\r\n");
    assert_eq!(bench.wait(0), "");
    assert!(all_closed(&bench));
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(0), "\r\n+QIURC: \"pdpdeact\",1\r\n");
}

/// Faults of the line hit HTTP as they hit all else.
#[test]
fn lines_and_bytes_may_be_lost() {
    let mut bench = posted(HttpOptions::default());
    bench.emulator.drop_line("+QHTTPPOST");
    say(&mut bench, &response("200 OK", &"x".repeat(100)));
    assert_eq!(bench.wait(SECOND), "");
    bench.emulator.starve_block();
    let answer = bench.send("AT+QHTTPREAD");
    let block = answer.strip_prefix("\r\nCONNECT\r\n").unwrap();
    let block = block.strip_suffix("\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n").unwrap();
    assert!(block.len() < 100 && block.bytes().all(|byte| byte == b'x'), "{block}");

    let mut bench = posted(HttpOptions { result_at_headers: true, ..HttpOptions::default() });
    say(&mut bench, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
    bench.wait(0);
    bench.emulator.urc_between(1, "+QIND: \"csq\",1,99");
    bench.emulator.starve_block();
    let foreign = "\r\n+QIND: \"csq\",1,99\r\n";
    assert_eq!(bench.send("AT+QHTTPREAD"), format!("{foreign}\r\nCONNECT\r\n"));
    for part in ["abcdef", "ghijkl"] {
        say(&mut bench, part);
    }
    let end = format!("abc{foreign}\r\nOK\r\n{foreign}\r\n+QHTTPREAD: 0\r\n");
    assert_eq!(bench.wait(100 * MS), end, "no line stands among the bytes, and what starved stays away");

    let mut bench = posted(HttpOptions::default());
    bench.emulator.silence(5 * SECOND);
    say(&mut bench, &response("200 OK", "hi"));
    assert_eq!(bench.wait(10 * SECOND), "");
    assert_eq!(bench.send("AT+QHTTPREAD"), "\r\nCONNECT\r\nhi\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
}
