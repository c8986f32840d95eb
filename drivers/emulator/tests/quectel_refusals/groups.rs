//! What differs between the groups: BG95 (LPWA), EC25 (QC), EC200U (UA).

use super::After::{Connected, Online, Open, Start, UrlSet, Waiting};
use super::Kind::{Form, Limit, Order, State};
use super::{ERROR, Refusal};

pub(super) const LPWA: &[Refusal] = &[
    (Start, "AT+CPSMS=2", ERROR, Limit),
    (Start, "AT+CPSMS=1,,,\"102\"", ERROR, Limit),
    (Start, "AT+CEDRXS=4", ERROR, Limit),
    (Start, "AT+CEDRXS=1,3,\"0101\"", ERROR, Limit),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,0,1", ERROR, Form),
    (Start, "AT+QMTCFG=\"send/mode\",0,0", ERROR, Form),
    (Open, "AT+QMTPUB=0,1,1,0,\"t\",5", ERROR, Order),
    (Online, "AT+QMTPUB=0,1,1,0,\"t\",5", ERROR, State),
    (Connected, "AT+QMTPUB=0,0,1,0,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,3,0,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,2,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",0", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",4097", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"\",5", ERROR, Form),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",\"{\"a\":1}\"", ERROR, Form),
    (Waiting, "AT+QMTPUB=0,7,1,0,\"t\",5", ERROR, State),
    (Open, "AT+QMTPUBEX=0,1,1,0,\"t\",\"x\"", ERROR, Order),
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\"", ERROR, Form),
    (Connected, "AT+QMTPUBEX=0,0,1,0,\"t\",\"x\"", ERROR, Limit),
    (Start, "AT+QHTTPCFG=\"reqheader/add\",\"a\",\"b\"", ERROR, Form),
    (Start, "AT+QHTTPURL=701", ERROR, Limit),
    (UrlSet, "AT+QHTTPSTOP", ERROR, Form),
    (Start, "AT+QISDE=0", ERROR, Form),
];

/// EC25 and EC200U: the length form of QMTPUBEX; neither PSM nor eDRX; typed data is echoed.
pub(super) const QC_AND_UA: &[Refusal] = &[
    (Start, "AT+CPSMS=1", ERROR, Form),
    (Start, "AT+CEDRXS=0", ERROR, Form),
    (Start, "AT+CEREG=4", ERROR, Limit),
    (Start, "AT+QCFG=\"iotopmode\"", ERROR, Form),
    (Start, "AT+QSSLCFG=\"checkhost\",1,1", ERROR, Form),
    (Start, "AT+QISDE=2", ERROR, Limit),
    (Start, "AT+QISDE", ERROR, Form),
    (Start, "AT+QMTCFG=\"send/mode\",0,1", ERROR, Limit),
    (Start, "AT+QMTCFG=\"qmtping\",0,4", ERROR, Limit),
    (Start, "AT+QMTCFG=\"qmtping\",0,61", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",5", ERROR, Form),
    (Open, "AT+QMTPUBEX=0,1,1,0,\"t\",5", ERROR, Order),
    (Online, "AT+QMTPUBEX=0,1,1,0,\"t\",5", ERROR, State),
    (Connected, "AT+QMTPUBEX=0,0,1,0,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUBEX=0,1,3,0,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\",0", ERROR, Limit),
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\",4097", ERROR, Limit),
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\"", ERROR, Form),
    // "A text there gives ERROR."
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\",\"hello\"", ERROR, Form),
    (Waiting, "AT+QMTPUBEX=0,7,1,0,\"t\",5", ERROR, State),
    (UrlSet, "AT+QHTTPSTOP?", ERROR, Form),
];

pub(super) const QC: &[Refusal] = &[
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\",1549", ERROR, Limit),
    (Start, "AT+QMTCFG=\"dataformat\",0,0,0", ERROR, Form),
    (Start, "AT+QMTCFG=\"edit/timeout\",0,1", ERROR, Form),
    (Start, "AT+QHTTPCFG=\"reqheader/add\",\"a\",\"b\"", ERROR, Form),
    (Start, "AT+QHTTPURL=701", ERROR, Limit),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,0,1", ERROR, Form),
];

pub(super) const UA: &[Refusal] = &[
    (Start, "AT+QICSGP=8", ERROR, Limit),
    (Start, "AT+QMTCFG=\"pdpcid\",0,8", ERROR, Limit),
    (Start, "AT+QMTCFG=\"timeout\",0,10,0,0", ERROR, Limit),
    (Start, "AT+QMTCFG=\"edit/timeout\",0,2", ERROR, Limit),
    (Start, "AT+QMTCFG=\"edit/timeout\",0,1,121", ERROR, Limit),
    (Start, "AT+QMTCFG=\"view/mode\",0,2", ERROR, Limit),
    (Start, "AT+QHTTPCFG=\"custom_header\",\"a: b\"", ERROR, Form),
    (Start, "AT+QHTTPCFG=\"reqheader/add\"", ERROR, Form),
    (Start, "AT+QHTTPCFG=\"reqheader/add\",\"a\"", ERROR, Form),
    (Start, "AT+QHTTPCFG=\"reqheader/add\",\"a\",b", ERROR, Form),
    (Start, "AT+QHTTPCFG=\"reqheader/remove\",\"a\"", ERROR, State),
    (Start, "AT+QHTTPURL=2049", ERROR, Limit),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,0,1,9", ERROR, Limit),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,0,1,10,1", ERROR, Form),
];
