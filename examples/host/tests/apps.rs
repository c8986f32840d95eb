//! The application of `examples/apps`, which its own tests run over both scripted modules, here over a BG95.

mod common;

use common::{Bench, KEY, NAME};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Timer};
use wanlink_apps::Telemetry;
use wanlink_emulator::PortOptions;
use wanlink_platform::{Pushed, Qos};
use wanlink_transports::Quiet;

#[test]
fn telemetry_over_a_bg95() {
    let mut bench = Bench::new(PortOptions::default(), 11);
    bench.run(Quiet, async |session, scene| {
        let mut value = 200;
        let mut app = Telemetry::new(
            || {
                value += 1;
                value
            },
            60,
        );
        let news = |seen: &mut usize| {
            let scene = scene.borrow();
            let published = scene.platform.record().published(KEY, NAME).skip(*seen);
            let texts: Vec<_> = published.map(|e| String::from_utf8(e.payload().to_vec()).unwrap()).collect();
            *seen += texts.len();
            texts
        };
        let say = |text: &str| {
            let mut scene = scene.borrow_mut();
            let (now, topic) = (scene.now_us, format!("/{KEY}/{NAME}/user/get"));
            let pushed = scene.platform.push(now, KEY, NAME, &topic, text.as_bytes(), Qos::AtLeastOnce);
            assert_eq!(pushed, Pushed::Sent);
        };
        let events = async {
            let mut seen = 0;
            Timer::after(Duration::from_secs(30)).await;
            assert_eq!(news(&mut seen), ["{\"seq\":1,\"value\":201}"]);
            say("interval 5");
            Timer::after(Duration::from_secs(11)).await;
            assert_eq!(news(&mut seen), ["interval 5", "{\"seq\":2,\"value\":202}", "{\"seq\":3,\"value\":203}"]);
            say("interval 600");
            Timer::after(Duration::from_secs(1)).await;
            assert_eq!(news(&mut seen), ["interval 600"]);
            // A module that restarts costs time, but no reading, and its subscription comes back.
            scene.borrow_mut().module.reset();
            Timer::after(Duration::from_secs(700)).await;
            assert_eq!(news(&mut seen), ["{\"seq\":4,\"value\":204}"]);
            say("report");
            Timer::after(Duration::from_secs(1)).await;
            assert_eq!(news(&mut seen), ["{\"seq\":5,\"value\":205}"]);
        };
        match select(app.run(session), events).await {
            Either::First(error) => panic!("ended early: {error:?}"),
            Either::Second(()) => {}
        }
    });
}
