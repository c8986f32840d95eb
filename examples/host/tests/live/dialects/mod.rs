//! Every module that `wanlink emulate` plays, driven by hand: the bytes of the fact sheets' transcripts at its port, the
//! platform's stand-in or a server of the test behind it. No driver takes part.

mod native;
mod quectel;
mod simcom;
mod simcom_lpwa;
mod terminal;
mod ublox;

use std::net::TcpListener;

use serde_json::Value;

use crate::program::{KEY, Module, NAME, Platform, Process, SECRET, wanlink};
use terminal::Terminal;

/// Where the sockets of the tests lead.
const SERVER: &str = "server.example";

/// The server of posts.
const WEB: &str = "iot-as-http.cn-shanghai.aliyuncs.com";

/// A module at its port, echo off, and what stands behind it.
struct Scene {
    model: String,
    terminal: Terminal,
    platform: Platform,
    server: TcpListener,
    /// Held until the end of the test.
    _module: Module,
    root: String,
}

impl Scene {
    fn new(model: &str) -> Self {
        Self::before(model, Platform::start())
    }

    fn before(model: &str, platform: Platform) -> Self {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let https = format!("any:443={}", platform.https);
        let own = format!("{SERVER}={}", server.local_addr().unwrap());
        let more = ["--resolve", &https, "--resolve", &own, "--listen", "127.0.0.1:0"];
        let module = Module::start_model(model, &platform.mqtt, &platform.mqtts, &more);
        let mut terminal = Terminal::open(&module.port);
        terminal.type_in(b"ATE0\r");
        terminal.hear(b"ATE0\r\r\nOK\r\n");
        let root = std::fs::read_to_string(&platform.ca).unwrap();
        Self { model: model.to_owned(), terminal, platform, server, _module: module, root }
    }

    /// Types a line, and hears the lines of its answer, with `|` between them.
    fn ask(&mut self, line: &str, answer: &str) {
        self.terminal.ask(line, answer);
    }

    /// Types a line, hears its prompt, types data, and hears the answer.
    fn enter(&mut self, line: &str, prompt: &str, data: &str, answer: &str) {
        self.terminal.enter(line, prompt, data.as_bytes(), answer);
    }

    fn push(&mut self, text: &str) {
        self.platform.process.say(&format!("push {} {text}", topic("get")));
    }

    /// What the platform tells at the end.
    fn told(self) -> String {
        self.platform.told()
    }
}

/// How the one device of the platform logs in.
struct Login {
    host: String,
    client_id: String,
    user: String,
    password: String,
}

impl Login {
    fn over_tls() -> Self {
        let device = ["--product-key", KEY, "--device-name", NAME, "--device-secret", SECRET, "--json"];
        let ended = Process::start(wanlink(&[&["credentials"][..], &device].concat())).end();
        let all: Value = serde_json::from_str(&ended.lines.concat()).unwrap();
        let text = |name: &str| all[name].as_str().unwrap().to_owned();
        Self { host: text("host"), client_id: text("client_id"), user: text("username"), password: text("password") }
    }

    /// The body of a request for a token: what is signed is the same (aliyun-iot 4).
    fn sign_in(&self) -> String {
        let client_id = self.client_id.split('|').next().unwrap();
        let sign = &self.password;
        format!(
            "{{\"clientId\":\"{client_id}\",\"signmethod\":\"hmacsha256\",\"deviceName\":\"{NAME}\",\
             \"productKey\":\"{KEY}\",\"sign\":\"{sign}\"}}"
        )
    }
}

/// A whole request for a token, as it goes through a socket.
fn request(login: &Login) -> String {
    let body = login.sign_in();
    let length = body.len();
    format!(
        "POST /auth HTTP/1.1\r\nHost: {WEB}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// A topic of the device.
fn topic(name: &str) -> String {
    format!("/{KEY}/{NAME}/user/{name}")
}

/// The token in what a web server answered.
fn token(answer: &str) -> &str {
    let (_, rest) = answer.split_once("\"token\":\"").expect(answer);
    rest.split('"').next().unwrap()
}

/// The platform saw a verified login, and what went up.
fn assert_published(told: &str, login: &Login, payload: &str) {
    assert!(told.contains(&format!("TLS for {}", login.host.to_lowercase())), "{told}");
    assert!(told.contains(&format!("{}: {payload}", topic("update"))), "{told}");
    assert!(!told.contains("failed") && !told.contains("refused"), "{told}");
}
