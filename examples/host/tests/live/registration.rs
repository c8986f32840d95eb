//! Dynamic registration: a device without a secret gets one, once, and keeps it.

use crate::program::{Ended, KEY, Module, NEW_NAME, PRODUCT_SECRET, Platform, Store, register};

const PUBLISH: [&str; 6] = ["--publish", "user/update={seq}", "--count", "2", "--interval-ms", "20"];

fn is_done(ended: &Ended, registers: bool) {
    assert_eq!((ended.code, ended.done()), (Some(0), (2, 0, 0)), "{:#?}\n{}", ended.lines, ended.stderr);
    let registered: Vec<_> = ended.events().into_iter().filter(|event| event["event"] == "registered").collect();
    let expected = serde_json::json!({"event": "registered", "device_name": NEW_NAME});
    assert_eq!(registered, vec![expected; usize::from(registers)]);
    let names = if registers {
        ["module", "attached", "registered", "connected"].as_slice()
    } else {
        &["module", "attached", "connected"]
    };
    assert!(
        ended.names().starts_with(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()),
        "{:?}",
        ended.names()
    );
}

#[test]
fn over_https_and_by_the_modules_mqtt_for_every_path_and_once() {
    for (path, way) in [("https", "https"), ("mqtt", "https"), ("tcp", "https"), ("mqtt", "mqtt"), ("https", "mqtt")] {
        let platform = Platform::start();
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("ways-{path}-{way}"));
        for life in 0..2 {
            let more = ["--path", path, "--register", way, "--ca", &platform.ca];
            is_done(&register(&module.port, &store, &[&more[..], &PUBLISH].concat()).end(), life == 0);
        }
        let told = platform.told();
        let requests = if way == "https" { "REQUEST /auth/register/device" } else { "CONNECT authType=register" };
        assert_eq!(told.matches(requests).count(), 1, "{told}");
        assert!(!told.contains(PRODUCT_SECRET) && told.contains(KEY), "{told}");
    }
}
