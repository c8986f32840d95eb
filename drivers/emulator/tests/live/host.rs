//! A host's program at the other end of the line.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, join};
use tokio::net::unix::pipe;
use tokio::time::timeout;

/// Longer than anything here takes, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Host<S>(pub(crate) S);

/// Opens a pseudo-terminal by its name, as it is.
pub(crate) fn tty(path: &Path) -> io::Result<Host<impl AsyncRead + AsyncWrite + Unpin>> {
    let tty = open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    let second = File::from(tty.try_clone()?);
    let receiver = pipe::Receiver::from_file_unchecked(tty.into())?;
    Ok(Host(join(receiver, pipe::Sender::from_file_unchecked(second)?)))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Host<S> {
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.0.write_all(bytes)).await.expect("the line takes it").expect("the line is there");
    }

    /// Reads once; 0 bytes or an error: the line is gone.
    pub(crate) async fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut buf = [0; 8_192];
        let count = timeout(PATIENCE, self.0.read(&mut buf)).await.expect("something happens")?;
        Ok(buf[..count].to_vec())
    }

    /// Reads until these bytes are the last ones.
    pub(crate) async fn until(&mut self, end: &[u8]) -> Vec<u8> {
        let mut all = Vec::new();
        while !all.ends_with(end) {
            let bytes = self.read().await.expect("the line is there");
            assert!(!bytes.is_empty(), "gone after {:?}", String::from_utf8_lossy(&all));
            all.extend(bytes);
        }
        all
    }

    /// Types a line, and gives what comes until the text.
    pub(crate) async fn send(&mut self, line: &str, end: &str) -> String {
        self.write(format!("{line}\r").as_bytes()).await;
        String::from_utf8_lossy(&self.until(end.as_bytes()).await).into_owned()
    }

    /// Echo off, context 1 active.
    pub(crate) async fn online(&mut self) {
        self.send("ATE0", "OK\r\n").await;
        self.send("AT+QICSGP=1,1,\"a\"", "OK\r\n").await;
        self.send("AT+QIACT=1", "OK\r\n").await;
    }
}
