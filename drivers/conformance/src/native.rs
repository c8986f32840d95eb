//! The login that the module makes itself.

use embassy_futures::join::join;
use embassy_time::{Duration, Instant};
use wanlink_at::driver::Error;
use wanlink_core::{
    AliyunAt, Argument, Device, Error as _, ErrorKind, HasAliyun, HasMqtt, Inbound, Message, MqttAt, Qos, Refusal,
    Server, Tls,
};
use wanlink_emulator::trace::Direction;
use wanlink_emulator::{BusyInput, NativeOptions, NativeSign, Options, PortOptions, polled};
use wanlink_scene::bench::{crumbs, module, pass_ms, running, with_doubled_ok};

use crate::bench::{ErrorOf, NativeBench};
use crate::rig::{
    BROKER, DOWN, KEY, LOGIN, NAME, Recorder, Rig, UP, attach, broker, other_root, published, push, secure_broker,
};

/// The device of [`LOGIN`].
pub const DEVICE: Device<'static> =
    Device { product_key: KEY, device_name: NAME, device_secret: "secret", keep_alive_s: 300, clean_session: true };

fn with(native: NativeOptions) -> Options {
    Options { native, ..running() }
}

fn absent() -> Options {
    with(NativeOptions { known: false, ..NativeOptions::default() })
}

/// Attaches, signs in and publishes, as often as it takes after a fault: it may not take more than three times.
async fn signs_in_again<D: AliyunAt>(modem: &mut D) {
    let mut tries = 0;
    loop {
        attach(modem).await.unwrap();
        match modem.sign_in(&broker(), &DEVICE).await {
            Err(_) if tries < 2 => tries += 1,
            result => break result.unwrap(),
        }
    }
    modem.publish(UP, b"again", Qos::AtLeastOnce).await.unwrap();
}

/// Whichever method it signs with; also over a session that is there.
pub fn the_module_signs_and_the_platform_believes_it<B: NativeBench>() {
    for sign in [NativeSign::HmacMd5, NativeSign::HmacSha1, NativeSign::HmacSha256] {
        Rig::<B>::new(with(NativeOptions { sign, ..NativeOptions::default() })).run(async |modem, scene| {
            attach(modem).await.unwrap();
            for payload in [b"x", b"y"] {
                modem.sign_in(&broker(), &DEVICE).await.unwrap();
                modem.publish(UP, payload, Qos::AtLeastOnce).await.unwrap();
            }
            assert_eq!(published(scene), [b"x", b"y"]);
        });
    }
}

/// Behind the login it is a session like any other.
pub fn behind_it_all_is_as_behind_a_login_of_ours<B: NativeBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        push(scene, b"\r\nOK\r\n");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"\r\nOK\r\n"))));
        modem.unsubscribe(DOWN).await.unwrap();
        module(scene).kill_tcp();
        assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Reconnect);
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
        modem.disconnect().await.unwrap();
        assert!(modem.publish(UP, b"x", Qos::AtLeastOnce).await.is_err());
    });
}

/// And another root's server is refused.
pub fn inside_verified_tls<B: NativeBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.sign_in(&secure_broker(), &DEVICE).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
        let other = Server::new(BROKER, 8883, Tls::verified(other_root()));
        let refused = modem.sign_in(&other, &DEVICE).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Refused(Refusal::Certificate));
    });
}

/// Nothing was opened, and a login of ours is the way out.
pub fn a_firmware_without_it_is_unsupported<B: NativeBench>() {
    for tls in [false, true] {
        Rig::<B>::new(absent()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let error = match tls {
                false => modem.sign_in(&broker(), &DEVICE).await.unwrap_err(),
                true => modem.sign_in(&secure_broker(), &DEVICE).await.unwrap_err(),
            };
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(scene.borrow().platform.record().connects(KEY, NAME).is_empty());
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

/// With its code where the module tells it.
pub fn a_login_that_the_platform_refuses<B: NativeBench>() {
    let refusal = if B::Model::MQTT.gives_reason { Refusal::Connack(4) } else { Refusal::Unexplained };
    Rig::<B>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let wrong = Device { device_secret: "another", ..DEVICE };
        let error = modem.sign_in(&broker(), &wrong).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused(refusal));
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
    });
}

/// The limits are those of the model.
pub fn what_the_module_cannot_take_is_refused_before_a_byte<B: NativeBench>() {
    let limits = B::Model::DEVICE;
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = scene.borrow().module.port_bytes().0;
        let long = "s".repeat(usize::from(u16::MAX));
        let over = |limit: u16| &long[..usize::from(limit) + 1];
        for (device, what, limit) in [
            (Device { product_key: over(limits.product_key), ..DEVICE }, Argument::ProductKey, limits.product_key),
            (Device { device_name: over(limits.device_name), ..DEVICE }, Argument::DeviceName, limits.device_name),
            (
                Device { device_secret: over(limits.device_secret), ..DEVICE },
                Argument::DeviceSecret,
                limits.device_secret,
            ),
        ] {
            let error: ErrorOf<B> = modem.sign_in(&broker(), &device).await.unwrap_err();
            let Error::TooLong(error) = error else { panic!("{what}: {error:?}") };
            assert_eq!((error.what, error.limit(), error.length()), (what, limit.into(), usize::from(limit) + 1));
        }
        for (device, what) in [
            (Device { product_key: "", ..DEVICE }, Argument::ProductKey),
            (Device { device_name: "a\r\nb", ..DEVICE }, Argument::DeviceName),
            (Device { device_secret: "a\"b", ..DEVICE }, Argument::DeviceSecret),
        ] {
            let error: ErrorOf<B> = modem.sign_in(&broker(), &device).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(what), ErrorKind::Misuse));
        }
        assert_eq!(scene.borrow().module.port_bytes().0, before);
    });
}

/// On a port that gives whole reads and on one of crumbs.
pub fn dropped_at_every_poll_and_called_again<B: NativeBench>() {
    let ports = [PortOptions::default(), crumbs()];
    let [whole, crumbs] = ports.map(|port| {
        let ended = |polls: &usize| {
            Rig::<B>::with_port(running(), port.clone(), 1).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let ended = polled(modem.sign_in(&broker(), &DEVICE), *polls).await;
                modem.sign_in(&broker(), &DEVICE).await.unwrap();
                modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
                assert_eq!(published(scene), [b"x"]);
                ended.map(Result::unwrap).is_some()
            })
        };
        (0..).find(ended).unwrap()
    });
    println!("dropped at {whole} polls of whole reads, {crumbs} of crumbs");
    assert!(crumbs >= whole && whole > 5);
}

/// Wherever it restarts, and what it was told is told again: it forgets the secret.
pub fn a_restart_in_mid_call<B: NativeBench>() {
    let took = Rig::<B>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let begun = Instant::now();
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
        begun.elapsed()
    });
    const TIMES: u32 = 20;
    for n in 0..TIMES {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let before: Duration = took * n / TIMES;
            let (result, ()) = join(modem.sign_in(&broker(), &DEVICE), async {
                pass_ms(before.as_millis()).await;
                module(scene).brown_out(200_000);
            })
            .await;
            let mut kind = result.unwrap_err().kind();
            if kind == ErrorKind::Reconnect {
                // A module that boots without a word is found out by the echo of the next command.
                kind = modem.sign_in(&broker(), &DEVICE).await.unwrap_err().kind();
            }
            assert_eq!(kind, ErrorKind::Restart, "after {before:?}");
            signs_in_again(modem).await;
        });
    }
}

/// A line that gets lost costs the call, at most. It does not make a firmware lack what it has, nor a platform refuse.
pub fn each_line_of_the_module_lost_in_turn<B: NativeBench>() {
    let lines = lines_of_a_login::<B>();
    assert!(lines > 5);
    for n in 1..=lines {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).drop_nth_line(n);
            if let Err(error) = modem.sign_in(&broker(), &DEVICE).await {
                assert!(error.kind().can_heal(), "line {n}: {error}");
            }
            module(scene).call_off();
            signs_in_again(modem).await;
        });
    }
}

/// From there on each command is answered by what is meant for the one before, and some modules drop a command that comes
/// while they work on another. What tells the module who the device is must not get lost so: the platform would refuse it,
/// and that would end for good.
pub fn each_ok_doubled_in_turn<B: NativeBench>() {
    let settings = [115_200, 921_600]
        .into_iter()
        .flat_map(|baud| [BusyInput::Ignored, BusyInput::Rejected].map(|busy| (baud, busy)));
    for (baud, busy_input) in settings {
        let port = PortOptions { baud: Some(baud), ..PortOptions::default() };
        let is_hit = |nth: &u64| {
            let options = Options { busy_input, ..running() };
            Rig::<B>::with_port(options, port.clone(), 1).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let (result, is_hit) = with_doubled_ok(*nth, scene, modem.sign_in(&broker(), &DEVICE)).await;
                if let Err(error) = result {
                    assert!(error.kind().can_heal(), "{baud}, {busy_input:?}, command {nth}: {error}");
                    signs_in_again(modem).await;
                }
                is_hit
            })
        };
        let commands = (1..).take_while(is_hit).count();
        assert!(commands > 5, "{commands}");
    }
}

/// How many lines the module sends during one that nothing disturbs.
fn lines_of_a_login<B: NativeBench>() -> u64 {
    let lines = |signs_in| {
        let mut rig = Rig::<B>::new(running());
        rig.run(async |modem, _| {
            attach(modem).await.unwrap();
            if signs_in {
                modem.sign_in(&broker(), &DEVICE).await.unwrap();
            }
        });
        let entries = rig.world.trace().entries;
        let from_module = entries.iter().filter(|entry| entry.direction == Direction::ToHost);
        from_module.flat_map(|entry| entry.bytes.split(|byte| *byte == b'\n')).filter(|line| line.len() > 1).count()
    };
    (lines(true) - lines(false)) as u64
}

/// Neither the trace of a driver nor what it says of errors, and nothing reads it back.
pub fn no_trace_and_no_error_shows_the_secret<B: NativeBench>() {
    const SECRET: &str = "s3cr3t-of-mine";
    let (mut recorder, mut errors) = (Recorder::default(), String::new());
    Rig::<B>::new(running()).run_traced(&mut recorder, async |modem, scene| {
        attach(modem).await.unwrap();
        let device = Device { device_secret: SECRET, ..DEVICE };
        let quoted = format!("{SECRET}\"");
        module(scene).fail_opens(wanlink_emulator::OpenFailure::Refused, Some(1));
        for device in [device, device, Device { device_secret: &quoted, ..device }] {
            let error = modem.sign_in(&broker(), &device).await.unwrap_err();
            errors += &format!("{error:?} {error} {device:?}\n");
        }
    });
    let trace = recorder.text();
    assert!(trace.contains(B::SETTING) && !trace.contains(SECRET), "{trace}");
    assert!(!errors.contains(SECRET), "{errors}");
    assert!(!trace.contains(B::READ_BACK), "{trace}");
}
