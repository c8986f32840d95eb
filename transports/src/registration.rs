//! Dynamic registration: how a device that knows only the secret of its product gets one of its own (aliyun-iot, 3).
//!
//! `Device` (feature `store`) does all of it, over the path whose feature is on. Below it stand the messages; whoever sends them otherwise builds a request,
//! hands the reply to the same [`Applicant`], and **stores the result before it is used**: after the first login the
//! platform registers the device no more.
//!
//! | way | request | reply | result |
//! |---|---|---|---|
//! | HTTPS, a form to [`HTTPS_PATH`] at [`https_host`] | [`https_form`] | [`https_reply`] | [`Identity`] |
//! | MQTT over TLS, [`AuthType::Register`] | [`mqtt_login`] | [`mqtt_secret`] | [`Identity`] |
//! | MQTT over TLS, [`AuthType::Regnwl`] | [`mqtt_login`] | [`mqtt_token`] | [`DeviceToken`] |
//!
//! The bytes of a reply hold the secret: whoever received them wipes them.
//!
//! Over MQTT nothing is subscribed: behind an accepted login the platform publishes once, on a topic of
//! [`is_push`]. Then the connection is to be ended; the platform does so after 15 seconds.
//!
//! ```
//! use wanlink_transports::registration::{Applicant, HTTPS_FORM, Random};
//! # fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let applicant = Applicant::new("a1B2c3D4e5F", "meter-0042", "8LQwOYSZMwp3DFBd")?;
//! let mut room = [0; HTTPS_FORM];
//! let form = applicant.https_form(&Random::from_bits(0x5EED), &mut room)?; // bits of a true random generator
//! # assert!(form.starts_with("productKey=a1B2c3D4e5F&deviceName=meter-0042&random=0000000000005eed&sign="));
//! # let reply = br#"{"code":200,"data":{"deviceName":"meter-0042","deviceSecret":"0123456789abcdef"}}"#;
//! let identity = applicant.https_reply(reply)?;
//! assert_eq!(identity.device_name(), "meter-0042");
//! # Ok(())
//! # }
//! ```
//!
//! [`https_form`]: Applicant::https_form
//! [`https_reply`]: Applicant::https_reply
//! [`mqtt_login`]: Applicant::mqtt_login
//! [`mqtt_secret`]: Applicant::mqtt_secret
//! [`mqtt_token`]: Applicant::mqtt_token
//! [`Identity`]: crate::Identity

mod applicant;
mod code;
#[cfg(feature = "store")]
mod device;
#[cfg(feature = "store")]
mod device_error;
mod error;
mod form;
#[cfg(all(feature = "store", feature = "mqtt"))]
mod over_mqtt;
#[cfg(all(feature = "store", feature = "tcp"))]
mod over_tcp;
#[cfg(all(feature = "store", any(feature = "mqtt", feature = "tcp")))]
mod push;
mod reply;
mod request;
mod token;

pub use applicant::{Applicant, Random};
pub use code::{Cause, RegistrationCode};
#[cfg(feature = "store")]
pub use device::Device;
#[cfg(feature = "store")]
pub use device_error::DeviceError;
pub use error::RegistrationError;
pub use form::{HTTPS_FORM, HTTPS_PATH, https_host};
pub use reply::is_push;
pub use request::{AuthType, MqttLogin, MqttRequest};
pub use token::DeviceToken;
