//! A7670 and SIM7600 (simcom-at 3, 6.1, 7.1, 7.2, 8, 10).

use std::io::Write;

use super::terminal::{accept, receive};
use super::{Login, SERVER, Scene, WEB, assert_published, request, token, topic};

const MODELS: [&str; 2] = ["a7670", "sim7600"];

/// The root is there, and TLS context 0 asks for it.
pub(super) fn trust(scene: &mut Scene) {
    let root = scene.root.clone();
    scene.enter(&format!("AT+CCERTDOWN=\"ca.pem\",{}", root.len()), ">", &root, "OK");
    for value in ["sslversion\",0,3", "authmode\",0,1", "cacert\",0,\"ca.pem\"", "enableSNI\",0,1"] {
        scene.ask(&format!("AT+CSSLCFG=\"{value}"), "OK");
    }
}

#[test]
fn mqtt_in_tls() {
    for model in MODELS {
        let (mut scene, login) = (Scene::new(model), Login::over_tls());
        trust(&mut scene);
        let Login { host, client_id, user, password } = &login;
        if model == "a7670" {
            scene.ask("AT+CMQTTSTART", "OK|+CMQTTSTART: 0");
            scene.ask(&format!("AT+CMQTTACCQ=0,\"{client_id}\",1"), "OK");
            scene.ask("AT+CMQTTCFG=\"version\",0,4", "OK");
        } else {
            scene.ask("AT+CMQTTSTART", "+CMQTTSTART: 0|OK");
            scene.ask(&format!("AT+CMQTTACCQ=0,\"{client_id}\",1,4"), "OK");
        }
        scene.ask("AT+CMQTTSSLCFG=0,0", "OK");
        let connect = format!("AT+CMQTTCONNECT=0,\"tcp://{host}:8883\",300,1,\"{user}\",\"{password}\"");
        scene.ask(&connect, "OK|+CMQTTCONNECT: 0,0");
        let (get, update) = (topic("get"), topic("update"));
        scene.enter(&format!("AT+CMQTTSUB=0,{},1", get.len()), ">", &get, "OK|+CMQTTSUB: 0,0");
        scene.enter(&format!("AT+CMQTTTOPIC=0,{}", update.len()), ">", &update, "OK");
        scene.enter("AT+CMQTTPAYLOAD=0,9", ">", "temp=21.5", "OK");
        scene.ask("AT+CMQTTPUB=0,1,60", "OK|+CMQTTPUB: 0,0");
        scene.push("hello");
        let length = get.len();
        scene.terminal.hear_lines(&format!("+CMQTTRXSTART: 0,{length},5|+CMQTTRXTOPIC: 0,{length}"));
        scene.terminal.hear(format!("{get}\r\n+CMQTTRXPAYLOAD: 0,5\r\nhello\r\n+CMQTTRXEND: 0\r\n").as_bytes());
        scene.ask("AT+CMQTTDISC=0,120", "OK|+CMQTTDISC: 0,0");
        scene.ask("AT+CMQTTREL=0", "OK");
        scene.ask("AT+CMQTTSTOP", "OK|+CMQTTSTOP: 0");
        assert_published(&scene.told(), &login, "temp=21.5");
    }
}

/// The root of another: it fails closed, with the code of a handshake.
#[test]
fn a_server_that_is_not_trusted() {
    let (mut scene, login) = (Scene::new("a7670"), Login::over_tls());
    scene.root = wanlink_scene::root_pem().to_owned();
    trust(&mut scene);
    scene.ask("AT+CMQTTSTART", "OK|+CMQTTSTART: 0");
    scene.ask("AT+CMQTTACCQ=0,\"id\",1", "OK");
    scene.ask(&format!("AT+CMQTTCONNECT=0,\"tcp://{}:8883\",300,1", login.host), "OK|+CMQTTCONNECT: 0,32");
    assert!(!scene.told().contains("CONNECT"));
}

#[test]
fn sockets() {
    for model in MODELS {
        let mut scene = Scene::new(model);
        scene.ask("AT+NETOPEN", "OK|+NETOPEN: 0");
        scene.ask("AT+CIPRXGET=1", "OK");
        scene.ask(&format!("AT+CIPOPEN=0,\"TCP\",\"{SERVER}\",6004"), "OK|+CIPOPEN: 0,0");
        let mut peer = accept(&scene.server);
        scene.enter("AT+CIPSEND=0,5", ">", "12345", "OK|+CIPSEND: 0,5,5");
        assert_eq!(receive(&mut peer, 5), "12345");
        peer.write_all(b"Hello\n").unwrap();
        scene.terminal.hear_lines("+CIPRXGET: 1,0");
        scene.ask("AT+CIPRXGET=2,0,1500", "+CIPRXGET: 2,0,6,0\r\nHello\n|OK");
        drop(peer);
        scene.terminal.hear_lines("+IPCLOSE: 0,1");
        scene.ask("AT+CIPCLOSE=0", "OK|+CIPCLOSE: 0,0");
        scene.ask("AT+NETCLOSE", "OK|+NETCLOSE: 0");
    }
}

#[test]
fn sockets_in_tls() {
    let request = request(&Login::over_tls());
    for model in MODELS {
        let mut scene = Scene::new(model);
        trust(&mut scene);
        scene.ask("AT+CCHSET=1,1", "OK");
        scene.ask("AT+CCHSTART", "OK|+CCHSTART: 0");
        scene.ask("AT+CCHSSLCFG=0,0", "OK");
        scene.ask(&format!("AT+CCHOPEN=0,\"{WEB}\",443,2"), "OK|+CCHOPEN: 0,0");
        scene.enter(&format!("AT+CCHSEND=0,{}", request.len()), ">", &request, "OK");
        // The answer of a server that is near may overtake the result of the send.
        scene.terminal.hear_in_any_order(["+CCHSEND: 0,0", "+CCHEVENT: 0,RECV EVENT"]);
        scene.terminal.type_in(b"AT+CCHRECV=0\r");
        let answer = scene.terminal.hear_until("\r\n+CCHRECV: 0,0\r\n");
        assert!(answer.starts_with("\r\nOK\r\n\r\n+CCHRECV: DATA,0,"), "{answer}");
        assert!(answer.contains("\r\nHTTP/1.1 200 ") && !token(&answer).is_empty(), "{answer}");
        scene.ask("AT+CCHCLOSE=0", "OK|+CCHCLOSE: 0,0");
        scene.ask("AT+CCHSTOP", "OK|+CCHSTOP: 0");
    }
}

/// A token, and a post with it: the token goes in a header of its own.
#[test]
fn posts_in_tls() {
    for model in MODELS {
        let (mut scene, login) = (Scene::new(model), Login::over_tls());
        trust(&mut scene);
        scene.ask("AT+HTTPINIT", "OK");
        scene.ask("AT+HTTPPARA=\"SSLCFG\",0", "OK");
        let answer = post(&mut scene, "/auth", "application/json", &login.sign_in());
        scene.ask(&format!("AT+HTTPPARA=\"USERDATA\",\"password: {}\"", token(&answer)), "OK");
        let answer = post(&mut scene, &format!("/topic{}", topic("update")), "application/octet-stream", "21.5");
        assert!(answer.contains("\"code\":0"), "{answer}");
        scene.ask("AT+HTTPTERM", "OK");
        let told = scene.told();
        assert!(told.contains(&format!("REQUEST /topic{}: 21.5", topic("update"))), "{told}");
    }
}

fn post(scene: &mut Scene, path: &str, kind: &str, body: &str) -> String {
    scene.ask(&format!("AT+HTTPPARA=\"URL\",\"https://{WEB}{path}\""), "OK");
    scene.ask(&format!("AT+HTTPPARA=\"CONTENT\",\"{kind}\""), "OK");
    scene.enter(&format!("AT+HTTPDATA={},30", body.len()), "DOWNLOAD\r\n", body, "OK");
    scene.ask("AT+HTTPACTION=1", "OK");
    scene.terminal.hear(b"\r\n+HTTPACTION: 1,200,");
    let length = scene.terminal.hear_until("\r\n");
    scene.ask(&format!("AT+HTTPREAD=0,{}", length.trim()), "OK");
    scene.terminal.hear_until("\r\n+HTTPREAD: 0\r\n")
}
