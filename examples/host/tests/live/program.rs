//! The program in processes that end with the test.

// Every test binary takes its own part.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use serde_json::Value;

pub(crate) const KEY: &str = "a1B2c3D4e5F";
pub(crate) const NAME: &str = "meter-0042";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// A device that has yet to register.
pub(crate) const NEW_NAME: &str = "meter-0043";
pub(crate) const PRODUCT_SECRET: &str = "8LQwOYSZMwp3DFBd";

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) fn wanlink(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wanlink"));
    for secret in ["WANLINK_DEVICE_SECRET", "WANLINK_PRODUCT_SECRET", "WANLINK_PIN"] {
        command.env_remove(secret);
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// A process with its output, line by line; it is killed when dropped.
pub(crate) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Option<thread::JoinHandle<String>>,
    begin: Instant,
    /// All lines that were taken.
    pub(crate) lines: Vec<String>,
}

/// How a process ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) lines: Vec<String>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, stdout) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut err = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).unwrap();
            text
        });
        let stdin = child.stdin.take();
        Self { child, stdin, stdout, stderr: Some(stderr), begin: Instant::now(), lines: Vec::new() }
    }

    /// The next line of stdout.
    pub(crate) fn line(&mut self) -> String {
        let Ok(line) = self.stdout.recv_timeout(PATIENCE) else { self.fail() };
        self.lines.push(line.clone());
        line
    }

    /// It ended, or says nothing any more.
    fn fail(&mut self) -> ! {
        let _ = self.child.kill();
        let status = self.child.wait().unwrap();
        let stderr = self.stderr.take().unwrap().join().unwrap();
        panic!("no more lines of stdout, {status}, behind {:#?}\n{stderr}", self.lines);
    }

    /// Takes events until one has this name; whether one had it before the process ended.
    pub(crate) fn reaches(&mut self, name: &str) -> bool {
        let mark = format!("\"event\":\"{name}\"");
        while let Ok(line) = self.stdout.recv_timeout(PATIENCE) {
            let is_it = line.contains(&mark);
            self.lines.push(line);
            if is_it {
                return true;
            }
        }
        false
    }

    /// Takes events until one has this name.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        loop {
            let line = self.line();
            let event: Value = serde_json::from_str(&line).expect(&line);
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Writes a line to stdin.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let status = self.wait();
        self.lines.extend(self.stdout.iter());
        let stderr = self.stderr.take().unwrap().join().unwrap();
        let (lines, took) = (std::mem::take(&mut self.lines), self.begin.elapsed());
        Ended { code: status.code(), lines, stderr, took }
    }

    fn wait(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "the process does not end; so far {:#?}", self.lines);
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    /// Politely first: a platform takes its temporary file along.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            let begin = Instant::now();
            while matches!(self.child.try_wait(), Ok(None)) && begin.elapsed() < Duration::from_secs(2) {
                thread::sleep(Duration::from_millis(2));
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    pub(crate) fn events(&self) -> Vec<Value> {
        self.lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// The last event, which is `done` whatever happened: published, received, lost.
    pub(crate) fn done(&self) -> (u64, u64, u64) {
        let events = self.events();
        let done = events.last().expect("at least one event");
        assert_eq!(done["event"], "done", "{:#?}\n{}", self.lines, self.stderr);
        assert_eq!(events.iter().filter(|event| event["event"] == "done").count(), 1);
        let count = |name: &str| done[name].as_u64().unwrap();
        (count("published"), count("received"), count("lost"))
    }

    /// The error event.
    pub(crate) fn error(&self) -> Value {
        self.events().into_iter().find(|event| event["event"] == "error").expect("an error event")
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.events().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
    }
}

/// `wanlink platform` with one device that has its secret, and one that may register.
pub(crate) struct Platform {
    pub(crate) process: Process,
    pub(crate) mqtt: String,
    pub(crate) mqtts: String,
    pub(crate) https: String,
    pub(crate) ca: String,
}

impl Platform {
    /// Without limits of rate, which tests reach within seconds.
    pub(crate) fn start() -> Self {
        Self::start_with(&["--no-limits"])
    }

    pub(crate) fn start_with(more: &[&str]) -> Self {
        let (product, device) = (format!("{KEY}:{PRODUCT_SECRET}"), format!("{NAME}:{SECRET}"));
        let device = ["--device", &device, "--preregistered", NEW_NAME];
        let args = [&["platform", "--product", &product, "--https-listen", "127.0.0.1:0"], &device[..]].concat();
        let mut process = Process::start(wanlink(&[&args[..], more].concat()));
        let first: Value = serde_json::from_str(&process.line()).unwrap();
        let text = |name: &str| first[name].as_str().unwrap().to_owned();
        Self { mqtt: text("mqtt"), mqtts: text("mqtts"), https: text("https"), ca: text("ca"), process }
    }

    /// Ends it; what it told.
    pub(crate) fn told(self) -> String {
        self.process.signal(Signal::TERM);
        let ended = self.process.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stderr
    }
}

/// `wanlink emulate` on a quick network; both names of the platform lead to `mqtt` and `mqtts`.
pub(crate) struct Module {
    pub(crate) process: Process,
    /// For `--port`.
    pub(crate) port: String,
}

impl Module {
    pub(crate) fn start(mqtt: &str, mqtts: &str, more: &[&str]) -> Self {
        Self::start_model("bg95", mqtt, mqtts, more)
    }

    pub(crate) fn start_model(model: &str, mqtt: &str, mqtts: &str, more: &[&str]) -> Self {
        let (plain, tls) = (format!("any:1883={mqtt}"), format!("any:8883={mqtts}"));
        let args = ["emulate", "--module", model, "--quick", "--resolve", &plain, "--resolve", &tls];
        let line = if more.contains(&"--listen") { &[][..] } else { &["--pty"] };
        let mut process = Process::start(wanlink(&[&args, line, more].concat()));
        let first: Value = serde_json::from_str(&process.line()).unwrap();
        let port = match first["pty"].as_str() {
            Some(path) => path.to_owned(),
            None => format!("tcp:{}", first["listen"].as_str().unwrap()),
        };
        Self { process, port }
    }

    pub(crate) fn at(platform: &Platform, more: &[&str]) -> Self {
        let https = format!("any:443={}", platform.https);
        Self::start(&platform.mqtt, &platform.mqtts, &[&["--resolve", &https], more].concat())
    }
}

/// `wanlink connect --json` as the one device, over `mqtt` unless `more` has another `--path`.
pub(crate) fn connect(port: &str, more: &[&str]) -> Process {
    connect_as(SECRET, port, more)
}

pub(crate) fn connect_as(secret: &str, port: &str, more: &[&str]) -> Process {
    let mut command = command(port, more);
    command.env("WANLINK_DEVICE_SECRET", secret);
    Process::start(command)
}

pub(crate) fn command(port: &str, more: &[&str]) -> Command {
    let args = ["connect", "--json", "--port", port, "--product-key", KEY];
    let unless = |option: [&'static str; 2]| if more.contains(&option[0]) { Vec::new() } else { option.to_vec() };
    let [module, name, path] = [["--module", "bg95"], ["--device-name", NAME], ["--path", "mqtt"]].map(unless);
    wanlink(&[&args, &module[..], &name, &path, more].concat())
}
