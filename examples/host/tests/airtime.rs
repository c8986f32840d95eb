//! `wanlink airtime`: what each path costs on air follows from the protocols, and is what the page shows.

mod written;

use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use wanlink::airtime::{self, Bill, RHYTHMS_S};
use wanlink_emulator::{LayerBytes, Traffic};
use written::assert_written;

const BEGIN: &str = "<!-- airtime: written by WANLINK_WRITE=1 cargo test -p wanlink --test airtime -->\n";
const END: &str = "<!-- end of airtime -->";

/// Headers of IPv4 and TCP.
const TCP: u64 = 40;
/// The same with the options of a SYN.
const SYN: u64 = 60;
/// A question for a name of no bytes: IPv4 and UDP, DNS header, length and end of the name, type and class.
const QUESTION: u64 = 28 + 12 + 2 + 4;
const ADDRESS: u64 = 16;
/// What a record of AES-GCM adds in TLS 1.2: header, nonce and tag.
const RECORD: u64 = 5 + 8 + 16;

const BROKER: &str = "a1wanlinkSm.iot-as-mqtt.cn-shanghai.aliyuncs.com";
const SERVER: &str = "iot-as-http.cn-shanghai.aliyuncs.com";

/// Fixed header of one length byte, topic, message id, payload.
const PUBLISH: u64 = 2 + 2 + "/a1wanlinkSm/meter-0042/user/update".len() as u64 + 2 + 64;

fn bills() -> &'static [Bill] {
    static BILLS: OnceLock<Vec<Bill>> = OnceLock::new();
    BILLS.get_or_init(|| airtime::bills("bg95"))
}

fn bill(path: &str) -> &'static Bill {
    bills().iter().find(|bill| bill.path == path).unwrap()
}

fn sessions() -> impl Iterator<Item = (&'static Bill, u64)> {
    bills().iter().filter(|bill| bill.path != "https").map(|bill| {
        let record = if bill.path.ends_with("-plain") { 0 } else { RECORD };
        (bill, record)
    })
}

fn layers(application: u64, tls: u64, headers: u64) -> LayerBytes {
    LayerBytes { application, tls, headers, names: 0 }
}

#[test]
fn every_path_of_the_model_has_a_bill() {
    let paths: Vec<_> = bills().iter().map(|bill| bill.path).collect();
    assert_eq!(paths, ["mqtt", "mqtt-plain", "tcp", "tcp-plain", "https", "native", "native-plain"]);
}

#[test]
fn a_message_is_a_publish_and_its_acknowledgement() {
    for (bill, record) in sessions() {
        let Traffic { up, down, .. } = bill.prices.message;
        // PUBLISH, and the packet that acknowledges the PUBACK; the PUBACK acknowledges the PUBLISH.
        assert_eq!(up, layers(PUBLISH, record, 2 * TCP), "{}", bill.path);
        assert_eq!(down, layers(4, record, TCP), "{}", bill.path);
    }
}

#[test]
fn a_keep_alive_is_a_ping_and_its_answer() {
    for (bill, record) in sessions() {
        let Traffic { up, down, bursts, radio_us } = bill.prices.keep_alive.unwrap();
        assert_eq!(up, layers(2, record, 2 * TCP), "{}", bill.path);
        assert_eq!(down, layers(2, record, TCP), "{}", bill.path);
        assert_eq!((bursts, radio_us), (1, 10_100_000), "there and back, and the radio stays on");
    }
    assert!(bill("https").prices.keep_alive.is_none());
}

#[test]
fn a_login_without_tls_is_a_name_a_connection_and_a_connect() {
    let name = QUESTION + BROKER.len() as u64;
    for path in ["mqtt-plain", "tcp-plain", "native-plain"] {
        let Traffic { up, down, .. } = bill(path).prices.login;
        // SYN, ACK, CONNECT, and what acknowledges the CONNACK.
        assert_eq!((up.names, up.tls, up.headers), (name, 0, SYN + 3 * TCP), "{path}");
        assert_eq!((down.names, down.headers), (name + ADDRESS, SYN + TCP), "{path}");
        assert_eq!((down.application, down.tls), (4, 0), "{path}");
    }
    // Ten bytes before the fields, each of which has two of length; the password is 64 digits.
    let user = "meter-0042&a1wanlinkSm".len() as u64;
    let others = bill("mqtt-plain").prices.login.up.application - (2 + 10) - (2 + user) - (2 + 64) - 2;
    assert!((20..=80).contains(&others), "a client id of {others} bytes");
    let [module, ours] = ["mqtt-plain", "tcp-plain"].map(|path| bill(path).prices.login);
    assert_eq!((module.up, module.down), (ours.up, ours.down), "whoever makes the packet");
}

/// Of the handshake: ClientKeyExchange with a key of X25519, ChangeCipherSpec and Finished of the one end, whose ClientHello is
/// longer than its name and random; of the other ServerKeyExchange signed with Ed25519, ServerHelloDone, ChangeCipherSpec,
/// Finished, and ServerHello and a certificate of at least a hundred bytes more.
#[test]
fn tls_costs_a_login_a_handshake_of_two_flights_each_way() {
    let finished = 6 + (RECORD + 16);
    for (path, plain) in [("mqtt", "mqtt-plain"), ("tcp", "tcp-plain"), ("native", "native-plain")] {
        let (with, without) = (bill(path).prices.login, bill(plain).prices.login);
        assert_eq!(with.up.application, without.up.application, "{path}");
        // Two flights up; two down, the first of one segment; CONNECT acknowledges the last.
        assert_eq!(with.up.headers - without.up.headers, 2 * TCP, "{path}");
        assert_eq!(with.down.headers - without.down.headers, 2 * TCP, "{path}");
        let hello = with.up.tls - RECORD - (5 + 4 + 33) - finished;
        assert!((32 + BROKER.len() as u64..400).contains(&hello), "{path}: a hello of {hello} bytes");
        let shown = with.down.tls - RECORD - (5 + 4 + 4 + 33 + 4 + 64) - (5 + 4) - finished;
        assert!((300..1_360).contains(&shown), "{path}: a hello and a certificate of {shown} bytes");
    }
}

#[test]
fn a_post_is_a_connection_of_its_own() {
    let Traffic { up, down, .. } = bill("https").prices.message;
    let name = QUESTION + SERVER.len() as u64;
    assert_eq!((up.names, down.names), (name, name + ADDRESS));
    // SYN, ACK, two flights, the post, close_notify, FIN, ACK, and the reset of what comes behind.
    assert_eq!(up.headers, SYN + 8 * TCP);
    // SYN, two flights, the answer, an acknowledgement of close_notify, FIN, ACK, close_notify.
    assert_eq!(down.headers, SYN + 7 * TCP);
    // The same handshake as on mqtt, but for the name, and a close_notify more, of two bytes.
    let login = bill("mqtt").prices.login;
    let shorter = (BROKER.len() - SERVER.len()) as u64;
    assert_eq!(up.tls, login.up.tls - shorter + RECORD + 2);
    assert_eq!(down.tls, login.down.tls + RECORD + 2);
    let head = "POST /topic/a1wanlinkSm/meter-0042/user/update HTTP/1.1\r\n".len() as u64;
    assert!((head + SERVER.len() as u64 + 64..500).contains(&up.application), "{up:?}");
    assert!((50..400).contains(&down.application), "{down:?}");
}

#[test]
fn a_day_is_its_messages_and_what_keeps_the_session() {
    for (bill, _) in sessions() {
        let (message, keep_alive) = (bill.prices.message, bill.prices.keep_alive.unwrap());
        let both = |traffic: &Traffic| traffic.up.total() + traffic.down.total();
        for day in &bill.days {
            assert_eq!(day.messages, 86_400 / day.period_s);
            let pings = (both(&day.traffic) - day.messages * both(&message)) as f64 / both(&keep_alive) as f64;
            // The keep-alive is 300 s, and a message puts it off; a client may be early by an eighth.
            let expected = if day.period_s < 300 { 0.0 } else { 288.0 - day.messages as f64 / 2.0 };
            let most = if day.period_s < 300 { 0.0 } else { 330.0 };
            assert!((expected * 0.95..=most).contains(&pings), "{} each {} s: {pings}", bill.path, day.period_s);
            assert!(day.traffic.bursts >= day.messages.max(pings as u64), "{} {day:?}", bill.path);
            assert!(day.traffic.bursts <= day.messages + pings as u64 + 1, "{} {day:?}", bill.path);
            assert!(day.traffic.radio_us >= day.traffic.bursts * 10_000_000, "{} {day:?}", bill.path);
        }
    }
}

#[test]
fn a_day_of_posts_is_its_posts_and_a_sixth_of_a_token() {
    let bill = bill("https");
    let (message, login) = (bill.prices.message, bill.prices.login);
    for day in &bill.days {
        assert_eq!(day.traffic.up.total(), day.messages * message.up.total());
        assert_eq!(day.traffic.bursts, day.messages);
        let share = |total: u64| total.div_ceil(6);
        let down = day.traffic.down.total() + share(login.down.total());
        assert_eq!(bill.bytes(day), (day.traffic.up.total() + share(login.up.total()), down));
    }
}

#[test]
fn what_is_said_of_other_rhythms_fits_those_that_were_run() {
    for bill in bills() {
        for day in &bill.days {
            let (up, down) = bill.bytes(day);
            let (run, estimate) = ((up + down) as f64, bill.estimate(day.messages) as f64);
            assert!((estimate / run - 1.0).abs() < 0.1, "{} each {} s: {run}, {estimate}", bill.path, day.period_s);
        }
    }
}

#[test]
fn the_page_shows_what_the_program_counts() {
    assert_written("docs/choose-a-path.md", BEGIN, END, &format!("\n{}\n", airtime::markdown(bills())));
}

fn wanlink(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wanlink")).arg("airtime").args(arguments).output().unwrap()
}

fn events(arguments: &[&str]) -> Vec<Value> {
    let output = wanlink(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_object_tells_the_model_then_prices_then_days() {
    let events = events(&["--module", "sim7080", "--path", "mqtt-plain", "--json"]);
    let kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["model", "price", "day", "day", "day", "day"]);
    let model = &events[0];
    assert_eq!([&model["payload"], &model["mss"], &model["inactivity_s"]], [64, 1360, 10]);
    assert_eq!([&model["round_trip_ms"], &model["carried_within_ms"]], [100, 200]);
    assert!(model["assumptions"][0].as_str().unwrap().contains("never measured on a network"));
    assert!(events[1..].iter().all(|event| event["module"] == "sim7080" && event["path"] == "mqtt-plain"));
    for thing in ["login", "message", "keep_alive"] {
        assert_sums(&events[1][thing]);
    }
    assert_eq!(events[1]["message"]["up"]["application"], PUBLISH);
    for (day, period_s) in events[2..].iter().zip(RHYTHMS_S) {
        assert_eq!([&day["period_s"], &day["messages"]], [period_s, 86_400 / period_s]);
        assert_sums(&day["bytes"]);
        assert_eq!(
            [&day["up_bytes"], &day["down_bytes"]],
            [&day["bytes"]["up"]["total"], &day["bytes"]["down"]["total"]]
        );
        assert!(day["uses"].as_u64() >= day["messages"].as_u64() && day["radio_s"].is_f64(), "{day}");
    }
}

fn assert_sums(bytes: &Value) {
    for way in ["up", "down"] {
        let of = |layer: &str| bytes[way][layer].as_u64().unwrap();
        assert_eq!(of("application") + of("tls") + of("headers") + of("names"), of("total"), "{bytes}");
        assert!(of("total") > 0, "{bytes}");
    }
}

#[test]
fn the_model_can_be_changed() {
    let all = ["--path", "https", "--json", "--mss", "536", "--inactivity-s", "30"];
    let events = events(&all);
    assert_eq!([&events[0]["mss"], &events[0]["inactivity_s"]], [536, 30]);
    let price = &events[1]["message"];
    assert!(price["down"]["headers"].as_u64() > Some(bill("https").prices.message.down.headers), "{price}");
    assert!(events[5]["radio_s"].as_f64() > Some(30.0), "{}", events[5]);
}

#[test]
fn what_cannot_be_counted_is_told_before_the_work() {
    for (arguments, word) in [
        (&["--module", "sim7000", "--path", "mqtt"][..], "--module sim7000 --path tcp"),
        (&["--mss", "0"], "--mss"),
        (&["--inactivity-s", "0"], "--inactivity-s"),
    ] {
        let output = wanlink(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.starts_with("error: ") && told.contains(word), "{told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_person_reads_what_is_taken_for_granted_and_three_tables() {
    let output = wanlink(&["--module", "sim7000", "--path", "tcp-plain"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("sim7000, by the emulator\n- from the emulator, never measured on a network"), "{text}");
    for head in ["bytes up / down ", "a day: bytes up / down ", "a day: uses / minutes "] {
        let row = text.lines().skip_while(|line| !line.starts_with(head)).nth(1);
        assert!(row.is_some_and(|row| row.starts_with("tcp-plain ")), "{head}: {text}");
    }
}
