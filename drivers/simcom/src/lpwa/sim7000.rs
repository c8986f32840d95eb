//! SIM7000: which operation is which.

use core::time::Duration;

use embedded_io_async::{Read, Write};
use wanlink_at::driver::power_saving::granted;
use wanlink_at::driver::sockets::Protocol;
use wanlink_at::driver::{
    DozeFamily, DriverModel, Family, Found, HttpsFamily, PowerPins, PsmFamily, SocketFamily, begins_with, clock,
};
use wanlink_at::{Answer, Block, Dialect, Effect, Forms, Verdict, int};
use wanlink_core::{Body, ErrorKind, HasHttps, Info, Post, Reply, Rung, Server, Tls};

use super::family::{COMMAND_LEN, COMMANDS, Lpwa, MOST_MOVED, Own, SOCKET_COMMANDS, SOCKETS, kind_of_loss, urc};
use super::socket::{open, result};
use super::urc::{SIM7000, SIM7000_POST_BLOCKS, SIM7000_SOCKET_BLOCKS};
use super::{
    Error, Operation, State, attach, clock as clock_steps, describe, https, power_saving, recover, request, resolve,
    socket, start, traffic,
};
use crate::Simcom;
use crate::sequence::doze::{WAKE_MS, doze};

/// The AT dialect of SIM7000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sim7000Family;

impl Lpwa for Sim7000Family {
    /// `+CNACT: 1,"10.1.2.3"`; one example of the vendor has the number of a SIM7080 in front (simcom-at 2.6).
    fn is_up(line: &[u8]) -> bool {
        int(line, 0) == Some(1) || begins_with(line, &[0, 1])
    }

    fn is_ours(_: &[u8]) -> bool {
        true
    }
}

impl Forms for Sim7000Family {}

impl Family for Sim7000Family {
    type Own = Own;
    const OWN: Own = Own::NEW;
    const DIALECT: &'static Dialect = &SIM7000;
    const COMMANDS: &'static [&'static str] = COMMANDS;
    const WAKE_MS: u32 = WAKE_MS;

    const START: &'static Operation<Self> = &start::sim7000();
    const DESCRIBE: &'static Operation<Self> = &describe::describe();
    const ATTACH: &'static Operation<Self> = &attach::sim7000();
    const CLOCK: &'static Operation<Self> = &clock_steps::clock();
    const LISTEN: &'static Operation<Self> = &traffic::sim7000();
    const STOP: &'static Operation<Self> = &recover::stop();

    fn recover(rung: Rung) -> &'static Operation<Self> {
        match rung {
            Rung::Context => const { &recover::sim7000_context() },
            Rung::Radio => const { &recover::radio() },
            Rung::Restart => const { &recover::sim7000_restart() },
            _ => const { &recover::sim7000_reset() },
        }
    }

    fn describe(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
        describe::take(info, note, answer)
    }

    fn clock(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
        clock::take_local(time, answer)
    }

    fn urc(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        urc(state, id, line)
    }

    fn kind_of_loss(cause: u8) -> ErrorKind {
        kind_of_loss(cause)
    }

    fn is_unresolved(code: u16) -> bool {
        i32::from(code) == result::DNS
    }
}

impl PsmFamily for Sim7000Family {
    const SAVE: &'static Operation<Self> = &power_saving::save();
    const GRANTED: &'static Operation<Self> = &granted();
}

impl DozeFamily for Sim7000Family {
    const DOZE: &'static Operation<Self> = &doze();
}

impl SocketFamily for Sim7000Family {
    const BLOCKS: &'static [Block] = SIM7000_SOCKET_BLOCKS;
    const MOST_WRITTEN: usize = MOST_MOVED;
    const MOST_READ: usize = MOST_MOVED;
    const COMMAND_LEN: usize = COMMAND_LEN;

    const LIST: &'static Operation<Self> = &socket::list();
    const OPEN: Operation<Self> = open::sim7000();
    const OPEN_TLS: Operation<Self> = open::sim7000_tls();
    const WRITE: &'static Operation<Self> = &socket::write();
    const READ: &'static Operation<Self> = &socket::read();
    const CLOSE: &'static Operation<Self> = &socket::close();
    const RESOLVE: Operation<Self> = resolve::resolve();

    fn count(_: Protocol) -> u8 {
        SOCKETS
    }

    fn commands(_: Protocol) -> [&'static str; 3] {
        SOCKET_COMMANDS
    }

    fn socket_line(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        socket::line(state, id, line)
    }

    fn socket_error(code: u16) -> Error<Self> {
        result::error(Some(code.into()))
    }

    fn resolve(found: &mut Found, note: u8, answer: Answer<'_>) -> Verdict {
        resolve::take(found, note, answer)
    }
}

impl request::Posts for Sim7000Family {
    const OPEN_POST: Operation<Self> = https::sim7000_open();
    const POST_BODY: &'static Operation<Self> = &https::sim7000_body();
    const POST_BLOCKS: &'static [Block] = SIM7000_POST_BLOCKS;
}

impl HttpsFamily for Sim7000Family {
    const POSTS: &'static [(&'static str, &'static Operation<Self>)] = request::posts();

    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Simcom<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error<Self>> {
        request::post(driver, server, post, body, reply).await
    }
}
