//! A tty, set up as a bare line of eight bits.
//!
//! Safe code reaches a tty without a thread through tokio's pipe types: they want nothing but a descriptor that does
//! not block, and an own `AsyncFd` cannot be registered without `unsafe` any more.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{ControlModes, OptionalActions, QueueSelector, Termios};
use tokio::net::unix::pipe;

use super::{PortError, reason};

type Halves = (pipe::Receiver, pipe::Sender);

pub(super) fn open(path: &Path, baud: u32) -> Result<Halves, PortError> {
    let shown = path.display();
    // NONBLOCK first of all: without it the open waits for a carrier that no module raises.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| cannot_open(path, errno))?;
    let mut settings = rustix::termios::tcgetattr(&fd)
        .map_err(|_| PortError::new(format!("{shown} is not a serial port"), "give the path of a tty"))?;
    // Not TIOCEXCL: it would outlive a killed process as long as somebody else holds the port, as an emulator does.
    rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive).map_err(|_| in_use(path))?;
    raw(&mut settings);
    settings.set_speed(baud).map_err(|_| no_such_speed(path, baud))?;
    rustix::termios::tcsetattr(&fd, OptionalActions::Now, &settings).map_err(|_| no_such_speed(path, baud))?;
    // What came before is not for us.
    rustix::termios::tcflush(&fd, QueueSelector::IOFlush)
        .map_err(io::Error::from)
        .and_then(|()| halves(fd))
        .map_err(|error| PortError::new(format!("cannot use {shown}: {}", reason(&error)), "take another port"))
}

fn raw(settings: &mut Termios) {
    settings.make_raw();
    settings.control_modes |= ControlModes::CREAD | ControlModes::CLOCAL;
    settings.control_modes &= !(ControlModes::PARENB | ControlModes::CSTOPB | ControlModes::CRTSCTS);
}

fn halves(fd: OwnedFd) -> io::Result<Halves> {
    let second = File::from(fd.try_clone()?);
    Ok((pipe::Receiver::from_file_unchecked(File::from(fd))?, pipe::Sender::from_file_unchecked(second)?))
}

fn cannot_open(path: &Path, errno: Errno) -> PortError {
    match errno {
        Errno::ACCESS | Errno::PERM => no_permission(path),
        Errno::BUSY => in_use(path),
        Errno::NOENT | Errno::NXIO | Errno::NODEV => PortError::new(
            format!("there is no port {}", path.display()),
            "plug the module in, or correct the path; `ls /dev/serial/by-id` shows what is there",
        ),
        errno => PortError::new(
            format!("cannot open {}: {}", path.display(), reason(&errno.into())),
            "give the path of a serial port",
        ),
    }
}

fn in_use(path: &Path) -> PortError {
    PortError::new(
        format!("{} is in use by another program", path.display()),
        format!("end that program; `fuser {}` names it", path.display()),
    )
}

fn no_such_speed(path: &Path, baud: u32) -> PortError {
    PortError::new(
        format!("{} does not take {baud} baud", path.display()),
        "give another --baud; modules begin at 115200",
    )
}

fn no_permission(path: &Path) -> PortError {
    let message = format!("no permission to open {}", path.display());
    let group = rustix::fs::stat(path).ok().and_then(|file| {
        let groups = std::fs::read_to_string("/etc/group").ok()?;
        group_name(&groups, file.st_gid).map(str::to_owned)
    });
    match group {
        Some(group) => PortError::new(
            message,
            format!("add yourself to the group that owns it, `sudo usermod -aG {group} $USER`, and log in again"),
        ),
        None => PortError::new(message, "ask who owns it to let you in"),
    }
}

/// The name of a group in the text of `/etc/group`. The group of the administrator is nobody's way in.
fn group_name(groups: &str, id: u32) -> Option<&str> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id) && id != 0).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_number() {
        let groups = "root:x:0:\n\ntty:x:5:\ndialout:x:20:ann,bob\n";
        assert_eq!(group_name(groups, 20), Some("dialout"));
        assert_eq!((group_name(groups, 0), group_name(groups, 2)), (None, None));
    }

    #[test]
    fn each_way_not_to_open_has_a_sentence() {
        for (path, message) in [
            ("/dev/null", "/dev/null is not a serial port"),
            ("/dev/no-such-port", "there is no port /dev/no-such-port"),
            ("/proc/self", "cannot open /proc/self: is a directory"),
        ] {
            assert_eq!(open(Path::new(path), 115_200).unwrap_err().message, message);
        }
    }
}
