//! The operator's name, which no trait of ours asks for: a foreign command, through the driver's open door.

use atat::{AtatCmd, AtatResp, InternalError};
use embedded_io_async::{Read, Write};
use wanlink_at::driver::{Driver, DriverModel, PowerPins};

/// A driver that can say whose network it is in.
pub(crate) trait Operator {
    /// The operator as the module names it; `None` when it does not say.
    async fn operator(&mut self) -> Option<String>;
}

impl<M: DriverModel, R: Read, W: Write, P: PowerPins> Operator for Driver<'_, M, R, W, P> {
    async fn operator(&mut self) -> Option<String> {
        self.send(&ReadOperator).await.ok()?.0
    }
}

/// `AT+COPS?` (3GPP TS 27.007, 7.3)
struct ReadOperator;

struct Name(Option<String>);

impl AtatResp for Name {}

impl AtatCmd for ReadOperator {
    type Response = Name;

    fn write(&self, buffer: &mut [u8]) -> usize {
        let line = b"AT+COPS?\r";
        let Some(room) = buffer.get_mut(..line.len()) else { return 0 };
        room.copy_from_slice(line);
        line.len()
    }

    fn parse(&self, answer: Result<&[u8], InternalError<'_>>) -> Result<Name, atat::Error> {
        Ok(Name(name(answer.map_err(|_| atat::Error::Parse)?)))
    }
}

/// `+COPS: <mode>[,<format>,<oper>[,<AcT>]]`: the only text in it.
fn name(answer: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    text.split('"').nth(1).filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_may_have_a_name_or_a_number_or_not_be_there() {
        assert_eq!(name(b"+COPS: 0,0,\"CHINA MOBILE\",8").as_deref(), Some("CHINA MOBILE"));
        assert_eq!(name(b"+COPS: 0,2,\"46000\"").as_deref(), Some("46000"));
        assert_eq!((name(b"+COPS: 0"), name(b"+COPS: 0,0,\"\""), name(b"")), (None, None, None));
    }
}
