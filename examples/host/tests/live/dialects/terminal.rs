//! A terminal: what is typed, and what has to come, byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Terminal {
    port: TcpStream,
    /// What the module needs between its words and the host's.
    pub(super) gap: Duration,
    /// Empty lines may stand between the others.
    pub(super) empty_lines: bool,
}

impl Terminal {
    /// At a port as `wanlink connect` takes it, `tcp:HOST:PORT`.
    pub(super) fn open(port: &str) -> Self {
        let port = TcpStream::connect(port.strip_prefix("tcp:").unwrap()).unwrap();
        port.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { port, gap: Duration::ZERO, empty_lines: false }
    }

    pub(super) fn type_in(&mut self, bytes: &[u8]) {
        sleep(self.gap);
        self.port.write_all(bytes).unwrap();
    }

    /// Exactly these bytes come next.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        if !self.empty_lines {
            return self.hear_behind(Vec::new(), bytes);
        }
        let start = bytes.strip_prefix(b"\r\n").unwrap_or(bytes);
        let mut first = [b'\n'];
        while b"\r\n".contains(&first[0]) {
            self.port.read_exact(&mut first).unwrap();
        }
        self.hear_behind(first.to_vec(), start);
    }

    fn hear_behind(&mut self, mut heard: Vec<u8>, bytes: &[u8]) {
        while heard.len() < bytes.len() {
            let mut buf = vec![0; bytes.len() - heard.len()];
            let count = self.port.read(&mut buf).unwrap_or(0);
            heard.extend(&buf[..count]);
            assert!(count > 0 && bytes.starts_with(&heard), "{:?}, not {:?}", text(&heard), text(bytes));
        }
    }

    /// Everything until this text has come.
    pub(super) fn hear_until(&mut self, end: &str) -> String {
        let mut heard = Vec::new();
        while !heard.ends_with(end.as_bytes()) {
            let mut byte = [0];
            let count = self.port.read(&mut byte).unwrap_or(0);
            assert!(count > 0, "only {:?}, and no {end:?}", text(&heard));
            heard.push(byte[0]);
        }
        text(&heard)
    }

    /// The lines come next, with `|` between them.
    pub(super) fn hear_lines(&mut self, lines: &str) {
        lines.split('|').for_each(|line| self.hear(format!("\r\n{line}\r\n").as_bytes()));
    }

    /// Both lines come next.
    pub(super) fn hear_in_any_order(&mut self, [one, other]: [&str; 2]) {
        let first = self.hear_until("\r\n") + &self.hear_until("\r\n");
        let rest = [one, other].into_iter().find(|line| first.trim() != *line);
        assert!([one, other].contains(&first.trim()), "{first:?}");
        self.hear_lines(rest.unwrap());
    }

    pub(super) fn ask(&mut self, line: &str, answer: &str) {
        self.type_in(format!("{line}\r").as_bytes());
        self.hear_lines(answer);
    }

    pub(super) fn enter(&mut self, line: &str, prompt: &str, data: &[u8], answer: &str) {
        self.type_in(format!("{line}\r").as_bytes());
        self.hear(format!("\r\n{prompt}").as_bytes());
        // "wait 50 ms (U)" (ublox-at 1, 3); nobody else minds.
        sleep(self.gap);
        self.type_in(data);
        self.hear_lines(answer);
    }
}

/// The connection that the module opens to a server of the test.
pub(super) fn accept(server: &TcpListener) -> TcpStream {
    server.set_nonblocking(true).unwrap();
    let begin = Instant::now();
    loop {
        match server.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                return stream;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => sleep(Duration::from_millis(2)),
            Err(error) => panic!("{error}"),
        }
        assert!(begin.elapsed() < PATIENCE, "the module opens no connection");
    }
}

/// So many bytes come from the module.
pub(super) fn receive(stream: &mut TcpStream, count: usize) -> String {
    let mut buf = vec![0; count];
    stream.read_exact(&mut buf).unwrap();
    text(&buf)
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
