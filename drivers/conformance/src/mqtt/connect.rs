//! Connect, disconnect.

use embassy_time::Instant;
use wanlink_at::driver::{DriverModel, Error};
use wanlink_core::{Argument, Error as _, ErrorKind, HasMqtt, Login, MqttAt, Qos, Refusal, Server};
use wanlink_emulator::{MqttPhase, OpenFailure};
use wanlink_platform::{Away, KeepAlive, Rejection, ReturnCode};
use wanlink_scene::bench::{module, pass_ms, running};

use super::assert_refused;
use crate::bench::MqttBench;
use crate::rig::{BROKER, KEY, LOGIN, NAME, Rig, UP, attach, broker, connect, published};
use crate::subject::Subject;

/// The name, or the port.
pub fn each_failure_to_open_has_its_kind_and_the_next_call_connects<B: MqttBench>() {
    let failures =
        [(OpenFailure::Dns, B::UNRESOLVED), (OpenFailure::Refused, &[5][..]), (OpenFailure::Timeout, &[5][..])];
    for options in B::mqtt_options() {
        for (failure, results) in failures {
            Rig::<B>::new(options.clone()).run(async |modem, scene| {
                attach(modem).await.unwrap();
                module(scene).fail_opens(failure, None);
                let begun = Instant::now();
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                assert!(results.iter().any(|&result| error == Error::Open(result)), "{failure:?}: {error:?}");
                assert_eq!(error.kind(), ErrorKind::Reconnect);
                assert!(begun.elapsed().as_secs() < 245, "{:?}", begun.elapsed());
                module(scene).fail_opens(failure, Some(0));
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

/// Whatever code the vendor has for it.
pub fn every_result_of_an_open_has_a_kind_that_can_heal<B: MqttBench>() {
    for result in i8::MIN..=i8::MAX {
        let error: crate::ErrorOf<B> = Error::Open(result);
        assert!(error.kind().can_heal(), "{result}");
    }
}

/// Neither network nor context.
pub fn without_a_network_the_next_step_is_attach<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).lose_network();
        module(scene).lose_context(1);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reattach, "{error}");
        module(scene).restore_network();
        connect(modem).await.unwrap();
    });
}

/// By its code, or without a reason; and nothing of it reaches the next login.
pub fn each_refusal_of_the_broker_is_one_and_the_next_login_is_a_new_one<B: MqttBench>() {
    for code in [
        ReturnCode::BadProtocolVersion,
        ReturnCode::IdentifierRejected,
        ReturnCode::ServerUnavailable,
        ReturnCode::BadUserNameOrPassword,
        ReturnCode::NotAuthorized,
    ] {
        for options in B::mqtt_options() {
            Rig::<B>::new(options).run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.refuse_connects(code, 1);
                assert_refused::<B>(modem.connect(&broker(), &LOGIN).await.unwrap_err(), code as u8);
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

/// The platform finds it out itself.
pub fn a_wrong_password_is_refused<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let wrong = Login { password: "0123456789", ..LOGIN };
        assert_refused::<B>(modem.connect(&broker(), &wrong).await.unwrap_err(), 4);
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

/// That is no refusal, unless the module cannot tell the two apart.
pub fn a_broker_that_closes_in_place_of_its_answer<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().plain_tcp = Some(Rejection::Close);
        let begun = Instant::now();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        if B::Model::MQTT.gives_reason {
            assert_eq!((error, error.kind()), (Error::NoConnack, ErrorKind::Reconnect));
            assert!(begun.elapsed().as_secs() < 2, "it is told, no need to wait for the result");
        } else {
            assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Unexplained), "{error}");
        }
        scene.borrow_mut().platform.config_mut().plain_tcp = None;
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

/// The call ends, and the next one connects when the broker is back.
pub fn a_broker_that_does_not_answer<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let begun = Instant::now();
            let now = begun.as_micros();
            scene.borrow_mut().platform.away(now, now + 90_000_000, Away::Silent);
            let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
            let is_unexplained = error.kind() == ErrorKind::Refused(Refusal::Unexplained);
            let is_hidden = is_unexplained && !B::Model::MQTT.gives_reason;
            assert!(error.kind() == ErrorKind::Reconnect || is_hidden, "{error}");
            assert!(begun.elapsed().as_secs() < 125, "{:?}", begun.elapsed());
            pass_ms(100_000_u64.saturating_sub(begun.elapsed().as_millis())).await;
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

/// It was not started, so that nothing was cleaned, and knows nothing of the session.
pub fn a_session_that_the_driver_does_not_know_of_is_closed_first<B: MqttBench>() {
    for options in B::mqtt_options() {
        let mut rig = Rig::<B>::new(options);
        rig.run(async |modem, _| connect(modem).await.unwrap());
        rig.run(async |modem, scene| {
            modem.connect(&broker(), &LOGIN).await.unwrap();
            assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

/// Somebody else uses the client behind the driver's back.
pub fn an_occupied_client_is_freed<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, _| {
            connect(modem).await.unwrap();
            modem.disconnect().await.unwrap();
            pass_ms(1000).await;
            for command in B::occupy_by_hand() {
                // With some firmware the answer takes longer than a foreign command waits.
                let _ = modem.send(command).await;
                pass_ms(3000).await;
            }
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

/// The module's client has what the login says, and the broker's address.
pub fn the_settings_are_really_set<B: MqttBench>() {
    for (keep_alive_s, clean_session) in [(30, true), (1200, !B::Model::MQTT.persistent_session)] {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.connect(&broker(), &Login { keep_alive_s, clean_session, ..LOGIN }).await.unwrap();
            let client = scene.borrow().module.mqtt(0).unwrap();
            assert_eq!((client.keep_alive_s, client.clean), (keep_alive_s, clean_session));
            assert_eq!((client.host.as_str(), client.port, client.tls), (BROKER, 1883, false));
            assert_eq!((client.client_id.as_str(), client.username.as_str()), (LOGIN.client_id, LOGIN.user));
            assert_eq!(client.phase, MqttPhase::Connected);
        });
    }
}

/// A session that the broker keeps, with a model whose client only starts clean ones: nothing is sent.
pub fn a_session_that_cannot_be_kept_is_refused_before_a_byte<B: MqttBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
        let kept = Login { clean_session: false, ..LOGIN };
        match modem.connect(&broker(), &kept).await {
            Err(error) if !B::Model::MQTT.persistent_session => {
                assert_eq!((error, error.kind()), (Error::CleanOnly, ErrorKind::Misuse));
            }
            // It was not attached, which some modules do by themselves.
            result => assert!(B::Model::MQTT.persistent_session && result != Err(Error::CleanOnly), "{result:?}"),
        }
    });
    assert_eq!(rig.sent().is_empty(), !B::Model::MQTT.persistent_session);
}

/// Rather than refused: the platform wants pings sooner than that.
pub fn a_keep_alive_above_what_the_module_takes_is_cut<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().keep_alive = KeepAlive::Unchecked;
        modem.connect(&broker(), &Login { keep_alive_s: u16::MAX, ..LOGIN }).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().keep_alive_s, B::MOST_KEEP_ALIVE_S);
    });
}

/// Each argument one byte above its limit, and those that would end their quotes.
pub fn what_is_too_long_or_cannot_be_quoted_is_refused_before_a_byte<B: MqttBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
        let limits = B::Model::MQTT;
        let over = |limit: u16| "x".repeat(usize::from(limit) + 1);
        let texts = [limits.host, limits.client_id, limits.user, limits.password].map(over);
        let [host, client_id, user, password] = texts.each_ref().map(String::as_str);
        for (server, login, what, limit) in [
            (Server { host, ..broker() }, LOGIN, Argument::HostName, limits.host),
            (broker(), Login { client_id, ..LOGIN }, Argument::ClientId, limits.client_id),
            (broker(), Login { user, ..LOGIN }, Argument::UserName, limits.user),
            (broker(), Login { password, ..LOGIN }, Argument::Password, limits.password),
        ] {
            if limit == wanlink_core::UNSTATED {
                continue;
            }
            let Err(Error::TooLong(too_long)) = modem.connect(&server, &login).await else { panic!("{what}: taken") };
            let limit = usize::from(limit);
            assert_eq!((too_long.what, too_long.limit(), too_long.length()), (what, limit, limit + 1));
        }
        for host in ["", "a\"b", "a\n"] {
            let result = modem.connect(&Server { host, ..broker() }, &LOGIN).await;
            assert_eq!(result, Err(Error::Malformed(Argument::HostName)));
        }
        for (login, what) in [
            (Login { client_id: "", ..LOGIN }, Argument::ClientId),
            (Login { client_id: "a\"", ..LOGIN }, Argument::ClientId),
            (Login { user: "\"", ..LOGIN }, Argument::UserName),
            (Login { password: "\r", ..LOGIN }, Argument::Password),
        ] {
            let error = modem.connect(&broker(), &login).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(what), ErrorKind::Misuse));
        }
    });
    assert_eq!(rig.sent(), [""; 0]);
}

/// Twice is harmless.
pub fn connecting_twice_connects_anew<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        pass_ms(1000).await;
        assert_eq!(published(scene), [b"x"]);
    });
}

/// The broker sees the end, and nothing goes out without a session.
pub fn disconnect_ends_the_session_and_is_harmless_without_one<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            modem.disconnect().await.unwrap();
            assert_ne!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Connected);
            assert!(!scene.borrow().platform.is_online(KEY, NAME));
            modem.disconnect().await.unwrap();
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NotConnected, ErrorKind::Reconnect));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

/// That the session is gone already is no failure.
pub fn disconnect_swallows_all_but_a_restart<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).kill_tcp();
        modem.disconnect().await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(100 * u64::from(B::Model::BOOT_DS)).await;
        assert_eq!(modem.disconnect().await, Err(Error::Restarted));
    });
}
