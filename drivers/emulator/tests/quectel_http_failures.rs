//! What goes wrong with HTTP, stage by stage (quectel-at 3.1, 3.3).

mod bench;

use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{HttpFailure, HttpOptions, HttpPhase, NetRequest, OpenFailure, Options};

fn with(http: HttpOptions) -> Options {
    Options { http, ..running() }
}

/// A module that is online and has a URL, and a server that answers nothing.
fn ready(http: HttpOptions) -> Bench {
    let mut bench = Bench::online(with(http));
    bench.broker.web = Some(Web::default());
    set_url(&mut bench, "http://web.example/a");
    bench
}

fn set_url(bench: &mut Bench, url: &str) {
    assert_eq!(bench.send(&format!("AT+QHTTPURL={}", url.len())), "\r\nCONNECT\r\n");
    bench.raw(url.as_bytes());
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n");
}

/// And a POST waits for its answer.
fn posted(http: HttpOptions) -> Bench {
    let mut bench = ready(http);
    assert_eq!(bench.send("AT+QHTTPPOST=2,60,30"), "\r\nCONNECT\r\n");
    bench.raw(b"hi");
    assert_eq!(bench.wait(10 * MS), "\r\nOK\r\n");
    bench
}

fn say(bench: &mut Bench, bytes: &str) {
    let now = bench.now_us;
    bench.broker.say(now, bytes.as_bytes().to_vec());
}

fn hang_up(bench: &mut Bench) {
    let now = bench.now_us;
    bench.broker.hang_up(now);
}

/// Whether the module told the other end of every link that it is over.
fn all_closed(bench: &Bench) -> bool {
    let count =
        |wanted: fn(&NetRequest) -> bool| bench.broker.requests.iter().filter(|request| wanted(request)).count();
    let opens = count(|request| matches!(request, NetRequest::Open { .. }));
    opens == count(|request| matches!(request, NetRequest::Close { .. }))
}

fn phase(bench: &Bench) -> HttpPhase {
    bench.emulator.http().phase
}

/// 9.5: "HTTPS -> +CME ERROR: 716 or +QHTTPPOST: 716"; a GET says it in its result line.
#[test]
fn an_open_that_fails_has_three_forms() {
    for (why, code) in [(OpenFailure::Dns, 714), (OpenFailure::Refused, 716), (OpenFailure::Timeout, 716)] {
        for failure in [HttpFailure::Final, HttpFailure::Result, HttpFailure::AfterData] {
            let mut bench = ready(HttpOptions { failure, ..HttpOptions::default() });
            bench.emulator.fail_opens(why, Some(2));
            let (first, then) = match failure {
                HttpFailure::Final => (format!("\r\n+CME ERROR: {code}\r\n"), String::new()),
                HttpFailure::Result => (format!("\r\n+QHTTPPOST: {code}\r\n"), String::new()),
                HttpFailure::AfterData => {
                    ("\r\nCONNECT\r\n".to_owned(), format!("\r\nOK\r\n\r\n+QHTTPPOST: {code}\r\n"))
                }
            };
            assert_eq!(bench.send("AT+QHTTPPOST=2"), first, "{failure:?}");
            if !then.is_empty() {
                bench.raw(b"hi");
                assert_eq!(bench.wait(100 * MS), then);
            }
            assert_eq!(phase(&bench), HttpPhase::Idle);
            assert_eq!(bench.send("AT+QHTTPGET"), format!("\r\nOK\r\n\r\n+QHTTPGET: {code}\r\n"));
            assert_eq!(bench.send("AT+QHTTPREAD"), "\r\n+CME ERROR: 705\r\n");
            assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n", "the next one is good");
        }
    }
    let mut bench = ready(HttpOptions { hides_dns: true, ..HttpOptions::default() });
    bench.emulator.dns_failure();
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\nOK\r\n\r\n+QHTTPGET: 716\r\n");
}

/// "CONNECT (<= 125 s)"
#[test]
fn nobody_there_and_a_context_that_lies_are_told_after_125_seconds() {
    for lies in [false, true] {
        let mut bench = ready(HttpOptions::default());
        if lies {
            bench.emulator.context_lies(1);
        } else {
            bench.broker.deaf = true;
        }
        assert_eq!(bench.send("AT+QHTTPPOST=2"), "");
        assert_eq!(bench.wait(124 * SECOND), "");
        // Not heard: the command runs.
        assert_eq!(bench.send("AT"), "");
        assert_eq!(bench.wait(SECOND), "\r\n+QHTTPPOST: 716\r\n");
        assert_eq!(bench.send("AT"), "\r\nOK\r\n");
        if !lies {
            assert!(all_closed(&bench));
        }
    }
}

#[test]
fn data_that_does_not_come_in_time() {
    for (lost, connect) in [(false, "\r\nCONNECT\r\n"), (true, "")] {
        let mut bench = ready(HttpOptions::default());
        if lost {
            bench.emulator.lose_prompt();
        }
        assert_eq!(bench.send("AT+QHTTPPOST=10,5,60"), connect);
        bench.raw(b"AT\rhi");
        assert_eq!(bench.wait(4 * SECOND), "");
        assert_eq!(bench.wait(SECOND), "\r\n+CME ERROR: 726\r\n");
        assert!(bench.broker.web.as_ref().unwrap().requests.is_empty() && all_closed(&bench));
        // What comes now is a command.
        assert_eq!(bench.send("there"), "\r\nERROR\r\n");
        assert_eq!(bench.send("AT"), "\r\nOK\r\n");
        assert_eq!(phase(&bench), HttpPhase::Idle);
    }
}

#[test]
fn bytes_behind_the_data_are_a_command() {
    let mut bench = ready(HttpOptions::default());
    bench.send("AT+QHTTPPOST=2");
    bench.raw(b"hiAT+CSQ\r");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
}

#[test]
fn a_late_prompt_counts_from_when_it_comes() {
    let mut bench = ready(HttpOptions::default());
    bench.emulator.delay_prompt(50 * SECOND);
    assert_eq!(bench.send("AT+QHTTPPOST=2,5,60"), "");
    assert_eq!(bench.wait(50 * SECOND), "\r\nCONNECT\r\n");
    assert_eq!(bench.wait(4 * SECOND), "");
    bench.raw(b"hi");
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n");
}

#[test]
fn answers_that_do_not_come_in_time() {
    for (one_code, codes) in [(false, [728, 727, 727, 722]), (true, [702; 4])] {
        let options = HttpOptions { one_timeout_code: one_code, ..HttpOptions::default() };
        for (said, code) in
            ["", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", &response("200 OK", "hi")[..60]].into_iter().zip(codes)
        {
            let mut bench = posted(options.clone());
            say(&mut bench, said);
            assert_eq!(bench.wait(29 * SECOND), "", "{said}");
            assert_eq!(bench.wait(SECOND), format!("\r\n+QHTTPPOST: {code}\r\n"), "{said}");
            assert!(all_closed(&bench) && phase(&bench) == HttpPhase::Idle);
            assert_eq!(bench.send("AT+QHTTPREAD"), "\r\n+CME ERROR: 705\r\n");
        }
        let mut bench = posted(HttpOptions { result_at_headers: true, ..options });
        say(&mut bench, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi");
        assert_eq!(bench.wait(100 * SECOND), "\r\n+QHTTPPOST: 0,200,3\r\n");
        assert_eq!(bench.send("AT+QHTTPREAD=10"), "\r\nCONNECT\r\nhi");
        assert_eq!(bench.wait(9 * SECOND), "");
        assert_eq!(bench.wait(SECOND), format!("\r\nOK\r\n\r\n+QHTTPREAD: {}\r\n", codes[3]));
        assert!(all_closed(&bench));
    }
}

#[test]
fn servers_that_break_off_or_talk_nonsense() {
    type Case = (fn(&mut Bench), u16);
    let cases: [Case; 5] = [
        (hang_up, 719),
        (|bench| bench.emulator.kill_tcp(), 719),
        (
            |bench| {
                say(bench, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi");
                hang_up(bench);
            },
            719,
        ),
        (|bench| say(bench, "SSH-2.0-web\r\n"), 723),
        (|bench| say(bench, &response("200 OK", &"x".repeat(300_000))), 729),
    ];
    for (happens, code) in cases {
        let mut bench = posted(HttpOptions::default());
        happens(&mut bench);
        assert_eq!(bench.wait(100 * MS), format!("\r\n+QHTTPPOST: {code}\r\n"));
        assert!(bench.send("AT+QHTTPPOST=2") == "\r\nCONNECT\r\n" && phase(&bench) == HttpPhase::Typing);
    }
}

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

/// "one request at a time"
#[test]
fn while_a_request_runs_every_other_is_busy() {
    let mut bench = posted(HttpOptions::default());
    for command in
        ["QHTTPURL=20", "QHTTPGET", "QHTTPGETEX=60,0,1", "QHTTPPOST=2", "QHTTPREAD", "QHTTPCFG=\"contenttype\",1"]
    {
        assert_eq!(bench.send(&format!("AT+{command}")), "\r\n+CME ERROR: 703\r\n", "{command}");
    }
    assert_eq!(bench.send("AT+QHTTPSTOP"), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT+QHTTPCFG=\"contenttype\""), "\r\n+QHTTPCFG: \"contenttype\",0\r\n\r\nOK\r\n");
    // Sockets and MQTT do not mind.
    bench.broker.web = None;
    assert!(bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1").ends_with("\r\n+QIOPEN: 0,0\r\n"));
    assert!(bench.send("AT+QMTOPEN=0,\"broker\",1883").ends_with("\r\n+QMTOPEN: 0,0\r\n"));
}

#[test]
fn a_stop_where_there_is_one() {
    let mut bench = posted(HttpOptions { stop_known: true, ..HttpOptions::default() });
    assert_eq!(bench.send("AT+QHTTPSTOP"), "\r\nOK\r\n");
    assert!(all_closed(&bench) && phase(&bench) == HttpPhase::Idle);
    assert_eq!(bench.wait(100 * SECOND), "");
    assert_eq!(bench.send("AT+QHTTPPOST=2"), "\r\nCONNECT\r\n");
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

#[test]
fn firmware_without_the_newer_names() {
    let options = HttpOptions { custom_header_known: false, new_content_types: false, ..HttpOptions::default() };
    let mut bench = ready(options);
    assert_eq!(bench.send("AT+QHTTPCFG=\"custom_header\",\"a: b\""), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT+QHTTPCFG=\"contenttype\",4"), "\r\nERROR\r\n");
    let names = bench.send("AT+QHTTPCFG=?");
    assert!(names.contains("\r\n+QHTTPCFG: \"contenttype\",(0-3)\r\n") && !names.contains("custom"), "{names}");
}

#[test]
fn a_custom_header_may_be_gone_after_one_request() {
    for (kept, count) in [(true, 2), (false, 1)] {
        let mut bench = ready(HttpOptions { custom_header_kept: kept, ..HttpOptions::default() });
        bench.broker.web = Some(Web::answering(&[response("200 OK", "").as_str(); 2]));
        assert_eq!(bench.send("AT+QHTTPCFG=\"custom_header\",\"a: b\""), "\r\nOK\r\n");
        for _ in 0..2 {
            assert!(bench.send("AT+QHTTPGET").contains("0,200,0"));
        }
        let requests = &bench.broker.web.as_ref().unwrap().requests;
        assert_eq!(requests.iter().filter(|request| request.head.contains(&"a: b".to_owned())).count(), count);
    }
}

/// 711 "URL error", 708 "no network configuration", 709 "network deactivated".
#[test]
fn urls_and_contexts_that_will_not_do() {
    let mut bench = Bench::quiet(running());
    for bad in ["ftp://a", "a.example", "http://", "http://a b/", &format!("http://{}", "a".repeat(101))] {
        assert_eq!(bench.send(&format!("AT+QHTTPURL={}", bad.len())), "\r\nCONNECT\r\n");
        bench.raw(bad.as_bytes());
        assert_eq!(bench.wait(100 * MS), "\r\n+CME ERROR: 711\r\n", "{bad}");
    }
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\n+CME ERROR: 712\r\n");
    set_url(&mut bench, "http://web.example/");
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\n+CME ERROR: 708\r\n");
    bench.send("AT+QICSGP=1,1,\"cmnet\"");
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\n+CME ERROR: 709\r\n");
    assert_eq!(bench.send("AT+CMEE=2"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\n+CME ERROR: network deactivated\r\n");
}

#[test]
fn with_requestheader_a_get_is_typed_and_has_no_parts() {
    let mut bench = ready(HttpOptions::default());
    assert_eq!(bench.send("AT+QHTTPCFG=\"requestheader\",1"), "\r\nOK\r\n");
    for command in ["AT+QHTTPGET", "AT+QHTTPGET=60", "AT+QHTTPGET=60,,60", "AT+QHTTPGETEX=60,0,1"] {
        assert_eq!(bench.send(command), "\r\nERROR\r\n", "{command}");
    }
    assert_eq!(bench.send("AT+QHTTPGET=60,2,5"), "\r\nCONNECT\r\n");
    assert_eq!(bench.wait(5 * SECOND), "\r\n+CME ERROR: 726\r\n");
}
