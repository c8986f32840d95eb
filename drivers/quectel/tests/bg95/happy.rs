//! The way from power-on to a message each way.

use wanlink_core::{Delivery, Inbound, Message, Module, MqttAt, Network, Progress, Qos};
use wanlink_emulator::Options;

use crate::bench::{Bench, KEY, LOGIN, NAME, broker};

#[test]
fn from_cold_to_a_message_each_way() {
    let mut bench = Bench::new(Options::default());
    bench.run(async |modem, scene| {
        modem.start().await.unwrap();
        let info = modem.describe().await.unwrap();
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
        let mut seen = Vec::new();
        modem.attach(&Network::apn("cmiot"), &mut |progress| seen.push(progress)).await.unwrap();
        assert_eq!(seen.first(), Some(&Progress::SimReady));
        assert_eq!(seen.last(), Some(&Progress::ContextUp));
        assert!(modem.signal().await.unwrap().rssi_dbm.is_some());
        assert!(modem.clock().await.unwrap().is_some());
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe("/pk/device/user/get", Qos::AtLeastOnce).await.unwrap();
        let payload = b"{\"t\":25.4}\r\nOK\r\n";
        let delivery = modem.publish("/pk/device/user/update", payload, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(delivery, Delivery::Acknowledged);
        {
            let mut scene = scene.borrow_mut();
            let now = scene.now_us;
            let published: Vec<_> =
                scene.platform.record().published(KEY, NAME).map(|e| e.payload().to_vec()).collect();
            assert_eq!(published, [payload]);
            let _ = scene.platform.push(
                now,
                KEY,
                NAME,
                "/pk/device/user/get",
                b"say \"hi\"\r\nERROR\r\n",
                wanlink_platform::Qos::AtLeastOnce,
            );
        }
        let Inbound::Message(Message { topic, payload }) = modem.receive().await.unwrap() else { panic!("lost") };
        assert_eq!((topic, payload), ("/pk/device/user/get", &b"say \"hi\"\r\nERROR\r\n"[..]));
        modem.unsubscribe("/pk/device/user/get").await.unwrap();
        modem.disconnect().await.unwrap();
        modem.stop().await.unwrap();
        assert!(!scene.borrow().platform.is_online(KEY, NAME));
    });
    println!("{}", bench.world.trace());
}
