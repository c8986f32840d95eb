//! Bodies of `application/x-www-form-urlencoded`.

use std::collections::BTreeMap;

/// The fields of a form, decoded. No `Debug`: one may be a signature.
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// Takes values that are percent-encoded and those that are not: the SDKs do both (facts: `aliyun-iot`, section 3.1).
    pub(crate) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(body).map_err(|_| "form that is not UTF-8")?;
        let mut fields = BTreeMap::new();
        for field in text.split('&') {
            let (name, value) = field.split_once('=').ok_or("field without `=` in the form")?;
            if fields.insert(decode(name)?, decode(value)?).is_some() {
                return Err("same field twice in the form");
            }
        }
        Ok(Self(fields))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn decode(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "`%` without two hexadecimal digits in the form";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(WRONG);
                let value = digit()? << 4 | digit()?;
                u8::try_from(value).map_err(|_| WRONG)?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| "field that is not UTF-8 in the form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_and_not() {
        for body in ["deviceName=a%3Ab%40c.d&random=%2b+x%2F", "random=%2B%20x/&deviceName=a:b@c.d&more="] {
            let form = Form::parse(body.as_bytes()).expect(body);
            assert_eq!((form.get("deviceName"), form.get("random")), (Some("a:b@c.d"), Some("+ x/")));
            assert_eq!(form.get("sign"), None);
        }
    }

    #[test]
    fn malformed_forms() {
        for body in
            [&b""[..], b"a", b"a=b&", b"&a=b", b"a=b&a=c", b"a=%", b"a=%4", b"a=%g0", b"a=%+1", b"a=\xff", b"a=%ff"]
        {
            assert!(Form::parse(body).is_err(), "{}", body.escape_ascii());
        }
    }
}
