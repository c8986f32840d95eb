//! The traps of `ublox-at`, each with its section. Those that are a chapter of their own stand there: `network`, `power`,
//! `publish`, `receive`, `sockets`, `https`.

mod clients;
mod wire;

/// A command of the caller's own.
struct Raw(&'static str);

struct Nothing;

impl atat::AtatResp for Nothing {}

impl atat::AtatCmd for Raw {
    type Response = Nothing;

    fn write(&self, buf: &mut [u8]) -> usize {
        buf[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }

    fn parse(&self, response: Result<&[u8], atat::InternalError<'_>>) -> Result<Nothing, atat::Error> {
        response.map(|_| Nothing).map_err(atat::Error::from)
    }
}
