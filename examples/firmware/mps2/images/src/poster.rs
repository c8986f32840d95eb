//! A BG95 that posts to the platform by its HTTPS client: ten messages, one each tenth of a second, since nothing comes
//! down that could end the run.

use board::Board;
use embassy_time::{Instant, Timer};
use wanlink_core::{Error, ErrorKind, Qos};
use wanlink_quectel::Buffers;
use wanlink_transports::https::{Endpoint, Link};
use wanlink_transports::{Connect, Session, Uplink, topic};

use crate::{PERIOD, end, identity, modem, network};

/// Runs the device, and ends the run. Inlined as `run_mqtt` is.
#[inline(always)]
pub fn run(endpoint: Endpoint<'static>) -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    // What is posted and what is answered passes by; the driver holds lines.
    let mut buffers: Buffers<256, 352, 64> = Buffers::new();
    let identity = identity();
    let mut modem = modem(board, &mut buffers);
    let mut link = Link::new(&mut modem, &identity, endpoint);
    end(board::block_on(work(&mut link)))
}

async fn work(link: &mut impl Connect) -> Result<(), ErrorKind> {
    let mut session = Session::new(link, network(), Instant::now().as_ticks());
    let mut due = Instant::now();
    for _ in 0..10 {
        Timer::at(due).await;
        due = due.saturating_add(PERIOD);
        session.publish(topic::user("update"), b"21.5", Qos::AtLeastOnce).await.map_err(|error| error.kind())?;
    }
    Ok(())
}
