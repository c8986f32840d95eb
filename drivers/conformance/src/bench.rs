//! What the suite has to know of a driver and of the module that is played for it.

use wanlink_at::driver::{DozeFamily, DriverModel, ErrorOf as DriverErrorOf, MqttFamily, SocketFamily};
use wanlink_core::{AliyunAt, HasAliyun, HasMqtt, HasTcpSocket, MqttAt, TcpSocket};
use wanlink_emulator::{OpenFailure, Options, Profile};
use wanlink_scene::bench::running;

use crate::subject::Subject;

mod https;
mod tls;

pub use https::HttpsBench;
pub use tls::{TlsBench, TlsSessionBench};

/// One model: which module plays it, and where its dialect shows in what a test sees.
///
/// A type without values. The checks of a service want the trait of that service, too: [`SocketBench`].
pub trait Bench: 'static {
    /// The model.
    type Model: DriverModel;

    /// The module that is played.
    fn profile() -> &'static Profile;

    /// How long the module may take to be off after [`stop`](wanlink_core::Module::stop), in milliseconds.
    const OFF_MS: u64;

    /// Every how many-th place is taken of those at which a call inside TLS is dropped or an `OK` doubled: more than 1 for
    /// a model that goes the ways of another one, on which each place is taken.
    const STRIDE: usize = 1;

    /// The model as the module names itself.
    fn label() -> &'static str {
        Self::profile().model
    }
}

/// The driver of a [`Bench`], over buffers that live for `'b`.
///
/// One line for a driver made of `wanlink-at`; the crate's front page shows it.
pub trait DriverFor<'b>: Bench {
    /// The driver.
    type Driver: Subject<'b, Error = DriverErrorOf<Self::Model>>;
}

/// A bench with its driver: what a check of the module itself wants. Nobody has to implement it.
pub trait Drives: Bench + for<'b> DriverFor<'b> {}

impl<B: Bench + for<'b> DriverFor<'b>> Drives for B {}

/// The driver of a bench.
pub type DriverOf<'b, B> = <B as DriverFor<'b>>::Driver;

/// The error of a bench's driver.
pub type ErrorOf<B> = DriverErrorOf<<B as Bench>::Model>;

/// The family of a bench's model.
pub type FamilyOf<B> = <<B as Bench>::Model as DriverModel>::Family;

/// What the checks of the module itself want to know.
pub trait ModuleBench: Drives {
    /// The command that activates the data context, and asks for it.
    const ACTIVATE: &'static str;
    /// A line of the dialect that has no prefix of its own, or one that no command has.
    const OWN_LINE: &'static str;
    /// Such a line that changes nothing while the module works: one of its boot would be a restart.
    const NEWS_LINE: &'static str = Self::OWN_LINE;
    /// The command that carries user `me` and password of the access point `cmiot`, as a trace shows it.
    const REDACTED_LOGIN: &'static str;
    /// How often a module restarts in its life before its settings are those of the driver.
    const SETUP_BOOTS: u64 = 0;
    /// A reset is done with the power key, since there is no other line.
    const RESETS_BY_KEY: bool = false;
    /// What two starts of a module that runs take at most, in seconds.
    const ADOPTED_S: u64 = 5;
    /// Each attach activates the context, also one that is up.
    const ACTIVATES_AGAIN: bool = false;
    /// The clock is asked of a time server where the network does not tell it.
    const HAS_TIME_SERVER: bool = false;

    /// A module that is off, once for each form that its errors may have.
    fn error_forms() -> Vec<Options> {
        vec![Options::default()]
    }
}

/// A bench whose driver has TCP sockets.
pub trait SocketBench:
    Bench<Model: HasTcpSocket + DriverModel<Family: SocketFamily>> + Drives + for<'b> DriverFor<'b, Driver: TcpSocket>
{
    /// What an unsolicited line has in it that tells of data.
    const DATA_LINE: &'static str;
    /// What an unsolicited line has in it that tells that the other end closed.
    const END_LINE: &'static str;
    /// What the line has in it that announces five bytes of the first socket.
    const HEAD_OF_FIVE: &'static str;
    /// A line that tells the result of an opening or a write, beside `OK`.
    const RESULT_LINE: &'static str;
    /// The name of the command that closes.
    const CLOSE: &'static str;
    /// Lines about the first socket, as data may hold them.
    const FORGED: [&'static str; 2];
    /// How often the first write asks how much the module takes.
    const ROOM_QUESTIONS: u64 = 0;
    /// Whether a module that is asked for data tells an end that it told nobody of.
    const TELLS_END: bool = true;
    /// Whether what came before the other end closed can be read after it.
    const KEEPS_UNREAD: bool = true;
    /// What an opening takes at most, in seconds, that has to close what a dropped one left.
    const REOPEN_S: u64 = 5;
    /// Whether an opening fails after the data context was lost, rather than bring it up again.
    const MISSES_CONTEXT: bool = true;

    /// What an opening tells of each failure.
    fn failures() -> Vec<(OpenFailure, u16)>;

    /// A command that makes the module take a socket that the driver knows nothing of.
    fn open_by_hand() -> &'static str;

    /// A running module, once for each setting of a weak fact that sockets meet.
    fn socket_options() -> Vec<Options> {
        vec![running()]
    }
}

/// A bench whose driver has the module's own MQTT client.
pub trait MqttBench: Bench<Model: HasMqtt> + Drives + for<'b> DriverFor<'b, Driver: MqttAt> {
    /// A line that tells the end of the session.
    const SESSION_LINE: &'static str;
    /// The command that asks whether there is a session.
    const STATE: &'static str;
    /// The vendor's cause of a session whose connection broke.
    const LOST: u8;
    /// The longest keep-alive that the module takes, in seconds.
    const MOST_KEEP_ALIVE_S: u16;
    /// What carries the password of the login of `device&pk`, as a trace shows it.
    const REDACTED_PASSWORD: &'static str;
    /// Lines of the dialect, as payloads may hold them.
    const FORGED_LINES: [&'static str; 4];
    /// The module sends messages as they come, rather than keep them until it is asked.
    const PUSHES: bool = true;
    /// What a connect tells of a name that nobody has.
    const UNRESOLVED: &'static [i8] = &[4];
    /// How late a prompt may come.
    const LATE_PROMPT_US: u64 = 14_000_000;
    /// A payload that was broken off is filled with blanks and published, rather than never.
    const FILLED_IS_SEEN: bool = true;
    /// How soon a publish ends whose connection breaks, in seconds.
    const BREAK_S: u64 = 1;
    /// The module tells a lost context before the session that ends with it.
    const CONTEXT_FIRST: bool = true;

    /// Commands that take the client into use behind the driver's back.
    fn occupy_by_hand() -> &'static [&'static str];

    /// A running module, once for each setting of a weak fact that the client meets.
    fn mqtt_options() -> Vec<Options> {
        vec![running()]
    }

    /// A running module that tells the end of a session late.
    fn late_options() -> Options {
        running()
    }
}

/// A bench whose module logs in to the platform by itself.
pub trait NativeBench: Bench<Model: HasAliyun> + Drives + for<'b> DriverFor<'b, Driver: AliyunAt> {
    /// The command that tells the module who the device is, as a trace shows it: with `***` for the secret.
    const SETTING: &'static str;
    /// How a command would begin that reads it back.
    const READ_BACK: &'static str;
}

/// A bench whose module's port sleeps while its sleep line lets it. Its driver is that of `wanlink-at`, with the line among
/// its pins.
pub trait DozeBench: SocketBench + Bench<Model: DriverModel<Family: DozeFamily>> {
    /// The command that tells the module that the line counts.
    const DOZE: &'static str;
}

/// A [`DozeBench`] that has sessions. Nobody has to implement it.
pub trait DozeSessionBench: DozeBench + MqttBench + Bench<Model: DriverModel<Family: MqttFamily>> {}

impl<B: DozeBench + MqttBench + Bench<Model: DriverModel<Family: MqttFamily>>> DozeSessionBench for B {}
