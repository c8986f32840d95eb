//! BG95, EC25 and EC200U (quectel-at 2 to 6, 9).

use std::io::Write;

use super::terminal::{accept, receive};
use super::{Login, SERVER, Scene, WEB, assert_published, request, token, topic};
use crate::program::Platform;

const MODELS: [&str; 3] = ["bg95", "ec25", "ec200u"];

/// Context 1 is up.
fn online(scene: &mut Scene) {
    scene.ask("AT+CMEE=1", "OK");
    scene.ask("AT+QICSGP=1,1,\"cmiot\",\"\",\"\",0", "OK");
    scene.ask("AT+QIACT=1", "OK");
}

/// The root is there, and TLS context 1 asks for it.
fn trust(scene: &mut Scene) {
    let root = scene.root.clone();
    scene.terminal.type_in(format!("AT+QFUPL=\"ca.pem\",{}\r", root.len()).as_bytes());
    scene.terminal.hear(b"\r\nCONNECT\r\n");
    scene.terminal.type_in(root.as_bytes());
    let answer = scene.terminal.hear_until("\r\n\r\nOK\r\n");
    assert!(answer.starts_with(&format!("\r\n+QFUPL: {},", root.len())), "{answer}");
    for value in ["sslversion\",1,4", "cacert\",1,\"ca.pem\"", "seclevel\",1,1", "sni\",1,1"] {
        scene.ask(&format!("AT+QSSLCFG=\"{value}"), "OK");
    }
    if scene.model == "bg95" {
        scene.ask("AT+QSSLCFG=\"checkhost\",1,1", "OK");
    }
}

fn ready(model: &str) -> Scene {
    let mut scene = Scene::new(model);
    online(&mut scene);
    trust(&mut scene);
    scene
}

#[test]
fn mqtt_in_tls() {
    for model in MODELS {
        let (mut scene, login) = (ready(model), Login::over_tls());
        let Login { host, client_id, user, password } = &login;
        for value in ["version\",0,4", "ssl\",0,1,1", "keepalive\",0,300", "recv/mode\",0,0,1"] {
            scene.ask(&format!("AT+QMTCFG=\"{value}"), "OK");
        }
        scene.ask(&format!("AT+QMTOPEN=0,\"{host}\",8883"), "OK|+QMTOPEN: 0,0");
        scene.ask(&format!("AT+QMTCONN=0,\"{client_id}\",\"{user}\",\"{password}\""), "OK|+QMTCONN: 0,0,0");
        scene.ask(&format!("AT+QMTSUB=0,1,\"{}\",1", topic("get")), "OK|+QMTSUB: 0,1,0,1");
        let name = if model == "bg95" { "QMTPUB" } else { "QMTPUBEX" };
        let publish = format!("AT+{name}=0,2,1,0,\"{}\",5", topic("update"));
        scene.enter(&publish, "> ", "hello", &format!("OK|+{name}: 0,2,0"));
        scene.push("{\"set\":\"on\"}");
        scene.terminal.hear(b"\r\n+QMTRECV: 0,");
        let message = scene.terminal.hear_until("\"}\"\r\n");
        assert!(message.ends_with(&format!(",\"{}\",12,\"{{\"set\":\"on\"}}\"\r\n", topic("get"))), "{message}");
        scene.ask("AT+QMTDISC=0", "OK|+QMTDISC: 0,0");
        assert_published(&scene.told(), &login, "hello");
    }
}

/// "host name checked: unproven (QC), only with checkhost 1 (LPWA), yes (UA)" (8).
#[test]
fn a_server_of_another_name() {
    for (model, opened) in [("bg95", "-1"), ("ec25", "0"), ("ec200u", "-1")] {
        let platform = Platform::start_with(&["--no-limits", "--fault", "wrong-name"]);
        let mut scene = Scene::before(model, platform);
        online(&mut scene);
        trust(&mut scene);
        scene.ask("AT+QMTCFG=\"ssl\",0,1,1", "OK");
        let open = format!("AT+QMTOPEN=0,\"{}\",8883", Login::over_tls().host);
        scene.ask(&open, &format!("OK|+QMTOPEN: 0,{opened}"));
    }
}

#[test]
fn sockets() {
    for model in MODELS {
        let mut scene = Scene::new(model);
        online(&mut scene);
        scene.ask(&format!("AT+QIOPEN=1,0,\"TCP\",\"{SERVER}\",4242,0,0"), "OK|+QIOPEN: 0,0");
        let mut peer = accept(&scene.server);
        scene.enter("AT+QISEND=0,5", "> ", "12345", "SEND OK");
        assert_eq!(receive(&mut peer, 5), "12345");
        peer.write_all(b"Hello\n").unwrap();
        scene.terminal.hear_lines("+QIURC: \"recv\",0");
        scene.ask("AT+QIRD=0,1500", "+QIRD: 6\r\nHello\n|OK");
        scene.ask("AT+QIRD=0,1500", "+QIRD: 0|OK");
        drop(peer);
        scene.terminal.hear_lines("+QIURC: \"closed\",0");
        scene.ask("AT+QICLOSE=0", "OK");
    }
}

#[test]
fn sockets_in_tls() {
    let request = request(&Login::over_tls());
    for model in MODELS {
        let mut scene = ready(model);
        scene.ask(&format!("AT+QSSLOPEN=1,1,4,\"{WEB}\",443,0"), "OK|+QSSLOPEN: 4,0");
        scene.enter(&format!("AT+QSSLSEND=4,{}", request.len()), "> ", &request, "SEND OK");
        scene.terminal.hear_lines("+QSSLURC: \"recv\",4");
        scene.terminal.type_in(b"AT+QSSLRECV=4,1500\r");
        let answer = scene.terminal.hear_until("\r\n\r\nOK\r\n");
        assert!(answer.contains("\r\nHTTP/1.1 200 ") && !token(&answer).is_empty(), "{model}: {answer}");
        scene.ask("AT+QSSLCLOSE=4", "OK");
    }
}

/// A token, and a post with it: in a header of its own, or in a request that is typed as a whole.
#[test]
fn posts_in_tls() {
    for model in MODELS {
        let (mut scene, login) = (ready(model), Login::over_tls());
        scene.ask("AT+QHTTPCFG=\"sslctxid\",1", "OK");
        scene.ask("AT+QHTTPCFG=\"contenttype\",4", "OK");
        let answer = post(&mut scene, "/auth", &login.sign_in());
        let header = match model {
            "ec200u" => format!("\"reqheader/add\",\"password\",\"{}\"", token(&answer)),
            _ => format!("\"custom_header\",\"password: {}\"", token(&answer)),
        };
        scene.ask(&format!("AT+QHTTPCFG={header}"), "OK");
        scene.ask("AT+QHTTPCFG=\"contenttype\",2", "OK");
        let answer = post(&mut scene, &format!("/topic{}", topic("update")), "21.5");
        assert!(answer.contains("\"code\":0"), "{answer}");
        let told = scene.told();
        assert!(told.contains(&format!("REQUEST /topic{}: 21.5", topic("update"))), "{told}");
    }
}

fn post(scene: &mut Scene, path: &str, body: &str) -> String {
    let url = format!("https://{WEB}{path}");
    scene.enter(&format!("AT+QHTTPURL={},60", url.len()), "CONNECT\r\n", &url, "OK");
    scene.enter(&format!("AT+QHTTPPOST={},60,60", body.len()), "CONNECT\r\n", body, "OK");
    scene.terminal.hear(b"\r\n+QHTTPPOST: 0,200,");
    scene.terminal.hear_until("\r\n");
    scene.terminal.type_in(b"AT+QHTTPREAD=60\r");
    scene.terminal.hear_until("+QHTTPREAD: 0\r\n")
}
