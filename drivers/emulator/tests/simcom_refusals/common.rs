//! Commands that all models of the vendor have, and those of family 1 beside its services.

use super::Kind::{Form, Limit, Order, State};
use super::scene::After::{NoSim, RadioOff, SimBusy, Start};
use super::{ERROR, Refusal};

pub(super) const ALL: &[Refusal] = &[
    (Start, "AT+QMTOPEN=0,\"h\",1883", ERROR, Form),
    (Start, "AT+CSCLK=2", ERROR, Limit),
    (Start, "AT+CSCLK", ERROR, Form),
    (Start, "AT+CEREG=3", ERROR, Limit),
    (Start, "AT+CPSI", ERROR, Form),
    (Start, "AT+CGDCONT=16,\"IP\",\"a\"", ERROR, Limit),
    (RadioOff, "AT+CGACT=1,1", "+CME ERROR: 30", State),
    (Start, "AT+CNTP", ERROR, Order),
    (Start, "AT+CNTP=\"\",32", ERROR, Form),
    (Start, "AT+CNTP=\"h\",97", ERROR, Limit),
    (Start, "AT+CNTP=\"h\",-97", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"nosuch\",0,1", ERROR, Form),
    (Start, "AT+CSSLCFG=\"sslversion\",10,1", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"sslversion\",0,6", ERROR, Limit),
    (Start, "AT+CSSLCFG", ERROR, Form),
    (Start, "AT+CDNSGIP", ERROR, Form),
    (Start, "AT+CDNSGIP=h", ERROR, Form),
    (RadioOff, "AT+CDNSGIP=\"h\"", "+CDNSGIP: 0,10|ERROR", State),
];

pub(super) const FAMILY_1: &[Refusal] = &[
    (Start, "AT+CPOF=1", ERROR, Form),
    (Start, "AT+CRESET?", ERROR, Form),
    (Start, "AT+SIMCOMATI?", ERROR, Form),
    (Start, "AT+CICCID?", ERROR, Form),
    (NoSim, "AT+CICCID", "+CME ERROR: 10", State),
    (SimBusy, "AT+CICCID", "+CME ERROR: 14", State),
    (Start, "AT+CCID", ERROR, Form),
    (Start, "AT+CTZU=2", ERROR, Limit),
    (Start, "AT+CPSMS=1", ERROR, Form),
    (Start, "AT+CGAUTH=16,1,\"p\",\"u\"", ERROR, Limit),
    (Start, "AT+CGAUTH=1,3,\"p\",\"u\"", ERROR, Limit),
    (Start, "AT+CGAUTH=1,1", ERROR, Form),
    (Start, "AT+CGAUTH=1,0,\"p\",\"u\"", ERROR, Form),
    (Start, "AT+CGAUTH", ERROR, Form),
    (Start, "AT+CSSLCFG=\"authmode\",0,4", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"negotiatetime\",0,9", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"negotiatetime\",0,301", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"enableSNI\",0,2", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"cacert\",0,\"ca.crt\"", ERROR, Form),
    (Start, "AT+CSSLCFG=\"cacert\",0,\".pem\"", ERROR, Limit),
    (Start, "AT+CSSLCFG=\"cacert\",0,ca.pem", ERROR, Form),
    (Start, "AT+CSSLCFG=10", ERROR, Limit),
    (Start, "AT+CCERTDOWN=\"ca.pem\",0", ERROR, Limit),
    (Start, "AT+CCERTDOWN=\"ca.pem\",10241", ERROR, Limit),
    (Start, "AT+CCERTDOWN=\"ca.txt\",10", ERROR, Form),
    (Start, "AT+CCERTDOWN=\"ca.pem\"", ERROR, Form),
    (Start, "AT+CCERTLIST?", ERROR, Form),
    (Start, "AT+CCERTDELE=\"ca.pem\"", ERROR, State),
    (Start, "AT+CCERTDELE", ERROR, Form),
];
