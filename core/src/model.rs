//! A model is a type without values; what it can do are marker traits.

use crate::MqttLimits;

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
