//! Gaps, prompts, forms of lines.

use wanlink_core::{HasMqtt, Inbound, Message, Module, MqttAt, Qos, TcpSocket, Tls, TlsSocket};
use wanlink_emulator::trace::{Direction, Entry};
use wanlink_emulator::{ColonSpace, Early, Options};
use wanlink_scene::Service;
use wanlink_ublox::{LaraR6, LenaR8, SaraR5, SaraR410m, SaraR422};

use super::Raw;
use crate::bench::{
    Bench, DOWN, HOST, Played, Recorder, UP, attach, connect, module, on_each_model, pass_ms, published, push, root,
    running, whole_way, within_ms,
};

/// From the end of what the module said to the beginning of what follows, for what begins so.
fn pauses_us(entries: &[Entry], begins: &str) -> Vec<u64> {
    let pairs = entries.windows(2).filter(|pair| {
        let [said, sent] = pair else { return false };
        said.direction == Direction::ToHost
            && sent.direction == Direction::ToModule
            && sent.bytes.starts_with(begins.as_bytes())
    });
    pairs.map(|pair| pair[1].at_us - pair[0].at_us).collect()
}

fn gaps<M: Played>() {
    for early in [Early::Lost, Early::Refused] {
        let mut options = running();
        options.ublox.early = early;
        let mut bench = Bench::<M>::new(options);
        bench.run(async |modem, _| {
            attach(modem).await.unwrap();
            let socket = modem.open_tls(HOST, 8883, &Tls::verified(root())).await.unwrap();
            modem.write(socket, b"\x10data").await.unwrap();
        });
        let entries = bench.world.trace().entries;
        let least = pauses_us(&entries, "AT").into_iter().min();
        assert_eq!(least, Some(1000 * u64::from(M::GAP_MS)), "{}: before a command, and nothing more", M::NAME);
        let connects = pauses_us(&entries, "AT+USOCO");
        assert!(connects.iter().all(|&pause| pause == 250_000), "behind AT+USOSEC: {connects:?}");
        for data in ["-----BEGIN", "\x10data"] {
            assert_eq!(pauses_us(&entries, data), [50_000], "behind a prompt");
        }
    }
}

/// `ublox-at` 0, 1, 5: 20 ms, 100 ms with SARA-R410M, 50 ms behind a prompt, 250 ms behind `AT+USOSEC`; a module that hears
/// something sooner loses or refuses it.
#[test]
fn the_gaps_of_each_model_are_kept_and_nothing_more() {
    on_each_model!(gaps);
}

/// `ublox-at` 1: LENA-R8 leaves the space behind a colon out, here and there.
#[test]
fn spaces_that_are_missing() {
    for colon_space in [ColonSpace::Always, ColonSpace::AsSeen, ColonSpace::Never] {
        let mut options = running();
        options.ublox.colon_space = colon_space;
        Bench::<LenaR8>::new(options).run(whole_way);
    }
}

/// `ublox-at` 1: SARA-R422 puts empty lines around its answers about MQTT, and NUL bytes behind a boot.
#[test]
fn empty_lines_and_nul_bytes() {
    for here in [false, true] {
        let mut options = Options::default();
        (options.ublox.empty_lines, options.ublox.nul_bytes) = (here, here);
        Bench::<SaraR422>::new(options).run(whole_way);
    }
}

/// `ublox-at` 1: lines of SARA-R410M about MQTT end with CR CR LF. Somebody else's client speaks there.
#[test]
fn lines_that_end_with_two_carriage_returns() {
    Bench::<SaraR410m>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        for command in ["AT+UMQTT=0,\"dev1\"\r", "AT+UMQTT=10,120\r"] {
            modem.send(&Raw(command)).await.unwrap();
        }
        assert!(modem.signal().await.is_ok());
        assert_eq!(modem.garbled(), 0);
    });
}

/// `ublox-at` 2: the first characters wake a sleeping UART, and are lost.
#[test]
fn a_uart_that_an_earlier_life_let_sleep_is_woken_and_kept_awake() {
    let mut bench = Bench::<SaraR422>::new(running());
    bench.run(async |modem, _| {
        modem.start().await.unwrap();
        modem.send(&Raw("AT+UPSV=4\r")).await.unwrap();
        pass_ms(20_000).await;
    });
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        // Else the line that tells of it would be held back.
        pass_ms(20_000).await;
        push(scene, b"one");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"one"))));
    });
}

/// `ublox-at` 2: sockets speak in hexadecimal digits, and SARA-R5 remembers it.
#[test]
fn a_hexadecimal_mode_of_an_earlier_life() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, _| {
        modem.start().await.unwrap();
        modem.send(&Raw("AT+UDCONF=1,1\r")).await.unwrap();
    });
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        let socket = modem.open(HOST, 1883).await.unwrap();
        modem.write(socket, b"raw").await.unwrap();
    });
}

/// `ublox-at` 1: a prompt is taken only while it is awaited, and only as the first byte of a line.
#[test]
fn bytes_that_look_like_prompts() {
    Bench::<LaraR6>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        for line in [">", "@", "> ", "@ OK"] {
            module(scene).urc_between(1, line);
            assert!(modem.signal().await.is_ok(), "{line}");
            module(scene).urc_between(0, "");
        }
        modem.publish(UP, b">@", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b">@"]);
    });
}

fn keeps_quiet<M: Played + HasMqtt>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        for line in
            ["+CSCON: 1", "+CIEV: 9,1", "+UMWI: 0,1", "+CREG: 1,\"2710\",\"01A2\",7", "+UUSIMSTAT: 1", "+CTZV: 32"]
        {
            module(scene).urc_between(1, line);
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
            assert!(modem.clock().await.is_ok() && modem.describe().await.is_ok(), "{line}");
        }
    });
}

/// `ublox-at` 9.
#[test]
fn lines_that_may_come_at_any_time() {
    keeps_quiet::<SaraR5>();
    keeps_quiet::<SaraR422>();
    keeps_quiet::<LaraR6>();
    keeps_quiet::<LenaR8>();
}

/// `ublox-at` 1: the module asked for data, the call was dropped right behind that, and the module restarted before the next
/// call: nothing of the data is said to it, which would come back as an echo.
#[test]
fn a_prompt_of_before_a_restart_is_not_served() {
    let mut bench = Bench::<SaraR422>::new(running());
    bench.scene.borrow_mut().servers.serve(9, Service::Keep);
    let mut trace = Recorder::default();
    bench.run_traced(&mut trace, async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open(HOST, 9).await.unwrap();
        assert!(within_ms(23, modem.write(socket, b"s3cret")).await.is_none());
        module(scene).reset();
        pass_ms(50_000).await;
        modem.start().await.unwrap();
    });
    assert_eq!(bench.heard("\r\n@"), 1, "it was asked for");
    assert!(!bench.sent().iter().any(|line| line.contains("s3cret")));
    assert!(!trace.text().contains("s3cret"));
}
