//! Hostile modules of this dialect.

use wanlink_conformance::hostile::{self, holds};
use wanlink_emulator::Profile;
use wanlink_quectel::Bg95;

/// What such modules say.
const PHRASES: &[&str] = &[
    "OK",
    "ERROR",
    "+CME ERROR: 552",
    "> ",
    "CONNECT",
    "APP RDY",
    "RDY",
    "NORMAL POWER DOWN",
    "+CMEE: 1",
    "+CPIN: READY",
    "+CEREG: 2,1",
    "+CEREG: 1,\"2710\",\"01A2\",7",
    "+QIACT: 1,1,1,\"10.0.0.1\"",
    "+QIURC: \"pdpdeact\",1",
    "+QMTOPEN: 0,0",
    "+QMTOPEN: 0,-1",
    "+QMTCONN: 0,0,0",
    "+QMTCONN: 0,0,4",
    "+QMTSUB: 0,1,0,1",
    "+QMTPUB: 0,1,0",
    "+QMTPUB: 0,1,1,4",
    "+QMTSTAT: 0,1",
    "+QMTRECV: 0,1,\"/t\",7,\"payload\"",
    "+QMTRECV: 0,1,\"/t\",4000000000,\"payload\"",
    "+QIOPEN: 0,0",
    "+QSSLOPEN: 0,0",
    "+QIURC: \"recv\",0",
    "+QSSLURC: \"recv\",0",
    "+QIURC: \"closed\",0",
    "+QIRD: 4\r\ndata",
    "+QIRD: 0",
    "+QSSLRECV: 65536\r\ndata",
    "SEND OK",
    "SEND FAIL",
    "+QIURC: \"dnsgip\",0,1,600",
    "+QIURC: \"dnsgip\",\"192.0.2.1\"",
    "+QFUPL: 53,3a1b",
    "+QFLST: \"wl-1.pem\",53",
    "+QHTTPPOST: 0,200,15",
    "+QHTTPPOST: 0,200,2147483648",
    "+QHTTPREAD: 0",
    "+CCLK: \"26/11/23,10:00:00+32\"",
];

#[test]
fn bg95() {
    let services = [hostile::module::<Bg95>, hostile::mqtt, hostile::sockets, hostile::https];
    holds(Profile::bg95(), &services, PHRASES, "../../fuzz/seeds/bg95");
}
