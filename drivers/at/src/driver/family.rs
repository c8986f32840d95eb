//! What a driver crate says of its family of modules.

use core::time::Duration;

use wanlink_core::{Body, Delivery, ErrorKind, HasHttps, Info, Post, Qos, Reply, Rung, Server, Tls};

use embedded_io_async::{Read, Write};

use super::sockets::Protocol;
use super::{Driver, DriverModel, Error, Operation, PowerPins, State, clock};
use crate::{Answer, Block, Dialect, Effect, Forms, Verdict};

/// A vendor's family of modules that speak one AT dialect: its operations as tables, and what their answers mean.
///
/// A type without values. All that is not said here is [`Driver`]'s, and is the same for all.
pub trait Family: Forms + Copy + Eq + core::fmt::Debug + 'static {
    /// What the driver knows of a module of this family, beside [`State`].
    type Own: 'static;
    /// That of a module of which nothing is known.
    const OWN: Self::Own;
    /// Unsolicited lines, counted bytes, prompt and gaps.
    const DIALECT: &'static Dialect;
    /// Every command that a table sends, by its name: `+CSQ`. Linked where errors are shown.
    const COMMANDS: &'static [&'static str];

    /// What the commands of its MQTT client begin with, where the end of a session ends what they owe, too: they are not
    /// waited for then.
    const MQTT_COMMANDS: &'static str = "";

    /// How long after its sleep line was taken the port hears, in milliseconds: the longest that a vendor states, from the
    /// start.
    const WAKE_MS: u32 = 200;

    /// Finds the module and brings it to a known state, see [`start`](super::start).
    const START: &'static Operation<Self>;
    /// Model, firmware, IMEI, ICCID: a [question](Operation::question).
    const DESCRIBE: &'static Operation<Self>;
    /// SIM, registration, data context, see [`attach`](super::attach).
    const ATTACH: &'static Operation<Self>;
    /// The clock that the network sets: a [question](Operation::question).
    const CLOCK: &'static Operation<Self>;
    /// Listens until a record comes or something changes, see [`traffic`](super::traffic).
    const LISTEN: &'static Operation<Self>;
    /// Switches off.
    const STOP: &'static Operation<Self>;

    /// What does this step of recovery.
    fn recover(rung: Rung) -> &'static Operation<Self>;

    /// Takes an answer to a step of [`DESCRIBE`](Self::DESCRIBE).
    fn describe(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict;

    /// Takes an answer to a step of [`CLOCK`](Self::CLOCK): here the time in UTC, with a year of four digits.
    #[must_use]
    fn clock(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
        clock::take(time, answer)
    }

    /// How long a listening step with this note and without a bound lasts, in milliseconds, when it is a pause that is no
    /// number of tenths of a second.
    #[must_use]
    fn pause_ms(_note: u8) -> Option<u16> {
        None
    }

    /// Takes an unsolicited line whose id is not one of [`id`](super::id).
    fn urc(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect;

    /// Takes the result of a command whose call was dropped.
    fn owed(_state: &mut State<Self>, _line: &[u8]) {}

    /// The module restarted or is about to: what [`Own`](Self::Own) knew of it is gone.
    fn restarted(_own: &mut Self::Own) {}

    /// The data context is gone.
    fn context_lost(_own: &mut Self::Own) {}

    /// What can help after the module refused to open a connection with this code.
    fn kind_of_open(_code: i8) -> ErrorKind {
        ErrorKind::Reconnect
    }

    /// What can help after a session that ended with this cause.
    fn kind_of_loss(_cause: u8) -> ErrorKind {
        ErrorKind::Reconnect
    }

    /// Whether this code of a socket or request says that the host's name cannot be resolved.
    fn is_unresolved(_code: u16) -> bool {
        false
    }
}

/// A family with an MQTT client. The arguments of its operations are those of [`connect`](super::connect) and
/// [`traffic`](super::traffic).
pub trait MqttFamily: Family {
    /// Opens a session without TLS.
    const CONNECT: Operation<Self>;
    /// Opens a session inside TLS.
    const CONNECT_TLS: Operation<Self>;
    /// Ends the session.
    const DISCONNECT: &'static Operation<Self>;
    /// Subscribes.
    const SUBSCRIBE: Operation<Self>;
    /// Ends a subscription.
    const UNSUBSCRIBE: Operation<Self>;
    /// Gives the topic of a publish, where that is a matter of its own. What is published follows at once.
    const TOPIC: Option<Operation<Self>> = None;
    /// Publishes.
    const PUBLISH: Operation<Self>;
    /// Listens for what comes over the session.
    const RECEIVE: &'static Operation<Self>;

    /// How far a publish has come whose operation ended well.
    #[must_use]
    fn delivery(qos: Qos) -> Delivery {
        match qos {
            Qos::AtMostOnce => Delivery::Sent,
            Qos::AtLeastOnce => Delivery::Acknowledged,
        }
    }
}

/// A family with modules that log in to the platform by themselves. The arguments are those of
/// [`connect`](super::connect), with the device name for the client id, the product key for the user, and the device
/// secret for the password. A refusal of the setting is [`Error::NoNativeLogin`].
pub trait NativeFamily: MqttFamily {
    /// Opens a session without TLS.
    const SIGN_IN: Operation<Self>;
    /// Opens a session inside TLS.
    const SIGN_IN_TLS: Operation<Self>;
}

/// A family with sockets, see [`sockets`](super::sockets).
pub trait SocketFamily: Family {
    /// Lines that carry counted bytes once a socket may be open, those of [`DIALECT`](Family::DIALECT) among them. The tag
    /// of a socket's bytes is [`BYTES`](super::tag::BYTES).
    const BLOCKS: &'static [Block];
    /// The most that one command writes, in bytes.
    const MOST_WRITTEN: usize;
    /// The most that one command reads, in bytes.
    const MOST_READ: usize;
    /// The longest command that writes, its carriage return included.
    const COMMAND_LEN: usize;
    /// TLS sockets have commands and numbers of their own. Without it they are as the others once they are open.
    const TLS_APART: bool = true;

    /// Whether the module refuses a read where nothing waits, so that a refusal does not say that the socket is gone.
    const EMPTY_IS_ERROR: bool = false;

    /// Which sockets the module has in use.
    const LIST: &'static Operation<Self>;
    /// Opens a TCP socket. Arguments: host, port, number.
    const OPEN: Operation<Self>;
    /// Opens a TLS socket. Arguments: host, port, number, and those of the TLS context.
    const OPEN_TLS: Operation<Self>;
    /// Writes. Arguments: number, length.
    const WRITE: &'static Operation<Self>;
    /// Reads, or waits until there is something to read. Arguments: number, most.
    const READ: &'static Operation<Self>;
    /// Closes. Argument: number.
    const CLOSE: &'static Operation<Self>;
    /// The address of a name. Argument: the name.
    const RESOLVE: Operation<Self>;

    /// How many sockets of this protocol there are.
    fn count(protocol: Protocol) -> u8;

    /// The number of the first of them. Protocols whose sockets the module numbers apart have numbers of their own here.
    #[must_use]
    fn first(_protocol: Protocol) -> u8 {
        0
    }

    /// Names of the commands that open, send and read.
    fn commands(protocol: Protocol) -> [&'static str; 3];

    /// Takes an unsolicited line about a socket.
    fn socket_line(state: &mut State<Self>, id: u8, line: &[u8]) -> Effect;

    /// What a code of an opening or of a name says that can help.
    fn socket_error(code: u16) -> Error<Self>;

    /// Takes an answer to a step of [`RESOLVE`](Self::RESOLVE).
    fn resolve(found: &mut super::Found, note: u8, answer: Answer<'_>) -> Verdict;
}

/// A family with an HTTPS client.
pub trait HttpsFamily: Family {
    /// What a post runs, in its order, for those who show it: nothing that is linked on a microcontroller reads it.
    #[doc(hidden)]
    const POSTS: &'static [(&'static str, &'static Operation<Self>)] = &[];

    /// Posts, as [`HttpsAt::post`](wanlink_core::HttpsAt::post) says.
    ///
    /// # Errors
    /// As there.
    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Driver<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error<Self>>;
}

/// A family whose port sleeps while its sleep line lets it.
pub trait DozeFamily: Family {
    /// Tells the module that its sleep line counts from now on. Behind it nothing is under way.
    const DOZE: &'static Operation<Self>;
}

/// A family that can be asked to fall asleep by itself.
pub trait PsmFamily: Family {
    /// Says how power shall be saved. Arguments: those of [`power_saving`](super::power_saving).
    const SAVE: &'static Operation<Self>;
    /// Asks for the line of registration with the timers, whose answers [`power_saving::timers`](super::power_saving::timers)
    /// reads: a [question](Operation::question).
    const GRANTED: &'static Operation<Self>;
}
