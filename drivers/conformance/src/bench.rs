//! What the suite has to know of a driver and of the module that is played for it.

use wanlink_at::driver::{DriverModel, ErrorOf as DriverErrorOf, SocketFamily};
use wanlink_core::{AliyunAt, HasAliyun, HasMqtt, HasTcpSocket, MqttAt, TcpSocket};
use wanlink_emulator::{OpenFailure, Options, Profile};

use crate::subject::Subject;

/// One model: which module plays it, and where its dialect shows in what a test sees.
///
/// A type without values. The checks of a service want the trait of that service, too: [`SocketBench`].
pub trait Bench: 'static {
    /// The model.
    type Model: DriverModel;

    /// The module that is played.
    fn profile() -> &'static Profile;
}

/// The driver of a [`Bench`], over buffers that live for `'b`.
///
/// ```ignore
/// impl<'b> DriverFor<'b> for OnBg95 {
///     type Driver = Quectel<'b, Bg95, PortReader, PortWriter, Pins>;
/// }
/// ```
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
        vec![wanlink_scene::bench::running()]
    }
}

/// A bench whose driver has the module's own MQTT client.
pub trait MqttBench: Bench<Model: HasMqtt> + Drives + for<'b> DriverFor<'b, Driver: MqttAt> {}

/// A bench whose module logs in to the platform by itself.
pub trait NativeBench: Bench<Model: HasAliyun> + Drives + for<'b> DriverFor<'b, Driver: AliyunAt> {
    /// The command that tells the module who the device is, as a trace shows it: with `***` for the secret.
    const SETTING: &'static str;
    /// How a command would begin that reads it back.
    const READ_BACK: &'static str;
}
