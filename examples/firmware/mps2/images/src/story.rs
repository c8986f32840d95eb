//! The whole life of a device, which is a product of `wanlink-apps`: it registers itself, keeps its identity in flash,
//! connects inside TLS, publishes, obeys, lives on when its module restarts, restarts itself, and finds its identity.
//!
//! The sensor tells the end of each life: it is asked once for each reading.

use board::{Board, Flash, InputLine, OutputLine, UartReader, UartWriter};
use wanlink_apps::Settings;
use wanlink_core::ErrorKind;
use wanlink_quectel::Wired;
use wanlink_transports::store;

use crate::ROOT;

/// Readings of the first life and of the second.
const READINGS: [u32; 2] = [8, 4];

/// What the device carries; the secret is that of its product.
pub const SETTINGS: Settings<'static> = Settings {
    product_key: "a1B2c3D4e5F",
    device_name: "meter-0042",
    secret: "8LQwOYSZMwp3DFBd",
    root: ROOT,
    apn: "cmiot",
    pin: None,
    interval_s: 1,
};

/// The main function of an image with this product.
#[macro_export]
macro_rules! story {
    ($product:ident) => {
        #[cortex_m_rt::entry]
        fn main() -> ! {
            let $crate::story::Parts { reader, writer, pins, flash, life } = $crate::story::start();
            let mut room = [0; $crate::story::ROOM];
            let mut store = $crate::story::store(flash, &mut room);
            let (settings, sensor) = (&$crate::story::SETTINGS, $crate::story::sensor(life));
            // The board has no generator of random numbers.
            let seed = u64::from(life);
            $crate::story::end(board::block_on_timed(wanlink_apps::$product::register_and_run(
                reader, writer, pins, &mut store, settings, seed, sensor,
            )))
        }
    };
}

/// The board, as a product wants it.
pub struct Parts {
    /// From the module.
    pub reader: UartReader,
    /// To the module.
    pub writer: UartWriter,
    /// The module's control lines.
    pub pins: Wired<OutputLine, OutputLine, InputLine>,
    /// For the store.
    pub flash: Flash,
    /// Which life it is, from 1.
    pub life: u32,
}

/// Starts the board.
pub fn start() -> Parts {
    let Some(board) = Board::take() else { board::exit(1) };
    let Board { reader, writer, power_key, reset, flash } = board;
    let pins = Wired::new(power_key, reset, InputLine::status());
    Parts { reader, writer, pins, flash, life: board::count_start() }
}

/// Bytes that the store needs.
pub const ROOM: usize = store::Flash::ROOM;

/// The store, in all of the flash.
pub fn store(flash: Flash, room: &mut [u8]) -> store::Flash<'_, Flash> {
    let Ok(store) = store::Flash::new(flash, 0..16 * 1024, room) else { board::exit(1) };
    store
}

/// A thermometer, and the end of a life.
pub fn sensor(life: u32) -> impl FnMut() -> i32 {
    let [first, other] = READINGS;
    let mut left = if life == 1 { first } else { other };
    move || {
        if left == 0 {
            tell_sleep();
            if life == 1 {
                board::restart();
            }
            board::finish(0);
        }
        left -= 1;
        215
    }
}

/// What no new try can heal ends the run, too.
pub fn end(kind: ErrorKind) -> ! {
    board::finish(if kind.can_heal() { 3 } else { 4 })
}

/// In milliseconds.
fn tell_sleep() {
    let (cycles, awake) = board::awake();
    board::report(c"lived ", (cycles / 25_000) as u32);
    board::report(c"awake ", (awake / 25_000) as u32);
}
