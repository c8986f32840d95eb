//! A dialect of a few lines for each vendor, to replay transcripts with. The drivers have the real ones.

use wanlink_at::{Answer, Block, Dialect, Part, Step, Urc, Verdict, fields, int, step, table, urcs};

/// What a URC of the replay means for it: nothing.
pub(crate) const URC: u8 = 1;
/// The URC that the tests put into every gap.
pub(crate) const PUT: u8 = 2;

/// Longest wait for a final line, a result or a prompt: more than any transcript has.
const LONG: u16 = 1300;

/// The whole command stands in the first argument.
const fn command() -> Step {
    step("{a}", LONG).note(1).sync()
}

const PLAIN: &[Step] = &[command()];
const HELLO: &[Step] = &[step("{a}", 5).note(1).sync()];
const INFO: &[Step] = &[command().info()];
const BARE: &[Step] = &[command().bare()];
const RESULT: &[Step] = &[command().result(0, LONG)];
const RESULT_1: &[Step] = &[command().result(1, LONG)];
const RESULT_2: &[Step] = &[command().result(2, LONG)];
const PROMPT: &[Step] = &[command().prompt()];
const PROMPT_RESULT_1: &[Step] = &[command().prompt().result(1, LONG)];
const PROMPT_RESULT_2: &[Step] = &[command().prompt().result(2, LONG)];
const AT_SIGN: &[Step] = &[command().prompt_byte(b'@').info()];
const CONNECT: &[Step] = &[command().connect()];
const CONNECT_RESULT: &[Step] = &[command().connect().result(0, LONG)];
const DOWNLOAD: &[Step] = &[command().download()];
const PUBLISH_TEXT: &[Step] = &[command().result(2, LONG).named("+QMTPUB:")];
const BEARER: &[Step] = &[command().result(1, LONG).named("+APP PDP:")];
const PSD: &[Step] = &[command().result(0, LONG).named("+UUPSDA:")];
const SESSION: &[Step] = &[command().result(1, LONG).named("+UUMQTTC:")];
const PUBLISH: &[Step] = &[command().prompt().result(1, LONG).named("+UUMQTTC:")];
const POST: &[Step] = &[command().result(2, LONG).named("+UUHTTPCR:")];

const PACKED_PLAIN: &[u8] = table![PLAIN];
const PACKED_HELLO: &[u8] = table![HELLO];
const PACKED_INFO: &[u8] = table![INFO];
const PACKED_BARE: &[u8] = table![BARE];
const PACKED_RESULT: &[u8] = table![RESULT];
const PACKED_RESULT_1: &[u8] = table![RESULT_1];
const PACKED_RESULT_2: &[u8] = table![RESULT_2];
const PACKED_PROMPT: &[u8] = table![PROMPT];
const PACKED_PROMPT_RESULT_1: &[u8] = table![PROMPT_RESULT_1];
const PACKED_PROMPT_RESULT_2: &[u8] = table![PROMPT_RESULT_2];
const PACKED_AT_SIGN: &[u8] = table![AT_SIGN];
const PACKED_CONNECT: &[u8] = table![CONNECT];
const PACKED_CONNECT_RESULT: &[u8] = table![CONNECT_RESULT];
const PACKED_DOWNLOAD: &[u8] = table![DOWNLOAD];
const PACKED_PUBLISH_TEXT: &[u8] = table![PUBLISH_TEXT];
const PACKED_BEARER: &[u8] = table![BEARER];
const PACKED_PSD: &[u8] = table![PSD];
const PACKED_SESSION: &[u8] = table![SESSION];
const PACKED_PUBLISH: &[u8] = table![PUBLISH];
const PACKED_POST: &[u8] = table![POST];

/// The table for a command line without `AT`: the first whose name it begins with.
pub(crate) fn table(tables: &[(&str, &'static [u8])], command: &str) -> &'static [u8] {
    let found = tables.iter().find(|(name, _)| command.starts_with(name)).map(|(_, table)| *table);
    match found {
        Some(table) => table,
        None if command.is_empty() => PACKED_HELLO,
        None if command.ends_with('?') => PACKED_INFO,
        None => PACKED_PLAIN,
    }
}

/// Results that are not the last word: the module repeats what it sends.
pub(crate) fn verdict(_: u8, answer: &Answer<'_>) -> Verdict {
    let Answer::Result(line) = answer else { return Verdict::Default };
    let again = (line.starts_with(b"+QMTCONN:") && fields(line).count() == 2 && int(line, 1) == Some(1))
        || (line.starts_with(b"+QMTPUB") && int(line, 2) == Some(1));
    if again { Verdict::Wait } else { Verdict::Default }
}

/// One vendor's part.
pub(crate) struct Vendor {
    pub(crate) name: &'static str,
    pub(crate) dialect: &'static Dialect,
    pub(crate) tables: &'static [(&'static str, &'static [u8])],
}

const QUECTEL_URCS: &[Urc] = &[
    Urc::new(PUT, "+PUT:"),
    Urc::new(URC, "RDY"),
    Urc::new(URC, "+CFUN:"),
    Urc::new(URC, "+CPIN:"),
    Urc::new(URC, "+QUSIM:"),
    Urc::new(URC, "+QIND:"),
    Urc::new(URC, "+CEREG:").twin(),
    Urc::new(URC, "+QMTSTAT:"),
    Urc::new(URC, "+QIURC:"),
];
const QUECTEL_PACKED: &[u8] = urcs![QUECTEL_URCS];
static QUECTEL_BLOCKS: &[Block] =
    &[Block::whole(1, "+QMTRECV: #,#,\"$\",%,\"*\""), Block::whole(2, "+QIRD: %\n*"), Block::whole(3, "CONNECT=\n*")];
static QUECTEL_DIALECT: Dialect =
    Dialect { urcs: QUECTEL_PACKED, blocks: QUECTEL_BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

pub(crate) static QUECTEL: Vendor = Vendor {
    name: "quectel",
    dialect: &QUECTEL_DIALECT,
    tables: &[
        ("I", PACKED_BARE),
        ("+CGSN", PACKED_BARE),
        ("+QCCID", PACKED_INFO),
        ("+QIACT?", PACKED_PLAIN),
        ("+QIRD", PACKED_INFO),
        ("+QIOPEN", PACKED_RESULT),
        ("+QSSLOPEN", PACKED_RESULT),
        ("+QISEND", PACKED_PROMPT),
        ("+QMTPUBEX=0,3,1,0,\"t/u\",\"hello\"", PACKED_PUBLISH_TEXT),
        ("+QMTPUB", PACKED_PROMPT_RESULT_2),
        ("+QMTSUB", PACKED_RESULT_2),
        ("+QMTCFG", PACKED_PLAIN),
        ("+QMT", PACKED_RESULT_1),
        ("+QHTTPURL", PACKED_CONNECT),
        ("+QHTTPPOST", PACKED_CONNECT_RESULT),
        ("+QHTTPREAD", PACKED_RESULT),
    ],
};

const SIMCOM_URCS: &[Urc] = &[
    Urc::new(PUT, "+PUT:"),
    Urc::new(URC, "*ATREADY:"),
    Urc::new(URC, "+CPIN:"),
    Urc::new(URC, "SMS DONE"),
    Urc::new(URC, "+CGEV:"),
    Urc::new(URC, "+CEREG:").twin(),
    Urc::new(URC, "+CMQTTCONNLOST:"),
    Urc::new(URC, "+SMSUB:"),
    Urc::new(URC, "+SMSTATE:"),
    Urc::new(URC, "+CIPRXGET:"),
    Urc::new(URC, "+IPCLOSE:"),
    Urc::new(URC, "+CADATAIND:"),
    Urc::new(URC, "+CASTATE:"),
];
const SIMCOM_PACKED: &[u8] = urcs![SIMCOM_URCS];
static SIMCOM_BLOCKS: &[Block] = &[
    Block::piece(1, Part::Start, "+CMQTTRXSTART: #,%,%\n"),
    Block::piece(1, Part::Head, "+CMQTTRXTOPIC: #,%\n$"),
    Block::piece(1, Part::Body, "+CMQTTRXPAYLOAD: #,%\n*"),
    Block::piece(1, Part::End, "+CMQTTRXEND: #\n"),
    Block::whole(2, "+CIPRXGET: 2,#,%,#\n*"),
    Block::whole(3, "+CARECV: %,*"),
    Block::whole(4, "+HTTPREAD: %\n*"),
];
static SIMCOM_DIALECT: Dialect =
    Dialect { urcs: SIMCOM_PACKED, blocks: SIMCOM_BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

pub(crate) static SIMCOM: Vendor = Vendor {
    name: "simcom",
    dialect: &SIMCOM_DIALECT,
    tables: &[
        ("+CMQTTSUB", PACKED_PROMPT_RESULT_1),
        ("+CMQTTTOPIC", PACKED_PROMPT),
        ("+CMQTTPAYLOAD", PACKED_PROMPT),
        ("+CMQTTSTART", PACKED_RESULT),
        ("+CMQTTSTOP", PACKED_RESULT),
        ("+CMQTTCONNECT", PACKED_RESULT_1),
        ("+CMQTTPUB", PACKED_RESULT_1),
        ("+CMQTTDISC", PACKED_RESULT_1),
        ("+CNACT", PACKED_BEARER),
        ("+SMPUB", PACKED_PROMPT),
        ("+NETOPEN", PACKED_RESULT),
        ("+CIPOPEN", PACKED_RESULT_1),
        ("+CIPSEND", PACKED_PROMPT_RESULT_1),
        ("+CIPRXGET=2", PACKED_INFO),
        ("+CCHOPEN", PACKED_RESULT_1),
        ("+CAOPEN", PACKED_RESULT_1),
        ("+CASEND", PACKED_PROMPT),
        ("+CARECV", PACKED_INFO),
        ("+HTTPDATA", PACKED_DOWNLOAD),
        ("+HTTPACTION", PACKED_RESULT_1),
        ("+HTTPREAD", PACKED_RESULT),
    ],
};

const UBLOX_URCS: &[Urc] = &[
    Urc::new(PUT, "+PUT:"),
    Urc::new(URC, "+CEREG:").twin(),
    Urc::new(URC, "+CGEV:"),
    Urc::new(URC, "+UUPSDA:"),
    Urc::new(URC, "+UUPSDD:"),
    Urc::new(URC, "+UUMQTTC:"),
    Urc::new(URC, "+UUMQTTCM:"),
    Urc::new(URC, "+UUSORD:"),
    Urc::new(URC, "+UUSOCL:"),
];
const UBLOX_PACKED: &[u8] = urcs![UBLOX_URCS];
static UBLOX_BLOCKS: &[Block] = &[
    Block::whole(1, "+UMQTTC: 6,#,#,%,\"$\",%,\"*\""),
    Block::whole(2, "+USORD: #,%,\"*\""),
    Block::whole(3, "+URDFILE: \"$\",%,\"*\""),
];
static UBLOX_DIALECT: Dialect =
    Dialect { urcs: UBLOX_PACKED, blocks: UBLOX_BLOCKS, prompt: b'>', command_gap_ms: 20, prompt_gap_ms: 50 };

pub(crate) static UBLOX: Vendor = Vendor {
    name: "ublox",
    dialect: &UBLOX_DIALECT,
    tables: &[
        ("I9", PACKED_BARE),
        ("+CGMM", PACKED_BARE),
        ("+CIMI", PACKED_BARE),
        ("+UPSDA", PACKED_PSD),
        ("+UMQTTC=9", PACKED_PUBLISH),
        // Answered by a line of their own, or in the old syntax.
        ("+UMQTTC=8", PACKED_PLAIN),
        ("+UMQTTC=7", PACKED_PLAIN),
        ("+UMQTTC=6", PACKED_PLAIN),
        ("+UMQTTC=2", PACKED_PLAIN),
        ("+UMQTTC=0", PACKED_PLAIN),
        ("+UMQTTC=", PACKED_SESSION),
        ("+UDWNFILE", PACKED_PROMPT),
        ("+UHTTPC=", PACKED_POST),
        ("+URDFILE", PACKED_INFO),
        ("+USORD", PACKED_INFO),
        ("+USOWR", PACKED_AT_SIGN),
    ],
};
