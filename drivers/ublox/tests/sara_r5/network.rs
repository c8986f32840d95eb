//! Attach: card, registration, context, profile of the module's own clients.

use wanlink_core::{Argument, Error as _, ErrorKind, Module, Network, Progress, Refusal};
use wanlink_emulator::{ContextState, Options, SimCard, Start};
use wanlink_ublox::{Error, SaraR5, SaraR422, SimFault};

use crate::bench::{APN, Bench, Driver, Played, attach, count, module, on_each_model, pass_ms, running, within_ms};

fn with_card(card: SimCard) -> Options {
    Options { sim: card, ..Options::default() }
}

fn locked() -> Options {
    with_card(SimCard { pin: Some("1234".to_owned()), ..SimCard::default() })
}

async fn sim_fault<M: Played>(modem: &mut Driver<'_, M>, network: &Network<'_>) -> SimFault {
    let error = modem.attach(network, &mut |_| ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Sim));
    let Error::Sim(fault) = error else { panic!("{error}") };
    fault
}

fn tells_where_it_is<M: Played>() {
    Bench::<M>::new(Options::default()).run(async |modem, scene| {
        modem.start().await.unwrap();
        let mut seen = Vec::new();
        modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap();
        assert_eq!(seen.first(), Some(&Progress::SimReady));
        assert_eq!(seen.last(), Some(&Progress::ContextUp));
        assert_eq!(scene.borrow().module.context(1), ContextState::Active);
    });
}

#[test]
fn progress_from_the_card_to_the_context() {
    on_each_model!(tells_where_it_is);
}

/// `ublox-at` 2: a card that starts says 14, 13, or with SARA-R5 that the operation is not allowed.
#[test]
fn a_busy_card_is_waited_for_and_one_that_stays_busy_has_failed() {
    for (busy_us, busy_card, good) in
        [(8_000_000, 14, true), (25_000_000, 3, true), (20_000_000, 13, true), (80_000_000, 14, false)]
    {
        let mut options = with_card(SimCard { busy_us, ..SimCard::default() });
        options.ublox.busy_card = busy_card;
        Bench::<SaraR5>::new(options).run(async |modem, _| {
            modem.start().await.unwrap();
            let result = modem.attach(&APN, &mut |_| ()).await;
            assert_eq!(result, if good { Ok(()) } else { Err(Error::Sim(SimFault::Failed)) });
        });
    }
}

#[test]
fn no_card_is_refused_and_a_card_put_in_later_is_found() {
    let options = with_card(SimCard { inserted: false, ..SimCard::default() });
    Bench::<SaraR5>::new(options).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(sim_fault(modem, &APN).await, SimFault::Absent);
        let info = modem.describe().await.unwrap();
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", ""), "the rest is known without a card");
        module(scene).sim_in();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
    });
}

fn unlocks<M: Played>() {
    Bench::<M>::new(locked()).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(sim_fault(modem, &APN).await, SimFault::PinNeeded);
        assert_eq!(scene.borrow().module.pin_tries_left(), 3);
        let mut seen = Vec::new();
        modem.attach(&APN.pin("1234"), &mut |progress| seen.push(progress)).await.unwrap();
        assert_eq!(seen.first(), Some(&Progress::SimReady));
        assert!(scene.borrow().module.sim_ready());
    });
}

#[test]
fn a_locked_card_wants_the_pin_and_takes_it() {
    on_each_model!(unlocks);
}

#[test]
fn a_wrong_pin_is_sent_once_in_the_life_of_the_value() {
    let mut bench = Bench::<SaraR5>::new(locked());
    bench.run(async |modem, scene| {
        modem.start().await.unwrap();
        for _ in 0..3 {
            assert_eq!(sim_fault(modem, &APN.pin("9999")).await, SimFault::PinRefused);
            assert_eq!(scene.borrow().module.pin_tries_left(), 2);
        }
        modem.recover(wanlink_core::Rung::Restart).await.unwrap();
        modem.start().await.unwrap();
        assert_eq!(sim_fault(modem, &APN.pin("1234")).await, SimFault::PinRefused, "not even another one");
    });
    assert_eq!(bench.sent().iter().filter(|line| line.starts_with("AT+CPIN=")).count(), 1);
}

/// Wherever the call is dropped: one PIN at most goes out, and one that never went out is not held against the caller.
#[test]
fn a_dropped_attach_sends_the_pin_once_and_not_never() {
    for pin in ["1234", "9999"] {
        for polls in 0..40 {
            Bench::<SaraR5>::new(Options { start: Start::Running, ..locked() }).run(async |modem, scene| {
                modem.start().await.unwrap();
                wanlink_emulator::polled(modem.attach(&APN.pin(pin), &mut |_| ()), polls).await;
                let result = modem.attach(&APN.pin(pin), &mut |_| ()).await;
                let (good, tries_left) = (pin == "1234", scene.borrow().module.pin_tries_left());
                let expected = if good { Ok(()) } else { Err(Error::Sim(SimFault::PinRefused)) };
                assert_eq!((result, tries_left), (expected, if good { 3 } else { 2 }), "{pin} {polls}");
            });
        }
    }
}

fn logs_in<M: Played>() {
    let login = Some(("me".to_owned(), "s3cret,x".to_owned()));
    Bench::<M>::new(Options { accepted_login: login, ..running() }).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::NoContext), "{}", M::NAME);
        modem.attach(&APN.auth("me", "s3cret,x"), &mut |_| ()).await.unwrap();
        // The radio goes off for another login only.
        let cycles = count(scene, "AT+CFUN");
        modem.attach(&APN.auth("me", "s3cret,x"), &mut |_| ()).await.unwrap();
        assert_eq!(count(scene, "AT+CFUN"), cycles + 1);
    });
}

/// `ublox-at` 0: SARA-R5 and LENA-R8 take the user first, the others the password.
#[test]
fn user_and_password_of_the_access_point_reach_the_network_in_the_models_order() {
    on_each_model!(logs_in);
}

fn keeps_the_radio_on<M: Played>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        for (apn, cycles) in [("cmiot", 2), ("cmiot", 1), ("other", 2), ("other", 1)] {
            let before = count(scene, "AT+CFUN");
            modem.attach(&Network::apn(apn), &mut |_| ()).await.unwrap();
            assert_eq!(scene.borrow().module.apn(1), apn);
            assert_eq!(count(scene, "AT+CFUN") - before, cycles, "{} {apn}", M::NAME);
        }
    });
}

/// SARA-R5 reads the access point back with the network behind it (ublox-at 2).
#[test]
fn the_radio_goes_off_for_a_changed_apn_and_only_for_that() {
    on_each_model!(keeps_the_radio_on);
}

/// `ublox-at` 2: `+UUPSDA` may come much later, the activation takes its time, and it may be refused.
#[test]
fn the_profile_of_sara_r5() {
    for (blocks_us, result_us) in [(0, 0), (100_000_000, 0), (0, 20_000_000)] {
        let mut options = running();
        (options.ublox.profile_blocks_us, options.ublox.profile_result_us) = (blocks_us, result_us);
        Bench::<SaraR5>::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let activations = count(scene, "AT+UPSDA");
            attach(modem).await.unwrap();
            assert_eq!(count(scene, "AT+UPSDA"), activations, "it is up");
        });
    }
    // A lost line: the module is asked.
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).drop_line("+UUPSDA");
        modem.attach(&APN, &mut |_| ()).await.unwrap();
    });
    let options = Options { accepted_apn: Some("right".to_owned()), ..running() };
    Bench::<SaraR5>::new(options).run(async |modem, _| {
        modem.start().await.unwrap();
        let error = modem.attach(&APN, &mut |_| ()).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        modem.attach(&Network::apn("right"), &mut |_| ()).await.unwrap();
    });
}

/// `ublox-at` 2: one command of it that is dropped must not be broken off by the next one: any character aborts it.
#[test]
fn a_dropped_activation_is_not_aborted_by_the_next_command() {
    let mut options = running();
    options.ublox.profile_blocks_us = 60_000_000;
    Bench::<SaraR5>::new(options).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert!(within_ms(20_000, modem.attach(&APN, &mut |_| ())).await.is_none());
        assert_eq!(count(scene, "AT+UPSDA"), 1, "under way");
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert_eq!(count(scene, "AT+UPSDA"), 1);
    });
}

#[test]
fn denial_is_reported_at_once_and_ends_the_call_when_it_lasts() {
    Bench::<SaraR5>::new(Options::default()).run(async |modem, scene| {
        module(scene).deny();
        modem.start().await.unwrap();
        let begun = embassy_time::Instant::now();
        let mut seen = Vec::new();
        let error = modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Denied, ErrorKind::Refused(Refusal::Network)));
        assert_eq!(seen, [Progress::SimReady, Progress::Searching, Progress::Denied]);
        assert!((30..90).contains(&begun.elapsed().as_secs()), "neither at once nor for ever");
        let (result, ()) = embassy_futures::join::join(modem.attach(&APN, &mut |_| ()), async {
            pass_ms(5000).await;
            module(scene).admit();
        })
        .await;
        result.unwrap();
    });
}

fn loses_the_context<M: Played>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).lose_context(1);
        assert_eq!(modem.idle().await, Ok(wanlink_core::Notice::ContextLost), "{}", M::NAME);
        // One loss gives several lines, and is told once.
        assert_eq!(within_ms(1000, modem.idle()).await, None);
        modem.attach(&APN, &mut |_| ()).await.unwrap();
    });
}

#[test]
fn a_lost_context_is_told_once_and_comes_back() {
    on_each_model!(loses_the_context);
}

#[test]
fn names_that_cannot_be_quoted_or_are_too_long_are_refused_before_a_byte() {
    let mut bench = Bench::<SaraR422>::new(running());
    bench.run(async |modem, _| {
        let long = "a".repeat(128);
        for (network, what) in [
            (Network::apn("a\"b"), Argument::Apn),
            (APN.auth("a\"", "p"), Argument::ApnUser),
            (APN.auth("a", "\u{7f}"), Argument::ApnPassword),
            (APN.pin("12a4"), Argument::Pin),
        ] {
            assert_eq!(modem.attach(&network, &mut |_| ()).await, Err(Error::Malformed(what)));
        }
        for (network, what, limit) in [
            (Network::apn(&long), Argument::Apn, 100),
            (APN.auth(&long, "p"), Argument::ApnUser, 127),
            (APN.auth("u", &long), Argument::ApnPassword, 127),
        ] {
            let Err(Error::TooLong(too_long)) = modem.attach(&network, &mut |_| ()).await else { panic!("{what}") };
            assert_eq!((too_long.what, too_long.limit(), too_long.length()), (what, limit, 128));
        }
    });
    assert_eq!(bench.sent(), [""; 0]);
}
