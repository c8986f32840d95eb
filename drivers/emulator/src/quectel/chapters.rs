//! Which commands each group knows.

use super::{Module, Quectel};
use super::{
    clock, context, files, http_client, http_config, http_read, identity, mqtt_client, mqtt_config, mqtt_messages,
    mqtt_receive, names, power, settings, signal, sim, socket_data, socket_tcp, socket_tls, tls_config,
};
use crate::module::Chapter;

/// What all of them have, with the publishes of a group and one chapter more.
const fn chapters(publishes: Chapter<Quectel>, more: Chapter<Quectel>) -> [Chapter<Quectel>; 31] {
    [
        Module::SETTINGS,
        settings::COMMANDS,
        power::COMMANDS,
        more,
        Module::IDENTITY,
        identity::COMMANDS,
        Module::SIM,
        sim::COMMANDS,
        Module::RADIO,
        Module::ATTACH,
        Module::OPERATORS,
        Module::SIGNAL,
        signal::COMMANDS,
        Module::CONTEXT,
        context::COMMANDS,
        Module::CLOCK,
        Module::ZONE_UPDATE,
        clock::COMMANDS,
        names::COMMANDS,
        socket_tcp::COMMANDS,
        socket_tls::COMMANDS,
        files::COMMANDS,
        tls_config::COMMANDS,
        mqtt_config::COMMANDS,
        mqtt_client::COMMANDS,
        mqtt_messages::COMMANDS,
        publishes,
        mqtt_receive::COMMANDS,
        http_config::COMMANDS,
        http_client::COMMANDS,
        http_read::COMMANDS,
    ]
}

pub(super) const LPWA: &[Chapter<Quectel>] = &chapters(mqtt_messages::LPWA, Module::POWER_SAVING);
pub(super) const QC: &[Chapter<Quectel>] = &chapters(mqtt_messages::QC, socket_data::ECHO);
pub(super) const UA: &[Chapter<Quectel>] = &chapters(mqtt_messages::UA, socket_data::ECHO);
