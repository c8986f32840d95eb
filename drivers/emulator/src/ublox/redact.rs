//! Secrets of this dialect.

use crate::module::dialect::Secret;

/// In what the host writes; the module reads no password back. Of `AT+UAUTHREQ` which text is the password differs by
/// model: both are hidden; so is every header, which may be a token.
pub(super) const SECRETS: &[Secret] = &[
    Secret { name: b"+UMQTT=4,", text: 2 },
    Secret { name: b"+UAUTHREQ=", text: 0 },
    Secret { name: b"+USECMNG=0,2,", text: 2 },
    Secret { name: b"+UHTTP=0,3,", text: 1 },
    Secret { name: b"+UHTTP=0,9,", text: 1 },
    Secret { name: b"+UHTTP=1,3,", text: 1 },
    Secret { name: b"+UHTTP=1,9,", text: 1 },
    Secret { name: b"+UHTTP=2,3,", text: 1 },
    Secret { name: b"+UHTTP=2,9,", text: 1 },
    Secret { name: b"+UHTTP=3,3,", text: 1 },
    Secret { name: b"+UHTTP=3,9,", text: 1 },
    Secret { name: b"+CPIN=", text: 0 },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::redact::redact;

    #[test]
    fn secrets_are_gone_and_the_rest_stays() {
        let cases = [
            ("AT+UMQTT=4,\"dev&pk\",\"c0ffee\"\r", "AT+UMQTT=4,\"dev&pk\",\"***\"\r"),
            ("at+umqtt=4,\"dev&pk\",\"c0ff", "at+umqtt=4,\"dev&pk\",\"***"),
            ("AT+UMQTT=4\r", "AT+UMQTT=4\r"),
            ("\r\n+UMQTT: 4,\"dev&pk\"\r\n", "\r\n+UMQTT: 4,\"dev&pk\"\r\n"),
            ("AT+UAUTHREQ=1,1,\"user\",\"pw\"\r", "AT+UAUTHREQ=***\r"),
            ("AT+USECMNG=0,2,\"key\",800,\"pw\"\r", "AT+USECMNG=0,2,\"key\",800,\"***\"\r"),
            ("AT+CPIN=\"1234\"\r", "AT+CPIN=***\r"),
            ("AT+UHTTP=0,9,\"0:password:t0ken\"\r", "AT+UHTTP=0,9,\"***\"\r"),
        ];
        for (line, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&redact(line.as_bytes(), SECRETS)), expected);
        }
    }
}
