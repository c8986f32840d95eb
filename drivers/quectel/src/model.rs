//! What differs between the models of this dialect, as constants.

use wanlink_core::Model;

/// A Quectel model: implement it, and the markers of what the model can do, for a type of your own to add one from
/// outside this crate.
///
/// ```
/// use wanlink_core::{HasMqtt, Model, MqttLimits, UNSTATED};
/// use wanlink_quectel::QuectelModel;
///
/// struct Bg77;
///
/// impl Model for Bg77 {
///     const NAME: &'static str = "BG77";
///     const LINE: u16 = UNSTATED;
/// }
///
/// impl QuectelModel for Bg77 {
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
/// # use wanlink_quectel::{NoPins, PowerPins, Quectel, QuectelModel};
/// # struct Ec20;
/// # impl Model for Ec20 {
/// #     const NAME: &'static str = "EC20";
/// #     const LINE: u16 = 560;
/// # }
/// # impl QuectelModel for Ec20 {
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
pub trait QuectelModel: Model {
    /// How long PWRKEY is held to switch on, in milliseconds.
    const KEY_ON_MS: u32;
    /// How long RESET_N is held, in milliseconds.
    const RESET_MS: u32;
    /// The longest time from the key, a reset or a restart to the first answer, in tenths of a second.
    const BOOT_DS: u16;
}
