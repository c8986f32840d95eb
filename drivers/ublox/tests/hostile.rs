//! Hostile modules, one for each way in which this dialect differs.

use wanlink_conformance::hostile::{self, holds};
use wanlink_emulator::Profile;
use wanlink_ublox::{SaraR5, SaraR410m};

/// What such modules say.
const PHRASES: &[&str] = &[
    "OK",
    "ERROR",
    "+CME ERROR: operation not allowed",
    ">",
    "@",
    "RDY",
    "+CMEE: 1",
    "+CPIN: READY",
    "+CEREG: 2,1",
    "+CEREG: 1,\"2710\",\"01A2\",7",
    "+CGACT: 1,1",
    "+CGEV: NW PDN DEACT 1",
    "+UUPSDD: 0",
    "+UPSND: 0,8,1",
    "+UUPSDA: 0,\"10.0.0.1\"",
    "+UUMQTTC: 1,1",
    "+UUMQTTC: 1,0",
    "+UUMQTTC: 0,101",
    "+UUMQTTC: 4,1,1,\"/t\"",
    "+UUMQTTC: 6,65535",
    "+UUMQTTC: 9,1",
    "+UMQTTC: 6,1,9,2,\"/t\",7,\"payload\"",
    "+UMQTTC: 6,1,9,2,\"/t\",4000000000,\"payload\"",
    "+UMQTTER: 13,33",
    "+USOCR: 0",
    "+USOCR: 4294967295",
    "+UUSOCO: 0,0",
    "+USOWR: 0,4",
    "+UUSORD: 0,65536",
    "+USORD: 0,4,\"data\"",
    "+USORD: 0,0,\"\"",
    "+USOCTL: 0,10,4",
    "+UUSOCL: 0",
    "+UDNSRN: \"192.0.2.1\"",
    "+USECMNG: 4,0,\"wl-1.pem\",\"0778f015d897f63a968f0f73c1b1f791\"",
    "+UUHTTPCR: 0,5,1",
    "+ULSTFILE: 2147483647",
    "+URDBLOCK: \"wl-answer\",15,\"HTTP/1.1 200 OK\"",
    "+CCLK: \"26/11/23,10:00:00+32\"",
];

#[test]
fn sara_r5() {
    let services = [hostile::module::<SaraR5>, hostile::mqtt, hostile::sockets, hostile::https];
    holds(Profile::sara_r5(), &services, PHRASES, "../../fuzz/seeds/sara-r5");
}

#[test]
fn sara_r410m() {
    let services = [hostile::module::<SaraR410m>, hostile::sockets];
    holds(Profile::sara_r410m(), &services, PHRASES, "../../fuzz/seeds/sara-r410m");
}
