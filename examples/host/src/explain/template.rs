//! What stands in the places of a command's template.

use wanlink_at::Arg;

/// Numbers that are told from all others.
pub(super) const PORT: u16 = 58_883;
pub(super) const KEEP_ALIVE_S: u16 = 777;
pub(super) const LENGTH: usize = 613;
pub(super) const OTHER: usize = 771;
pub(super) const SOCKET: u8 = 5;
/// The last packet identifier before an explanation.
pub(super) const MESSAGE_ID: u16 = 4242;
/// Digits, as they have to be.
pub(super) const PIN: &str = "73519468";
/// A name as a root's has to be, and its content.
pub(super) const ROOT: &str = "root-file";
pub(super) const PEM: &[u8] = &[b'-'; 1931];
/// Its length is known again, too: no other number is 7.
pub(super) const TOPIC: &str = "<topic>";

/// One that has no name.
const SECRET: &str = "<secret>";

/// More values than this are not listed.
const LISTED: usize = 3;

/// What an argument was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Number(u32),
    Text(String),
    Secret(String),
    Later,
}

impl Value {
    pub(super) fn of(arg: &Arg<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match arg {
            Arg::Number(number) => Self::Number(*number),
            Arg::Text(bytes) => Self::Text(text(bytes)),
            Arg::Secret(bytes) => Self::Secret(text(bytes)),
            Arg::Later(_) => Self::Later,
        }
    }

    /// The name of what it stands for.
    fn name(&self) -> Option<String> {
        let named = |text: &str| text.starts_with('<').then(|| text.to_owned());
        match self {
            Self::Number(number) => number_name(*number).map(str::to_owned),
            Self::Text(text) if text == ROOT => Some("<root>".to_owned()),
            Self::Text(text) if !text.is_empty() && text.bytes().all(|byte| byte == b'\r') => {
                Some(format!("<{} CR>", text.len()))
            }
            Self::Text(text) if text.len() == 4 && text.bytes().all(|byte| matches!(byte, b'0' | b'1')) => {
                Some("<4 bits>".to_owned())
            }
            Self::Text(text) => named(text),
            Self::Secret(text) if text == PIN => Some("<PIN>".to_owned()),
            Self::Secret(text) => (!text.is_empty()).then(|| named(text).unwrap_or_else(|| SECRET.to_owned())),
            Self::Later => Some("<told by the module>".to_owned()),
        }
    }

    fn plain(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Secret(_) | Self::Later => String::new(),
        }
    }
}

fn number_name(number: u32) -> Option<&'static str> {
    const TOPIC_LENGTH: usize = TOPIC.len();
    const ROOT_LENGTH: usize = PEM.len();
    const NO_SOCKET: u32 = u8::MAX as u32;
    let names: [(u32, &str); 9] = [
        (PORT.into(), "<port>"),
        (KEEP_ALIVE_S.into(), "<keep-alive in s>"),
        (u32::from(MESSAGE_ID) + 1, "<message id>"),
        (LENGTH as u32, "<length>"),
        (OTHER as u32, "<number>"),
        (SOCKET.into(), "<socket>"),
        // The module gives it another number, which it tells when it opens.
        (NO_SOCKET, "<socket>"),
        (TOPIC_LENGTH as u32, "<length of the topic>"),
        (ROOT_LENGTH as u32, "<length of the root>"),
    ];
    names.into_iter().find(|(marker, _)| *marker == number).map(|(_, name)| name)
}

/// The command of this template, with what its arguments were in one call or another.
pub(super) fn fill<'c>(template: &str, calls: impl Iterator<Item = &'c [Value; 9]> + Clone) -> String {
    let mut command = "AT".to_owned();
    let mut rest = template;
    while let Some((before, letter, after)) = place(rest) {
        command += before;
        command += &shown(calls.clone().filter_map(|args| args.get(letter)));
        rest = after;
    }
    command + rest
}

/// The first place of a template: what stands before it, which argument goes there, and what follows.
fn place(template: &str) -> Option<(&str, usize, &str)> {
    template.match_indices('{').find_map(|(at, _)| match template.as_bytes().get(at + 1..at + 3)? {
        [letter @ b'a'..=b'i', b'}'] => Some((&template[..at], usize::from(letter - b'a'), &template[at + 3..])),
        _ => None,
    })
}

fn shown<'c>(values: impl Iterator<Item = &'c Value> + Clone) -> String {
    let mut names = values.clone().filter_map(Value::name);
    if let Some(first) = names.next() {
        // What it is called tells more than that it is a secret.
        return if first == SECRET { names.find(|name| name != SECRET).unwrap_or(first) } else { first };
    }
    let mut all: Vec<_> = values.cloned().collect();
    all.sort();
    all.dedup();
    match &all[..] {
        [one] => one.plain(),
        few if few.len() <= LISTED => format!("<{}>", few.iter().map(Value::plain).collect::<Vec<_>>().join("|")),
        _ => "<number>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_with_names_values_and_choices() {
        let args = |last: u32| {
            let values = [Value::Text(TOPIC.to_owned()), Value::Secret("s3cret".to_owned()), Value::Number(last)];
            let rest = [const { Value::Later }; 6];
            let mut all = rest.to_vec();
            all.splice(0..0, values);
            <[Value; 9]>::try_from(all).unwrap()
        };
        let calls = [args(0), args(1)];
        let filled = fill("+X=\"{a}\",\"{b}\",{c},{d},{z}", calls.iter());
        assert_eq!(filled, "AT+X=\"<topic>\",\"<secret>\",<0|1>,<told by the module>,{z}");
        assert_eq!(fill("+X={c}", calls[..1].iter()), "AT+X=0");
        assert_eq!(shown([0, 1, 2, 3].map(Value::Number).iter()), "<number>");
    }
}
