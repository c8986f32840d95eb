//! A pseudo-terminal whose other end a host's program opens as a serial port.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::io::{Join, join};
use tokio::net::unix::pipe;

/// One end of a tty as tokio takes it. Its type for descriptors of any kind has an unsafe constructor; the one for
/// pipes does the same for everything that can be polled.
type End = Join<pipe::Receiver, pipe::Sender>;

#[derive(Debug)]
pub(super) struct Pty {
    pub(super) end: End,
    path: PathBuf,
    /// Held open, so that programs may come and go and the module's end never sees a hang-up.
    _other: OwnedFd,
}

impl Pty {
    pub(super) fn new() -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        // Not every system takes this one as a flag of the open.
        fcntl_setfd(&master, FdFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?.into_string().map_err(|_| io::ErrorKind::InvalidData)?;
        let path = PathBuf::from(name);
        let other = open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        // Raw from the start: no echo and no translation before a program has set its own.
        let mut settings = tcgetattr(&other)?;
        settings.make_raw();
        tcsetattr(&other, OptionalActions::Now, &settings)?;
        Ok(Self { end: end(master)?, path, _other: other })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn end(descriptor: OwnedFd) -> io::Result<End> {
    fcntl_setfl(&descriptor, fcntl_getfl(&descriptor)? | OFlags::NONBLOCK)?;
    let second = File::from(descriptor.try_clone()?);
    let receiver = pipe::Receiver::from_file_unchecked(descriptor.into())?;
    Ok(join(receiver, pipe::Sender::from_file_unchecked(second)?))
}
