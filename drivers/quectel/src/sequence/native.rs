//! A session for which the module makes the login itself. It is told who the device is, and a client id without user and
//! password is then that of the device.

use wanlink_at::driver::connect::{IN_STEP, joined};
use wanlink_at::driver::{Family, flag};
use wanlink_at::{Step, pack, packed_len, step};

use super::connect::{self, BEGIN_STEPS, PLAIN_STEPS, note};
use super::diagnose::{DIAGNOSE_LEN, DIAGNOSE_STEPS};
use super::tls::{self, CONTEXT, CONTEXT_LEN, EC_CONTEXT, EC_CONTEXT_LEN, SETTING_STEPS};
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

const BEGIN_LEN: usize = packed_len(BEGIN_STEPS) + packed_len(DEVICE_STEPS);
const END_LEN: usize = packed_len(OPEN_STEPS) + DIAGNOSE_LEN;
const BEGIN: [u8; BEGIN_LEN] =
    joined(&[&pack::<{ packed_len(BEGIN_STEPS) }>(BEGIN_STEPS), &pack::<{ packed_len(DEVICE_STEPS) }>(DEVICE_STEPS)]);
const END: [u8; END_LEN] =
    joined(&[&pack::<{ packed_len(OPEN_STEPS) }>(OPEN_STEPS), &pack::<DIAGNOSE_LEN>(DIAGNOSE_STEPS)]);

/// Without TLS. The rules are those of the model.
pub(crate) const fn sign_in<F: Family>() -> Operation<F> {
    static TABLE: [u8; BEGIN_LEN + packed_len(PLAIN_STEPS) + END_LEN] =
        joined(&[&BEGIN, &pack::<{ packed_len(PLAIN_STEPS) }>(PLAIN_STEPS), &END]);
    Operation { prepare: connect::prepare, ..Operation::new(&TABLE, flag::SESSION, connect::take) }
}

const SETTING_LEN: usize = packed_len(SETTING_STEPS);
/// Inside TLS. The rules are those of the model.
pub(crate) const fn sign_in_tls<F: Family>() -> Operation<F> {
    static TABLE: [u8; BEGIN_LEN + CONTEXT_LEN + SETTING_LEN + END_LEN] =
        joined(&[&BEGIN, &CONTEXT, &pack::<SETTING_LEN>(SETTING_STEPS), &END]);
    Operation { prepare: tls::prepare, ..Operation::new(&TABLE, flag::SESSION, tls::take) }
}

pub(crate) const fn sign_in_tls_ec<G: Group>() -> Operation<EcFamily<G>> {
    static TABLE: [u8; BEGIN_LEN + EC_CONTEXT_LEN + SETTING_LEN + END_LEN] =
        joined(&[&BEGIN, &EC_CONTEXT, &pack::<SETTING_LEN>(SETTING_STEPS), &END]);
    Operation { prepare: tls::prepare, ..Operation::new(&TABLE, flag::SESSION, tls::take_ec) }
}
