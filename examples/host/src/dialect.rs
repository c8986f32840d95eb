//! What this program has to know of a family of modules. A new family joins at the end.

use wanlink_at::driver::{DozeFamily, Family, Operation, PsmFamily};
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
    /// Seconds that a publish which was dropped may keep the next call of the MQTT client waiting, where that is more than
    /// the calls' bounds allow.
    const OF_A_PUBLISH_S: u64 = 0;
    /// What a firmware has to know for that, as questions that change nothing.
    const TLS_QUESTIONS: TlsQuestions;
    /// What saves power, when a program asks for it.
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] = &[];
}

/// Questions about what TLS needs, without `AT`; `None` where there is none that changes nothing.
#[derive(Clone, Copy)]
pub(crate) struct TlsQuestions {
    /// Refused by a firmware that cannot compare the server's name.
    pub(crate) names: Option<&'static str>,
    /// What roots are kept in; the first number of its line is the room that is left, in bytes, if it is one.
    pub(crate) files: Option<&'static str>,
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
    /// As its driver reads the switch back, in the same TLS context (quectel-at 5, 6).
    const TLS_QUESTIONS: TlsQuestions =
        TlsQuestions { names: Some("+QSSLCFG=\"checkhost\",2"), files: Some("+QFLDS=\"UFS\"") };
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] =
        &[("save power", Self::SAVE), ("what was granted", Self::GRANTED), ("doze", Self::DOZE)];
}

impl Dialect for EcFamily<Ua> {
    const VENDOR: &'static str = "Quectel";
    const AWAITED: &'static Awaited = &QUECTEL_EC;
    const TLS_QUESTIONS: TlsQuestions = TlsQuestions { names: None, files: Some("+QFLDS=\"UFS\"") };
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] = &[("doze", Self::DOZE)];
}

impl Dialect for EcFamily<Qc> {
    const VENDOR: &'static str = "Quectel";
    const AWAITED: &'static Awaited = &QUECTEL_EC;
    const TLS_QUESTIONS: TlsQuestions = TlsQuestions { names: None, files: Some("+QFLDS=\"UFS\"") };
    /// No fact shows that an EC25 compares names (quectel-at 5).
    const CHECKS: &'static str = CHAIN_AND_DATES;
    const CHECKS_NAMES: bool = false;
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] = &[("doze", Self::DOZE)];
}

impl Dialect for CmqttFamily {
    const VENDOR: &'static str = "SIMCom";
    const AWAITED: &'static Awaited = &SIMCOM;
    const TLS_QUESTIONS: TlsQuestions = TlsQuestions { names: None, files: Some("+CCERTLIST") };
    /// That it compares names is a weak fact (simcom-at 8): believed, and not promised.
    const CHECKS: &'static str = CHAIN_AND_DATES;
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] = &[("doze", Self::DOZE)];
}

impl Dialect for Sim7080Family {
    const VENDOR: &'static str = "SIMCom";
    const AWAITED: &'static Awaited = &LPWA;
    /// Its files are there between `AT+CFSINIT` and `AT+CFSTERM` only, which are no questions (simcom-at 8).
    const TLS_QUESTIONS: TlsQuestions = TlsQuestions { names: None, files: None };
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] =
        &[("save power", Self::SAVE), ("what was granted", Self::GRANTED), ("doze", Self::DOZE)];
}

impl Dialect for Sim7000Family {
    const VENDOR: &'static str = "SIMCom";
    const AWAITED: &'static Awaited = &LPWA;
    /// Its files are there between `AT+CFSINIT` and `AT+CFSTERM` only, which are no questions (simcom-at 8).
    const TLS_QUESTIONS: TlsQuestions = TlsQuestions { names: None, files: None };
    const SAVING: &'static [(&'static str, &'static Operation<Self>)] =
        &[("save power", Self::SAVE), ("what was granted", Self::GRANTED), ("doze", Self::DOZE)];
}

impl Dialect for UbloxFamily {
    const VENDOR: &'static str = "u-blox";
    const AWAITED: &'static Awaited = &UBLOX;
    const TLS_QUESTIONS: TlsQuestions = TlsQuestions { names: None, files: Some("+USECMNG=3") };
    /// A prompt that never comes, 40 and 15 for a late one; and the result of what was said in its place, which may come for
    /// 120 and could be taken for that of the next (ublox-at 5).
    const OF_A_PUBLISH_S: u64 = 40 + 15 + 120;
}
