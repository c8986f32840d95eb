//! SIM7080 and SIM7000 (simcom-at 5, 6.2, 7.3, 8, 10).

use std::io::Write;

use super::terminal::{accept, receive};
use super::{Login, SERVER, Scene, WEB, assert_published, request, token, topic};

/// The application network goes up, and the root into the store.
pub(super) fn online(mut scene: Scene) -> Scene {
    match scene.model.as_str() {
        "sim7080" => scene.ask("AT+CNACT=0,1", "OK|+APP PDP: 0,ACTIVE"),
        _ => scene.ask("AT+CNACT=1,\"cmiot\"", "OK|+APP PDP: ACTIVE"),
    }
    let root = scene.root.clone();
    scene.ask("AT+CFSINIT", "OK");
    let upload = format!("AT+CFSWFILE=3,\"ca.crt\",0,{},5000", root.len());
    scene.enter(&upload, "DOWNLOAD\r\n", &root, "OK");
    scene.ask("AT+CFSTERM", "OK");
    scene.ask("AT+CSSLCFG=\"convert\",2,\"ca.crt\"", "OK");
    scene
}

/// Context `index` speaks TLS 1.2 with this host. The clock was never set: without "ignorertctime" no certificate would
/// be in force (simcom-at 8).
pub(super) fn trust(scene: &mut Scene, index: u8, host: &str) {
    scene.ask(&format!("AT+CSSLCFG=\"sslversion\",{index},3"), "OK");
    scene.ask(&format!("AT+CSSLCFG=\"ignorertctime\",{index},1"), "OK");
    scene.ask(&format!("AT+CSSLCFG=\"sni\",{index},\"{host}\""), "OK");
}

fn open(model: &str, id: u8, host: &str, port: u16) -> String {
    let kind = if model == "sim7080" { "0,\"TCP\"," } else { "" };
    format!("AT+CAOPEN={id},{kind}\"{host}\",{port}")
}

#[test]
fn mqtt_in_tls() {
    let (mut scene, login) = (online(Scene::new("sim7080")), Login::over_tls());
    let Login { host, client_id, user, password } = &login;
    trust(&mut scene, 0, host);
    scene.ask("AT+SMSSL=1,\"ca.crt\",\"\"", "OK");
    scene.ask(&format!("AT+SMCONF=\"URL\",\"{host}\",8883"), "OK");
    scene.ask(&format!("AT+SMCONF=\"CLIENTID\",\"{client_id}\""), "OK");
    scene.ask(&format!("AT+SMCONF=\"USERNAME\",\"{user}\""), "OK");
    scene.ask(&format!("AT+SMCONF=\"PASSWORD\",\"{password}\""), "OK");
    scene.ask("AT+SMCONF=\"KEEPTIME\",300", "OK");
    scene.ask("AT+SMCONF=\"CLEANSS\",1", "OK");
    scene.ask("AT+SMCONN", "OK");
    scene.ask("AT+SMSTATE?", "+SMSTATE: 1|OK");
    scene.ask(&format!("AT+SMSUB=\"{}\",1", topic("get")), "OK");
    scene.enter(&format!("AT+SMPUB=\"{}\",5,1,0", topic("update")), "> ", "hello", "OK");
    scene.push("{\"set\":\"on\"}");
    scene.terminal.hear_lines(&format!("+SMSUB: \"{}\",\"{{\"set\":\"on\"}}\"", topic("get")));
    scene.ask("AT+SMDISC", "OK");
    assert_published(&scene.told(), &login, "hello");
}

#[test]
fn a_login_that_is_refused() {
    let (mut scene, login) = (online(Scene::new("sim7080")), Login::over_tls());
    scene.ask(&format!("AT+SMCONF=\"URL\",\"{}\",1883", login.host), "OK");
    scene.ask("AT+SMCONF=\"CLIENTID\",\"id\"", "OK");
    scene.ask("AT+SMCONN", "ERROR");
    scene.ask("AT+SMSTATE?", "+SMSTATE: 0|OK");
}

#[test]
fn sockets() {
    for model in ["sim7080", "sim7000"] {
        let mut scene = online(Scene::new(model));
        scene.ask("AT+CACID=0", "OK");
        scene.ask("AT+CASSLCFG=0,\"ssl\",0", "OK");
        scene.ask(&open(model, 0, SERVER, 6004), "+CAOPEN: 0,0|OK");
        let mut peer = accept(&scene.server);
        let sent = if model == "sim7080" { "OK" } else { "OK|+CASEND: 0,0,5" };
        scene.enter("AT+CASEND=0,5", "> ", "12345", sent);
        assert_eq!(receive(&mut peer, 5), "12345");
        peer.write_all(b"GET / HTTP").unwrap();
        scene.terminal.hear_lines("+CADATAIND: 0");
        scene.ask("AT+CARECV=0,100", "+CARECV: 10,GET / HTTP|OK");
        drop(peer);
        scene.terminal.hear_lines("+CASTATE: 0,0");
        scene.ask("AT+CACLOSE=0", "OK");
    }
}

#[test]
fn sockets_in_tls() {
    let request = request(&Login::over_tls());
    for model in ["sim7080", "sim7000"] {
        let mut scene = online(Scene::new(model));
        trust(&mut scene, 0, WEB);
        scene.ask("AT+CACID=0", "OK");
        scene.ask("AT+CASSLCFG=0,\"ssl\",1", "OK");
        scene.ask("AT+CASSLCFG=0,\"crindex\",0", "OK");
        scene.ask("AT+CASSLCFG=0,\"cacert\",\"ca.crt\"", "OK");
        scene.ask(&open(model, 0, WEB, 443), "+CAOPEN: 0,0|OK");
        let sent = format!("OK|+CASEND: 0,0,{}", request.len());
        let sent = if model == "sim7080" { "OK" } else { sent.as_str() };
        scene.enter(&format!("AT+CASEND=0,{}", request.len()), "> ", &request, sent);
        scene.terminal.hear_lines("+CADATAIND: 0");
        scene.terminal.type_in(b"AT+CARECV=0,1460\r");
        let answer = scene.terminal.hear_until("\r\n\r\nOK\r\n");
        assert!(answer.starts_with("\r\n+CARECV: ") && answer.contains(",HTTP/1.1 200 "), "{answer}");
        assert!(!token(&answer).is_empty());
        scene.ask("AT+CACLOSE=0", "OK");
    }
}

/// A token, and a post with it: the token goes in a header of its own.
#[test]
fn posts_in_tls() {
    for model in ["sim7080", "sim7000"] {
        let (mut scene, login) = (online(Scene::new(model)), Login::over_tls());
        trust(&mut scene, 1, WEB);
        scene.ask("AT+SHSSL=1,\"ca.crt\"", "OK");
        for value in [&format!("\"URL\",\"https://{WEB}\""), "\"BODYLEN\",1024", "\"HEADERLEN\",350"] {
            scene.ask(&format!("AT+SHCONF={value}"), "OK");
        }
        scene.ask("AT+SHCONN", "OK");
        scene.ask("AT+SHSTATE?", "+SHSTATE: 1|OK");
        let answer = post(&mut scene, model, "/auth", &[("Content-Type", "application/json")], &login.sign_in());
        let headers = [("Content-Type", "application/octet-stream"), ("password", token(&answer))];
        let answer = post(&mut scene, model, &format!("/topic{}", topic("update")), &headers, "21.5");
        assert!(answer.contains("\"code\":0"), "{answer}");
        scene.ask("AT+SHDISC", "OK");
        let told = scene.told();
        assert!(told.contains(&format!("REQUEST /topic{}: 21.5", topic("update"))), "{told}");
    }
}

fn post(scene: &mut Scene, model: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    scene.ask("AT+SHCHEAD", "OK");
    for (name, value) in headers {
        scene.ask(&format!("AT+SHAHEAD=\"{name}\",\"{value}\""), "OK");
    }
    let command = if model == "sim7080" { "SHBOD" } else { "SHBODEXT" };
    scene.enter(&format!("AT+{command}={},10000", body.len()), "> ", body, "OK");
    scene.ask(&format!("AT+SHREQ=\"{path}\",3"), "OK");
    scene.terminal.hear(b"\r\n+SHREQ: \"POST\",200,");
    let length = scene.terminal.hear_until("\r\n");
    let length = length.trim();
    scene.ask(&format!("AT+SHREAD=0,{length}"), "OK");
    scene.terminal.hear(format!("\r\n+SHREAD: {length}\r\n").as_bytes());
    let answer = scene.terminal.hear_until("}\r\n");
    assert_eq!((answer.len() - 2).to_string(), length);
    answer
}
