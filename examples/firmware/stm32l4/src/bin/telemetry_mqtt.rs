//! Telemetry from a Nucleo-32 with an STM32L432KC and a BG95. On its first start the device registers itself by the
//! secret of its product, and keeps its own in the last pages of the chip's flash.
//!
//! | Nucleo | module |
//! |---|---|
//! | PA9 (USART 1 TX), PA10 (USART 1 RX) | RXD, TXD, through a level shifter: the module has 1.8 V |
//! | PB0, PB1 | PWRKEY, RESET_N, each through a transistor |
//! | PB6 | STATUS, through a level shifter |

#![no_std]
#![no_main]

use core::ops::Range;

use embassy_embedded_hal::adapter::BlockingAsync;
use embassy_executor::Spawner;
use embassy_stm32::bind_interrupts;
use embassy_stm32::flash::Flash;
use embassy_stm32::gpio::{Input, Level, Output, Pull, Speed};
use embassy_stm32::peripherals::{RNG, USART1};
use embassy_stm32::rng::{self, Rng};
use embassy_stm32::usart::{BufferedInterruptHandler, BufferedUart, Config};
use panic_halt as _;
use wanlink_apps::{Settings, bg95_mqtt, roots};
use wanlink_quectel::Wired;
use wanlink_transports::store;

bind_interrupts!(struct Interrupts {
    RNG => rng::InterruptHandler<RNG>;
    USART1 => BufferedInterruptHandler<USART1>;
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

/// The last eight pages, counted from the begin of the flash; `memory.x` keeps the program out of them.
const STORE: Range<u32> = 0x3_C000..0x4_0000;

#[embassy_executor::main]
async fn main(_spawner: Spawner) -> ! {
    let p = embassy_stm32::init(Default::default());
    let (mut transmit, mut receive) = ([0; 64], [0; 512]);
    let Ok(uart) =
        BufferedUart::new(p.USART1, p.PA10, p.PA9, &mut transmit, &mut receive, Interrupts, Config::default())
    else {
        panic!("the default of 115,200 baud is right for every clock")
    };
    let (writer, reader) = uart.split();
    let key = Output::new(p.PB0, Level::Low, Speed::Low);
    let reset = Output::new(p.PB1, Level::Low, Speed::Low);
    let status = Input::new(p.PB6, Pull::Down);
    let pins = Wired::new(key, reset, status).inverted();

    let mut room = [0; store::Flash::ROOM];
    let flash = BlockingAsync::new(Flash::new_blocking(p.FLASH));
    let Ok(mut store) = store::Flash::new(flash, STORE, &mut room) else { panic!("the store has whole pages") };

    let seed = Rng::new(p.RNG, Interrupts).next_u64();
    bg95_mqtt::register_and_run(reader, writer, pins, &mut store, &SETTINGS, seed, || 215).await;
    // Refused for good: a human has to look, and a reset begins anew.
    core::future::pending().await
}
