//! The platform's own answers (facts: `aliyun-iot`, sections 3.1 and 4).
//!
//! No text in them needs an escape: names are checked, the rest is made here.

use super::response::Body;
use crate::config::JsonForm;
use crate::device::DeviceId;

impl Body {
    /// A code other than success.
    pub(crate) fn refusal(code: u16, message: &str) -> Self {
        Self::Json { code, text: format!(r#"{{"code":{code},"message":"{message}"}}"#) }
    }

    /// To `/auth`.
    pub(crate) fn token(token: &str, form: JsonForm) -> Self {
        let info = if form.capitals { "Info" } else { "info" };
        Self::Json { code: 0, text: format!(r#"{{"code":0,"message":"success","{info}":{{"token":"{token}"}}}}"#) }
    }

    /// To `/topic`.
    pub(crate) fn message(id: u64, form: JsonForm) -> Self {
        let (info, message_id) = if form.capitals { ("Info", "MessageId") } else { ("info", "messageId") };
        let data = if form.data_member { r#","data":"""# } else { "" };
        let comma = if form.trailing_comma { "," } else { "" };
        let info = format!(r#""{info}":{{"{message_id}":{id}{data}{comma}}}"#);
        Self::Json { code: 0, text: format!(r#"{{"code":0,"message":"success",{info}}}"#) }
    }

    /// To `/auth/register/device`.
    pub(crate) fn registered(device: &DeviceId, secret: &str, data_first: bool) -> Self {
        let (name, key) = (&device.device_name, &device.product_key);
        let data = format!(r#""data":{{"deviceName":"{name}","deviceSecret":"{secret}","productKey":"{key}"}}"#);
        let text = match data_first {
            false => format!(r#"{{"code":200,{data},"message":"success"}}"#),
            true => format!(r#"{{{data},"message":"success","code":200}}"#),
        };
        Self::Json { code: 200, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: Body) -> String {
        match body {
            Body::Json { text, .. } => text,
            Body::Page => panic!("a page"),
        }
    }

    #[test]
    fn as_the_pages_print_them() {
        let plain = JsonForm::default();
        assert_eq!(
            text(Body::token("6944e5bfb92e4d4ea3918d1eda39****", plain)),
            r#"{"code":0,"message":"success","info":{"token":"6944e5bfb92e4d4ea3918d1eda39****"}}"#
        );
        assert_eq!(
            text(Body::message(892687627916247040, plain)),
            r#"{"code":0,"message":"success","info":{"messageId":892687627916247040}}"#
        );
        assert_eq!(
            text(Body::registered(&DeviceId::new("k1hipglLdjU", "868488076506128"), "fef3...b021", false)),
            concat!(
                r#"{"code":200,"data":{"deviceName":"868488076506128","deviceSecret":"fef3...b021","#,
                r#""productKey":"k1hipglLdjU"},"message":"success"}"#
            )
        );
        assert_eq!(
            text(Body::refusal(6289, "device is already active")),
            r#"{"code":6289,"message":"device is already active"}"#
        );
    }

    #[test]
    fn odd_forms() {
        let odd = JsonForm { trailing_comma: true, data_member: true, capitals: true };
        assert_eq!(text(Body::token("t", odd)), r#"{"code":0,"message":"success","Info":{"token":"t"}}"#);
        let expected = r#"{"code":0,"message":"success","Info":{"MessageId":7,"data":"",}}"#;
        assert_eq!(text(Body::message(7, odd)), expected);
        let comma = JsonForm { trailing_comma: true, ..JsonForm::default() };
        assert_eq!(text(Body::message(7, comma)), r#"{"code":0,"message":"success","info":{"messageId":7,}}"#);
        let registered = text(Body::registered(&DeviceId::new("p", "d"), "s", true));
        let expected =
            r#"{"data":{"deviceName":"d","deviceSecret":"s","productKey":"p"},"message":"success","code":200}"#;
        assert_eq!(registered, expected);
    }
}
