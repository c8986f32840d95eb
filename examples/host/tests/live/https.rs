//! The path `https`: posts, and nothing that comes down.

use crate::program::{KEY, Module, NAME, Platform, SECRET, connect};

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
