//! What the platform answers (aliyun-iot, 4).

use wanlink_core::Reply;
use zeroize::Zeroizing;

use crate::json::Object;
use crate::text::Text;

/// Everything went well.
pub(super) const SUCCESS: u16 = 0;
/// The signature, or who signed, is not right.
pub(super) const NOT_SIGNED: u16 = 20000;

/// Whether a code says that the token does not count, or not any longer.
pub(super) const fn is_of_token(code: u16) -> bool {
    matches!(code, 20001..=20003)
}

/// An answer of the platform, whatever the status was that it came with.
pub(super) struct Answer<'a> {
    pub(super) code: u16,
    info: Option<Object<'a>>,
}

impl<'a> Answer<'a> {
    /// `None` when it is none: a server between, perhaps, or an answer that was cut.
    pub(super) fn of(reply: &Reply<'a>) -> Option<Self> {
        let object = Object::parse(reply.body).ok()?;
        // A code of more than 16 bits is no known one either.
        let code = u16::try_from(object.get("code")?.number()?).unwrap_or(u16::MAX);
        Some(Self { code, info: object.get("info").and_then(|info| info.object()) })
    }

    /// The token that it brings.
    pub(super) fn token(&self) -> Option<Zeroizing<Text<64>>> {
        let mut token = Zeroizing::new(Text::new());
        for character in self.info?.get("token")?.text()?.characters() {
            token.push(character?).ok()?;
        }
        Some(token)
    }

    /// The number that the platform gave the message.
    pub(super) fn message_id(&self) -> Option<u64> {
        self.info?.get("messageId")?.number()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    fn reply(body: &str) -> Reply<'_> {
        Reply { status: 200, body: body.as_bytes(), cut: 0 }
    }

    #[test]
    fn answers_as_the_pages_print_them() {
        let signed = r#"{"code":0,"message":"success","info":{"token":"6944e5bfb92e4d4ea3918d1eda39f1c2"}}"#;
        let answer = Answer::of(&reply(signed)).unwrap();
        assert_eq!((answer.code, answer.token().unwrap().as_str()), (SUCCESS, "6944e5bfb92e4d4ea3918d1eda39f1c2"));
        for posted in [
            r#"{"code":0,"message":"success","info":{"messageId":892687627916247040}}"#,
            r#"{"code":0,"message":"success","info":{"messageId":892687627916247040,}}"#,
            r#"{"code":"0","Info":{"MessageId":892687627916247040,"data":"x"}}"#,
        ] {
            let answer = Answer::of(&reply(posted)).unwrap();
            assert_eq!((answer.code, answer.message_id()), (SUCCESS, Some(892_687_627_916_247_040)), "{posted}");
        }
        let refused = Answer::of(&reply(r#"{"code":20001,"message":"token is expired"}"#)).unwrap();
        assert!(is_of_token(refused.code) && refused.token().is_none() && refused.message_id().is_none());
    }

    #[test]
    fn what_is_no_answer() {
        for body in ["", "<html>", "[]", r#"{"code":"x"}"#, r#"{"message":"success"}"#, r#"{"code":0,"info":{"tok"#] {
            assert!(Answer::of(&reply(body)).is_none(), "{body}");
        }
        assert_eq!(Answer::of(&reply(r#"{"code":4000000000}"#)).map(|answer| answer.code), Some(u16::MAX));
        let long = std::format!(r#"{{"code":0,"info":{{"token":"{}"}}}}"#, "t".repeat(65));
        assert!(Answer::of(&reply(&long)).unwrap().token().is_none());
    }
}
