//! A session for which the module makes the login itself. It is told who the device is, and a client id without user and
//! password is then that of the device.

use wanlink_at::driver::connect::IN_STEP;
use wanlink_at::driver::{Family, flag};
use wanlink_at::{Step, step, table};

use super::connect::{self, BEGIN_STEPS, PLAIN_STEPS, note};
use super::diagnose::DIAGNOSE_STEPS;
use super::tls::{self, CONTEXT_STEPS, EC_CONTEXT_STEPS, SETTING_STEPS};
use crate::Operation;
use crate::ec::{EcFamily, Group};

/// Arguments as those of a connect: device name, product key and device secret are client id, user and password.
///
/// It must not get lost behind an `OK` that came twice: the platform would refuse a stranger, and for good.
const DEVICE_STEPS: &[Step] = &[
    IN_STEP,
    step("+QMTCFG=\"aliauth\",0,\"{d}\",\"{c}\",\"{e}\"", 3).note(note::NATIVE).retry(2, 3).at("MQTT 3.3.1"),
];

const OPEN_STEPS: &[Step] = &[
    step("+QMTOPEN=0,\"{a}\",{b}", 50).result(1, 1250).note(note::OPEN).at("MQTT 3.3.2"),
    step("+QMTCONN=0,\"{c}\"", 50).result(1, 400).note(note::LOGIN).at("MQTT 3.3.4"),
];

/// Without TLS. The rules are those of the model.
pub(crate) const fn sign_in<F: Family>() -> Operation<F> {
    let table = table![BEGIN_STEPS, DEVICE_STEPS, PLAIN_STEPS, OPEN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare: connect::prepare, ..Operation::new(table, flag::SESSION, connect::take) }
}

/// Inside TLS. The rules are those of the model.
pub(crate) const fn sign_in_tls<F: Family>() -> Operation<F> {
    let table = table![BEGIN_STEPS, DEVICE_STEPS, CONTEXT_STEPS, SETTING_STEPS, OPEN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare: tls::prepare, ..Operation::new(table, flag::SESSION, tls::take) }
}

pub(crate) const fn sign_in_tls_ec<G: Group>() -> Operation<EcFamily<G>> {
    let table = table![BEGIN_STEPS, DEVICE_STEPS, EC_CONTEXT_STEPS, SETTING_STEPS, OPEN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare: tls::prepare, ..Operation::new(table, flag::SESSION, tls::take_ec) }
}
