//! What this program has to know of a family of modules. A new family joins at the end.

use wanlink_at::driver::Family;
use wanlink_quectel::{EcFamily, Qc, QuectelFamily, Ua};
use wanlink_simcom::{CmqttFamily, Sim7000Family, Sim7080Family};
use wanlink_ublox::UbloxFamily;

/// A family of modules, as this program shows and simulates it.
pub(crate) trait Dialect: Family {
    const VENDOR: &'static str;
    const AWAITED: &'static Awaited;
    /// What its TLS checks of a certificate.
    const CHECKS: &'static str = "chain, server name, dates";
    /// The name is among that: another one there is refused.
    const CHECKS_NAMES: bool = true;
}

/// Lines that drivers of a family wait for, by path: those that are lost, doubled or late there do harm.
pub(crate) struct Awaited {
    pub(crate) mqtt: &'static [&'static str],
    pub(crate) tcp: &'static [&'static str],
    pub(crate) tls: &'static [&'static str],
    pub(crate) https: &'static [&'static str],
}

const CHAIN_AND_DATES: &str = "chain, dates; the server's name: not stated";

const QUECTEL: Awaited = Awaited {
    mqtt: &["+QMTPUB:", "+QMTSUB:", "+QMTOPEN:", "+QMTCONN:", "+QMTRECV:", "+QMTSTAT:"],
    tcp: &["+QIOPEN:", "+QIURC: \"recv\"", "+QIURC: \"closed\"", "+QIRD:", "SEND OK", "SEND FAIL"],
    tls: &["+QSSLOPEN:", "+QSSLURC: \"recv\"", "+QSSLURC: \"closed\"", "+QSSLRECV:", "SEND OK", "SEND FAIL"],
    https: &["CONNECT", "+QHTTPPOST:", "+QHTTPREAD:"],
};

const QUECTEL_EC: Awaited = Awaited {
    mqtt: &["+QMTPUBEX:", "+QMTPUB:", "+QMTSUB:", "+QMTOPEN:", "+QMTCONN:", "+QMTRECV:", "+QMTSTAT:"],
    ..QUECTEL
};

const SIMCOM: Awaited = Awaited {
    mqtt: &[
        "+CMQTTSTART:",
        "+CMQTTCONNECT:",
        "+CMQTTSUB:",
        "+CMQTTPUB:",
        "+CMQTTRXSTART:",
        "+CMQTTRXTOPIC:",
        "+CMQTTRXPAYLOAD:",
        "+CMQTTRXEND:",
        "+CMQTTCONNLOST:",
    ],
    tcp: &["+NETOPEN:", "+CIPOPEN:", "+CIPRXGET:", "+CIPSEND:", "+IPCLOSE:", "+CIPCLOSE:"],
    tls: &["+CCHSTART:", "+CCHOPEN:", "+CCHEVENT:", "+CCHRECV:", "+CCHSEND:", "+CCH_PEER_CLOSED:", "+CCHCLOSE:"],
    https: &["DOWNLOAD", "+HTTPACTION:", "+HTTPREAD:", "+HTTP_PEER_CLOSED"],
};

const LPWA: Awaited = Awaited {
    mqtt: &["+APP PDP:", "+SMSUB:", "+SMSTATE:", "+SMCONN:"],
    tcp: &["+APP PDP:", "+CAOPEN:", "+CADATAIND:", "+CARECV:", "+CASEND:", "+CASTATE:"],
    tls: &["+APP PDP:", "+CAOPEN:", "+CADATAIND:", "+CARECV:", "+CASEND:", "+CASTATE:"],
    https: &["+APP PDP:", "+SHREQ:", "+SHREAD:", "+SHSTATE:"],
};

const UBLOX: Awaited = Awaited {
    mqtt: &["+UUMQTTC:", "+UMQTTC:"],
    tcp: &["+USOCR:", "+UUSOCO:", "+USOWR:", "+UUSORD:", "+USORD:", "+UUSOCL:"],
    tls: &["+USOCR:", "+UUSOCO:", "+USOWR:", "+UUSORD:", "+USORD:", "+UUSOCL:"],
    https: &["+UUHTTPCR:", "+UDWNFILE:", "+URDFILE:", "+URDBLOCK:", "+ULSTFILE:"],
};

impl Dialect for QuectelFamily {
    const VENDOR: &'static str = "Quectel";
    const AWAITED: &'static Awaited = &QUECTEL;
}

impl Dialect for EcFamily<Ua> {
    const VENDOR: &'static str = "Quectel";
    const AWAITED: &'static Awaited = &QUECTEL_EC;
}

impl Dialect for EcFamily<Qc> {
    const VENDOR: &'static str = "Quectel";
    const AWAITED: &'static Awaited = &QUECTEL_EC;
    /// No fact shows that an EC25 compares names (quectel-at 5).
    const CHECKS: &'static str = CHAIN_AND_DATES;
    const CHECKS_NAMES: bool = false;
}

impl Dialect for CmqttFamily {
    const VENDOR: &'static str = "SIMCom";
    const AWAITED: &'static Awaited = &SIMCOM;
    /// That it compares names is a weak fact (simcom-at 8): believed, and not promised.
    const CHECKS: &'static str = CHAIN_AND_DATES;
}

impl Dialect for Sim7080Family {
    const VENDOR: &'static str = "SIMCom";
    const AWAITED: &'static Awaited = &LPWA;
}

impl Dialect for Sim7000Family {
    const VENDOR: &'static str = "SIMCom";
    const AWAITED: &'static Awaited = &LPWA;
}

impl Dialect for UbloxFamily {
    const VENDOR: &'static str = "u-blox";
    const AWAITED: &'static Awaited = &UBLOX;
}
