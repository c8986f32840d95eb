//! The live shell: an emulated module that other programs can talk to, on real time.
//!
//! On one side it has a [`Line`], which is what the host's program opens as its serial port; on the other it carries
//! out the module's network requests with the sockets of this machine. TLS is none of its business: the module speaks
//! it inside (feature `tls`).
//!
//! ```no_run
//! # async fn program() -> Result<(), Box<dyn std::error::Error>> {
//! use wanlink_emulator::live::{Line, Rules, Shell};
//! use wanlink_emulator::{Emulator, Options, Profile, Start};
//!
//! let module = Emulator::new(Profile::bg95(), Options { start: Start::Running, ..Options::default() }, 1);
//! let line = Line::pty()?; // or Line::listen("127.0.0.1:0").await?
//! println!("{:?}", line.path());
//! let rules: Rules = ["any=127.0.0.1:1883".parse()?].into_iter().collect();
//! let mut shell = Shell::new(module, line, rules);
//! shell.add_fault("lose-network@10000+5000".parse()?);
//! let _handle = shell.handle(); // to look inside, to order faults, to unplug
//! shell.run().await?; // until it is unplugged
//! # Ok(())
//! # }
//! ```
//!
//! For Unix; tried on Linux. Everything here wants a tokio runtime around it, with its I/O and its timers; a
//! current-thread one will do.

mod line;
mod pty;
mod rules;
mod shell;
mod sockets;

pub use line::Line;
pub use rules::{Rule, RuleError, Rules};
pub use shell::{Handle, Shell};
