//! The notes by which a trace says what the host wanted, so that it can be replayed.
//!
//! ```text
//! 0.000000 ! driver bg95 mqtt
//! 0.000012 ! call {"call":"publish","topic":"/pk/name/user/update","qos":1,"payload":"21.5"}
//! 0.048300 ! returned
//! 9.100000 ! returned the session with the broker is gone
//! 9.200000 ! end
//! ```
//!
//! A device that registers has a driver for that first, and then another one: each is noted when it begins. A call
//! without its `returned` was dropped, at the latest when the next call began. Without `end` the trace was cut
//! off.

use crate::call::Call;
use crate::redact::Redactor;

/// The trace is whole.
pub(crate) const END: &str = "end";
const DRIVER: &str = "driver ";
const CALL: &str = "call ";
const RETURNED: &str = "returned";

/// What a note says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Driver {
        module: String,
        path: String,
    },
    Call(Call),
    /// The text of the error, if it was one.
    Returned(Option<String>),
    End,
    /// Of no concern here, as a fault that was ordered.
    Other,
}

pub(crate) fn driver(module: &str, path: &str) -> String {
    format!("{DRIVER}{module} {path}")
}

pub(crate) fn called(call: &Call, redactor: &Redactor) -> String {
    let call = call.masked(|data| redactor.mask(data));
    format!("{CALL}{}", serde_json::to_string(&call).unwrap_or_default())
}

pub(crate) fn returned(error: Option<&str>) -> String {
    error.map_or_else(|| RETURNED.to_owned(), |error| format!("{RETURNED} {error}"))
}

impl Note {
    /// Reads a note; an error for a call that nobody can make.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let text = String::from_utf8_lossy(bytes);
        if text == END {
            return Ok(Self::End);
        }
        if let Some(call) = text.strip_prefix(CALL) {
            return serde_json::from_str(call).map(Self::Call);
        }
        if let Some((module, path)) = text.strip_prefix(DRIVER).and_then(|text| text.split_once(' ')) {
            return Ok(Self::Driver { module: module.to_owned(), path: path.to_owned() });
        }
        Ok(match text.strip_prefix(RETURNED) {
            Some("") => Self::Returned(None),
            Some(error) if error.starts_with(' ') => Self::Returned(Some(error[1..].to_owned())),
            _ => Self::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wanlink_core::Qos;
    use wanlink_emulator::Profile;

    #[test]
    fn notes_are_read_back() {
        let call = Call::publish("/pk/name/user/update", b"\r\n\xff\"", Qos::AtLeastOnce);
        let redactor = Redactor::new(Profile::bg95(), Vec::new());
        let text = called(&call, &redactor);
        assert_eq!(text, r#"call {"call":"publish","topic":"/pk/name/user/update","qos":1,"payload":"\\r\\n\\xff\""}"#);
        let driver = driver("bg95", "mqtt");
        for (text, note) in [
            (text.as_str(), Note::Call(call)),
            (&driver, Note::Driver { module: "bg95".to_owned(), path: "mqtt".to_owned() }),
            (&returned(None), Note::Returned(None)),
            (&returned(Some("no")), Note::Returned(Some("no".to_owned()))),
            (END, Note::End),
            ("lose_network", Note::Other),
            ("returnedx", Note::Other),
        ] {
            assert_eq!(Note::parse(text.as_bytes()).unwrap(), note);
        }
        assert!(Note::parse(b"call {}").is_err());
    }
}
