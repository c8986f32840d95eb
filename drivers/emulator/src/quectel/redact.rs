//! Secrets of this dialect.

use crate::module::dialect::Secret;

/// Both what the host writes and what the module reads back (`+QICSGP: 1,"apn","user","password",1`, the echo).
pub(super) const SECRETS: &[Secret] = &[
    Secret { name: b"+QMTCONN=", text: 3 },
    Secret { name: b"+QICSGP", text: 3 },
    Secret { name: b"\"ALIAUTH\"", text: 3 },
    Secret { name: b"\"AUTH\"", text: 1 },
    // Whatever the header is called: the token goes in one.
    Secret { name: b"\"REQHEADER/ADD\"", text: 2 },
    Secret { name: b"+CPIN=", text: 0 },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::redact::redact;

    #[test]
    fn secrets_are_gone_and_the_rest_stays() {
        let cases = [
            ("AT+QMTCONN=0,\"id|a=1|\",\"dev&pk\",\"c0ffee\"\r", "AT+QMTCONN=0,\"id|a=1|\",\"dev&pk\",\"***\"\r"),
            ("at+qmtconn=0,\"id\",\"u\",\"c0ff", "at+qmtconn=0,\"id\",\"u\",\"***"),
            ("AT+QMTCONN=0,\"id\"\r", "AT+QMTCONN=0,\"id\"\r"),
            ("AT+QICSGP=1,1,\"a\",\"u\",\"p\",1\r\r\nOK\r\n", "AT+QICSGP=1,1,\"a\",\"u\",\"***\",1\r\r\nOK\r\n"),
            ("\r\n+QICSGP: 1,\"a\",\"u\",\"p\",1\r\n\r\nOK\r\n", "\r\n+QICSGP: 1,\"a\",\"u\",\"***\",1\r\n\r\nOK\r\n"),
            ("AT+QICSGP=1,1,\"a\",\"\",\"\",0\r", "AT+QICSGP=1,1,\"a\",\"\",\"\",0\r"),
            ("AT+CPIN=\"1234\"\rAT+CPIN=1234\rAT+CPIN=?\r", "AT+CPIN=***\rAT+CPIN=***\rAT+CPIN=?\r"),
            ("+CPIN: READY\r\n", "+CPIN: READY\r\n"),
            ("AT+QMTCFG=\"aliauth\",0,\"pk\",\"dn\",\"ds\"\r", "AT+QMTCFG=\"aliauth\",0,\"pk\",\"dn\",\"***\"\r"),
            ("\r\n+QMTCFG: \"aliauth\",\"pk\",\"dn\",\"ds\"\r\n", "\r\n+QMTCFG: \"aliauth\",\"pk\",\"dn\",\"***\"\r\n"),
            ("AT+QHTTPCFG=\"auth\",\"u:p\"\r", "AT+QHTTPCFG=\"auth\",\"***\"\r"),
            ("\r\n+QHTTPCFG: \"auth\",\"u:p\"\r\n", "\r\n+QHTTPCFG: \"auth\",\"***\"\r\n"),
            ("AT+QHTTPCFG=\"custom_header\",\"password: 01\"\r", "AT+QHTTPCFG=\"custom_header\",\"password: ***\"\r"),
            ("\r\nCONNECT\r\n{\"token\":\"01\"}\r\nOK\r\n", "\r\nCONNECT\r\n{\"token\":\"***\"}\r\nOK\r\n"),
            (
                "AT+QHTTPCFG=\"reqheader/add\",\"password\",\"01\"\r",
                "AT+QHTTPCFG=\"reqheader/add\",\"password\",\"***\"\r",
            ),
            ("AT+CSQ\r", "AT+CSQ\r"),
        ];
        for (line, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&redact(line.as_bytes(), SECRETS)), expected);
        }
    }
}
