//! The traps of A7670 and SIM7600 that the facts know (`simcom-at`, by section), each met by the driver on the emulated
//! module.

use embassy_futures::select::{Either, select};
use embassy_time::Instant;
use wanlink_conformance::trap::{Trap, meet, trap};
use wanlink_core::{
    Error as _, ErrorKind, HasMqtt, Inbound, Login, Message, Module, MqttAt, Plain, Qos, Refusal, Server, TcpSocket,
    Tls,
};
use wanlink_emulator::{FailureOrder, LeftOpen, NetworkLoss, Options, ResultOrder, SimCard, SimcomOptions};
use wanlink_simcom::SimFault;
use wanlink_simcom::cmqtt::Error;

use crate::Model;
use crate::bench::{
    APN, Bench, DOWN, Foreign, HOST, LOGIN, UP, attach, broker, connect, module, pass_ms, published, push, root,
    running, special, whole_way, within_ms,
};

/// The module is so, and everything works.
fn works(options: Options) {
    Bench::new(options).run(whole_way);
}

/// A cold module is so in this vendor's own ways, and everything works.
fn works_with(set: impl FnOnce(&mut SimcomOptions)) {
    works(Options { start: wanlink_emulator::Start::Off, ..special(set) });
}

fn cold() -> Options {
    Options::default()
}

const TRAPS: &[Trap] = &[
    trap("1", "echo is on, the command comes back with its CR", || works(running())),
    trap("1", "CME errors are texts until they are told to be numbers", || works_with(|it| it.error_form = Some(2))),
    trap("1", "or plain", || works_with(|it| it.error_form = Some(0))),
    trap("1", "the result stands before OK", || works_with(|it| it.result_order = Some(ResultOrder::ResultFirst))),
    trap("1", "OK and result in one burst", || works_with(|it| it.result_order = Some(ResultOrder::Burst))),
    trap("1", "ERROR stands before its code", || works_with(|it| it.failure_order = FailureOrder::ErrorThenResult)),
    trap("1", "ERROR without a code", || works_with(|it| it.failure_order = FailureOrder::ErrorOnly)),
    trap("1", "URCs inside answers", || works(Options { urcs_inside_answers: true, ..cold() })),
    trap("1", "the prompt with a blank", || works_with(|it| it.prompt = Some("> "))),
    trap("1, 14", "the prompt with a line end", || works_with(|it| it.prompt = Some(">\r\n"))),
    trap("1", "address, user name and password share a line, of 559 characters with a SIM7600", longest_login),
    trap("1", "the port is deaf while data entry starves", deaf_port),
    trap("2.1", "the key toggles", || works(Options { slow_boot_us: 3_000_000, ..cold() })),
    trap("2.2", "boot lines that never come", || works_with(|it| it.boot_lines = false)),
    trap("2.2", "SMS DONE and PB DONE never come", || works_with(|it| it.sms_lines = false)),
    trap("2.2, 11.5", "SIM errors in the first seconds", busy_card),
    trap("2.2, 11.7", "a supply dip: boot lines in mid-session", restarts),
    trap("2.3", "CREG says denied for ever on a data card", || works(Options { creg_stuck: Some(3), ..cold() })),
    trap("2.3", "cells with quotes", || works_with(|it| it.bare_cells = Some(false))),
    trap("2.3, 11.8", "the APN of another card", old_apn),
    trap("2.5", "the clock tells local time", || works(Options { time_zone: -20, ..cold() })),
    trap("2.6", "the password stands before the user", || {
        let accepted_login = Some(("me".to_owned(), "s3cret".to_owned()));
        Bench::new(Options { accepted_login, ..running() }).run(async |modem, _| {
            modem.start().await.unwrap();
            modem.attach(&APN.auth("me", "s3cret"), &mut |_| ()).await.unwrap();
        });
    }),
    trap("2.6", "the network of sockets was opened by somebody else", network_opened_before),
    trap("3, 11.1", "services outlive a restart of the microcontroller", || {
        for left_open in [LeftOpen::Services, LeftOpen::Client] {
            works(special(|it| it.left_open = left_open));
        }
    }),
    trap("3", "tcp:// stands in the address, inside TLS, too", address),
    trap("3", "MQTT 3.1 is spoken unless the version is said, by each model in its own way", version),
    trap("3", "STOP ends clients that were not released, or not", || works_with(|it| it.stop_releases = true)),
    trap("3, 14", "CONNECT right behind CONNLOST is refused", || after_loss(NetworkLoss::Client, false)),
    trap("3", "after NONET the service has to be started again", || after_loss(NetworkLoss::Service, true)),
    trap("3", "NONET gets lost on the line, and the service refuses every question", service_without_a_word),
    trap("3", "blank lines between the pieces of a message", || works_with(|it| it.blank_lines = true)),
    trap("3", "a payload in pieces of 1500", pieces),
    trap("3", "a retained message between OK and the result of its SUBSCRIBE", message_inside_subscribe),
    trap("3", "checkUTF8 is on from the factory", binary_payload),
    trap("7.1", "no second announcement until all is read", one_announcement),
    trap("7.1", "a block whose end is lost is filled up by the lines behind it", filled_up_block),
    trap("7.1", "data that waits when the other end closes is forgotten", forgotten_data),
    trap("11", "set-up commands fail spuriously", || works_with(|it| it.setup_failures = 4)),
    trap("11.3", "NETOPEN is refused without a bearer", no_bearer),
    trap("11.6", "connection silently dead after hours", silently_dead),
];

#[test]
fn every_trap() {
    meet(TRAPS);
}

fn deaf_port() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        connect(modem).await.unwrap();
        let entry = Foreign("AT+CMQTTTOPIC=0,1024\r".to_owned());
        assert!(within_ms(500, modem.send(&entry)).await.is_none());
    });
    bench.run(whole_way);
}

fn busy_card() {
    for (busy_card, cme_text_always) in [(13, false), (14, true), (313, false)] {
        let sim = SimCard { busy_us: 9_000_000, ..SimCard::default() };
        let mut options = Options { sim, cme_text_always, ..cold() };
        options.simcom.busy_card = busy_card;
        works(options);
    }
    Bench::new(Options { sim: SimCard { busy_us: 90_000_000, ..SimCard::default() }, ..cold() }).run(
        async |modem, _| {
            modem.start().await.unwrap();
            assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::Sim(SimFault::Failed)));
        },
    );
}

fn restarts() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        pass_ms(20_000).await;
        module(scene).brown_out(200_000);
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Restarted, ErrorKind::Restart));
        connect(modem).await.unwrap();
    });
}

fn old_apn() {
    let options = Options { accepted_apn: Some("cmiot".to_owned()), ..running() };
    Bench::new(options).run(async |modem, scene| {
        modem.start().await.unwrap();
        modem.send(&Foreign("AT+CGDCONT=1,\"IP\",\"old\"\r".to_owned())).await.unwrap();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert_eq!(scene.borrow().module.apn(1), "cmiot");
    });
}

fn network_opened_before() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        // Somebody opened it behind the driver's back.
        modem.send(&Foreign("AT+NETOPEN\r".to_owned())).await.ok();
        pass_ms(3000).await;
        scene.borrow_mut().servers.serve(7, wanlink_scene::Service::Echo);
        let socket = modem.open("h.example", 7).await.unwrap();
        modem.close(socket).await.unwrap();
        modem.open("h.example", 7).await.unwrap();
        assert_eq!(scene.borrow().module.command_count("AT+NETOPEN"), 2, "once by each");
    });
}

fn after_loss(network_loss: NetworkLoss, connect_after_loss: bool) {
    let set = |it: &mut SimcomOptions| (it.network_loss, it.connect_after_loss) = (network_loss, connect_after_loss);
    Bench::new(special(set)).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).lose_context(1);
        assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Reattach);
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        module(scene).kill_tcp();
        assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Reconnect);
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
}

fn pieces() {
    let payload: Vec<u8> = (0..=255).cycle().take(2039).collect();
    let mut buffers = wanlink_simcom::Buffers::<256, 1600, 2100>::new();
    Bench::new(running()).run_with(&mut buffers, async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        push(scene, &payload);
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), &payload))));
    });
}

fn message_inside_subscribe() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        module(scene).slow(300_000);
        let (subscribed, ()) = embassy_futures::join::join(modem.subscribe(DOWN, Qos::AtLeastOnce), async {
            pass_ms(10).await;
            push(scene, b"kept");
        })
        .await;
        subscribed.unwrap();
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"kept"))));
    });
}

fn binary_payload() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.publish(UP, b"\xff\xfe\x00", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"\xff\xfe\x00"]);
    });
}

fn one_announcement() {
    let mut bench = Bench::new(running());
    bench.scene.borrow_mut().servers.serve(9, wanlink_scene::Service::Keep);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 9).await.unwrap();
        let mut buf = [0; 4];
        for text in [b"one!", b"two!", b"3rd!"] {
            scene.borrow_mut().send(0, text);
        }
        for text in [b"one!", b"two!", b"3rd!"] {
            assert_eq!(modem.read(socket, &mut buf).await, Ok(4));
            assert_eq!(&buf, text);
        }
    });
}

/// Its call is dropped before anybody sees that its `OK` does not come.
fn filled_up_block() {
    let mut bench = Bench::new(running());
    bench.scene.borrow_mut().servers.serve(9, wanlink_scene::Service::Keep);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 9).await.unwrap();
        module(scene).starve_block();
        scene.borrow_mut().send(0, b"forty bytes, of which the last get lost.");
        let more = async {
            pass_ms(500).await;
            scene.borrow_mut().send(0, b"more");
            pass_ms(500).await;
        };
        let mut buf = [0; 40];
        let dropped = select(modem.read(socket, &mut buf), more).await;
        assert!(matches!(dropped, Either::Second(())), "{dropped:?}");
        assert!(modem.read(socket, &mut buf).await.is_err(), "{:?}", buf.escape_ascii().to_string());
    });
}

fn forgotten_data() {
    let mut bench = Bench::new(special(|it| it.closed_keeps_data = false));
    bench.scene.borrow_mut().servers.serve(9, wanlink_scene::Service::Keep);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 9).await.unwrap();
        scene.borrow_mut().send(0, b"gone");
        scene.borrow_mut().close(0);
        assert_eq!(modem.read(socket, &mut [0; 4]).await, Err(Error::Disconnected), "and not a good end");
        let socket = modem.open("h.example", 9).await.unwrap();
        scene.borrow_mut().close(1);
        assert_eq!(modem.read(socket, &mut [0; 4]).await, Ok(0), "nothing was forgotten");
    });
}

fn no_bearer() {
    for network_refused_at_once in [true, false] {
        Bench::new(special(|it| it.network_refused_at_once = network_refused_at_once)).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).lose_network();
            module(scene).lose_context(1);
            let error = modem.open("h.example", 7).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        });
    }
}

fn service_without_a_word() {
    Bench::new(special(|it| it.network_loss = NetworkLoss::Service)).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).drop_line("+CMQTTNONET");
        module(scene).lose_context(1);
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::SessionLost(0)));
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
}

fn silently_dead() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).drop_line("+CMQTTCONNLOST");
        module(scene).kill_tcp();
        let begun = Instant::now();
        assert_eq!(modem.receive().await, Err(Error::SessionLost(0)));
        assert!(begun.elapsed().as_secs() <= 300);
    });
}

/// What keeps the limit of each keeps that of the line.
fn longest_login() {
    let limits = Model::MQTT;
    let text = |length: u16| "x".repeat(length.into());
    let (host, client_id) = (text(limits.host), text(limits.client_id));
    let (user, password) = (text(limits.user), text(limits.password));
    let login =
        Login { client_id: &client_id, user: &user, password: &password, keep_alive_s: u16::MAX, clean_session: true };
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.connect(&Server::new(&host, 65_535, Plain), &login).await.unwrap_err();
        // The module took the line, and nobody has this name.
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Connack(2)), "{error}");
        assert_eq!(scene.borrow().module.command_count("AT+CMQTTCONNECT"), 1);
    });
}

fn address() {
    for (tls, port) in [(false, 1883), (true, 8883)] {
        let mut bench = Bench::new(running());
        bench.run(async |modem, _| {
            attach(modem).await.unwrap();
            match tls {
                false => modem.connect(&broker(), &LOGIN).await.unwrap(),
                true => {
                    let login = Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };
                    modem.connect(&Server::new(HOST, port, Tls::verified(root())), &login).await.unwrap();
                }
            }
        });
        let address = format!("AT+CMQTTCONNECT=0,\"tcp://{HOST}:{port}\",300,1,");
        assert_eq!(bench.sent().iter().filter(|line| line.starts_with(&address)).count(), 1);
    }
}

fn version() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    let is_setting = |line: &&String| line.contains("\"version\",0,4");
    let is_parameter = |line: &&String| line.starts_with("AT+CMQTTACCQ=0,") && line.ends_with(",0,4");
    let sent = bench.sent();
    let counts = (sent.iter().filter(is_setting).count(), sent.iter().filter(is_parameter).count());
    assert_eq!(counts, if crate::profile().name == "sim7600" { (0, 1) } else { (1, 0) });
}
