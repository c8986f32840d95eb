//! The live shell on a pseudo-terminal, on TCP and in memory, with real sockets behind the module.

#[path = "tls/authority.rs"]
mod authority;
#[path = "live/host.rs"]
mod host;

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use authority::Authority;
use host::{Host, tty};
use rustls::version::TLS12;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use wanlink_emulator::live::{Handle, Line, Rules, Shell};
use wanlink_emulator::{Emulator, Fault, MqttPhase, Options, Profile, Start};

fn module() -> Emulator {
    let options =
        Options { start: Start::Running, activation_us: 10_000, registration_us: 50_000, ..Options::default() };
    Emulator::new(Profile::bg95(), options, 1)
}

fn rules(rules: &[String]) -> Rules {
    rules.iter().map(|rule| rule.parse().unwrap()).collect()
}

type TlsStream = rustls::StreamOwned<rustls::ServerConnection, std::net::TcpStream>;
type Running = (Host<DuplexStream>, Handle, JoinHandle<std::io::Result<()>>);

/// A running shell with a host in memory.
fn in_memory(rules: Rules, faults: &[&str]) -> Running {
    let (line, far) = Line::memory();
    let mut shell = Shell::new(module(), line, rules);
    faults.iter().for_each(|fault| shell.add_fault(fault.parse().unwrap()));
    let handle = shell.handle();
    (Host(far), handle, tokio::spawn(shell.run()))
}

/// A listener of this machine, and the rule that leads everything there.
async fn server() -> (TcpListener, Rules) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rules = rules(&[format!("any={}", listener.local_addr().unwrap())]);
    (listener, rules)
}

async fn read_some(stream: &mut TcpStream) -> Vec<u8> {
    let mut buf = [0; 4_096];
    let count = stream.read(&mut buf).await.unwrap();
    buf[..count].to_vec()
}

#[tokio::test]
async fn a_module_in_memory_answers() {
    let (mut host, handle, _shell) = in_memory(Rules::default(), &[]);
    assert_eq!(host.send("AT", "OK\r\n").await, "AT\r\r\nOK\r\n");
    assert_eq!(handle.with(|module| module.command_count("AT")), 1);
}

#[tokio::test]
async fn every_byte_passes_a_pty_both_ways() {
    let (listener, rules) = server().await;
    let shell = Shell::new(module(), Line::pty().unwrap(), rules);
    let path = shell.line().path().unwrap().to_owned();
    let handle = shell.handle();
    tokio::spawn(shell.run());
    let mut host = tty(&path).unwrap();
    host.online().await;

    let all: Vec<u8> = (0..=255).collect();
    host.send("AT+QFUPL=\"all\",256", "CONNECT\r\n").await;
    host.write(&all).await;
    host.until(b"OK\r\n").await;
    assert_eq!(handle.with(|module| module.file("all").map(<[u8]>::to_vec)), Some(all.clone()));

    host.send("AT+QMTCFG=\"recv/mode\",0,0,1", "OK\r\n").await;
    host.write(b"AT+QMTOPEN=0,\"broker\",1883\r").await;
    let (mut stream, _) = listener.accept().await.unwrap();
    host.until(b"+QMTOPEN: 0,0\r\n").await;
    host.write(b"AT+QMTCONN=0,\"id\"\r").await;
    assert!(read_some(&mut stream).await.starts_with(b"\x10"));
    stream.write_all(b"\x20\x02\x00\x00").await.unwrap();
    host.until(b"+QMTCONN: 0,0,0\r\n").await;
    stream.write_all(&[b"\x30\x83\x02\x00\x01t".as_slice(), &all].concat()).await.unwrap();
    let line = [b"\r\n+QMTRECV: 0,0,\"t\",256,\"".as_slice(), &all, b"\"\r\n"].concat();
    assert_eq!(host.until(b"\xff\"\r\n").await, line);
}

#[tokio::test]
async fn programs_come_and_go_at_a_pty() {
    let shell = Shell::new(module(), Line::pty().unwrap(), Rules::default());
    let path = shell.line().path().unwrap().to_owned();
    let handle = shell.handle();
    tokio::spawn(shell.run());
    for round in 1..=3 {
        let mut host = tty(&path).unwrap();
        assert!(host.send("AT", "OK\r\n").await.ends_with("AT\r\r\nOK\r\n"));
        drop(host);
        assert_eq!(handle.with(|module| module.command_count("AT")), round);
    }
}

/// A program that types and does not read blocks nothing, and the module hears it all.
#[tokio::test]
async fn a_host_that_does_not_read_stops_nothing() {
    const TYPED: u64 = 120;
    let shell = Shell::new(module(), Line::pty().unwrap(), Rules::default());
    let path = shell.line().path().unwrap().to_owned();
    let handle = shell.handle();
    tokio::spawn(shell.run());
    let mut host = tty(&path).unwrap();
    for round in 1..=TYPED {
        host.write(b"AT+QSSLCFG=?\r").await;
        while handle.with(|module| module.command_count("AT+QSSLCFG")) < round {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_millis(3)).await;
    }
    let written = handle.with(|module| module.port_bytes().1);
    assert!(written > 48 * 1024, "{written} bytes are more than a pty and the shell hold");
    // What fits is there, and once there is room it answers as ever. Until then its answers are lost, as at a UART.
    let mut text = String::new();
    while !text.contains("866349040000017") {
        host.write(b"\rAT+CGSN\r").await;
        let quiet = Duration::from_millis(100);
        while let Ok(bytes) = tokio::time::timeout(quiet, host.read()).await {
            text += &String::from_utf8_lossy(&bytes.unwrap());
        }
    }
    assert!(text.starts_with("AT+QSSLCFG=?\r\r\n+QSSLCFG: \"sslversion\""));
}

#[tokio::test]
async fn one_tcp_client_after_the_other() {
    let line = Line::listen("127.0.0.1:0").await.unwrap();
    let address = line.address().unwrap();
    let shell = Shell::new(module(), line, Rules::default());
    let handle = shell.handle();
    tokio::spawn(shell.run());
    let mut first = Host(TcpStream::connect(address).await.unwrap());
    assert_eq!(first.send("ATE0", "OK\r\n").await, "ATE0\r\r\nOK\r\n");
    let mut second = Host(TcpStream::connect(address).await.unwrap());
    second.write(b"AT+CMEE?\r").await;
    assert_eq!(first.send("AT+CFUN?", "OK\r\n").await, "\r\n+CFUN: 1\r\n\r\nOK\r\n");
    drop(first);
    assert_eq!(second.until(b"OK\r\n").await, b"\r\n+CMEE: 0\r\n\r\nOK\r\n");
    drop(second);
    // What nobody hears is lost, not kept for the next.
    while handle.with(|module| module.is_on()) {
        handle.with(Emulator::reset);
    }
    while handle.with(|module| !module.is_on()) {
        sleep(Duration::from_millis(10)).await;
    }
    let mut third = Host(TcpStream::connect(address).await.unwrap());
    let text = third.send("AT", "OK\r\n").await;
    assert!(text.ends_with("AT\r\r\nOK\r\n") && !text.starts_with("\r\nRDY"), "{text}");
}

/// Nobody there and nothing to do: the pump sleeps. Processor time of this thread is counted, not time that passes.
#[tokio::test]
async fn nobody_there_costs_nothing() {
    let spent_ns = || -> u64 {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    };
    let tcp = Line::listen("127.0.0.1:0").await.unwrap();
    let (memory, far) = Line::memory();
    drop(far);
    for line in [Line::pty().unwrap(), tcp, memory] {
        let shell = Shell::new(module(), line, Rules::default());
        let handle = shell.handle();
        let task = tokio::spawn(shell.run());
        sleep(Duration::from_millis(50)).await;
        let before = spent_ns();
        sleep(Duration::from_millis(400)).await;
        let spent_ms = (spent_ns() - before) / 1_000_000;
        assert!(spent_ms < 100, "{spent_ms} ms of 400");
        handle.unplug();
        task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_unplugged_line_is_gone() {
    let shell = Shell::new(module(), Line::pty().unwrap(), Rules::default());
    let path = shell.line().path().unwrap().to_owned();
    let handle = shell.handle();
    let task = tokio::spawn(shell.run());
    let mut host = tty(&path).unwrap();
    host.send("AT", "OK\r\n").await;
    handle.unplug();
    task.await.unwrap().unwrap();
    assert!(host.read().await.is_ok_and(|bytes| bytes.is_empty()));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_connection_ends_from_either_side() {
    let (listener, rules) = server().await;
    let (mut host, handle, _shell) = in_memory(rules, &[]);
    host.online().await;
    for _ in 0..2 {
        host.write(b"AT+QMTOPEN=0,\"broker\",1883\r").await;
        let (mut stream, _) = listener.accept().await.unwrap();
        host.until(b"+QMTOPEN: 0,0\r\n").await;
        host.send("AT+QMTCLOSE=0", "+QMTCLOSE: 0,0\r\n").await;
        assert_eq!(read_some(&mut stream).await, b"");
        drop(stream);

        host.write(b"AT+QMTOPEN=0,\"broker\",1883\r").await;
        let (stream, _) = listener.accept().await.unwrap();
        host.until(b"+QMTOPEN: 0,0\r\n").await;
        drop(stream);
        host.until(b"\r\n+QMTSTAT: 0,1\r\n").await;
        assert_eq!(handle.with(|module| module.mqtt(0).unwrap().phase), MqttPhase::Closed);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_told() {
    let (listener, rules) = server().await;
    drop(listener);
    let (mut host, _handle, _shell) = in_memory(rules, &[]);
    host.online().await;
    assert!(host.send("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN: 0,5\r\n").await.starts_with("\r\nOK"));
}

/// A name without a rule goes to the resolver of this machine.
#[tokio::test]
async fn names_without_a_rule_are_real() {
    let (listener, _) = server().await;
    let port = listener.local_addr().unwrap().port();
    let (mut host, _handle, _shell) = in_memory(Rules::default(), &[]);
    host.online().await;
    host.send(&format!("AT+QMTOPEN=0,\"localhost\",{port}"), "+QMTOPEN: 0,0\r\n").await;
}

#[tokio::test]
async fn faults_happen_at_their_times_and_end() {
    let (_listener, rules) = server().await;
    let started = Instant::now();
    let (mut host, handle, _shell) = in_memory(rules, &["dns-failure@0", "lose-network@300+300"]);
    host.online().await;
    for _ in 0..2 {
        host.send("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN: 0,4\r\n").await;
    }
    let dns: Fault = "dns-failure".parse().unwrap();
    handle.end(&dns);
    while handle.with(|module| module.registration()) == 1 {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(started.elapsed() >= Duration::from_millis(300));
    while handle.with(|module| module.registration()) != 1 {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(started.elapsed() >= Duration::from_millis(600));
    host.send("AT+QMTOPEN=0,\"broker\",1883", "+QMTOPEN: 0,0\r\n").await;
}

#[tokio::test]
async fn the_port_has_faults_of_its_own() {
    let (mut host, handle, _shell) = in_memory(Rules::default(), &[]);
    host.send("ATE0", "OK\r\n").await;
    let split: Fault = "split-reads=2".parse().unwrap();
    handle.order(&split);
    host.write(b"AT\r").await;
    assert_eq!(host.read().await.unwrap(), b"\r\n");
    host.until(b"OK\r\n").await;
    handle.end(&split);
    handle.order(&"overrun=3".parse().unwrap());
    assert_eq!(host.send("AT", "\r\n").await, "K\r\n");
    assert_eq!(host.send("AT", "OK\r\n").await, "\r\nOK\r\n");
}

/// Waits for a connection, and speaks TLS on it.
fn tls_server(listener: TcpListener, authority: &Authority, name: &str) -> impl FnOnce() -> TlsStream + Send + use<> {
    let leaf = authority.leaf(name, (2020, 2049));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(leaf.chain, leaf.key)
        .unwrap();
    let listener = listener.into_std().unwrap();
    listener.set_nonblocking(false).unwrap();
    move || {
        let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        rustls::StreamOwned::new(connection, listener.accept().unwrap().0)
    }
}

/// The shell knows nothing of HTTP either.
#[tokio::test]
async fn https_goes_through_real_sockets() {
    const BODY: usize = 40_000;
    let (listener, rules) = server().await;
    let authority = Authority::new();
    let accept = tls_server(listener, &authority, "web.example");
    let web = std::thread::spawn(move || {
        let mut stream = accept();
        let (mut request, mut buf) = (Vec::new(), [0; 4_096]);
        while !request.ends_with(b"the end") {
            let count = stream.read(&mut buf).unwrap();
            assert!(count > 0, "the module hung up");
            request.extend_from_slice(&buf[..count]);
        }
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n");
        stream.write_all(&[head.as_bytes(), &[b'x'; BODY]].concat()).unwrap();
        assert_eq!(stream.read(&mut buf).unwrap(), 0, "the module ends the session");
        request
    });
    let (mut host, handle, _shell) = in_memory(rules, &[]);
    handle.with(|module| module.put_file("ca.pem", authority.pem.as_bytes()));
    host.online().await;
    for setting in ["\"cacert\",1,\"ca.pem\"", "\"seclevel\",1,1", "\"checkhost\",1,1"] {
        host.send(&format!("AT+QSSLCFG={setting}"), "OK\r\n").await;
    }
    host.send("AT+QHTTPURL=20", "CONNECT\r\n").await;
    host.write(b"https://web.example/").await;
    host.until(b"OK\r\n").await;
    let data = ["x".repeat(20_000), "the end".to_owned()].concat();
    host.send(&format!("AT+QHTTPPOST={}", data.len()), "CONNECT\r\n").await;
    host.write(data.as_bytes()).await;
    host.until(format!("+QHTTPPOST: 0,200,{BODY}\r\n").as_bytes()).await;
    let answer = host.send("AT+QHTTPREAD", "+QHTTPREAD: 0\r\n").await;
    assert_eq!(answer, format!("\r\nCONNECT\r\n{}\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n", "x".repeat(BODY)));
    let request = tokio::task::spawn_blocking(|| web.join()).await.unwrap().unwrap();
    assert!(request.starts_with(b"POST / HTTP/1.1\r\nHost: web.example\r\n") && request.ends_with(data.as_bytes()));
}

/// The shell knows nothing of TLS: the module speaks it with a real server through a real socket.
#[tokio::test]
async fn tls_goes_through_real_sockets() {
    let (listener, rules) = server().await;
    let authority = Authority::new();
    let accept = tls_server(listener, &authority, "broker.example");
    let broker = std::thread::spawn(move || {
        let mut stream = accept();
        let mut buf = [0; 512];
        let count = stream.read(&mut buf).unwrap();
        stream.write_all(b"\x20\x02\x00\x00").unwrap();
        // Until the module says that it ends the session, and not merely hangs up.
        assert_eq!(stream.read(&mut [0; 64]).unwrap(), 2, "DISCONNECT");
        assert_eq!(stream.read(&mut [0; 64]).unwrap(), 0);
        buf[..count].to_vec()
    });
    let (mut host, handle, _shell) = in_memory(rules, &[]);
    handle.with(|module| module.put_file("ca.pem", authority.pem.as_bytes()));
    host.online().await;
    for setting in ["\"cacert\",2,\"ca.pem\"", "\"seclevel\",2,1", "\"checkhost\",2,1"] {
        host.send(&format!("AT+QSSLCFG={setting}"), "OK\r\n").await;
    }
    host.send("AT+QMTCFG=\"ssl\",0,1,2", "OK\r\n").await;
    host.send("AT+QMTOPEN=0,\"broker.example\",8883", "+QMTOPEN: 0,0\r\n").await;
    host.send("AT+QMTCONN=0,\"id\",\"u\",\"p\"", "+QMTCONN: 0,0,0\r\n").await;
    host.send("AT+QMTDISC=0", "+QMTDISC: 0,0\r\n").await;
    let connect = tokio::task::spawn_blocking(|| broker.join()).await.unwrap().unwrap();
    assert!(connect.starts_with(b"\x10") && connect.ends_with(b"\x00\x01u\x00\x01p"));
}
