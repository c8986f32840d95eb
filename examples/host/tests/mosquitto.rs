//! The same against a broker that nobody here wrote: Mosquitto, with a password file made from `wanlink credentials`.
//!
//! Behind the feature `mosquitto`, since it wants Debian's packages `mosquitto` and `mosquitto-clients`; without them
//! every test here fails.

#[path = "live/program.rs"]
mod program;

mod broker;

use program::{Ended, KEY, Module, NAME, connect, connect_as};

use self::broker::Broker;

const ROUND: [&str; 10] = [
    "--subscribe",
    "user/echo",
    "--publish",
    "user/echo=\"{seq}\", says the device",
    "--count",
    "20",
    "--receive",
    "20",
    "--interval-ms",
    "0",
];

/// What was published came back, each once and in order.
fn came_back(ended: &Ended) {
    assert_eq!((ended.code, ended.done()), (Some(0), (20, 20, 0)), "{}", ended.stderr);
    let received: Vec<_> = ended.events().into_iter().filter(|event| event["event"] == "received").collect();
    for (at, event) in received.iter().enumerate() {
        assert_eq!(event["payload"], format!("\"{}\", says the device", at + 1));
        assert_eq!(event["topic"], format!("/{KEY}/{NAME}/user/echo"));
    }
}

const PATHS: [&str; 2] = ["mqtt", "tcp"];

#[test]
fn plain() {
    let broker = Broker::start();
    let module = Module::start(&broker.plain, &broker.tls, &[]);
    for path in PATHS {
        came_back(&connect(&module.port, &[&ROUND[..], &["--path", path, "--tls", "off"]].concat()).end());
    }
}

#[test]
fn in_tls() {
    let broker = Broker::start();
    let module = Module::start(&broker.plain, &broker.tls, &[]);
    for path in PATHS {
        came_back(&connect(&module.port, &[&ROUND[..], &["--path", path, "--ca", &broker.ca()]].concat()).end());
    }
    // Under another name of its certificate, too.
    let (_, port) = broker.tls.rsplit_once(':').unwrap();
    let (host, rule) = (format!("localhost:{port}"), format!("localhost={}", broker.tls));
    let module = Module::start(&broker.plain, &broker.plain, &["--resolve", &rule]);
    came_back(&connect(&module.port, &[&ROUND[..], &["--ca", &broker.ca(), "--mqtt-host", &host]].concat()).end());
}

#[test]
fn a_root_or_a_name_that_is_not_its_own() {
    let broker = Broker::start();
    let module = Module::start(&broker.plain, &broker.tls, &[]);
    let ca = broker.ca();
    for path in PATHS {
        for more in [&[][..], &["--ca", &ca, "--mqtt-host", "mqtt.example.com:8883"]] {
            let ended = connect(&module.port, &[more, &["--path", path]].concat()).end();
            assert_eq!(ended.code, Some(7), "{path}: {}", ended.stderr);
        }
    }
    assert!(!broker.log().contains("New client connected"));
}

#[test]
fn a_wrong_secret_is_its_code_5() {
    let broker = Broker::start();
    let module = Module::start(&broker.plain, &broker.tls, &[]);
    for path in PATHS {
        let more = ["--tls", "off", "--path", path];
        let ended = connect_as("ffffffffffffffffffffffffffffffff", &module.port, &more).end();
        assert_eq!((ended.code, ended.error()["code"].as_u64()), (Some(4), Some(5)), "{path}: {}", ended.stderr);
    }
    assert_eq!(broker.log().matches("New client connected").count(), 0);
}

/// The broker is killed in the middle of a thousand publishes, stays away, and returns. Each message has a topic of its
/// own, by which the broker's log tells them apart: what was acknowledged to the device stands there as received.
fn kill_9_in_the_middle_of_a_thousand_publishes(path: &str) {
    const COUNT: usize = 1000;
    let mut broker = Broker::start();
    let ca = broker.ca();
    let module = Module::start(&broker.plain, &broker.tls, &[]);
    let messages: Vec<_> = (1..=COUNT).map(|n| format!("user/{n}=reading {{seq}}")).collect();
    let options = messages.iter().flat_map(|message| ["--publish", message]);
    let mut device = connect(
        &module.port,
        &["--path", path, "--ca", &ca, "--count", "1"].into_iter().chain(options).collect::<Vec<_>>(),
    );
    for _ in 0..400 {
        device.event("published");
    }
    broker.kill();
    device.event("disconnected");
    while device.event("reconnecting")["attempt"] != 2 {}
    broker.restart();
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (COUNT as u64, 0, 0)), "{}", ended.stderr);
    let log = broker.log();
    let received =
        |topic: &str| log.lines().filter(|line| line.contains("Received PUBLISH") && line.contains(topic)).count();
    let published: Vec<_> = ended.events().into_iter().filter(|event| event["event"] == "published").collect();
    assert!(published.iter().all(|event| event["delivery"] == "acknowledged"));
    let copies: Vec<_> =
        published.iter().map(|event| received(&format!("'{}'", event["topic"].as_str().unwrap()))).collect();
    let (lost, repeated) = (copies.iter().filter(|&&n| n == 0).count(), copies.iter().filter(|&&n| n > 1).count());
    println!("{path}: {} acknowledged, {lost} lost, {repeated} repeated, over kill -9 of the broker", copies.len());
    assert_eq!((copies.len(), lost), (COUNT, 0));
    // The one that was on its way when the broker died, at most.
    assert!(repeated <= 1);
    assert_eq!(log.matches("New client connected").count(), 2);
}

#[test]
fn kill_9_in_the_middle_of_a_thousand_publishes_of_the_module() {
    kill_9_in_the_middle_of_a_thousand_publishes("mqtt");
}

#[test]
fn kill_9_in_the_middle_of_a_thousand_publishes_of_ours() {
    kill_9_in_the_middle_of_a_thousand_publishes("tcp");
}
