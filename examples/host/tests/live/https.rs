//! The path `https`: posts, and nothing that comes down.

use std::net::TcpListener;

use crate::program::{Ended, KEY, Module, NAME, Platform, Process, SECRET, connect, connect_as};
use crate::store::Store;
use crate::threads::Threads;

const HTTPS: [&str; 2] = ["--path", "https"];

#[test]
fn posts_over_a_pty_with_every_event_of_the_contract() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let work = ["--publish", "user/update=n{seq}", "--count", "3", "--interval-ms", "20", "--ca", &platform.ca];
    let ended = connect(&module.port, &[&HTTPS[..], &work].concat()).end();
    assert_eq!((ended.code, ended.done()), (Some(0), (3, 0, 0)), "{}", ended.stderr);
    let events = ended.events();
    let find = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    let host = "iot-as-http.cn-shanghai.aliyuncs.com";
    assert_eq!(*find("connected"), serde_json::json!({"event": "connected", "path": "https", "host": host}));
    let published: Vec<_> = events.iter().filter(|event| event["event"] == "published").collect();
    for (at, event) in published.into_iter().enumerate() {
        let topic = format!("/{KEY}/{NAME}/user/update");
        let expected =
            serde_json::json!({"event": "published", "topic": topic, "seq": at + 1, "delivery": "acknowledged"});
        assert_eq!(*event, expected);
    }
    let names = ["module", "attached", "connected", "published", "published", "published", "disconnected", "done"];
    assert_eq!(ended.names(), names);
    let told = platform.told();
    let device = format!("{NAME}&{KEY}");
    assert!(told.contains(&format!("-> {device}  REQUEST /auth")), "{told}");
    assert!(told.contains(&format!("-> {device}  REQUEST /topic/{KEY}/{NAME}/user/update: n3")), "{told}");
    assert_eq!(told.matches("RESPONSE 200, code 0").count(), 4, "{told}");
    assert!(told.contains(&format!("TLS for {host}")) && !told.contains(SECRET), "{told}");
}

/// The numbers of the messages that the platform took, in their order.
fn taken(told: &str) -> Vec<u32> {
    let posts = told.lines().filter_map(|line| line.split_once("user/update: n"));
    posts.filter_map(|(_, number)| number.parse().ok()).collect()
}

/// Tokens that come to their end by a count, by their age, and by a platform that forgets them.
#[test]
fn a_token_that_ends_in_the_middle_of_100_posts_costs_a_sign_in_and_no_message() {
    let ends = [("expire-tokens", &[][..]), ("forget-tokens", &[]), ("", &["--fault", "token-posts=40"])];
    Threads::FEW.run(ends, |(order, fault)| {
        let mut platform = Platform::start_with(&[&["--no-limits"], fault].concat());
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("token-{order}"));
        let kept = ["--store", store.path(), "--ca", &platform.ca];
        let work = ["--publish", "user/update=n{seq}", "--count", "100", "--interval-ms", "5"];
        let mut device = connect(&module.port, &[&HTTPS[..], &kept, &work].concat());
        if !order.is_empty() {
            while device.event("published")["seq"] != 50 {}
            platform.process.say(&format!("fault {order}"));
        }
        let ended = device.end();
        assert_eq!((ended.code, ended.done()), (Some(0), (100, 0, 0)), "{order}: {}", ended.stderr);
        assert!(!ended.names().contains(&"reconnecting".to_owned()), "it is no failure");
        // The next run takes the token that is kept.
        let ended = connect(&module.port, &[&HTTPS[..], &kept, &["--publish", "user/update=n101"]].concat()).end();
        assert_eq!((ended.code, ended.done()), (Some(0), (1, 0, 0)), "{}", ended.stderr);
        let told = platform.told();
        assert_eq!(taken(&told), (1..=101).collect::<Vec<_>>(), "each once, in order");
        let signed = told.matches("REQUEST /auth").count();
        assert_eq!(signed, if order.is_empty() { 3 } else { 2 }, "{told}");
        assert!(!told.contains("password") && !told.contains("token\":"), "{told}");
    });
}

/// Exit code, kind and number of a run that fails, in one line.
fn fails(device: Process, code: i32, kind: &str, number: Option<u32>) -> Ended {
    let ended = device.end();
    let error = ended.error();
    let seen = (ended.code, error["kind"].as_str(), error["code"].as_u64());
    assert_eq!(seen, (Some(code), Some(kind), number.map(u64::from)), "{error}\n{}", ended.stderr);
    assert_eq!((ended.stderr.lines().count(), ended.done().0), (1, 0), "{}", ended.stderr);
    assert!(!error["cure"].as_str().unwrap().is_empty());
    ended
}

#[test]
fn what_the_platform_answers_ends_the_first_connection() {
    let codes = [10000, 10001, 20000, 20001, 20004, 30001, 40000, 429, 6204].map(|code| ("http-code", code));
    let statuses = [404, 403, 500, 503].map(|status| ("http-error", status));
    Threads::FEW.run(codes.into_iter().chain(statuses), |(fault, number)| {
        let platform = Platform::start_with(&["--no-limits", "--fault", &format!("{fault}={number}:99")]);
        let module = Module::at(&platform, &[]);
        let device = connect(&module.port, &[&HTTPS[..], &["--ca", &platform.ca]].concat());
        let (code, kind) = match (fault, number) {
            ("http-code", 20000) => (4, "refused_sign_in"),
            ("http-code", _) => (4, "refused_request"),
            (_, 400..500) => (4, "http_refused"),
            _ => (5, "http_answer"),
        };
        let ended = fails(device, code, kind, Some(number));
        assert!(ended.stderr.contains(&number.to_string()), "{}", ended.stderr);
    });
}

#[test]
fn wrong_secrets_and_topics_without_the_right() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let more = ["--path", "https", "--ca", &platform.ca, "--publish", "user/update=x"];
    let wrong = "ffffffffffffffffffffffffffffffff";
    let ended = fails(connect_as(wrong, &module.port, &more), 4, "refused_sign_in", Some(20000));
    assert!(!ended.stderr.contains(wrong));
    // It is signed in then, and would try for ever.
    let more = ["--path", "https", "--ca", &platform.ca, "--publish", "other/update=x"];
    let ended = fails(connect(&module.port, &more), 4, "refused_request", Some(30001));
    assert_eq!(ended.names().iter().filter(|name| *name == "reconnecting").count(), 3);
    let told = platform.told();
    assert_eq!(told.matches("REQUEST /auth").count(), 2, "a wrong secret is tried once: {told}");
}

#[test]
fn servers_that_are_not_the_platform_are_told_nothing() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let more = ["--path", "https", "--publish", "user/update=x"];
    // The platform's own root, which the stand-in has no key of; and a name that its certificate has not.
    fails(connect(&module.port, &more), 7, "refused_certificate", None);
    let named = ["--ca", &platform.ca, "--http-host", "http.example.com:443"];
    fails(connect(&module.port, &[&more[..], &named].concat()), 7, "refused_certificate", None);
    assert!(!platform.told().contains("REQUEST"), "not a byte");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let rule = format!("any:443={address}");
    let module = Module::start(&address, &address, &["--resolve", &rule]);
    fails(connect(&module.port, &more), 5, "unreachable", None);
    let module = Module::start(&address, &address, &["--resolve", &rule, "--fault", "dns-failure"]);
    fails(connect(&module.port, &more), 5, "dns", None);
}

#[test]
fn a_lost_context_a_reset_and_a_platform_in_trouble_heal() {
    let mut platform = Platform::start();
    let mut module = Module::at(&platform, &[]);
    let work = ["--ca", &platform.ca, "--publish", "user/update=n{seq}", "--count", "60", "--interval-ms", "20"];
    let mut device = connect(&module.port, &[&HTTPS[..], &work].concat());
    let mut orders = ["lose-context", "reset", "kill-tcp"].into_iter();
    for seq in 1..=60 {
        assert_eq!(device.event("published")["seq"], seq);
        match seq {
            10 | 20 | 30 => module.process.say(&format!("fault {}", orders.next().unwrap())),
            40 => platform.process.say("fault http-error=503:2"),
            50 => platform.process.say("fault close-before-answer"),
            _ => {}
        }
    }
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (60, 0, 0)), "{}", ended.stderr);
    assert!(ended.names().iter().filter(|name| *name == "reconnecting").count() >= 3, "{:#?}", ended.lines);
    let taken = taken(&platform.told());
    for seq in 1..=60 {
        assert!(taken.contains(&seq), "{seq} is missing");
    }
}
