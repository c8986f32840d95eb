//! The AT engine alone: its pump, a dialect of three lines, and one operation.

#![no_std]
#![no_main]

use board::Board;
use cortex_m_rt::entry;
use wanlink_at::{
    Answer, Arg, Block, Buffers, Dialect, Effect, Job, Modem, Notes, Step, Urc, Verdict, int, step, table, urcs,
};

const URCS: &[Urc] = &[Urc::new(1, "RDY"), Urc::new(2, "+CEREG:").twin()];
static BLOCKS: &[Block] = &[Block::whole(1, "+QMTRECV: #,#,\"$\",%,\"*\"")];
static DIALECT: Dialect =
    Dialect { urcs: urcs![URCS], blocks: BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

const STEPS: &[Step] = &[
    step("", 3).retry(5, 5).sync().at("AT 2"),
    step("E0", 3).sync().at("AT 2.11"),
    step("+CMEE={a}", 3).at("AT 2.23"),
    step("+CSQ", 3).info().note(1).at("AT 6.3"),
];
const TABLE: &[u8] = table![STEPS];

/// What the operation finds out.
struct Signal(Option<i32>);

impl Notes for Signal {
    fn note(&mut self, _note: u8, answer: Answer<'_>) -> Verdict {
        if let Answer::Info(line) = answer {
            self.0 = int(line, 0);
        }
        Verdict::Default
    }

    fn urc(&mut self, id: u8, _line: &[u8]) -> Effect {
        if id == 1 { Effect::Restarted } else { Effect::None }
    }

    fn restarted(&mut self) {
        self.0 = None;
    }
}

#[entry]
fn main() -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    board::finish(board::block_on(read_signal(board)))
}

async fn read_signal(board: Board) -> u8 {
    let mut buffers: Buffers<256, 384, 256> = Buffers::new();
    let mut modem = Modem::new(&DIALECT, board.reader, board.writer, &mut buffers);
    let mut signal = Signal(None);
    let job = Job { table: TABLE, args: &[Arg::Number(1)], flags: Job::BRING_UP, body: &[] };
    match modem.run(&job, &mut signal).await {
        Ok(()) if signal.0.is_some() => 0,
        Ok(()) => 3,
        Err(_) => 4,
    }
}
