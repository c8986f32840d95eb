//! SARA-R5, SARA-R422, LARA-R6, LENA-R8 and SARA-R410M (ublox-at 2 to 7, 10).

use std::io::Write;
use std::time::Duration;

use super::terminal::{accept, receive};
use super::{Login, SERVER, Scene, WEB, assert_published, request, token, topic};
use crate::threads::Threads;

const NEW_SYNTAX: [&str; 4] = ["sara-r5", "sara-r422", "lara-r6", "lena-r8"];
const MODELS: [&str; 5] = ["sara-r5", "sara-r422", "lara-r6", "lena-r8", "sara-r410m"];

/// A module with numeric errors, and a context that its internal clients can use.
fn online(model: &str) -> Scene {
    let mut scene = Scene::new(model);
    // Longer than "min gap before next command", and than the 50 ms behind a prompt.
    scene.terminal.gap = Duration::from_millis(if model == "sara-r410m" { 120 } else { 60 });
    // "an R422 (00.12) log has extra empty lines" (ublox-at 1).
    scene.terminal.empty_lines = model == "sara-r422";
    scene.ask("AT+CMEE=1", "OK");
    scene.ask("AT+CGDCONT=1,\"IP\",\"cmiot\"", "OK");
    match model {
        "sara-r5" => {
            scene.ask("AT+UPSD=0,0,0", "OK");
            scene.ask("AT+UPSD=0,100,1", "OK");
            scene.ask("AT+UPSDA=0,3", "OK|+UUPSDA: 0,\"10.171.134.243\"");
        }
        "sara-r422" => {
            scene.ask("AT+CGACT=1,1", "OK");
            scene.ask("AT+UPSD=0,0,0", "OK");
            scene.ask("AT+UPSD=0,100,1", "OK");
        }
        _ => {}
    }
    scene
}

/// The root is there, and profile 0 asks for it: chain, and the name where there is one to tell.
fn trust(scene: &mut Scene, model: &str, host: &str) {
    let root = scene.root.clone();
    scene.terminal.type_in(format!("AT+USECMNG=0,0,\"ali_ca\",{}\r", root.len()).as_bytes());
    scene.terminal.hear(b"\r\n>");
    scene.terminal.type_in(root.as_bytes());
    let answer = scene.terminal.hear_until("\r\nOK\r\n");
    assert!(answer.starts_with("\r\n+USECMNG:") && answer.contains("0,0,\"ali_ca\",\""), "{answer}");
    let name = format!("10,\"{host}\"");
    let expected = format!("4,\"{host}\"");
    scene.ask("AT+USECPRF=0", "OK");
    for value in ["0,2", "1,3", "3,\"ali_ca\"", &expected, &name] {
        // Without SNI this model does not know operation 10 (ublox-at 0).
        let answer = if model == "sara-r410m" && value == name { "ERROR" } else { "OK" };
        scene.ask(&format!("AT+USECPRF=0,{value}"), answer);
    }
}

/// "LENA-R8 often omits the space" (ublox-at 1).
fn created(model: &str) -> &str {
    if model == "lena-r8" { "+USOCR:0|OK" } else { "+USOCR: 0|OK" }
}

#[test]
fn mqtt_in_tls() {
    Threads::FEW.run(NEW_SYNTAX, |model| {
        let (mut scene, login) = (online(model), Login::over_tls());
        let Login { host, client_id, user, password } = &login;
        trust(&mut scene, model, host);
        for value in [
            format!("0,\"{client_id}\""),
            format!("2,\"{host}\",8883"),
            format!("4,\"{user}\",\"{password}\""),
            "10,120".to_owned(),
            "11,1,0".to_owned(),
            format!("2,\"{host}\",8883"),
        ] {
            scene.ask(&format!("AT+UMQTT={value}"), "OK");
        }
        scene.ask("AT+UMQTTC=1", "OK|+UUMQTTC: 1,1");
        scene.ask("AT+UMQTTC=8,1", "OK");
        scene.ask(&format!("AT+UMQTTC=4,0,\"{}\"", topic("get")), &format!("OK|+UUMQTTC: 4,1,0,\"{}\"", topic("get")));
        let publish = format!("AT+UMQTTC=9,1,0,\"{}\",11", topic("update"));
        scene.enter(&publish, ">", "temp=\"25,5\"", "OK|+UUMQTTC: 9,1");
        scene.push("{\"set\":\"on\"}");
        scene.terminal.hear_lines("+UUMQTTC: 6,1");
        let get = topic("get");
        let (length, all) = (get.len(), get.len() + 12);
        let message = format!("+UMQTTC: 6,1,{all},{length},\"{get}\",12,\"{{\"set\":\"on\"}}\"|OK");
        scene.ask("AT+UMQTTC=6,1", &message);
        scene.ask("AT+UMQTTC=0", "OK|+UUMQTTC: 0,1");
        assert_published(&scene.told(), &login, "temp=\\\"25,5\\\"");
    });
}

/// "`+UMQTT: 4,0`": the log-in of the platform does not fit a SARA-R410M (ublox-at 3).
#[test]
fn a_login_that_does_not_fit() {
    let (mut scene, login) = (online("sara-r410m"), Login::over_tls());
    scene.terminal.type_in(format!("AT+UMQTT=4,\"{}\",\"{}\"\r", login.user, login.password).as_bytes());
    scene.terminal.hear(b"\r\n+UMQTT: 4,0\r\r\n\r\nOK\r\n");
}

#[test]
fn sockets() {
    Threads::FEW.run(MODELS, |model| {
        let mut scene = online(model);
        scene.terminal.type_in(format!("AT+UDNSRN=0,\"{SERVER}\"\r").as_bytes());
        scene.terminal.hear(b"\r\n+UDNSRN: \"127.0.0.1\"\r\n\r\nOK\r\n");
        scene.ask("AT+USOCR=6", created(model));
        scene.ask(&format!("AT+USOCO=0,\"{SERVER}\",1883"), "OK");
        let mut peer = accept(&scene.server);
        scene.enter("AT+USOWR=0,4", "@", "\x10\x02ab", "+USOWR: 0,4|OK");
        assert_eq!(receive(&mut peer, 4), "\x10\x02ab");
        peer.write_all(b"0123456789").unwrap();
        scene.terminal.hear_lines("+UUSORD: 0,10");
        scene.ask("AT+USORD=0,6", "+USORD: 0,6,\"012345\"|OK");
        scene.terminal.hear_lines("+UUSORD: 0,4");
        scene.ask("AT+USORD=0,1024", "+USORD: 0,4,\"6789\"|OK");
        drop(peer);
        scene.terminal.hear_lines("+UUSOCL: 0");
    });
}

#[test]
fn sockets_in_tls() {
    let request = request(&Login::over_tls());
    Threads::FEW.run(MODELS, |model| {
        let mut scene = online(model);
        trust(&mut scene, model, WEB);
        scene.ask("AT+USOCR=6", created(model));
        scene.ask("AT+USOSEC=0,1,0", "OK");
        // "wait 250 ms (U)" (ublox-at 5).
        std::thread::sleep(Duration::from_millis(300));
        scene.ask(&format!("AT+USOCO=0,\"{WEB}\",443"), "OK");
        let written = format!("+USOWR: 0,{}|OK", request.len());
        scene.enter(&format!("AT+USOWR=0,{}", request.len()), "@", &request, &written);
        scene.terminal.hear(b"\r\n+UUSORD: 0,");
        let count = scene.terminal.hear_until("\r\n");
        scene.terminal.type_in(format!("AT+USORD=0,{}\r", count.trim()).as_bytes());
        let answer = scene.terminal.hear_until("\"\r\n\r\nOK\r\n");
        assert!(answer.contains(",\"HTTP/1.1 200 ") && !token(&answer).is_empty(), "{model}: {answer}");
    });
}

/// A token, and a post with it: the token goes in a header of its own, body and answer through files.
#[test]
fn posts_in_tls() {
    Threads::FEW.run(MODELS, |model| {
        let (mut scene, login) = (online(model), Login::over_tls());
        trust(&mut scene, model, WEB);
        scene.ask("AT+UHTTP=0", "OK");
        for value in [&format!("1,\"{WEB}\""), "6,1,0", "5,443"] {
            scene.ask(&format!("AT+UHTTP=0,{value}"), "OK");
        }
        let answer = post(&mut scene, "/auth", 4, &login.sign_in());
        scene.ask(&format!("AT+UHTTP=0,9,\"0:password:{}\"", token(&answer)), "OK");
        let answer = post(&mut scene, &format!("/topic{}", topic("update")), 2, "21.5");
        assert!(answer.contains("\"code\":0"), "{answer}");
        let told = scene.told();
        assert!(told.contains(&format!("REQUEST /topic{}: 21.5", topic("update"))), "{told}");
    });
}

fn post(scene: &mut Scene, path: &str, kind: u8, body: &str) -> String {
    scene.terminal.type_in(b"AT+UDELFILE=\"body\"\r");
    scene.terminal.hear_until("\r\n");
    scene.terminal.hear_until("\r\n");
    scene.enter(&format!("AT+UDWNFILE=\"body\",{}", body.len()), ">", body, "OK");
    scene.ask(&format!("AT+UHTTPC=0,4,\"{path}\",\"rsp\",\"body\",{kind}"), "OK|+UUHTTPCR: 0,4,1");
    scene.terminal.type_in(b"AT+URDFILE=\"rsp\"\r");
    scene.terminal.hear_until("\"\r\n\r\nOK\r\n")
}
