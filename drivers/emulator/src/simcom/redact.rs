//! Secrets of this dialect.

use crate::module::dialect::Secret;

/// What the host writes, and what the module reads back.
pub(super) const SECRETS: &[Secret] = &[
    Secret { name: b"+CMQTTCONNECT=", text: 3 },
    // The password before the user; read back behind it.
    Secret { name: b"+CGAUTH=", text: 1 },
    Secret { name: b"+CGAUTH:", text: 2 },
    Secret { name: b"\"ALIAUTH\"", text: 3 },
    Secret { name: b"+SMALIAUTH=", text: 3 },
    Secret { name: b"+SMALIDYNA=", text: 3 },
    // As `AT+SMALIAUTH?` prints it.
    Secret { name: b"DEVICE SECRET: ", text: 1 },
    Secret { name: b"+CNCFG=", text: 3 },
    // What a registration answers; as hex nothing else would tell it from a message.
    Secret { name: b"+SMSUB: \"/ext/reg", text: 0 },
    // Of `AT+SMCONF` and `AT+SHAHEAD`; and as `AT+SMCONF?` prints it.
    Secret { name: b"\"PASSWORD\"", text: 1 },
    Secret { name: b"PASSWORD: ", text: 1 },
    Secret { name: b"+CPIN=", text: 0 },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::redact::redact;

    #[test]
    fn secrets_are_gone_and_the_rest_stays() {
        let cases = [
            (
                "AT+CMQTTCONNECT=0,\"tcp://h:1883\",300,1,\"dev&pk\",\"c0ffee\"\r",
                "AT+CMQTTCONNECT=0,\"tcp://h:1883\",300,1,\"dev&pk\",\"***\"\r",
            ),
            ("AT+CMQTTACCQ=0,\"id|a=1|\",0\r", "AT+CMQTTACCQ=0,\"id|a=1|\",0\r"),
            ("AT+CGAUTH=1,1,\"c0ffee\",\"user\"\r", "AT+CGAUTH=1,1,\"***\",\"user\"\r"),
            ("\r\n+CGAUTH: 1,1,\"user\",\"c0ffee\"\r\n", "\r\n+CGAUTH: 1,1,\"user\",\"***\"\r\n"),
            ("AT+CMQTTCFG=\"aliauth\",0,\"pk\",\"dn\",\"ds\"\r", "AT+CMQTTCFG=\"aliauth\",0,\"pk\",\"dn\",\"***\"\r"),
            ("AT+SMALIAUTH=\"pk\",\"dn\",\"ds\"\r", "AT+SMALIAUTH=\"pk\",\"dn\",\"***\"\r"),
            ("AT+SMALIDYNA=\"pk\",\"dn\",\"ps\"\r", "AT+SMALIDYNA=\"pk\",\"dn\",\"***\"\r"),
            ("Device Name: \"dn\"\r\nDevice Secret: \"ds\"\r\n", "Device Name: \"dn\"\r\nDevice Secret: \"***\"\r\n"),
            ("AT+CPIN=1234\r", "AT+CPIN=***\r"),
            ("AT+HTTPPARA=\"USERDATA\",\"password: 01\"\r", "AT+HTTPPARA=\"USERDATA\",\"password: ***\"\r"),
            ("AT+CNCFG=0,1,\"apn\",\"u\",\"p\",3\r", "AT+CNCFG=0,1,\"apn\",\"u\",\"***\",3\r"),
            ("AT+SMCONF=\"PASSWORD\",\"c0ffee\"\r", "AT+SMCONF=\"PASSWORD\",\"***\"\r"),
            ("USERNAME: \"u\"\r\nPASSWORD: \"c0ffee\"\r\n", "USERNAME: \"u\"\r\nPASSWORD: \"***\"\r\n"),
            ("AT+SHAHEAD=\"password\",\"token\"\r", "AT+SHAHEAD=\"password\",\"***\"\r"),
            ("\r\n+SMSUB: \"/ext/register\",\"7B22\"\r\n", "\r\n+SMSUB: \"/ext/reg***\r\n"),
            ("\r\n+SMSUB: \"/a/b/user/get\",\"7B22\"\r\n", "\r\n+SMSUB: \"/a/b/user/get\",\"7B22\"\r\n"),
            ("+SMSUB: /ext/regnwl,{\"deviceToken\":\"x\"}\r\n", "+SMSUB: /ext/regnwl,{\"deviceToken\":\"***\"}\r\n"),
            ("AT+CSQ\r", "AT+CSQ\r"),
        ];
        for (line, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&redact(line.as_bytes(), SECRETS)), expected);
        }
    }
}
