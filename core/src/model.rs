//! A model is a type without values; what it can do are marker traits.

use crate::{DeviceLimits, HttpsLimits, MqttLimits, SocketLimits};

/// A model of module, such as the type `Bg95` of a driver crate.
pub trait Model {
    /// The number on the label.
    const NAME: &'static str;
    /// The longest command line that the module takes, in bytes without the leading `AT`.
    const LINE: u16;
}

/// The model's own MQTT client is fit for the platform.
///
/// A model without it cannot be given to the `mqtt` path, and the compiler says what to take instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no MQTT client fit for the platform",
    label = "this path drives the module's own MQTT client",
    note = "take the `tcp` path: our MQTT client then runs on the microcontroller; see docs/choose-a-path.md"
)]
pub trait HasMqtt: Model {
    /// What the client takes and tells.
    const MQTT: MqttLimits;
}

/// The model's MQTT client can log in to the platform by itself, where its firmware has it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not log in to the platform by itself",
    label = "this path has the module make the login",
    note = "take the `mqtt` path: client id, user name and password are then made here; see docs/choose-a-path.md"
)]
pub trait HasAliyun: HasMqtt {
    /// What it takes of a device.
    const DEVICE: DeviceLimits;
}

/// The model's TCP sockets can carry our own MQTT client.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no TCP sockets that this driver can use",
    label = "this path opens sockets on the module",
    note = "take the `mqtt` path if the model has it: the module's own client then speaks; see docs/choose-a-path.md"
)]
pub trait HasTcpSocket: Model {
    /// How many sockets there are, and what they take.
    const SOCKETS: SocketLimits;
}

/// The model's sockets speak TLS as the platform needs it.
#[diagnostic::on_unimplemented(
    message = "the sockets of `{Self}` have no TLS fit for the platform",
    label = "this endpoint is protected by TLS",
    note = "take another path, or write out `Plain` where the endpoint has a plain port; see docs/choose-a-path.md"
)]
pub trait HasTlsSocket: HasTcpSocket {}

/// The model's own HTTPS client is fit for the platform: own headers, and a server that is verified by name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no HTTPS client fit for the platform",
    label = "this path drives the module's own HTTPS client",
    note = "take the `mqtt` or the `tcp` path; a device is registered over MQTT as well; see docs/choose-a-path.md"
)]
pub trait HasHttps: Model {
    /// What the client takes.
    const HTTPS: HttpsLimits;
}

/// A model whose module falls asleep by itself where it is asked to ([`PowerSaving`](crate::PowerSaving)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no power saving mode",
    label = "this asks the module to fall asleep by itself",
    note = "switch it off between two messages: `Module::stop`, and `Module::start` when it is needed again"
)]
pub trait HasPsm: Model {}
