//! The family: which operation is which.

mod https;
pub(crate) mod lines;
pub(crate) mod sockets;

use wanlink_at::driver::power_saving::granted;
use wanlink_at::driver::{DozeFamily, Family, MqttFamily, NativeFamily, PsmFamily};
use wanlink_at::{Answer, Dialect, Effect, Forms, Verdict};
use wanlink_core::{ErrorKind, Info, Rung};

use crate::sequence::{attach, clock, connect, describe, native, power_saving, recover, start, tls, traffic};
use crate::urc::DIALECT;
use crate::{Operation, State};

/// The AT dialect of Quectel's modules. A model that is not here is added from outside:
///
/// ```
/// use wanlink_core::{HasMqtt, Model, MqttLimits, UNSTATED};
/// use wanlink_quectel::{DriverModel, QuectelFamily};
///
/// struct Bg77;
///
/// impl Model for Bg77 {
///     const NAME: &'static str = "BG77";
///     const LINE: u16 = UNSTATED;
/// }
///
/// impl DriverModel for Bg77 {
///     type Family = QuectelFamily;
///     const KEY_ON_MS: u32 = 575;
///     const RESET_MS: u32 = 2500;
///     const BOOT_DS: u16 = 150;
/// }
///
/// impl HasMqtt for Bg77 {
///     const MQTT: MqttLimits = MqttLimits::UNSTATED.host(100).topic(255).payload(4096).no_empty_payload();
/// }
/// ```
///
/// Without [`HasMqtt`](wanlink_core::HasMqtt) the driver of the model has no MQTT:
///
/// ```compile_fail,E0599
/// # use wanlink_core::{Model, MqttAt};
/// # use wanlink_quectel::{DriverModel, NoPins, PowerPins, Quectel, QuectelFamily};
/// # struct Ec20;
/// # impl Model for Ec20 {
/// #     const NAME: &'static str = "EC20";
/// #     const LINE: u16 = 560;
/// # }
/// # impl DriverModel for Ec20 {
/// #     type Family = QuectelFamily;
/// #     const KEY_ON_MS: u32 = 600;
/// #     const RESET_MS: u32 = 300;
/// #     const BOOT_DS: u16 = 200;
/// # }
/// async fn end<R, W>(modem: &mut Quectel<'_, Ec20, R, W, NoPins>)
/// where
///     R: embedded_io_async::Read,
///     W: embedded_io_async::Write,
/// {
///     modem.disconnect().await;
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct QuectelFamily;

/// BG95 and its like have none of them.
impl Forms for QuectelFamily {
    const NAMES: bool = false;
    const LATER: bool = false;
    const PIECES: bool = false;
    const INFO_BESIDE_RESULT: bool = false;
    const RESULT_BEHIND_ERROR: bool = false;
    const TOLD_BY_NOTE: bool = false;
    const OWED_IS_TOLD: bool = false;
}

impl Family for QuectelFamily {
    /// Nothing.
    type Own = ();
    const OWN: () = ();
    const DIALECT: &'static Dialect = &DIALECT;
    const COMMANDS: &'static [&'static str] = &[
        "",
        "&D0",
        "+CEDRXS",
        "+CEREG",
        "+CFUN",
        "+CGDCONT",
        "+CGMM",
        "+CGMR",
        "+CGREG",
        "+CGSN",
        "+CMEE",
        "+CPIN",
        "+CPSMS",
        "+CSQ",
        "+CTZU",
        "+QCCID",
        "+QFDEL",
        "+QFLST",
        "+QFUPL",
        "+QIACT",
        "+QICLOSE",
        "+QICSGP",
        "+QIDEACT",
        "+QIDNSGIP",
        "+QIGETERROR",
        "+QIOPEN",
        "+QIRD",
        "+QISEND",
        "+QISTATE",
        "+QLTS",
        "+QMTCFG",
        "+QMTCLOSE",
        "+QMTCONN",
        "+QMTDISC",
        "+QMTOPEN",
        "+QMTPUB",
        "+QMTSUB",
        "+QMTUNS",
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

    const START: &'static Operation<Self> = &start::start();
    const DESCRIBE: &'static Operation<Self> = &describe::describe();
    const ATTACH: &'static Operation<Self> = &attach::attach();
    const CLOCK: &'static Operation<Self> = &clock::clock();
    const LISTEN: &'static Operation<Self> = &traffic::listen_all();
    const STOP: &'static Operation<Self> = &recover::stop();

    fn recover(rung: Rung) -> &'static Operation<Self> {
        recover::operation(rung)
    }

    fn describe(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
        describe::take(info, note, answer)
    }

    fn urc(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect {
        lines::urc(state, id, line)
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

impl MqttFamily for QuectelFamily {
    const CONNECT: Operation<Self> = connect::connect();
    const CONNECT_TLS: Operation<Self> = tls::connect();
    const DISCONNECT: &'static Operation<Self> = &connect::disconnect();
    const SUBSCRIBE: Operation<Self> = traffic::subscribe();
    const UNSUBSCRIBE: Operation<Self> = traffic::unsubscribe();
    const PUBLISH: Operation<Self> = traffic::publish();
    const RECEIVE: &'static Operation<Self> = &traffic::receive();
}

impl NativeFamily for QuectelFamily {
    const SIGN_IN: Operation<Self> = native::sign_in();
    const SIGN_IN_TLS: Operation<Self> = native::sign_in_tls();
}

impl PsmFamily for QuectelFamily {
    const SAVE: &'static Operation<Self> = &power_saving::save();
    const GRANTED: &'static Operation<Self> = &granted();
}

impl DozeFamily for QuectelFamily {
    const DOZE: &'static Operation<Self> = &power_saving::doze();
}

#[cfg(test)]
mod tests {
    use wanlink_at::driver::SimFault;
    use wanlink_core::{Argument, Error as _, Refusal, TooLong};

    use super::*;
    use crate::sequence::{resolve, socket, socket_tls};
    use crate::{Command, Error};

    #[test]
    fn every_name_is_known_and_none_is_taken_for_another() {
        let rungs = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset].map(recover::operation);
        let others = [
            const { &start::start() },
            const { &describe::describe() },
            const { &clock::clock() },
            const { &attach::attach() },
            const { &connect::connect() },
            const { &tls::connect() },
            const { &native::sign_in() },
            const { &native::sign_in_tls() },
            const { &connect::disconnect() },
            const { &traffic::publish() },
            const { &recover::stop() },
            const { &resolve::resolve() },
            const { &socket::list() },
            const { &socket::open() },
            const { &socket_tls::open() },
            const { &socket::write() },
            const { &socket::read() },
            const { &socket::close() },
        ];
        wanlink_at::driver::check_names::<QuectelFamily>(rungs.into_iter().chain(others));
    }

    #[test]
    fn each_error_names_the_lowest_step_that_can_help() {
        let all: &[(Error, ErrorKind)] = &[
            (Error::Port(embedded_io_async::ErrorKind::BrokenPipe), ErrorKind::Misuse),
            (Error::PortStuck, ErrorKind::Restart),
            (Error::Silent { command: Command::new("+CSQ") }, ErrorKind::Restart),
            (Error::Module { command: Command::new("+CSQ"), code: None }, ErrorKind::Retry),
            (Error::Restarted, ErrorKind::Restart),
            (Error::Sim(SimFault::Absent), ErrorKind::Refused(Refusal::Sim)),
            (Error::Denied, ErrorKind::Refused(Refusal::Network)),
            (Error::NoContext, ErrorKind::Reattach),
            (Error::Open(3), ErrorKind::Reattach),
            (Error::Open(-1), ErrorKind::Reconnect),
            // The context is up: nothing is to be attached.
            (Error::Open(4), ErrorKind::Reconnect),
            (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)),
            (Error::Upload, ErrorKind::Retry),
            (Error::NoClock, ErrorKind::Retry),
            (Error::NoHostCheck, ErrorKind::Unsupported),
            (Error::Connack(5), ErrorKind::Refused(Refusal::Connack(5))),
            (Error::NoConnack, ErrorKind::Reconnect),
            (Error::SubscriptionRefused, ErrorKind::Refused(Refusal::Subscription)),
            (Error::NotAcknowledged, ErrorKind::Reconnect),
            // MQTT 4: 1, 3, 4, 6 reopen; 2, 7 bring the context up first.
            (Error::SessionLost(1), ErrorKind::Reconnect),
            (Error::SessionLost(2), ErrorKind::Reattach),
            (Error::SessionLost(6), ErrorKind::Reconnect),
            (Error::SessionLost(7), ErrorKind::Reattach),
            (Error::NotConnected, ErrorKind::Reconnect),
            (Error::TooLong(TooLong::new(Argument::Topic, 1, 2)), ErrorKind::Misuse),
            (Error::TransmitBuffer(1), ErrorKind::Misuse),
            (Error::Malformed(Argument::Topic), ErrorKind::Misuse),
            (Error::Pin, ErrorKind::Misuse),
            (Error::Unreachable(566), ErrorKind::Reconnect),
            (Error::Busy(553), ErrorKind::Retry),
            (Error::Disconnected, ErrorKind::Reconnect),
            (Error::SendBufferFull, ErrorKind::Retry),
            (Error::InboxFull, ErrorKind::Retry),
            (Error::Http(728), ErrorKind::Retry),
            (Error::Http(703), ErrorKind::Retry),
            (Error::NoSocket, ErrorKind::Misuse),
            (Error::NotOpen, ErrorKind::Misuse),
        ];
        for (error, kind) in all {
            assert_eq!(error.kind(), *kind, "{error}");
        }
    }
}
