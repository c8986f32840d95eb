//! A guest at its sockets, and the scene that answers it.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use embedded_hal::digital::{InputPin, OutputPin};
use wanlink_emulator::Peer;
use wanlink_platform::{Pushed, Qos};
use wanlink_scene::Scene;

use crate::{KEY, NAME};

/// One guest, until it hangs up.
pub(crate) struct Guest {
    port: UnixStream,
    lines: Option<UnixStream>,
    /// The name of a line whose level is still to come.
    line: Option<u8>,
    pub(crate) scene: Scene,
    start: Instant,
}

impl Guest {
    /// Waits for the guest at its port, and at its control lines if they have a socket. Both listen before either is
    /// waited for: QEMU opens one after the other.
    pub(crate) fn accept(port: &str, lines: Option<&str>, scene: Scene) -> io::Result<Self> {
        let lines = lines.map(UnixListener::bind).transpose()?;
        let port = UnixListener::bind(port)?.accept()?.0;
        port.set_read_timeout(Some(Duration::from_millis(1)))?;
        let lines = lines.map(|lines| lines.accept()).transpose()?.map(|accepted| accepted.0);
        lines.iter().try_for_each(|lines| lines.set_nonblocking(true))?;
        Ok(Self { port, lines, line: None, scene, start: Instant::now() })
    }

    /// Carries what there is to carry, and waits a millisecond when there is nothing; `false` when the guest is gone.
    pub(crate) fn turn(&mut self) -> io::Result<bool> {
        let mut bytes = [0; 256];
        let Some(count) = received(self.port.read(&mut bytes))? else { return Ok(false) };
        self.scene.input(self.now_us(), &bytes[..count]);
        self.serve_lines()?;
        self.scene.poll(self.now_us());
        answer(&mut self.port, &self.scene.output())?;
        Ok(true)
    }

    /// What the board's lines say (`K0`), and ask (`S?`).
    fn serve_lines(&mut self) -> io::Result<()> {
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let mut bytes = [0; 16];
        let count = received(lines.read(&mut bytes))?.unwrap_or(0);
        for &byte in &bytes[..count] {
            let pins = self.scene.module.pins();
            match (self.line.take(), byte) {
                (None, name) => self.line = Some(name),
                (Some(b'K'), level) => pins.pwrkey().set_state((level == b'1').into()).unwrap(),
                (Some(b'R'), level) => pins.reset_n().set_state((level == b'1').into()).unwrap(),
                (Some(b'S'), _) => {
                    let level = if pins.status().is_high().unwrap() { b"1" } else { b"0" };
                    answer(lines, level)?;
                }
                (Some(name), level) => eprintln!("no such line: {}", [name, level].escape_ascii()),
            }
        }
        Ok(())
    }

    pub(crate) fn now_us(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    /// Texts that the device published, in order.
    pub(crate) fn published(&self) -> Vec<String> {
        let published = self.scene.platform.record().published(KEY, NAME);
        published.map(|entry| String::from_utf8_lossy(entry.payload()).into_owned()).collect()
    }

    /// Sends a command to the device.
    pub(crate) fn push(&mut self, command: &str) -> Pushed {
        let (now_us, topic) = (self.now_us(), format!("/{KEY}/{NAME}/user/get"));
        self.scene.platform.push(now_us, KEY, NAME, &topic, command.as_bytes(), Qos::AtLeastOnce)
    }
}

/// How many bytes came; `None` when nobody is there any more.
fn received(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(0) => Ok(None),
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(Some(0)),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(None),
        Err(error) => Err(error),
    }
}

/// A guest that has just hung up is seen by the next read.
fn answer(stream: &mut UnixStream, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
