//! Files and HTTP requests of u-blox's modules: bodies go through files, and so do answers.

mod bench;
mod ublox;

use bench::web::{Web, response};
use bench::{Bench, SECOND, running};
use ublox::{ERROR, NOT_ALLOWED, OK, enter, file, ok, online, quiet, send, with};
use wanlink_emulator::{HttpPhase, Options, Profile, UbloxOptions};

fn web(answers: &[&str]) -> Bench {
    web_of(Profile::sara_r5(), running(), answers)
}

fn web_of(profile: &'static Profile, options: Options, answers: &[&str]) -> Bench {
    let mut bench = online(profile, options);
    bench.broker.web = Some(Web::answering(answers));
    ok(&mut bench, "AT+UHTTP=0,1,\"h\"");
    bench
}

fn asked(bench: &Bench) -> &bench::web::Request {
    bench.broker.web.as_ref().unwrap().requests.last().unwrap()
}

fn result(index: u32, command: u32, good: bool) -> String {
    format!("\r\nOK\r\n\r\n+UUHTTPCR: {index},{command},{}\r\n", u8::from(good))
}

#[test]
fn a_file_is_appended_to_unless_it_is_deleted() {
    let mut bench = quiet(Profile::sara_r5(), running());
    file(&mut bench, "f", b"one");
    file(&mut bench, "f", b"two");
    assert_eq!(bench.emulator.file("f"), Some(&b"onetwo"[..]));
    assert_eq!(send(&mut bench, "AT+ULSTFILE=2,\"f\""), "\r\n+ULSTFILE: 6\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+URDBLOCK=\"f\",2,2"), "\r\n+URDBLOCK: \"f\",2,\"et\"\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+URDBLOCK=\"f\",9,2"), "\r\n+URDBLOCK: \"f\",0,\"\"\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+UDELFILE=\"f\"");
    assert_eq!(send(&mut bench, "AT+UDELFILE=\"f\""), "\r\n+CME ERROR: 1612\r\n");
    assert_eq!(send(&mut bench, "AT+ULSTFILE=0"), "\r\n+ULSTFILE: \r\n\r\nOK\r\n");
}

#[test]
fn a_file_that_does_not_come() {
    for (kept, content) in [(false, None), (true, Some(&b"ab"[..]))] {
        let options = with(UbloxOptions { half_file_kept: kept, ..UbloxOptions::default() });
        let mut bench = quiet(Profile::sara_r5(), options);
        assert_eq!(send(&mut bench, "AT+UDWNFILE=\"f\",4"), "\r\n>");
        bench.raw(b"ab");
        assert_eq!(bench.wait(21 * SECOND), "\r\n+CME ERROR: 1649\r\n");
        assert_eq!(bench.emulator.file("f"), content);
    }
}

#[test]
fn names_have_the_length_of_the_model() {
    for (profile, longest) in [(Profile::sara_r5(), 248), (Profile::lena_r8(), 63)] {
        let mut bench = quiet(profile, running());
        file(&mut bench, &"x".repeat(longest), b"1");
        let long = format!("AT+UDWNFILE=\"{}\",1", "x".repeat(longest + 1));
        assert_eq!(send(&mut bench, &long), "\r\n+CME ERROR: 1638\r\n");
    }
}

#[test]
fn a_file_that_is_missing_has_one_of_two_codes() {
    let options = with(UbloxOptions { file_not_found: 1624, ..UbloxOptions::default() });
    let mut bench = quiet(Profile::sara_r5(), options);
    assert_eq!(send(&mut bench, "AT+URDFILE=\"f\""), "\r\n+CME ERROR: 1624\r\n");
}

#[test]
fn a_post_from_a_file() {
    let mut bench = web(&[&response("200 OK", "{}")]);
    file(&mut bench, "body", b"{\"a\":1}");
    ok(&mut bench, "AT+UHTTP=0,9,\"0:password:t0ken\"");
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,4,\"/topic/x?y\",\"rsp\",\"body\",2"), result(0, 4, true));
    let head = &asked(&bench).head;
    assert_eq!(head[..2], ["POST /topic/x?y HTTP/1.1", "Host: h"]);
    assert_eq!(head[2..], ["Content-Type: application/octet-stream", "password: t0ken", "Content-Length: 7"]);
    assert_eq!(asked(&bench).body, b"{\"a\":1}");
    let answer = response("200 OK", "{}");
    assert_eq!(bench.emulator.file("rsp"), Some(answer.as_bytes()));
    let view = bench.emulator.http();
    assert_eq!((view.phase, view.status), (HttpPhase::Answered, Some(200)));
}

#[test]
fn methods_and_types() {
    let answer = response("200 OK", "x");
    let mut bench = web(&[answer.as_str(); 6]);
    file(&mut bench, "body", b"b");
    for (command, line, first) in [
        (1, "AT+UHTTPC=0,1,\"/\",\"\"", "GET / HTTP/1.1"),
        (2, "AT+UHTTPC=0,2,\"/\",\"\"", "DELETE / HTTP/1.1"),
        (3, "AT+UHTTPC=0,3,\"/\",\"\",\"body\",6,\"own/type\"", "PUT / HTTP/1.1"),
        (5, "AT+UHTTPC=0,5,\"/\",\"\",\"a=1\",0", "POST / HTTP/1.1"),
    ] {
        assert_eq!(send(&mut bench, line), result(0, command, true));
        assert_eq!(asked(&bench).head[0], first);
    }
    assert!(asked(&bench).head.contains(&"Content-Type: application/x-www-form-urlencoded".to_owned()));
    assert_eq!(bench.emulator.file("http_last_response_0"), Some(answer.as_bytes()));
    // The answer to HEAD has no body, whatever its length says.
    bench.broker.web = Some(Web::answering(&["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]));
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,0,\"/\",\"h\""), result(0, 0, true));
}

#[test]
fn a_refusal_of_the_server_is_a_good_result_unless_it_is_a_lena() {
    let answer = response("404 Not Found", "no");
    let mut bench = web(&[&answer]);
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"rsp\""), result(0, 1, true));
    assert_eq!(bench.emulator.file("rsp"), Some(answer.as_bytes()));
    let mut bench = web_of(Profile::lena_r8(), running(), &[&answer]);
    file(&mut bench, "rsp", b"old");
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"rsp\""), result(0, 1, false));
    assert_eq!(bench.emulator.file("rsp"), Some(&b"old"[..]), "the old answer is still there");
}

#[test]
fn one_request_at_a_time_in_each_profile() {
    let mut bench = web(&[]);
    ok(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\"");
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\""), NOT_ALLOWED);
    assert_eq!(send(&mut bench, "AT+UHTTP=0,1,\"g\""), NOT_ALLOWED);
    assert_eq!(bench.emulator.http().phase, HttpPhase::Waiting);
    ok(&mut bench, "AT+UHTTP=1,1,\"h\"");
    ok(&mut bench, "AT+UHTTPC=1,1,\"/\",\"b\"");
    assert_eq!(bench.wait(181 * SECOND), "\r\n+UUHTTPCR: 0,1,0\r\n\r\n+UUHTTPCR: 1,1,0\r\n");
    assert_eq!(send(&mut bench, "AT+UHTTPER=0"), "\r\n+UHTTPER: 0,3,28\r\n\r\nOK\r\n");
}

#[test]
fn the_time_is_counted_from_the_last_thing_that_worked() {
    let mut bench = web(&[]);
    ok(&mut bench, "AT+UHTTP=0,7,30");
    bench.broker.web = None;
    bench.broker.raw = true;
    ok(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\"");
    bench.wait(29 * SECOND);
    let now = bench.now_us;
    bench.broker.say(now, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec());
    assert_eq!(bench.wait(29 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\n+UUHTTPCR: 0,1,0\r\n");
    assert_eq!(bench.emulator.file("a"), None);
}

#[test]
fn what_goes_wrong_has_its_code() {
    use wanlink_emulator::OpenFailure::{Dns, Refused, Timeout};
    for (why, code) in [(Dns, 23), (Refused, 11), (Timeout, 26)] {
        let mut bench = web(&[]);
        bench.broker.open = Err(why);
        assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\""), result(0, 1, false));
        assert_eq!(send(&mut bench, "AT+UHTTPER=0"), format!("\r\n+UHTTPER: 0,3,{code}\r\n\r\nOK\r\n"));
    }
    let mut bench = web(&["SSH-2.0\r\n"]);
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\""), result(0, 1, false));
    // Without a context.
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+UHTTP=0,1,\"h\"");
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\""), result(0, 1, false));
    assert_eq!(send(&mut bench, "AT+UHTTPER=0"), "\r\n+UHTTPER: 0,10,22\r\n\r\nOK\r\n");
    // The server hangs up in the middle.
    let mut bench = web(&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]);
    bench.broker.web.as_mut().unwrap().hang_up = true;
    assert_eq!(send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\""), result(0, 1, false));
    assert_eq!(send(&mut bench, "AT+UHTTPER=0"), "\r\n+UHTTPER: 0,3,44\r\n\r\nOK\r\n");
}

#[test]
fn a_header_has_its_limits() {
    let long = |count: usize| "x".repeat(count);
    for (shared, name, value, expected) in
        [(false, 64, 64, OK), (false, 65, 1, ERROR), (false, 1, 65, ERROR), (true, 32, 32, OK), (true, 32, 33, ERROR)]
    {
        let options = with(UbloxOptions { header_limit_shared: shared, ..UbloxOptions::default() });
        let mut bench = quiet(Profile::sara_r5(), options);
        let line = format!("AT+UHTTP=0,9,\"4:{}:{}\"", long(name), long(value));
        assert_eq!(send(&mut bench, &line), expected, "{shared} {name} {value}");
    }
    let answer = response("200 OK", "x");
    let mut bench = web(&[answer.as_str(); 2]);
    ok(&mut bench, "AT+UHTTP=0,9,\"0:A:b\"");
    send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\"");
    assert!(asked(&bench).head.contains(&"A: b".to_owned()));
    ok(&mut bench, "AT+UHTTP=0,9,\"0:\"");
    send(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\"");
    assert_eq!(asked(&bench).head, ["GET / HTTP/1.1", "Host: h"]);
}

#[test]
fn certificates_are_told_by_the_digest_of_their_der() {
    const PEM: &[u8] = include_bytes!("certificates/amazon-root-ca-1.pem");
    const DIGEST: &str = "43c6bfaeecfead2f18c6886830fcc8e6";
    let mut bench = quiet(Profile::sara_r5(), running());
    let line = format!("AT+USECMNG=0,0,\"ca\",{}", PEM.len());
    let answer = enter(&mut bench, &line, ">", PEM);
    assert_eq!(answer, format!("\r\n+USECMNG: 0,0,\"ca\",\"{DIGEST}\"\r\n\r\nOK\r\n"));
    let asked = send(&mut bench, "AT+USECMNG=4,0,\"ca\"");
    assert_eq!(asked, format!("\r\n+USECMNG: 4,0,\"ca\",\"{DIGEST}\"\r\n\r\nOK\r\n"));
    file(&mut bench, "ca.pem", PEM);
    let answer = send(&mut bench, "AT+USECMNG=1,0,\"again\",\"ca.pem\"");
    assert_eq!(answer, format!("\r\n+USECMNG: 1,0,\"again\",\"{DIGEST}\"\r\n\r\nOK\r\n"));
    let list =
        "\r\n\"CA\",\"again\",\"CN\",\"2038/01/17 00:00:00\"\r\n\"CA\",\"ca\",\"CN\",\"2038/01/17 00:00:00\"\r\n";
    assert_eq!(send(&mut bench, "AT+USECMNG=3,0"), format!("{list}\r\nOK\r\n"));
    // They are no files.
    assert_eq!(send(&mut bench, "AT+ULSTFILE"), "\r\n+ULSTFILE: \"ca.pem\"\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+USECMNG=2,0,\"ca\"");
    assert_eq!(send(&mut bench, "AT+USECMNG=4,0,\"ca\""), "\r\n+CME ERROR: 1916\r\n");
}

#[test]
fn imports_that_fail() {
    let mut bench = quiet(Profile::sara_r5(), running());
    assert_eq!(send(&mut bench, "AT+USECMNG=0,0,\"ca\",10"), "\r\n>");
    assert_eq!(bench.wait(21 * SECOND), "\r\n+CME ERROR: 1910\r\n");
    assert_eq!(enter(&mut bench, "AT+USECMNG=0,0,\"ca\",4", ">", b"junk"), "\r\n+CME ERROR: 1913\r\n");
    assert_eq!(send(&mut bench, "AT+USECMNG=0,0,\"ca\",8193"), "\r\n+CME ERROR: 1911\r\n");
    assert_eq!(send(&mut bench, "AT+USECMNG=1,0,\"ca\",\"nofile\""), "\r\n+CME ERROR: 1612\r\n");
    // LENA-R8 wants the line ends.
    let pem = include_str!("certificates/amazon-root-ca-1.pem").replace(['\r', '\n'], "");
    let line = format!("AT+USECMNG=0,0,\"ca\",{}", pem.len());
    let mut bench = quiet(Profile::lena_r8(), running());
    assert_eq!(enter(&mut bench, &line, ">", pem.as_bytes()), "\r\n+CME ERROR: 1913\r\n");
}

#[test]
fn the_port_moves_with_security_unless_it_was_set() {
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+UHTTP=0,1,\"h\"");
    for (order, url) in
        [("6,1,2", "https://h:443"), ("6,0", "http://h:80"), ("5,8080", "http://h:8080"), ("6,1,2", "https://h:8080")]
    {
        ok(&mut bench, &format!("AT+UHTTP=0,{order}"));
        assert_eq!(bench.emulator.http().url.as_deref(), Some(url), "{order}");
    }
}
