//! Telemetry from an nRF52840 development kit with a BG95. On its first start the device registers itself by the secret
//! of its product, and keeps its own in the last pages of the chip's flash.
//!
//! | kit | module |
//! |---|---|
//! | P0.06 (TX), P0.08 (RX) | RXD, TXD, through a level shifter: the module has 1.8 V |
//! | P0.26, P0.27 | PWRKEY, RESET_N, each through a transistor |
//! | P1.01 | STATUS, through a level shifter |

#![no_std]
#![no_main]

use core::ops::Range;

use embassy_embedded_hal::adapter::BlockingAsync;
use embassy_executor::Spawner;
use embassy_nrf::bind_interrupts;
use embassy_nrf::buffered_uarte::{BufferedUarte, InterruptHandler};
use embassy_nrf::gpio::{Input, Level, Output, OutputDrive, Pull};
use embassy_nrf::nvmc::Nvmc;
use embassy_nrf::peripherals::UARTE0;
use embassy_nrf::rng::Rng;
use embassy_nrf::uarte::{Baudrate, Config};
use panic_halt as _;
use wanlink_apps::{Settings, bg95_mqtt, roots};
use wanlink_quectel::Wired;
use wanlink_transports::store;

bind_interrupts!(struct Interrupts {
    UARTE0 => InterruptHandler<UARTE0>;
});

const SETTINGS: Settings<'_> = Settings {
    product_key: "a1B2c3D4e5F",
    device_name: "meter-0042",
    // That of the product: the device asks for its own, once.
    secret: "8LQwOYSZMwp3DFBd",
    root: roots::ALIYUN_IOT,
    apn: "cmiot",
    pin: None,
    interval_s: 60,
};

/// The last four pages of the flash; `memory.x` keeps the program out of them.
const STORE: Range<u32> = 0x0F_C000..0x10_0000;

#[embassy_executor::main]
async fn main(_spawner: Spawner) -> ! {
    let p = embassy_nrf::init(Default::default());
    let mut config = Config::default();
    config.baudrate = Baudrate::Baud115200;
    // The receiver works with the two halves of its buffer in turn.
    let (mut transmit, mut receive) = ([0; 64], [0; 512]);
    let mut uart = BufferedUarte::new(
        p.UARTE0,
        p.TIMER0,
        p.PPI_CH0,
        p.PPI_CH1,
        p.PPI_GROUP0,
        p.P0_08,
        p.P0_06,
        Interrupts,
        config,
        &mut receive,
        &mut transmit,
    );
    let (reader, writer) = uart.split_by_ref();
    let key = Output::new(p.P0_26, Level::Low, OutputDrive::Standard);
    let reset = Output::new(p.P0_27, Level::Low, OutputDrive::Standard);
    let status = Input::new(p.P1_01, Pull::Down);
    let pins = Wired::new(key, reset, status).inverted();

    let mut room = [0; store::Flash::ROOM];
    let flash = BlockingAsync::new(Nvmc::new(p.NVMC));
    let Ok(mut store) = store::Flash::new(flash, STORE, &mut room) else { panic!("the store has whole pages") };

    let seed = Rng::new_blocking(p.RNG).blocking_next_u64();
    bg95_mqtt::register_and_run(reader, writer, pins, &mut store, &SETTINGS, seed, || 215).await;
    // Refused for good: a human has to look, and a reset begins anew.
    core::future::pending().await
}
