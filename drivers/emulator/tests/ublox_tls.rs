//! TLS of u-blox's modules: profiles, levels, names, real handshakes behind sockets, MQTT and HTTP.

#[path = "tls/authority.rs"]
mod authority;
mod bench;
#[path = "tls/server.rs"]
mod server;
mod ublox;

use std::cell::RefCell;
use std::rc::Rc;

use authority::Authority;
use bench::web::{Web, response};
use bench::{Bench, SECOND, running};
use rustls::version::{TLS12, TLS13};
use server::{Seen, Server};
use ublox::{ERROR, MODELS, OK, enter, ok, online, quiet, send, with};
use wanlink_emulator::{Options, Profile, TlsFailure, UbloxOptions};

const HOST: &str = "broker.example";
const NOW: (i32, i32) = (2025, 2030);

/// A server with TLS in front of an online module, and this root stored as `ca`.
fn scene(profile: &'static Profile, root: &str, host: &str, years: (i32, i32), of: &Authority) -> Scene {
    let mut bench = online(profile, running());
    let (server, seen) = Server::new(&of.leaf(host, years), &[&TLS12, &TLS13], None);
    bench.broker.front = Some(Box::new(server));
    let answer = enter(&mut bench, &format!("AT+USECMNG=0,0,\"ca\",{}", root.len()), ">", root.as_bytes());
    assert!(answer.contains("+USECMNG: 0,0,\"ca\",\""), "{answer}");
    ok(&mut bench, "AT+CCLK=\"26/11/22,12:00:00+00\"");
    Scene { bench, seen }
}

struct Scene {
    bench: Bench,
    seen: Rc<RefCell<Seen>>,
}

impl Scene {
    fn good(profile: &'static Profile) -> Self {
        let authority = Authority::new();
        scene(profile, &authority.pem, HOST, NOW, &authority)
    }

    /// Sets profile 1.
    fn set(&mut self, values: &[&str]) {
        ok(&mut self.bench, "AT+USECPRF=1");
        for value in values {
            ok(&mut self.bench, &format!("AT+USECPRF=1,{value}"));
        }
    }

    /// What a socket with profile 1 comes to.
    fn connect(&mut self) -> Result<(), TlsFailure> {
        let created = send(&mut self.bench, "AT+USOCR=6");
        let id = created.trim_start_matches("\r\n+USOCR:").trim_start().chars().next().unwrap();
        ok(&mut self.bench, &format!("AT+USOSEC={id},1,1"));
        self.bench.wait(SECOND);
        let answer = self.bench.until(&format!("AT+USOCO={id},\"{HOST}\",8883"), "\r\n");
        self.bench.wait(SECOND);
        match answer.trim() {
            "OK" => Ok(()),
            _ => Err(self.bench.emulator.tls_failure().expect("TLS was the reason").clone()),
        }
    }
}

const CAREFUL: [&str; 5] = ["0,3", "1,3", "3,\"ca\"", "4,\"broker.example\"", "10,\"broker.example\""];

#[test]
fn a_socket_of_each_model() {
    for profile in MODELS {
        let mut scene = Scene::good(profile);
        let count = if profile.name == "sara-r410m" { 4 } else { 5 };
        scene.set(&CAREFUL[..count]);
        assert_eq!(scene.connect(), Ok(()), "{}", profile.name);
        let sni = (profile.name != "sara-r410m").then_some(HOST);
        assert_eq!(scene.seen.borrow().name.as_deref(), sni, "{}", profile.name);
        assert!(scene.bench.emulator.tls_socket(0).is_some() && scene.bench.emulator.socket(0).is_none());
        let context = scene.bench.emulator.tls_context(1).unwrap();
        assert_eq!((context.level, context.check_host, context.ignore_dates), (1, true, false));
    }
}

#[test]
fn mqtt_and_https() {
    let mut scene = Scene::good(Profile::sara_r5());
    scene.set(&CAREFUL);
    let bench = &mut scene.bench;
    for line in ["0,\"id\"", "2,\"broker.example\",8883", "4,\"u\",\"p\"", "11,1,1"] {
        ok(bench, &format!("AT+UMQTT={line}"));
    }
    assert_eq!(bench.until("AT+UMQTTC=1", "+UUMQTTC"), "\r\nOK\r\n\r\n+UUMQTTC: 1,1\r\n");
    bench.wait(SECOND);
    assert!(bench.emulator.mqtt(0).unwrap().tls);
    let answer = enter(bench, "AT+UMQTTC=9,1,0,\"t\",6", ">", b"secret");
    assert_eq!(answer, "\r\nOK\r\n\r\n+UUMQTTC: 9,1\r\n");
    assert!(bench.broker.packets.last().unwrap().ends_with(b"secret"));
    let mut scene = Scene::good(Profile::sara_r422());
    scene.set(&CAREFUL);
    let bench = &mut scene.bench;
    bench.broker.web = Some(Web::answering(&[&response("200 OK", "x")]));
    for line in ["1,\"broker.example\"", "6,1,1", "5,443"] {
        ok(bench, &format!("AT+UHTTP=0,{line}"));
    }
    assert!(bench.until("AT+UHTTPC=0,1,\"/\",\"a\"", "+UUHTTPCR").ends_with("\r\n+UUHTTPCR: 0,1,1\r\n"));
}

#[test]
fn each_level_looks_at_more() {
    let authority = Authority::new();
    let stranger = Authority::new().pem;
    for (root, host, years, fails_from, failure) in [
        (stranger, HOST, NOW, 1, TlsFailure::UnknownIssuer),
        (authority.pem.clone(), "other.example", NOW, 2, TlsFailure::WrongName),
        (authority.pem.clone(), HOST, (2020, 2021), 3, TlsFailure::Expired),
    ] {
        for level in 0..=3 {
            let mut scene = scene(Profile::lara_r6(), &root, host, years, &authority);
            scene.set(&[&format!("0,{level}"), "3,\"ca\"", "4,\"broker.example\""]);
            let expected = if level >= fails_from { Err(failure.clone()) } else { Ok(()) };
            assert_eq!(scene.connect(), expected, "level {level}");
            let shown = scene.bench.emulator.tls_context(1).unwrap();
            let looks = (shown.level > 0, shown.check_host, !shown.ignore_dates);
            assert_eq!(looks, (level >= 1, level >= 2, level >= 3));
        }
    }
}

#[test]
fn without_a_root_or_with_an_old_version_nothing_is_secure() {
    let mut scene = Scene::good(Profile::sara_r410m());
    scene.set(&["0,1"]);
    assert_eq!(scene.connect(), Err(TlsFailure::FileMissing(String::new())));
    scene.set(&["0,1", "3,\"gone\""]);
    assert_eq!(scene.connect(), Err(TlsFailure::FileMissing("gone".to_owned())));
    scene.set(&["0,1", "3,\"ca\"", "1,4"]);
    assert_eq!(scene.connect(), Err(TlsFailure::Unsupported));
    scene.set(&["0,1", "3,\"ca\""]);
    assert_eq!(scene.connect(), Ok(()));
}

#[test]
fn the_names_told_and_expected_are_what_was_set() {
    let authority = Authority::new();
    let mut scene = scene(Profile::sara_r5(), &authority.pem, "other.example", NOW, &authority);
    // The certificate is for the name that is expected, whatever the host is called.
    scene.set(&["0,2", "3,\"ca\"", "4,\"other.example\"", "10,\"other.example\""]);
    assert_eq!(scene.connect(), Ok(()));
    assert_eq!(scene.seen.borrow().name.as_deref(), Some("other.example"));
    scene.set(&["0,2", "3,\"ca\"", "4,\"broker.example\"", "10,\"other.example\""]);
    assert_eq!(scene.connect(), Err(TlsFailure::WrongName));
}

#[test]
fn suites_have_the_form_of_the_model() {
    for (profile, legacy, single, list) in [
        (Profile::sara_r5(), ERROR, OK, OK),
        (Profile::sara_r422(), ERROR, OK, ERROR),
        (Profile::lena_r8(), ERROR, OK, ERROR),
        (Profile::sara_r410m(), OK, ERROR, ERROR),
    ] {
        let mut bench = quiet(profile, running());
        assert_eq!(send(&mut bench, "AT+USECPRF=0,2,33"), legacy, "{}", profile.name);
        assert_eq!(send(&mut bench, "AT+USECPRF=0,2,99,\"C0\",\"30\""), single, "{}", profile.name);
        assert_eq!(send(&mut bench, "AT+USECPRF=0,2,100,\"C0\",\"30\",0"), list, "{}", profile.name);
        assert_eq!(bench.emulator.tls_context(0).unwrap().suite, 0xc030, "{}", profile.name);
        ok(&mut bench, "AT+USECPRF=0,2,0");
        assert_eq!(bench.emulator.tls_context(0).unwrap().suite, 0xffff);
    }
    let mut scene = Scene::good(Profile::sara_r5());
    scene.set(&["0,1", "3,\"ca\"", "2,100,\"C0\",\"2B\",0"]);
    assert_eq!(scene.connect(), Ok(()));
}

#[test]
fn the_level_of_an_untouched_profile_is_an_option() {
    for level in 0..=3 {
        let options = with(UbloxOptions { security_level: level, ..UbloxOptions::default() });
        let mut bench = quiet(Profile::sara_r5(), options);
        let expected = format!("\r\n+USECPRF: 4,0,{level}\r\n\r\nOK\r\n");
        assert_eq!(send(&mut bench, "AT+USECPRF=4,0"), expected);
        ok(&mut bench, "AT+USECPRF=4,0,1");
        ok(&mut bench, "AT+USECPRF=4");
        assert_eq!(send(&mut bench, "AT+USECPRF=4,0"), expected);
    }
}

#[test]
fn forms_of_the_import_and_the_list() {
    let authority = Authority::new();
    let ublox = UbloxOptions { import_says_one: true, certificate_list_unquoted: true, ..UbloxOptions::default() };
    let mut bench = quiet(Profile::sara_r5(), Options { ublox, ..running() });
    let line = format!("AT+USECMNG=0,0,\"ca\",{}", authority.pem.len());
    assert!(enter(&mut bench, &line, ">", authority.pem.as_bytes()).starts_with("\r\n+USECMNG: 1,0,\"ca\",\""));
    let list = "\r\nCA, \"ca\",\"CN\",\"2038/01/17 00:00:00\"\r\n\r\nOK\r\n";
    assert_eq!(send(&mut bench, "AT+USECMNG=3"), list);
}

#[test]
fn four_links_at_most() {
    let mut scene = Scene::good(Profile::sara_r5());
    scene.set(&["0,1", "3,\"ca\""]);
    // The bench has one server for one link at a time: the others wait for a handshake.
    scene.bench.broker.deaf = true;
    let bench = &mut scene.bench;
    for index in 0..4 {
        ok(bench, &format!("AT+UHTTP={index},1,\"broker.example\""));
        ok(bench, &format!("AT+UHTTP={index},6,1,1"));
        ok(bench, &format!("AT+UHTTPC={index},1,\"/\",\"a\""));
    }
    assert!(matches!(scene.connect(), Err(TlsFailure::Other(_))));
}

#[test]
fn a_client_shows_its_certificate() {
    let clients = Authority::new();
    let mut scene = Scene::good(Profile::sara_r5());
    let authority = Authority::new();
    let (server, seen) = Server::new(&authority.leaf(HOST, NOW), &[&TLS12], Some(&clients));
    scene.bench.broker.front = Some(Box::new(server));
    scene.seen = seen;
    let leaf = clients.leaf("device", NOW);
    for (kind, name, pem) in [(0, "ca", &authority.pem), (1, "cc", &leaf.pem), (2, "key", &leaf.key_pem)] {
        let line = format!("AT+USECMNG=0,{kind},\"{name}\",{}", pem.len());
        assert!(enter(&mut scene.bench, &line, ">", pem.as_bytes()).ends_with(OK));
    }
    scene.set(&["0,1", "3,\"ca\""]);
    assert_ne!(scene.connect(), Ok(()));
    scene.set(&["0,1", "3,\"ca\"", "5,\"cc\"", "6,\"key\""]);
    assert_eq!(scene.connect(), Ok(()));
    assert_eq!(scene.seen.borrow().client_certificates, 1);
}
