//! The module's own clients: MQTT, sockets, HTTP.

use wanlink_core::{Error as _, ErrorKind, HasMqtt, Login, Model as _, Module, MqttAt, Notice, Qos, Rung, TcpSocket};
use wanlink_emulator::OpenFailure;
use wanlink_scene::Service;
use wanlink_ublox::{Error, SaraR5, SaraR410m, SaraR422};

use crate::bench::{
    Bench, HOST, LOGIN, Played, UP, attach, broker, connect, module, on_each_client, on_each_model, pass_ms, running,
    within_ms,
};

fn pings<M: Played + HasMqtt>() {
    let mut bench = Bench::<M>::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        for _ in 0..2 {
            modem.connect(&broker(), &Login { keep_alive_s: 60, ..LOGIN }).await.unwrap();
            // Without pings the broker or the module ends it.
            assert_eq!(within_ms(400_000, modem.ready()).await, None, "{}", M::NAME);
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
            module(scene).kill_tcp();
            assert_eq!(modem.ready().await.unwrap_err().kind(), ErrorKind::Reconnect);
        }
    });
    let sent = bench.sent();
    let logins: Vec<_> = (0..sent.len()).filter(|&index| sent[index] == "AT+UMQTTC=1").collect();
    assert_eq!(logins.len(), 2);
    assert!(logins.iter().all(|&index| sent[index + 1] == "AT+UMQTTC=8,1"), "behind each login");
}

/// `ublox-at` 3, 11.3: the keep-alive sends no ping, `AT+UMQTTC=8,1` does, and each end of a session takes it back.
#[test]
fn pings_are_ordered_after_each_login() {
    on_each_client!(pings);
}

/// `ublox-at` 3: `8,1` is refused while the keep-alive is 0, and is not sent then.
#[test]
fn without_a_keep_alive_no_pings_are_ordered() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().keep_alive = wanlink_platform::KeepAlive::Unchecked;
        modem.connect(&broker(), &Login { keep_alive_s: 0, ..LOGIN }).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
    assert!(!bench.sent().iter().any(|line| line == "AT+UMQTTC=8,1"));
}

/// `ublox-at` 2, 11.2: SARA-R422 says that the context is up, and its clients say that it is not, until it was ordered.
#[test]
fn a_context_that_is_up_is_activated_once_more_on_sara_r422() {
    let mut bench = Bench::<SaraR422>::new(running());
    bench.run(async |modem, _| {
        connect(modem).await.unwrap();
        // A second time all is there already.
        modem.attach(&crate::bench::APN, &mut |_| ()).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
    let sent = bench.sent();
    for command in ["AT+CGACT=1,1", "AT+UPSD=0,0,0", "AT+UPSD=0,100,1"] {
        assert!(sent.iter().filter(|line| *line == command).count() >= 2, "{command}");
    }
}

/// `ublox-at` 3, 5: a login or a look-up right behind the activation fails.
#[test]
fn a_context_that_is_young_is_given_its_second() {
    let mut options = running();
    options.ublox.settling_us = 1_000_000;
    Bench::<SaraR5>::new(options.clone()).run(async |modem, _| connect(modem).await.unwrap());
    Bench::<SaraR422>::new(options).run(async |modem, _| {
        attach(modem).await.unwrap();
        modem.resolve(HOST).await.unwrap();
    });
}

/// `ublox-at` 3: codes 33, 34, 50, 8 and any other, told of a login; what they hide is looked for.
#[test]
fn what_is_behind_a_class_and_a_code() {
    for recorded in [true, false] {
        for failure in [OpenFailure::Refused, OpenFailure::Timeout] {
            let mut options = running();
            options.ublox.mqtt_errors_recorded = recorded;
            Bench::<SaraR5>::new(options).run(async |modem, scene| {
                attach(modem).await.unwrap();
                module(scene).fail_opens(failure, None);
                assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::Open(5)), "{failure:?}");
                let left = (0..7).filter(|&id| module(scene).socket(id).is_some()).count();
                assert_eq!(left, 0, "what it was looked for with is closed");
            });
        }
    }
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().addresses = Box::new(|_| vec![]);
        module(scene).fail_opens(OpenFailure::Dns, Some(1));
        assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::Open(4)));
    });
}

/// `ublox-at` 2: the profile says that it is up, and the context below it is down. The first login tells, and the next
/// attach brings it up.
#[test]
fn a_context_that_is_down_below_its_profile_is_found_by_the_first_login_that_fails() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).context_lies(1);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        modem.attach(&crate::bench::APN, &mut |_| ()).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

/// `ublox-at` 3: `0,0` is recorded after real failures, too. A subscription that nobody answered is no refusal, which a
/// session would keep its connection for.
#[test]
fn a_subscription_that_nobody_answers_is_not_refused() {
    for recorded in [true, false] {
        let mut options = running();
        options.ublox.mqtt_errors_recorded = recorded;
        Bench::<SaraR5>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            assert_eq!(modem.subscribe("/pk/other/user/get", Qos::AtLeastOnce).await, Err(Error::SubscriptionRefused));
            module(scene).context_lies(1);
            assert_eq!(
                modem.subscribe(crate::bench::DOWN, Qos::AtLeastOnce).await,
                Err(Error::NotAcknowledged),
                "{recorded}"
            );
        });
    }
}

/// A logout was dropped, its refusal is lost, and the context goes: nothing is owed that would keep the recovery waiting.
#[test]
fn what_a_session_owes_that_went_with_its_context_keeps_no_recovery() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).fail_opens(OpenFailure::Refused, Some(2));
        assert!(modem.connect(&broker(), &LOGIN).await.is_err());
        module(scene).lose_final();
        assert!(within_ms(100, modem.connect(&broker(), &LOGIN)).await.is_none());
        module(scene).deny();
        let begun = embassy_time::Instant::now();
        while modem.idle().await != Ok(Notice::ContextLost) {}
        assert_eq!(modem.recover(Rung::Context).await, Err(Error::NoContext));
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    });
}

/// `ublox-at` 3: SARA-R410M-02B tells in front of its `OK` what became of a logout, and may say one line more.
#[test]
fn the_old_client_ends_a_logout_with_its_ok() {
    for says_more in [false, true] {
        let mut options = running();
        options.ublox.late_logout_line = says_more;
        Bench::<SaraR410m>::new(options).run(async |modem, _| {
            let begun = embassy_time::Instant::now();
            attach(modem).await.unwrap();
            assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
        });
    }
}

fn full<M: Played>(bench: &mut Bench<M>) {
    bench.scene.borrow_mut().servers.serve(9, Service::Keep);
}

/// `ublox-at` 5: no byte was taken, since the other end has closed.
#[test]
fn a_write_of_which_nothing_is_taken() {
    let mut bench = Bench::<SaraR5>::new(running());
    full(&mut bench);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open(HOST, 9).await.unwrap();
        // Data that waits keeps the line about the end back (SARA-R5).
        scene.borrow_mut().send(0, b"last");
        scene.borrow_mut().close(0);
        pass_ms(100).await;
        let error = modem.write(socket, b"data").await.unwrap_err();
        assert_eq!((error, error.kind(), modem.has_taken(socket)), (Error::Disconnected, ErrorKind::Reconnect, false));
        let mut buf = [0; 9];
        assert_eq!(modem.read(socket, &mut buf).await, Ok(4));
        assert_eq!(modem.read(socket, &mut buf).await, Ok(0));
    });
}

/// `ublox-at` 5: `OK` without `+USOWR` has been seen. Whether the data are in the stream, nobody knows: it is closed.
#[test]
fn a_write_that_is_answered_with_ok_alone() {
    let mut options = running();
    options.ublox.bare_ok_writes = 1;
    let mut bench = Bench::<SaraR5>::new(options);
    full(&mut bench);
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        let socket = modem.open(HOST, 9).await.unwrap();
        assert_eq!(modem.write(socket, b"data").await, Err(Error::Disconnected));
        assert_eq!(modem.write(socket, b"data").await, Err(Error::Disconnected));
        modem.close(socket).await.unwrap();
        let socket = modem.open(HOST, 9).await.unwrap();
        modem.write(socket, b"data").await.unwrap();
    });
}

/// `ublox-at` 5: SARA-R422 loses a socket without a line; whatever it is asked for is not allowed then.
#[test]
fn a_socket_that_is_lost_without_a_line() {
    let mut options = running();
    options.ublox.loses_sockets_silently = true;
    let mut bench = Bench::<SaraR422>::new(options);
    full(&mut bench);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        for writes in [true, false] {
            let socket = modem.open(HOST, 9).await.unwrap();
            module(scene).kill_tcp();
            pass_ms(100).await;
            let begun = embassy_time::Instant::now();
            let result = if writes {
                modem.write(socket, b"data").await
            } else {
                modem.read(socket, &mut [0; 9]).await.map(drop)
            };
            assert_eq!(result, Err(Error::Disconnected));
            assert!(begun.elapsed().as_secs() <= 125);
            modem.close(socket).await.unwrap();
        }
    });
}

fn closes<M: Played>() {
    let mut bench = Bench::<M>::new(running());
    full(&mut bench);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open(HOST, 9).await.unwrap();
        let begun = embassy_time::Instant::now();
        // Dropped: the port is free though the close takes its time.
        within_ms(300, modem.close(socket)).await;
        assert!(modem.signal().await.is_ok());
        assert!(begun.elapsed().as_secs() < 1, "{}: {:?}", M::NAME, begun.elapsed());
        modem.open(HOST, 9).await.unwrap();
        assert_eq!(scene.borrow().servers.open_conns(), 1, "{}", M::NAME);
    });
}

/// `ublox-at` 5, 11.8: a graceful close of SARA-R410M takes 10 s and more, and so may its connect: neither blocks the port.
#[test]
fn a_close_that_takes_its_time() {
    on_each_model!(closes);
    let mut bench = Bench::<SaraR410m>::new(running());
    full(&mut bench);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).slow(60_000_000);
        assert!(within_ms(5000, modem.open(HOST, 9)).await.is_none());
        assert!(within_ms(1000, modem.signal()).await.is_some_and(|signal| signal.is_ok()), "{}", SaraR410m::NAME);
    });
}
