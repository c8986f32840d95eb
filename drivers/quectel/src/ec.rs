//! EC25, EC200U and their like: the sequences of the crate, with publishes, headers and a clock of their own.

use core::fmt::Debug;
use core::marker::PhantomData;
use core::time::Duration;

use embedded_io_async::{Read, Write};
use wanlink_at::driver::sockets::Protocol;
use wanlink_at::driver::{
    DozeFamily, DriverModel, Family, Found, HttpsFamily, MqttFamily, NativeFamily, PowerPins, SocketFamily,
};
use wanlink_at::{Answer, Block, Dialect, Effect, Forms, Verdict};
use wanlink_core::{Body, ErrorKind, HasHttps, Info, Post, Reply, Rung, Server, Tls};

use crate::family::{QuectelFamily, lines, sockets};
use crate::own::Own;
use crate::poster;
use crate::sequence::{
    attach, clock, connect, describe, https, native, power_saving, publish, recover, resolve, socket, socket_tls,
    start, tls, traffic,
};
use crate::urc::{DIALECT, OWN_LINE_DIALECT, OWN_LINE_SOCKET_BLOCKS, SOCKET_BLOCKS};
use crate::{Error, Operation, Quectel, State};

/// The AT dialect of a [group](Group) of modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EcFamily<G>(PhantomData<G>);

/// EC25, EG25, EG91: modules on Qualcomm's chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Qc;

/// EC200U, EG915U, EC800M: modules on chips of Unisoc and ASR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ua;

/// Where the two groups differ.
pub trait Group: Copy + Eq + Debug + Sized + 'static {
    #[doc(hidden)]
    const DIALECT: &'static Dialect;
    #[doc(hidden)]
    const SOCKET_BLOCKS: &'static [Block];
    #[doc(hidden)]
    const PUBLISH: Operation<EcFamily<Self>>;
    #[doc(hidden)]
    const MAKES_HEAD: bool;
    /// How often the module may be switched on, and its radio be switched, within a day. The driver refuses what is for
    /// recovery and goes beyond.
    const CYCLES_A_DAY: u8;
}

impl Group for Qc {
    const DIALECT: &'static Dialect = &DIALECT;
    const SOCKET_BLOCKS: &'static [Block] = SOCKET_BLOCKS;
    const PUBLISH: Operation<EcFamily<Self>> = publish::QC;
    const MAKES_HEAD: bool = false;
    /// None is stated.
    const CYCLES_A_DAY: u8 = u8::MAX;
}

impl Group for Ua {
    const DIALECT: &'static Dialect = &OWN_LINE_DIALECT;
    const SOCKET_BLOCKS: &'static [Block] = OWN_LINE_SOCKET_BLOCKS;
    const PUBLISH: Operation<EcFamily<Self>> = publish::UA;
    const MAKES_HEAD: bool = true;
    /// "UA documents <= 30 power/CFUN/SIM-switch operations a day" (quectel-at 0): each wears its flash.
    const CYCLES_A_DAY: u8 = 30;
}

/// A publish may be answered under its old name.
impl<G: Group> Forms for EcFamily<G> {
    const LATER: bool = false;
    const PIECES: bool = false;
    const INFO_BESIDE_RESULT: bool = false;
    const RESULT_BEHIND_ERROR: bool = false;
    const TOLD_BY_NOTE: bool = false;
    const OWED_IS_TOLD: bool = false;
}

impl<G: Group> Family for EcFamily<G> {
    type Own = Own;
    const OWN: Own = Own::NEW;
    const DIALECT: &'static Dialect = G::DIALECT;
    const COMMANDS: &'static [&'static str] = &[
        "",
        "&D0",
        "+CCLK",
        "+CEREG",
        "+CFUN",
        "+CGDCONT",
        "+CGMM",
        "+CGMR",
        "+CGREG",
        "+CGSN",
        "+CMEE",
        "+CPIN",
        "+CSQ",
        "+CTZU",
        "+QCCID",
        "+QCFG",
        "+QFDEL",
        "+QFLST",
        "+QFUPL",
        "+QHTTPCFG",
        "+QHTTPPOST",
        "+QHTTPREAD",
        "+QHTTPURL",
        "+QIACT",
        "+QICLOSE",
        "+QICSGP",
        "+QIDEACT",
        "+QIDNSGIP",
        "+QIGETERROR",
        "+QIOPEN",
        "+QIRD",
        "+QISDE",
        "+QISEND",
        "+QISTATE",
        "+QLTS",
        "+QMTCFG",
        "+QMTCLOSE",
        "+QMTCONN",
        "+QMTDISC",
        "+QMTOPEN",
        "+QMTPUB",
        "+QMTPUBEX",
        "+QMTSUB",
        "+QMTUNS",
        "+QNTP",
        "+QPOWD",
        "+QSCLK",
        "+QSSLCFG",
        "+QSSLCLOSE",
        "+QSSLOPEN",
        "+QSSLRECV",
        "+QSSLSEND",
        "+QSSLSTATE",
        "+QURCCFG",
        "E0V1Q0",
        "V1Q0",
    ];

    const START: &'static Operation<Self> = &start::start_ec();
    const DESCRIBE: &'static Operation<Self> = &describe::describe();
    const ATTACH: &'static Operation<Self> = &attach::attach_ec();
    const CLOCK: &'static Operation<Self> = &clock::clock_or_server();
    const LISTEN: &'static Operation<Self> = &traffic::listen_all();
    const STOP: &'static Operation<Self> = &recover::stop();

    fn recover(rung: Rung) -> &'static Operation<Self> {
        recover::operation_ec(rung)
    }

    fn describe(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
        describe::take(info, note, answer)
    }

    fn clock(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
        clock::take_first(time, answer)
    }

    fn urc(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        lines::urc(state, id, line)
    }

    fn restarted(own: &mut Own) {
        own.restarted();
    }

    fn kind_of_open(code: i8) -> ErrorKind {
        lines::kind_of_open(code)
    }

    fn kind_of_loss(cause: u8) -> ErrorKind {
        lines::kind_of_loss(cause)
    }

    fn is_unresolved(code: u16) -> bool {
        lines::is_unresolved(code)
    }
}

impl<G: Group> DozeFamily for EcFamily<G> {
    const DOZE: &'static Operation<Self> = &power_saving::doze();
}

impl<G: Group> MqttFamily for EcFamily<G> {
    const CONNECT: Operation<Self> = connect::connect();
    const CONNECT_TLS: Operation<Self> = tls::connect_ec();
    const DISCONNECT: &'static Operation<Self> = &connect::disconnect();
    const SUBSCRIBE: Operation<Self> = traffic::subscribe();
    const UNSUBSCRIBE: Operation<Self> = traffic::unsubscribe();
    const PUBLISH: Operation<Self> = G::PUBLISH;
    const RECEIVE: &'static Operation<Self> = &traffic::receive();
}

impl<G: Group> NativeFamily for EcFamily<G> {
    const SIGN_IN: Operation<Self> = native::sign_in();
    const SIGN_IN_TLS: Operation<Self> = native::sign_in_tls_ec();
}

impl<G: Group> SocketFamily for EcFamily<G> {
    const BLOCKS: &'static [Block] = G::SOCKET_BLOCKS;
    const MOST_WRITTEN: usize = QuectelFamily::MOST_WRITTEN;
    const MOST_READ: usize = QuectelFamily::MOST_READ;
    const COMMAND_LEN: usize = QuectelFamily::COMMAND_LEN;

    const LIST: &'static Operation<Self> = &socket::list();
    const OPEN: Operation<Self> = socket::open();
    const OPEN_TLS: Operation<Self> = socket_tls::open_ec();
    const WRITE: &'static Operation<Self> = &socket::write();
    const READ: &'static Operation<Self> = &socket::read();
    const CLOSE: &'static Operation<Self> = &socket::close();
    const RESOLVE: Operation<Self> = resolve::resolve();

    fn count(protocol: Protocol) -> u8 {
        QuectelFamily::count(protocol)
    }

    fn commands(protocol: Protocol) -> [&'static str; 3] {
        sockets::commands(protocol)
    }

    fn socket_line(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        sockets::socket_line(state, id, line)
    }

    fn socket_error(code: u16) -> Error<Self> {
        socket::error(Some(code.into()))
    }

    fn resolve(found: &mut Found, note: u8, answer: Answer<'_>) -> Verdict {
        resolve::take(found, note, answer)
    }
}

impl<G: Group> HttpsFamily for EcFamily<G> {
    const POSTS: &'static [(&'static str, &'static Operation<Self>)] = if G::MAKES_HEAD {
        &[
            ("post, form", &https::form()),
            ("post, header", &https::header()),
            ("post, head by the module", &https::post_made()),
            ("post, head by the driver", &https::post_typed()),
        ]
    } else {
        &[("post", &https::post_typed())]
    };

    /// As with BG95; the head is the driver's, too, unless the module makes it of what it is told of headers: then one of
    /// theirs is [`Malformed`](Error::Malformed) that has a quote, and so is an empty body.
    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Quectel<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error<Self>> {
        poster::post(driver, server, post, body, reply).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<G: Group>() {
        let rungs = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset].map(EcFamily::<G>::recover);
        let others = [
            EcFamily::<G>::START,
            EcFamily::<G>::DESCRIBE,
            EcFamily::<G>::CLOCK,
            EcFamily::<G>::ATTACH,
            const { &connect::connect() },
            const { &tls::connect_ec() },
            const { &native::sign_in() },
            const { &native::sign_in_tls_ec() },
            const { &connect::disconnect() },
            const { &G::PUBLISH },
            const { &recover::stop() },
            const { &resolve::resolve() },
            const { &socket::list() },
            const { &socket::open() },
            const { &socket_tls::open_ec() },
            const { &socket::write() },
            const { &socket::read() },
            const { &socket::close() },
            const { &https::form() },
            const { &https::header() },
            const { &https::post_made() },
            const { &https::post_typed() },
        ];
        wanlink_at::driver::check_names::<EcFamily<G>>(rungs.into_iter().chain(others));
    }

    #[test]
    fn every_name_is_known_and_none_is_taken_for_another() {
        check::<Qc>();
        check::<Ua>();
    }
}
