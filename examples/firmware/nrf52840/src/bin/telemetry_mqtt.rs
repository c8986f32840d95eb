//! Telemetry from an nRF52840 development kit with a BG95.
//!
//! | kit | module |
//! |---|---|
//! | P0.06 (TX), P0.08 (RX) | RXD, TXD, through a level shifter: the module has 1.8 V |
//! | P0.26, P0.27 | PWRKEY, RESET_N, each through a transistor |
//! | P1.01 | STATUS, through a level shifter |

#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_nrf::bind_interrupts;
use embassy_nrf::buffered_uarte::{BufferedUarte, InterruptHandler};
use embassy_nrf::gpio::{Input, Level, Output, OutputDrive, Pull};
use embassy_nrf::peripherals::UARTE0;
use embassy_nrf::uarte::{Baudrate, Config};
use panic_halt as _;
use wanlink_apps::{Settings, bg95_mqtt, roots};
use wanlink_quectel::Wired;

bind_interrupts!(struct Interrupts {
    UARTE0 => InterruptHandler<UARTE0>;
});

const SETTINGS: Settings<'_> = Settings {
    product_key: "a1B2c3D4e5F",
    device_name: "meter-0042",
    secret: "0123456789abcdef0123456789abcdef",
    root: roots::ALIYUN_IOT,
    apn: "cmiot",
    pin: None,
    interval_s: 60,
};

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

    let serial_number = 42;
    bg95_mqtt::run(reader, writer, pins, &SETTINGS, serial_number, || 215).await;
    // Refused for good: a human has to look, and a reset begins anew.
    core::future::pending().await
}
