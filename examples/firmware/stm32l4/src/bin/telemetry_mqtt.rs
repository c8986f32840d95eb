//! Telemetry from a Nucleo-32 with an STM32L432KC and a BG95.
//!
//! | Nucleo | module |
//! |---|---|
//! | PA9 (USART 1 TX), PA10 (USART 1 RX) | RXD, TXD, through a level shifter: the module has 1.8 V |
//! | PB0, PB1 | PWRKEY, RESET_N, each through a transistor |
//! | PB6 | STATUS, through a level shifter |

#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_stm32::bind_interrupts;
use embassy_stm32::gpio::{Input, Level, Output, Pull, Speed};
use embassy_stm32::peripherals::USART1;
use embassy_stm32::usart::{BufferedInterruptHandler, BufferedUart, Config};
use panic_halt as _;
use wanlink_apps::{Settings, bg95_mqtt, roots};
use wanlink_quectel::Wired;

bind_interrupts!(struct Interrupts {
    USART1 => BufferedInterruptHandler<USART1>;
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

    let serial_number = 42;
    bg95_mqtt::run(reader, writer, pins, &SETTINGS, serial_number, || 215).await;
    // Refused for good: a human has to look, and a reset begins anew.
    core::future::pending().await
}
