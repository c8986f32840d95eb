//! What goes wrong with HTTP requests and their answers (quectel-at 3.1, 3.3).

mod bench;
#[path = "http/scene.rs"]
mod scene;

use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use scene::{all_closed, hang_up, phase, posted, ready, say, set_url};
use wanlink_emulator::{HttpFailure, HttpOptions, HttpPhase, OpenFailure};

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
