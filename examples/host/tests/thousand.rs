//! A thousand acknowledged publishes at line speed, with foreign lines in between.

mod common;

use common::{Bench, KEY, NAME};
use wanlink_core::{Delivery, Qos};
use wanlink_emulator::PortOptions;
use wanlink_transports::{Quiet, Uplink, topic};

const COUNT: usize = 1000;

#[test]
fn a_thousand_publishes_at_115200_baud_with_a_foreign_urc_at_every_tenth_line() {
    let mut bench = Bench::new(PortOptions { baud: Some(115_200), ..PortOptions::default() }, 1);
    let (exchanges, bytes, seconds) = bench.run(Quiet, async |session, scene| {
        session.online().await.unwrap();
        let start = {
            let mut scene = scene.borrow_mut();
            scene.module.urc_between(10, "+QNOBODY: \"knows\",1");
            (scene.module.port_bytes(), scene.now_us)
        };
        for number in 0..COUNT {
            let payload = format!("{number:>40}");
            let delivery = session.publish(topic::user("update"), payload.as_bytes(), Qos::AtLeastOnce).await.unwrap();
            assert_eq!(delivery, Delivery::Acknowledged);
        }
        let scene = scene.borrow();
        let (to, from) = scene.module.port_bytes();
        let bytes = to - start.0.0 + from - start.0.1;
        (scene.module.command_count("AT+QMTPUB"), bytes, (scene.now_us - start.1) as f64 / 1e6)
    });
    assert_eq!(bench.copies(COUNT), vec![1; COUNT], "each exactly once in the platform's raw list");
    assert_eq!(exchanges, COUNT as u64, "one exchange each, none for polling");
    let scene = bench.scene.borrow();
    assert_eq!(scene.platform.record().connects(KEY, NAME).len(), 1);
    println!(
        "{COUNT} publishes of 40 bytes: {} exchange and {} bytes on the port each (peers: 165 to 210 bytes), {seconds:.1} s",
        exchanges / COUNT as u64,
        bytes / COUNT as u64,
    );
}
