//! The other end of the serial port of a firmware that runs in QEMU: a BG95 and the platform, in real time.
//!
//! * `qemu_peer SOCKET COUNT` serves one guest at a Unix socket, and tells it to stop after so many publishes. It ends
//!   with 0 when they are what stands in the platform's raw list.
//! * `qemu_peer SOCKET count` does so for one that counts its instructions, and sends it messages.
//! * `qemu_peer SOCKET LINES story` plays its part in the life of a whole device, whose control lines are at a second
//!   socket; `story-uplink` for one that no command reaches. It ends with 0 when the story was the expected one.

mod count;
mod guest;
mod story;
mod work;

use std::process::ExitCode;

use wanlink_platform::Limits;

use guest::Guest;

/// As in the images.
const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        // More messages in a second than the platform takes.
        [port, "count"] => Guest::accept(port, None, work::scene(Limits::none())).and_then(count::run),
        [port, count] => match count.parse() {
            Ok(count) => {
                Guest::accept(port, None, work::scene(Limits::default())).and_then(|guest| work::run(guest, count))
            }
            Err(_) => return usage(),
        },
        [port, lines, "story"] => {
            Guest::accept(port, Some(lines), story::scene()).and_then(|guest| story::run(guest, true))
        }
        [port, lines, "story-uplink"] => {
            Guest::accept(port, Some(lines), story::scene()).and_then(|guest| story::run(guest, false))
        }
        _ => return usage(),
    };
    match result {
        Ok(complaints) if complaints.is_empty() => ExitCode::SUCCESS,
        Ok(complaints) => {
            complaints.iter().for_each(|complaint| eprintln!("{complaint}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{}: {error}", args.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: qemu_peer SOCKET COUNT|count\n       qemu_peer SOCKET LINES story|story-uplink");
    ExitCode::from(2)
}
