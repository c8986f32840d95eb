//! Hostile modules, one of each family.

use wanlink_conformance::hostile::{self, holds};
use wanlink_emulator::Profile;
use wanlink_simcom::{A7670, Sim7080};

/// What such modules say.
const PHRASES: &[&str] = &[
    "OK",
    "ERROR",
    "+CME ERROR: 3",
    ">",
    "DOWNLOAD",
    "RDY",
    "PB DONE",
    "NORMAL POWER DOWN",
    "+CMEE: 1",
    "+CPIN: READY",
    "+CEREG: 2,1",
    "+CEREG: 1,\"2710\",\"01A2\",7",
    "+CGACT: 1,1",
    "+CMQTTSTART: 0",
    "+CMQTTACCQ: 0,11",
    "+CMQTTCONNECT: 0,0",
    "+CMQTTSUB: 0,0",
    "+CMQTTPUB: 0,0",
    "+CMQTTCONNLOST: 0,1",
    "+CMQTTRXSTART: 0,2,7",
    "+CMQTTRXTOPIC: 0,2\r\n/t",
    "+CMQTTRXPAYLOAD: 0,7\r\npayload",
    "+CMQTTRXPAYLOAD: 0,4000000000\r\nx",
    "+CMQTTRXEND: 0",
    "+NETOPEN: 0",
    "+CIPOPEN: 0,0",
    "+CIPRXGET: 1,0",
    "+CIPRXGET: 2,0,4,0\r\ndata",
    "+CIPRXGET: 2,0,65536,0\r\ndata",
    "+CIPSEND: 0,4,4",
    "+CCHOPEN: 0,0",
    "+CCHRECV: DATA,0,4\r\ndata",
    "+CCHRECV: 0,0",
    "+CCH_PEER_CLOSED: 0",
    "+IPCLOSE: 0,1",
    "+CDNSGIP: 1,\"a.example\",\"192.0.2.1\"",
    "+HTTPACTION: 1,200,15",
    "+HTTPACTION: 1,200,2147483648",
    "+HTTPREAD: 15\r\n{\"code\":0}",
    "+APP PDP: 0,ACTIVE",
    "+APP PDP: 0,DEACTIVE",
    "+SMSTATE: 0",
    "+SMSTATE: 1",
    "+SMSUB: \"/t\",\"payload\"",
    "+CAOPEN: 0,0",
    "+CADATAIND: 0",
    "+CASTATE: 0,0",
    "+CARECV: 4,data",
    "+CARECV: 65536,data",
    "+SHSTATE: 1",
    "+SHREQ: \"POST\",200,15",
    "+SHREAD: 15\r\n{\"code\":0}",
];

#[test]
fn a7670() {
    let services = [hostile::module::<A7670>, hostile::mqtt, hostile::sockets, hostile::https];
    holds(Profile::a7670(), &services, PHRASES, "../../fuzz/seeds/a7670");
}

#[test]
fn sim7080() {
    let services = [hostile::module::<Sim7080>, hostile::mqtt, hostile::sockets, hostile::https];
    holds(Profile::sim7080(), &services, PHRASES, "../../fuzz/seeds/sim7080");
}
