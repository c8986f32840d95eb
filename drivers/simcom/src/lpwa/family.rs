//! What the two families have in common, and SIM7080: which operation is which, and what unsolicited lines change.

use core::time::Duration;

use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_at::driver::power_saving::granted;
use wanlink_at::driver::sockets::Protocol;
use wanlink_at::driver::{
    DozeFamily, DriverModel, Family, Found, HttpsFamily, MqttFamily, NativeFamily, PowerPins, PsmFamily, SocketFamily,
    begins_with, clock,
};
use wanlink_at::{Answer, Block, Dialect, Effect, Forms, Verdict, int};
use wanlink_core::{Body, Delivery, ErrorKind, HasHttps, Info, Post, Qos, Reply, Rung, Server, Tls};

use super::socket::{open, result};
use super::urc::{SIM7080, SIM7080_POST_BLOCKS, SIM7080_SOCKET_BLOCKS, id};
use super::{
    Error, Operation, State, attach, clock as clock_steps, connect, describe, https, native, power_saving, recover,
    request, resolve, socket, start, tls, traffic,
};
use crate::Simcom;
use crate::sequence::doze::{WAKE_MS, doze};

/// What the driver knows of a module of the family.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// The module has not stored what makes it tell of boots and set its clock.
    pub(super) is_new: bool,
    /// It was restarted for that.
    pub(super) was_restarted: bool,
    /// When the broker was asked for something.
    pub(super) asked: Instant,
    /// A socket, and how much it takes at least.
    pub(super) room: (u8, u16),
    /// A socket of which something was told before its opening ended.
    pub(super) early: Option<u8>,
    /// How often a connection for requests was tried.
    pub(super) tries: u8,
}

impl Own {
    pub(super) const NEW: Self =
        Self { is_new: false, was_restarted: false, asked: Instant::MIN, room: (0, 0), early: None, tries: 0 };
}

/// What the two have in common, and where they differ.
pub(super) trait Lpwa: Family<Own = Own> {
    /// Whether this line of `AT+CNACT?` says that the network is up.
    fn is_up(line: &[u8]) -> bool;
    /// Whether this line of `+APP PDP:` is about the network that is used.
    fn is_ours(line: &[u8]) -> bool;
}

/// The AT dialect of SIM7080 and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sim7080Family;

impl Lpwa for Sim7080Family {
    /// `+CNACT: 0,1,"10.94.36.44"`, four lines of them.
    fn is_up(line: &[u8]) -> bool {
        begins_with(line, &[0, 1])
    }

    fn is_ours(line: &[u8]) -> bool {
        int(line, 0) == Some(0)
    }
}

/// Commands of both.
pub(super) const COMMANDS: &[&str] = &[
    "",
    "&W",
    "+CACID",
    "+CACLOSE",
    "+CAOPEN",
    "+CARECV",
    "+CASEND",
    "+CASSLCFG",
    "+CASTATE",
    "+CCID",
    "+CCLK",
    "+CDNSGIP",
    "+CEDRXS",
    "+CEREG",
    "+CFSDFILE",
    "+CFSGFIS",
    "+CFSINIT",
    "+CFSTERM",
    "+CFSWFILE",
    "+CFUN",
    "+CGDCONT",
    "+CGMM",
    "+CGMR",
    "+CGREG",
    "+CGSN",
    "+CLTS",
    "+CMEE",
    "+CNACT",
    "+CNCFG",
    "+CPIN",
    "+CPOWD",
    "+CPSMS",
    "+CPSMSTATUS",
    "+CREBOOT",
    "+CSCLK",
    "+CSQ",
    "+CSSLCFG",
    "+IPR",
    "+SHAHEAD",
    "+SHBOD",
    "+SHBODEXT",
    "+SHCHEAD",
    "+SHCONF",
    "+SHCONN",
    "+SHDISC",
    "+SHREAD",
    "+SHREQ",
    "+SHSSL",
    "+SMALIAUTH",
    "+SMALIDYNA",
    "+SMCONF",
    "+SMCONN",
    "+SMDISC",
    "+SMPUB",
    "+SMPUBHEX",
    "+SMSSL",
    "+SMSTATE",
    "+SMSUB",
    "+SMUNSUB",
    "E0V1Q0",
    "E1",
    "V1Q0",
];

impl Forms for Sim7080Family {}

impl Family for Sim7080Family {
    type Own = Own;
    const OWN: Own = Own::NEW;
    const DIALECT: &'static Dialect = &SIM7080;
    const COMMANDS: &'static [&'static str] = COMMANDS;
    const WAKE_MS: u32 = WAKE_MS;

    const START: &'static Operation<Self> = &start::sim7080();
    const DESCRIBE: &'static Operation<Self> = &describe::describe();
    const ATTACH: &'static Operation<Self> = &attach::sim7080();
    const CLOCK: &'static Operation<Self> = &clock_steps::clock();
    const LISTEN: &'static Operation<Self> = &traffic::sim7080();
    const STOP: &'static Operation<Self> = &recover::stop();

    fn recover(rung: Rung) -> &'static Operation<Self> {
        match rung {
            Rung::Context => const { &recover::sim7080_context() },
            Rung::Radio => const { &recover::radio() },
            Rung::Restart => const { &recover::sim7080_restart() },
            _ => const { &recover::sim7080_reset() },
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

impl MqttFamily for Sim7080Family {
    const CONNECT: Operation<Self> = connect::plain();
    const CONNECT_TLS: Operation<Self> = tls::connect();
    const DISCONNECT: &'static Operation<Self> = &connect::disconnect();
    const SUBSCRIBE: Operation<Self> = traffic::subscribe();
    const UNSUBSCRIBE: Operation<Self> = traffic::unsubscribe();
    const PUBLISH: Operation<Self> = traffic::publish();
    const RECEIVE: &'static Operation<Self> = &traffic::receive();

    /// No manual ties the `OK` of a publish to the PUBACK (simcom-at 14).
    fn delivery(qos: Qos) -> Delivery {
        match qos {
            Qos::AtMostOnce => Delivery::Sent,
            Qos::AtLeastOnce => Delivery::Accepted,
        }
    }
}

impl NativeFamily for Sim7080Family {
    const SIGN_IN: Operation<Self> = native::sign_in();
    const SIGN_IN_TLS: Operation<Self> = native::sign_in_tls();
}

impl PsmFamily for Sim7080Family {
    const SAVE: &'static Operation<Self> = &power_saving::save();
    const GRANTED: &'static Operation<Self> = &granted();
}

impl DozeFamily for Sim7080Family {
    const DOZE: &'static Operation<Self> = &doze();
}

/// What one command moves at most (simcom-at 7.3).
pub(super) const MOST_MOVED: usize = 1460;
pub(super) const COMMAND_LEN: usize = "AT+CASEND=11,1460\r".len();
/// Numbers go to 12, the last of which is for looking into what failed (simcom-at 7.3).
pub(super) const SOCKETS: u8 = 12;
pub(super) const SOCKET_COMMANDS: [&str; 3] = ["+CAOPEN", "+CASEND", "+CARECV"];

impl SocketFamily for Sim7080Family {
    const BLOCKS: &'static [Block] = SIM7080_SOCKET_BLOCKS;
    const MOST_WRITTEN: usize = MOST_MOVED;
    const MOST_READ: usize = MOST_MOVED;
    const COMMAND_LEN: usize = COMMAND_LEN;

    const LIST: &'static Operation<Self> = &socket::list();
    const OPEN: Operation<Self> = open::sim7080();
    const OPEN_TLS: Operation<Self> = open::sim7080_tls();
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

impl request::Posts for Sim7080Family {
    const OPEN_POST: Operation<Self> = https::sim7080_open();
    const POST_BODY: &'static Operation<Self> = &https::sim7080_body();
    const POST_BLOCKS: &'static [Block] = SIM7080_POST_BLOCKS;
}

impl HttpsFamily for Sim7080Family {
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

/// The module gives no cause; 7 stands for the application network.
pub(super) fn kind_of_loss(cause: u8) -> ErrorKind {
    if cause == 7 { ErrorKind::Reattach } else { ErrorKind::Reconnect }
}

pub(super) fn urc<F: Lpwa>(state: &mut State<F>, id: u8, line: &[u8]) -> Effect {
    match id {
        id::NETWORK if F::is_ours(line) && !attach::is_active(line) => state.lose_context(),
        id::DATA | id::STATE | id::SENT => state.sockets.hook.map_or(Effect::None, |hook| (hook.line)(state, id, line)),
        id::SESSION if int(line, 0) == Some(0) => connect::ended(state),
        // What is asleep boots when it wakes.
        id::SLEEP if line.ends_with(b"\"ENTER PSM\"") => state.fall_asleep(),
        _ => Effect::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lpwa::Sim7000Family;

    fn check<F: Lpwa>() {
        let rungs = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset].map(F::recover);
        let others = [F::START, F::DESCRIBE, F::ATTACH, F::CLOCK, F::LISTEN, F::STOP];
        wanlink_at::driver::check_names::<F>(rungs.into_iter().chain(others));
    }

    #[test]
    fn every_name_is_known_and_none_is_taken_for_another() {
        check::<Sim7080Family>();
        check::<Sim7000Family>();
        let session = [
            const { &connect::plain() },
            const { &tls::connect() },
            const { &native::sign_in() },
            const { &native::sign_in_tls() },
            const { &native::register() },
            const { &traffic::publish() },
        ];
        wanlink_at::driver::check_names::<Sim7080Family>(session);
    }
}
