//! The clock of EC25, EC200U and their like, which a time server tells where the network does not.

use embassy_time::Instant;
use wanlink_core::Module;
use wanlink_emulator::Options;

use crate::bench::{Bench, attach, count, module, running};

/// 0: "`urcport` may be `usbat` from the factory"; 1.6: "UTC digits with a local zone tag -> after QNTP read CCLK".
#[test]
fn the_clock_of_a_time_server_is_that_of_the_module() {
    for time_zone in [32, 0, -20] {
        let options = Options { nitz: false, urcs_on_usb: true, time_zone, utc_at_start: 1_767_225_600, ..running() };
        Bench::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).time_server_fails(569);
            assert_eq!(modem.clock().await, Ok(None));
            let told = modem.clock().await.unwrap().unwrap().as_secs();
            let now = 1_767_225_600 + Instant::now().as_secs();
            assert!(told + 1 >= now && told <= now, "{told}, not {now}");
            modem.clock().await.unwrap();
            assert_eq!(count(scene, "AT+QNTP"), 2, "once it is set, nobody is asked");
        });
    }
}
