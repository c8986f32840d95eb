//! The board alone: what it costs is what `size.sh` takes off the other images.
//!
//! It echoes the port, each time after a pause, until a line feed has come. So every part of the board is linked and has
//! run: both halves of the port, clock, alarm and sleep, a control line, and the report at the end.

#![no_std]
#![no_main]

use board::Board;
use cortex_m_rt::entry;
use embassy_time::{Duration, Instant, Timer};
use embedded_hal::digital::OutputPin;
use embedded_io_async::{Read, Write};

const PAUSE: Duration = Duration::from_millis(20);

#[entry]
fn main() -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    board::block_on(echo(board));
    board::finish(0)
}

async fn echo(mut board: Board) {
    let Ok(()) = board.power_key.set_high();
    let mut buffer = [0; 64];
    loop {
        let Ok(length) = board.reader.read(&mut buffer).await;
        let mut rest = buffer.get(..length).unwrap_or(&[]);
        let last = rest.last() == Some(&b'\n');
        let due = Instant::now().saturating_add(PAUSE);
        Timer::at(due).await;
        if Instant::now() < due {
            board::exit(2);
        }
        while !rest.is_empty() {
            let Ok(sent) = board.writer.write(rest).await;
            rest = rest.get(sent..).unwrap_or(&[]);
        }
        if last {
            return;
        }
    }
}
