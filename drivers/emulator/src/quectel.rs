//! Quectel's dialect, one file per chapter of the vendor's manuals (`quectel-at` is the fact sheet this is written
//! from). The driver's tables are not known here: what both sides get wrong together, no test finds.

mod answers;
mod clock;
mod command;
mod context;
mod events;
mod faults;
mod files;
mod http_client;
mod http_config;
mod http_events;
mod http_exchange;
mod http_read;
mod http_results;
mod identity;
mod inspect;
mod links;
mod module;
mod mqtt_client;
mod mqtt_config;
mod mqtt_events;
mod mqtt_messages;
mod mqtt_receive;
mod names;
mod operators;
mod options;
mod power;
mod power_saving;
mod profile;
mod radio;
mod redact;
mod reply;
mod settings;
mod signal;
mod sim;
mod socket_data;
mod socket_events;
mod socket_tcp;
mod socket_tls;
mod sockets;
mod tls_config;

pub(crate) use module::Module;
pub use options::{BusyInput, ConnackTimeout, HttpFailure, HttpOptions, Options, ResultOrder, SimCard, Start};
pub use profile::Profile;
pub(crate) use redact::redact;
pub use tls_config::TlsContext;
