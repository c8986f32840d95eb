//! Dynamic registration: a device without a secret gets one, once, and keeps it.

use crate::program::{Ended, KEY, Module, NEW_NAME, PRODUCT_SECRET, Platform};
use crate::store::{Store, register, register_as};
use crate::threads::Threads;

const PUBLISH: [&str; 6] = ["--publish", "user/update={seq}", "--count", "2", "--interval-ms", "20"];
const OPEN: [&str; 3] = ["--no-limits", "--registration", "open"];
/// A name that no product knows.
const FREE_NAME: &str = "meter-0044";

fn is_done(ended: &Ended, registered: Option<&str>) {
    assert_eq!((ended.code, ended.done()), (Some(0), (2, 0, 0)), "{:#?}\n{}", ended.lines, ended.stderr);
    let told: Vec<_> = ended.events().into_iter().filter(|event| event["event"] == "registered").collect();
    let expected: Vec<_> =
        registered.map(|name| serde_json::json!({"event": "registered", "device_name": name})).into_iter().collect();
    assert_eq!(told, expected);
    let names = ended.names();
    let head: &[&str] = if told.is_empty() {
        &["module", "attached", "connected"]
    } else {
        &["module", "attached", "registered", "connected"]
    };
    assert!(names.iter().zip(head).all(|(name, head)| name == head), "{names:?}");
}

/// How often the platform was asked to register somebody.
fn requests(told: &str) -> usize {
    ["REQUEST /auth/register/device", "CONNECT authType=register", "CONNECT authType=regnwl"]
        .iter()
        .map(|request| told.matches(request).count())
        .sum()
}

/// Every path with every way that there is to its secret, inside TLS: once, whatever comes after.
#[test]
fn each_way_for_each_path_and_once() {
    let ways = [
        ("https", "https"),
        ("https", "mqtt"),
        ("mqtt", "https"),
        ("mqtt", "mqtt"),
        ("mqtt", "mqtt-nwl"),
        ("tcp", "https"),
        ("tcp", "mqtt"),
        ("tcp", "mqtt-nwl"),
    ];
    Threads::FEW.run(ways, |(path, way)| {
        let platform = Platform::start_with(&OPEN);
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("{path}-{way}"));
        let name = if way == "mqtt-nwl" { FREE_NAME } else { NEW_NAME };
        for life in 0..2 {
            let more = ["--path", path, "--register", way, "--device-name", name, "--ca", &platform.ca];
            let ended = register(&module.port, &store, &[&more[..], &PUBLISH].concat()).end();
            is_done(&ended, (life == 0).then_some(name));
        }
        // What is kept is enough, without a word of registration.
        let more = ["--path", path, "--device-name", name, "--ca", &platform.ca];
        is_done(&register(&module.port, &store, &[&more[..], &PUBLISH].concat()).end(), None);
        // A token is a password that goes out as it is, and signs nothing.
        for wrong in [&["--path", "https"][..], &["--path", path, "--tls", "off"]].iter().filter(|_| way == "mqtt-nwl")
        {
            let ended = register(&module.port, &store, &[wrong, &["--device-name", name][..]].concat()).end();
            fails(&ended, 2, "token_only", None);
        }
        let told = platform.told();
        assert_eq!(requests(&told), 1, "{path} {way}: {told}");
        assert!(!told.contains(PRODUCT_SECRET) && !told.contains("deviceSecret"), "{told}");
    });
}

#[test]
fn the_modules_number_may_be_the_name() {
    const IMEI: &str = "866349040000017";
    let platform = Platform::start_with(&["--no-limits", "--preregistered", IMEI]);
    let module = Module::at(&platform, &[]);
    let store = Store::new("imei");
    for life in 0..2 {
        let more = ["--path", "https", "--register", "https", "--device-name", "@imei", "--ca", &platform.ca];
        let ended = register(&module.port, &store, &[&more[..], &PUBLISH].concat()).end();
        is_done(&ended, (life == 0).then_some(IMEI));
    }
    // The card's number is another device, whose secret is not in this file.
    let more = ["--path", "https", "--register", "https", "--device-name", "@iccid", "--ca", &platform.ca];
    fails(&register(&module.port, &store, &more).end(), 6, "other_device", None);
    assert_eq!(requests(&platform.told()), 1);
}

/// One line with its cure, and nothing published.
fn fails(ended: &Ended, code: i32, kind: &str, number: Option<u64>) {
    let error = ended.error();
    let seen = (ended.code, error["kind"].as_str(), error["code"].as_u64());
    assert_eq!(seen, (Some(code), Some(kind), number), "{error}\n{}", ended.stderr);
    assert_eq!((ended.stderr.lines().count(), ended.done().0), (1, 0), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: ") && !error["cure"].as_str().unwrap().is_empty());
    assert!(!ended.names().contains(&"registered".to_owned()));
    let all = ended.lines.concat() + &ended.stderr;
    assert!(!all.contains(PRODUCT_SECRET), "{all}");
}

/// A registration that the platform refuses.
struct Refused {
    what: &'static str,
    platform: &'static [&'static str],
    name: &'static str,
    secret: &'static str,
    /// Its code over HTTPS, and over MQTT.
    codes: [u64; 2],
}

const REFUSED: [Refused; 4] = [
    Refused { what: "secret", platform: &[], name: NEW_NAME, secret: "wrongwrongwrong1", codes: [401, 4] },
    Refused { what: "name", platform: &[], name: FREE_NAME, secret: PRODUCT_SECRET, codes: [6100, 4] },
    Refused {
        what: "busy",
        platform: &["--fault", "throttle-registration=9"],
        name: NEW_NAME,
        secret: PRODUCT_SECRET,
        codes: [429, 3],
    },
    Refused {
        what: "off",
        platform: &["--registration", "off"],
        name: NEW_NAME,
        secret: PRODUCT_SECRET,
        codes: [6288, 4],
    },
];

/// What the platform refuses: exit code 4, one request, and nothing stored.
#[test]
fn refusals() {
    let ways = [("https", "https"), ("mqtt", "mqtt"), ("tcp", "mqtt"), ("mqtt", "mqtt-nwl"), ("tcp", "mqtt-nwl")];
    let all = ways.into_iter().flat_map(|way| REFUSED.iter().map(move |refused| (way, refused)));
    Threads::FEW.run(all, |((path, way), refused)| {
        let Refused { what, platform, name, secret, codes } = refused;
        let platform = Platform::start_with(&[&["--no-limits"], *platform].concat());
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("refused-{what}-{path}-{way}"));
        let options = ["--path", path, "--register", way, "--device-name", name, "--ca", &platform.ca];
        let ended = register_as(secret, &module.port, &store, &[&options[..], &PUBLISH].concat()).end();
        fails(&ended, 4, "refused_registration", Some(codes[usize::from(way != "https")]));
        assert!(*secret == PRODUCT_SECRET || !ended.stderr.contains(secret), "{}", ended.stderr);
        assert_eq!(store.bytes(), None, "{what}");
        assert_eq!(requests(&platform.told()), 1, "{what}: asked once");
    });
}

#[test]
fn a_device_that_is_active_and_lost_its_file() {
    Threads::FEW.run([("https", "https"), ("mqtt", "mqtt"), ("tcp", "mqtt")], |(path, way)| {
        let mut platform = Platform::start();
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("active-{path}"));
        let options = [&["--path", path, "--register", way, "--ca", &platform.ca][..], &PUBLISH].concat();
        is_done(&register(&module.port, &store, &options).end(), Some(NEW_NAME));
        std::fs::remove_file(store.path()).unwrap();
        let ended = register(&module.port, &store, &options).end();
        match way {
            "https" => fails(&ended, 4, "already_active", Some(6289)),
            _ => {
                fails(&ended, 4, "refused_registration", Some(4));
                assert!(ended.stderr.contains("active already") && ended.stderr.contains("product secret is wrong"));
            }
        }
        assert_eq!(store.bytes(), None);
        // What the cure says.
        platform.process.say(&format!("reset /{KEY}/{NEW_NAME}"));
        is_done(&register(&module.port, &store, &options).end(), Some(NEW_NAME));
        assert_eq!(requests(&platform.told()), 3);
    });
}

#[test]
fn a_stored_secret_that_is_refused_never_leads_to_registration() {
    Threads::FEW.run(["https", "mqtt", "tcp"], |path| {
        let platform = Platform::start();
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("void-{path}"));
        let options = |ca| [&["--path", path, "--register", "https", "--ca", ca][..], &PUBLISH].concat();
        is_done(&register(&module.port, &store, &options(&platform.ca)).end(), Some(NEW_NAME));
        // Another platform, which gave the device another secret, and would register it.
        let other = Platform::start_with(&["--no-limits", "--device", &format!("{NEW_NAME}:another")]);
        let module = Module::at(&other, &[]);
        // The token is kept, too: over HTTPS it is found void first.
        let before = store.bytes();
        let ended = register(&module.port, &store, &options(&other.ca)).end();
        match path {
            "https" => fails(&ended, 4, "refused_sign_in", Some(20000)),
            _ => fails(&ended, 4, "refused_login", Some(4)),
        }
        assert!(ended.stderr.contains(store.path()) && ended.stderr.contains("remove that file"), "{}", ended.stderr);
        assert!(store.bytes().is_some() && (path == "https" || store.bytes() == before));
        assert_eq!(requests(&other.told()), 0);
    });
}

/// The reply is lost on its way: the device asks again, since it is not active yet.
#[test]
fn a_reply_that_is_lost() {
    Threads::FEW.run(
        [("https", "https", "lose-secret=2"), ("tcp", "mqtt", "duplicate-secret")],
        |(path, way, fault)| {
            let platform = Platform::start_with(&["--no-limits", "--fault", fault, "--fault", "close-before-answer"]);
            let module = Module::at(&platform, &[]);
            let store = Store::new(&format!("lost-{path}"));
            let options = [&["--path", path, "--register", way, "--ca", &platform.ca][..], &PUBLISH].concat();
            is_done(&register(&module.port, &store, &options).end(), Some(NEW_NAME));
        },
    );
}

#[test]
fn files_that_are_no_store_stay_as_they_are() {
    use std::os::unix::fs::PermissionsExt;
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let options = [&["--path", "https", "--register", "https", "--ca", &platform.ca][..], &PUBLISH].concat();
    let good = Store::new("good");
    is_done(&register(&module.port, &good, &options).end(), Some(NEW_NAME));
    let bytes = good.bytes().unwrap();
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    let newer = [b"wanlink store 2\n", &bytes[16..]].concat();
    let cases: [(&str, Vec<u8>, u32, &str); 6] = [
        ("foreign", b"hello\n".to_vec(), 0o600, "another program"),
        ("binary", vec![0xff; 100], 0o600, "another program"),
        ("newer", newer, 0o600, "newer"),
        ("damaged", changed(bytes.len() - 1), 0o600, "damaged"),
        ("cut", bytes[..bytes.len() / 2].to_vec(), 0o600, "damaged"),
        ("exposed", bytes.clone(), 0o644, "chmod 600"),
    ];
    for (name, bytes, mode, word) in cases {
        let store = Store::with(name, &bytes);
        std::fs::set_permissions(store.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let ended = register(&module.port, &store, &options).end();
        fails(&ended, 6, "store", None);
        assert!(ended.stderr.contains(store.path()) && ended.stderr.contains(word), "{name}: {}", ended.stderr);
        assert_eq!(store.bytes(), Some(bytes), "{name}");
    }
    let ended = register(&module.port, &good, &[&options[..], &["--device-name", "meter-0045"]].concat()).end();
    fails(&ended, 6, "other_device", None);
    assert!(ended.stderr.contains(NEW_NAME) && ended.stderr.contains(good.path()), "{}", ended.stderr);
    assert_eq!(requests(&platform.told()), 1, "nobody was asked");
}

#[test]
fn a_place_that_cannot_be_written_is_told_and_keeps_the_device_inactive() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let options = [&["--path", "https", "--register", "https", "--ca", &platform.ca][..], &PUBLISH].concat();
    let ended = register(&module.port, &Store::new("no-such-folder/device"), &options).end();
    fails(&ended, 6, "store", None);
    let store = Store::new("writable");
    is_done(&register(&module.port, &store, &options).end(), Some(NEW_NAME));
}
