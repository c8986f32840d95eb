//! Command lines: name, form, parameters.

use super::reply::Refused;

/// One parameter as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Empty,
    /// Without quotes.
    Bare(Vec<u8>),
    /// Between quotes; there is no escape (quectel-at 0).
    Quoted(Vec<u8>),
}

/// Which of the four forms of a command (quectel-at 0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Execute,
    Test,
    Read,
    Write(Parameters),
}

/// The parameters of a write form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<Parameter>);

impl Parameters {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> &Parameter {
        self.0.get(index).unwrap_or(&Parameter::Empty)
    }

    /// A number in a range; `None` when it is left out.
    pub(crate) fn number(&self, index: usize, least: u32, most: u32) -> Result<Option<u32>, Refused> {
        match self.get(index) {
            Parameter::Empty => Ok(None),
            Parameter::Quoted(_) => Err(Refused::Error),
            Parameter::Bare(digits) => {
                let digits = std::str::from_utf8(digits).map_err(|_| Refused::Error)?;
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                let number: u32 = digits.parse().map_err(|_| Refused::Error)?;
                if plain && (least..=most).contains(&number) { Ok(Some(number)) } else { Err(Refused::Error) }
            }
        }
    }

    /// A number that must be there.
    pub(crate) fn need(&self, index: usize, least: u32, most: u32) -> Result<u32, Refused> {
        self.number(index, least, most)?.ok_or(Refused::Error)
    }

    /// A quoted text of at most `most` bytes; `None` when it is left out.
    pub(crate) fn text(&self, index: usize, most: usize) -> Result<Option<&[u8]>, Refused> {
        match self.get(index) {
            Parameter::Empty => Ok(None),
            Parameter::Quoted(text) if text.len() <= most => Ok(Some(text)),
            Parameter::Quoted(_) | Parameter::Bare(_) => Err(Refused::Error),
        }
    }

    /// A quoted text that must be there and not be empty.
    pub(crate) fn need_text(&self, index: usize, most: usize) -> Result<&[u8], Refused> {
        self.text(index, most)?.filter(|text| !text.is_empty()).ok_or(Refused::Error)
    }

    /// A text with or without quotes.
    pub(crate) fn any_text(&self, index: usize) -> Option<&[u8]> {
        match self.get(index) {
            Parameter::Empty => None,
            Parameter::Bare(text) | Parameter::Quoted(text) => Some(text),
        }
    }

    /// At most so many parameters.
    pub(crate) fn at_most(&self, count: usize) -> Result<(), Refused> {
        if self.len() <= count { Ok(()) } else { Err(Refused::Error) }
    }
}

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// In upper case, without `AT`: `+CSQ`, `E`, `&D`, `I`.
    pub(crate) name: String,
    pub(crate) form: Form,
}

/// Reads what stands after `AT`: one extended command, or basic commands in a row.
pub(crate) fn parse(rest: &[u8]) -> Result<Vec<Command>, Refused> {
    if rest.first().is_some_and(|&byte| byte == b'+') {
        return Ok(vec![extended(rest)?]);
    }
    let mut commands = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        let (command, length) = basic(rest)?;
        commands.push(command);
        rest = &rest[length..];
    }
    Ok(commands)
}

fn extended(text: &[u8]) -> Result<Command, Refused> {
    let end = text[1..].iter().position(|byte| !byte.is_ascii_alphanumeric()).map_or(text.len(), |at| at + 1);
    let name = String::from_utf8_lossy(&text[..end]).to_ascii_uppercase();
    let form = match &text[end..] {
        b"" => Form::Execute,
        b"?" => Form::Read,
        b"=?" => Form::Test,
        [b'=', parameters @ ..] => Form::Write(split(parameters)?),
        _ => return Err(Refused::Error),
    };
    Ok(Command { name, form })
}

/// `E0`, `V1`, `&D0`, `I`: a letter, or `&` and a letter, then digits.
fn basic(text: &[u8]) -> Result<(Command, usize), Refused> {
    let letters = 1 + usize::from(text[0] == b'&');
    let name = text.get(..letters).filter(|name| name[letters - 1].is_ascii_alphabetic()).ok_or(Refused::Error)?;
    let digits = text[letters..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = &text[letters..letters + digits];
    let form = if digits == 0 { Form::Execute } else { Form::Write(Parameters(vec![Parameter::Bare(value.to_vec())])) };
    Ok((Command { name: String::from_utf8_lossy(name).to_ascii_uppercase(), form }, letters + digits))
}

fn split(mut rest: &[u8]) -> Result<Parameters, Refused> {
    let mut parameters = Vec::new();
    loop {
        let parameter = match rest {
            [b'"', text @ ..] => {
                let end = text.iter().position(|&byte| byte == b'"').ok_or(Refused::Error)?;
                rest = &text[end + 1..];
                Parameter::Quoted(text[..end].to_vec())
            }
            _ => {
                let end = rest.iter().position(|&byte| byte == b',').unwrap_or(rest.len());
                let text = &rest[..end];
                rest = &rest[end..];
                if text.contains(&b'"') {
                    return Err(Refused::Error);
                }
                if text.is_empty() { Parameter::Empty } else { Parameter::Bare(text.to_vec()) }
            }
        };
        parameters.push(parameter);
        match rest {
            [] => return Ok(Parameters(parameters)),
            [b',', more @ ..] => rest = more,
            // A quote inside a quoted parameter is not portable (quectel-at 0): the text ended, something follows.
            _ => return Err(Refused::Error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Command {
        let mut commands = parse(text.as_bytes()).unwrap();
        assert_eq!(commands.len(), 1);
        commands.remove(0)
    }

    #[test]
    fn names_are_case_insensitive_and_strings_keep_their_case() {
        let command = one("+qmtopen=0,\"Host\",1883");
        assert_eq!(command.name, "+QMTOPEN");
        let Form::Write(parameters) = command.form else { panic!("not a write form") };
        assert_eq!(parameters.need(0, 0, 5), Ok(0));
        assert_eq!(parameters.need_text(1, 100), Ok(&b"Host"[..]));
        assert_eq!(parameters.need_text(1, 3), Err(Refused::Error));
        assert_eq!(parameters.need(2, 1, 1000), Err(Refused::Error));
        assert_eq!(parameters.number(3, 0, 1), Ok(None));
    }

    #[test]
    fn the_four_forms_are_told_apart() {
        assert_eq!(one("+CSQ").form, Form::Execute);
        assert_eq!(one("+CSQ?").form, Form::Read);
        assert_eq!(one("+CSQ=?").form, Form::Test);
        assert_eq!(one("+CSQ=").form, Form::Write(Parameters(vec![Parameter::Empty])));
    }

    #[test]
    fn basic_commands_may_stand_in_a_row() {
        let names: Vec<_> = parse(b"V1Q0&D2I").unwrap().into_iter().map(|command| command.name).collect();
        assert_eq!(names, ["V", "Q", "&D", "I"]);
    }

    #[test]
    fn torn_quotes_are_refused() {
        for bad in ["+A=\"x", "+A=\"x\"y", "+A=x\"y\"", "+A=\"{\"a\":1}\"", "+A:1", "9", "&", "E0+CSQ"] {
            assert_eq!(parse(bad.as_bytes()), Err(Refused::Error), "{bad}");
        }
    }
}
