//! A question to the module over the engine of the drivers, where no driver is at work.

use std::cell::RefCell;

use atat::{AtatCmd, AtatResp, InternalError};
use embassy_time::Timer;
use embedded_io_async::{ErrorType, Read};
use wanlink_at::{Answer, Buffers, Dialect, Effect, Fault, Modem, Notes, SendError, Urc, Verdict, urcs};

use crate::board::{Board, PortFault, Reader};

/// The longest time that the questions asked here take: those for the card (quectel-at 1.3, simcom-at 2.3).
const BOUND_MS: u32 = 9_000;

/// "Leave 50 to 100 ms after OK on old firmware" (quectel-at 0): the longest pause that a vendor states. Here nobody knows
/// when the module spoke last.
const GAP_MS: u64 = 100;

/// A command that only asks, without `AT`, with the time in which it is answered.
struct Question<'q, const BOUND_MS: u32>(&'q str);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// `OK`, and the lines before it.
    Lines(Vec<Vec<u8>>),
    /// An error, with its code (3GPP TS 27.007, 9.2) where it has one.
    Refused(Option<u16>),
    Silent,
    /// The port failed.
    Gone(embedded_io_async::ErrorKind),
    /// The port takes no bytes.
    Stuck,
}

impl Said {
    /// The lines with this name.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let lines = if let Self::Lines(lines) = self { &lines[..] } else { &[] };
        let is_it = move |line: &&[u8]| line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b":"));
        lines.iter().map(Vec::as_slice).filter(is_it)
    }
}

impl AtatResp for Said {}

impl<const BOUND_MS: u32> AtatCmd for Question<'_, BOUND_MS> {
    type Response = Said;
    const MAX_TIMEOUT_MS: u32 = BOUND_MS;

    fn write(&self, buffer: &mut [u8]) -> usize {
        let line = format!("AT{}\r", self.0);
        let Some(room) = buffer.get_mut(..line.len()) else { return 0 };
        room.copy_from_slice(line.as_bytes());
        line.len()
    }

    fn parse(&self, answer: Result<&[u8], InternalError<'_>>) -> Result<Said, atat::Error> {
        Ok(match answer {
            Ok(text) => {
                let lines = text.split(|&byte| byte == b'\r' || byte == b'\n').filter(|line| !line.is_empty());
                Said::Lines(lines.map(<[u8]>::to_vec).collect())
            }
            Err(InternalError::CmeError(code)) => Said::Refused(Some(code.into())),
            Err(_) => Said::Refused(None),
        })
    }
}

/// Lines that come unasked under the name of a question, too.
const URCS: &[Urc] = &[Urc::new(1, "+CREG:").twin(), Urc::new(1, "+CGREG:").twin(), Urc::new(1, "+CEREG:").twin()];

/// What the dialects have in common.
static DIALECT: Dialect = Dialect { urcs: urcs![URCS], blocks: &[], prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

/// Nobody keeps what comes unasked.
struct Nobody;

impl Notes for Nobody {
    fn note(&mut self, _note: u8, _answer: Answer<'_>) -> Verdict {
        Verdict::Default
    }

    fn urc(&mut self, _id: u8, _line: &[u8]) -> Effect {
        Effect::None
    }

    fn restarted(&mut self) {}
}

/// A reader whose bytes are kept as they come.
struct Overheard<'r> {
    reader: &'r mut Reader,
    heard: &'r RefCell<Vec<u8>>,
}

impl ErrorType for Overheard<'_> {
    type Error = PortFault;
}

impl Read for Overheard<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, PortFault> {
        let count = self.reader.read(buf).await?;
        self.heard.borrow_mut().extend(&buf[..count]);
        Ok(count)
    }
}

/// Before the next command of whoever.
pub(super) async fn pause() {
    Timer::after_millis(GAP_MS).await;
}

/// Asks, and waits as long as such a question may take.
pub(super) async fn ask(board: &mut Board, question: &str) -> Said {
    ask_within::<BOUND_MS>(board, question, &RefCell::default()).await
}

/// Asks, and waits for so long; `heard` gets what came in whatever form.
pub(super) async fn ask_within<const BOUND_MS: u32>(
    board: &mut Board,
    question: &str,
    heard: &RefCell<Vec<u8>>,
) -> Said {
    pause().await;
    let mut buffers: Box<Buffers<512, 1024, 64>> = Box::default();
    let reader = Overheard { reader: &mut board.reader, heard };
    let mut modem = Modem::new(&DIALECT, reader, &mut board.writer, &mut buffers);
    match modem.send(&Question::<BOUND_MS>(question), &mut Nobody).await {
        Ok(said) => said,
        Err(SendError::Fault(Fault::Port(kind))) => Said::Gone(kind),
        Err(SendError::Fault(Fault::Stuck)) => Said::Stuck,
        Err(_) => Said::Silent,
    }
}
