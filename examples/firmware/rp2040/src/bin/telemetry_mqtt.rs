//! Telemetry from a Raspberry Pi Pico with a BG95. On its first start the device registers itself by the secret
//! of its product, and keeps its own in the last pages of the chip's flash.
//!
//! | Pico | module |
//! |---|---|
//! | GP0 (UART 0 TX), GP1 (UART 0 RX) | RXD, TXD, through a level shifter: the module has 1.8 V |
//! | GP2, GP3 | PWRKEY, RESET_N, each through a transistor |
//! | GP4 | STATUS, through a level shifter |

#![no_std]
#![no_main]

use core::ops::Range;

use embassy_embedded_hal::adapter::BlockingAsync;
use embassy_executor::Spawner;
use embassy_rp::bind_interrupts;
use embassy_rp::clocks::RoscRng;
use embassy_rp::flash::Flash;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, Config};
use panic_halt as _;
use wanlink_apps::{Settings, bg95_mqtt, roots};
use wanlink_quectel::Wired;
use wanlink_transports::store;

bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
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

const FLASH_SIZE: usize = 2 * 1024 * 1024;
/// The last four pages, counted from the begin of the flash; `memory.x` keeps the program out of them.
const STORE: Range<u32> = 0x1F_C000..0x20_0000;

#[embassy_executor::main]
async fn main(_spawner: Spawner) -> ! {
    let p = embassy_rp::init(Default::default());
    let (mut transmit, mut receive) = ([0; 64], [0; 512]);
    let uart = BufferedUart::new(p.UART0, p.PIN_0, p.PIN_1, Interrupts, &mut transmit, &mut receive, Config::default());
    let (writer, reader) = uart.split();
    let key = Output::new(p.PIN_2, Level::Low);
    let reset = Output::new(p.PIN_3, Level::Low);
    let status = Input::new(p.PIN_4, Pull::Down);
    let pins = Wired::new(key, reset, status).inverted();

    let mut room = [0; store::Flash::ROOM];
    let flash = BlockingAsync::new(Flash::<_, _, FLASH_SIZE>::new_blocking(p.FLASH));
    let Ok(mut store) = store::Flash::new(flash, STORE, &mut room) else { panic!("the store has whole pages") };

    let seed = RoscRng.next_u64();
    bg95_mqtt::register_and_run(reader, writer, pins, &mut store, &SETTINGS, seed, || 215).await;
    // Refused for good: a human has to look, and a reset begins anew.
    core::future::pending().await
}
