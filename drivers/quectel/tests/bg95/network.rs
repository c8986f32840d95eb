//! Attach: card, registration, context.

use embassy_futures::select::select;
use embassy_time::Timer;
use wanlink_core::{Argument, Error as _, ErrorKind, Module, Network, Progress, Refusal};
use wanlink_emulator::{ContextState, Options, SimCard};
use wanlink_quectel::SimFault;

use crate::bench::{APN, Bench, Driver, Error, Shared, attach, module, pass_ms, running, within_ms};

fn with_card(card: SimCard) -> Options {
    Options { sim: card, ..Options::default() }
}

fn locked() -> Options {
    with_card(SimCard { pin: Some("1234".to_owned()), ..SimCard::default() })
}

async fn sim_fault(modem: &mut Driver<'_>, network: &Network<'_>) -> SimFault {
    let error = modem.attach(network, &mut |_| ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Sim));
    let Error::Sim(fault) = error else { panic!("{error}") };
    fault
}

#[test]
fn no_card_is_refused_and_a_card_put_in_later_is_found() {
    for cme_text_always in [false, true] {
        let options = Options { cme_text_always, ..with_card(SimCard { inserted: false, ..SimCard::default() }) };
        Bench::new(options).run(async |modem, scene| {
            modem.start().await.unwrap();
            assert_eq!(sim_fault(modem, &APN).await, SimFault::Absent);
            let info = modem.describe().await.unwrap();
            assert_eq!((info.imei(), info.iccid()), ("866349040000017", ""), "the rest is known without a card");
            module(scene).sim_in();
            modem.attach(&APN, &mut |_| ()).await.unwrap();
        });
    }
}

#[test]
fn a_busy_card_is_waited_for_and_one_that_stays_busy_has_failed() {
    for (busy_us, good) in [(8_000_000, true), (60_000_000, false)] {
        Bench::new(with_card(SimCard { busy_us, ..SimCard::default() })).run(async |modem, _| {
            modem.start().await.unwrap();
            let result = modem.attach(&APN, &mut |_| ()).await;
            assert_eq!(result, if good { Ok(()) } else { Err(Error::Sim(SimFault::Failed)) });
        });
    }
}

#[test]
fn a_module_that_goes_mute_while_its_card_is_busy_is_mute_and_no_bad_card() {
    Bench::new(with_card(SimCard { busy_us: 60_000_000, ..SimCard::default() })).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert!(within_ms(3000, modem.attach(&APN, &mut |_| ())).await.is_none());
        let (result, ()) = embassy_futures::join::join(modem.attach(&APN, &mut |_| ()), async {
            pass_ms(2000).await;
            module(scene).silence(200_000_000);
        })
        .await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Restart);
    });
}

#[test]
fn a_locked_card_wants_the_pin_and_takes_it() {
    Bench::new(locked()).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(sim_fault(modem, &APN).await, SimFault::PinNeeded);
        assert_eq!(scene.borrow().module.pin_tries_left(), 3);
        let mut seen = Vec::new();
        modem.attach(&APN.pin("1234"), &mut |progress| seen.push(progress)).await.unwrap();
        assert_eq!(seen.first(), Some(&Progress::SimReady));
        assert!(scene.borrow().module.sim_ready());
    });
}

/// The card took the PIN, so all its tries are there again: a restart is no reason to need a human.
#[test]
fn a_pin_that_the_card_took_is_sent_again_after_a_restart() {
    let mut bench = Bench::new(locked());
    bench.run(async |modem, scene| {
        for _ in 0..3 {
            modem.start().await.unwrap();
            modem.attach(&APN.pin("1234"), &mut |_| ()).await.unwrap();
            modem.recover(wanlink_core::Rung::Restart).await.unwrap();
        }
        assert_eq!(scene.borrow().module.pin_tries_left(), 3);
    });
    assert_eq!(bench.sent().iter().filter(|line| line.starts_with("AT+CPIN=")).count(), 3);
}

#[test]
fn a_wrong_pin_is_sent_once_in_the_life_of_the_value() {
    let mut bench = Bench::new(locked());
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

/// Whether the card took the PIN is not known when the module restarts right behind it: once more, and never a third time.
#[test]
fn a_pin_whose_fate_a_restart_hid_is_sent_once_more() {
    for (pin, times, tries_left, is_taken) in [("1234", 1, 3, true), ("9999", 4, 1, false)] {
        let mut bench = Bench::new(locked());
        bench.run(async |modem, scene| {
            for _ in 0..times {
                modem.start().await.unwrap();
                // The answer to the PIN is lost, and then the module restarts.
                scene.borrow_mut().module.drop_line("READY");
                scene.borrow_mut().module.drop_line("+CME ERROR: 16");
                select(modem.attach(&APN.pin(pin), &mut |_| ()), Timer::after_secs(4)).await;
                scene.borrow_mut().module.reset();
            }
            assert_eq!(scene.borrow().module.pin_tries_left(), tries_left, "{pin}");
            scene.borrow_mut().module.call_off();
            modem.start().await.unwrap();
            assert_eq!(modem.attach(&APN.pin(pin), &mut |_| ()).await.is_ok(), is_taken);
        });
    }
}

/// Wherever the call is dropped: one PIN at most goes out, and one that never went out is not held against the caller.
#[test]
fn a_dropped_attach_sends_the_pin_once_and_not_never() {
    for pin in ["1234", "9999"] {
        for polls in 0..40 {
            Bench::new(Options { start: wanlink_emulator::Start::Running, ..locked() }).run(async |modem, scene| {
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

#[test]
fn a_card_that_wants_its_puk_is_left_alone() {
    let mut bench = Bench::new(locked());
    for pin in ["0000", "0001", "0002"] {
        bench.run(async |modem, _| {
            modem.start().await.unwrap();
            let fault = sim_fault(modem, &APN.pin(pin)).await;
            assert_eq!(fault, if pin == "0002" { SimFault::PukNeeded } else { SimFault::PinRefused });
        });
    }
    bench.run(async |modem, scene| {
        modem.start().await.unwrap();
        let asked = scene.borrow().module.command_count("AT+CPIN");
        assert_eq!(sim_fault(modem, &APN.pin("1234")).await, SimFault::PukNeeded);
        assert_eq!(scene.borrow().module.command_count("AT+CPIN"), asked + 1, "a question, no PIN");
    });
}

#[test]
fn a_pin_that_is_none_is_refused_before_a_byte() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        for pin in ["", "123", "123456789", "12a4", "-123", " 123", "12\"4"] {
            let error = modem.attach(&APN.pin(pin), &mut |_| ()).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Pin), ErrorKind::Misuse));
        }
    });
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn names_that_cannot_be_quoted_or_are_too_long_are_refused_before_a_byte() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        let long = "a".repeat(128);
        for (network, what) in [
            (Network::apn("a\"b"), Argument::Apn),
            (Network::apn("a\r"), Argument::Apn),
            (APN.auth("a\"", "p"), Argument::ApnUser),
            (APN.auth("a", "\u{7f}"), Argument::ApnPassword),
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

async fn radio_cycles(modem: &mut Driver<'_>, scene: &Shared, network: &Network<'_>) -> u64 {
    let before = scene.borrow().module.command_count("AT+CFUN");
    modem.attach(network, &mut |_| ()).await.unwrap();
    assert_eq!(scene.borrow().module.apn(1), network.apn);
    scene.borrow().module.command_count("AT+CFUN") - before - 1
}

#[test]
fn the_radio_goes_off_for_a_changed_apn_and_only_for_that() {
    Bench::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(radio_cycles(modem, scene, &APN).await, 1);
        assert_eq!(radio_cycles(modem, scene, &APN).await, 0);
        assert_eq!(radio_cycles(modem, scene, &Network::apn("other")).await, 1);
    });
}

#[test]
fn apn_user_and_password_reach_the_network() {
    let login = Some(("me".to_owned(), "s3cret,x".to_owned()));
    Bench::new(Options { accepted_login: login, ..running() }).run(async |modem, _| {
        modem.start().await.unwrap();
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::NoContext));
        modem.attach(&APN.auth("me", "s3cret,x"), &mut |_| ()).await.unwrap();
    });
}

#[test]
fn a_refused_context_is_of_kind_reattach() {
    let options = Options { accepted_apn: Some("right".to_owned()), ..running() };
    Bench::new(options).run(async |modem, scene| {
        modem.start().await.unwrap();
        let error = modem.attach(&APN, &mut |_| ()).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        modem.attach(&Network::apn("right"), &mut |_| ()).await.unwrap();
        assert_eq!(scene.borrow().module.context(1), ContextState::Active);
    });
}

#[test]
fn a_context_that_is_up_stays_up() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let activations = scene.borrow().module.command_count("AT+QIACT");
        attach(modem).await.unwrap();
        assert_eq!(scene.borrow().module.command_count("AT+QIACT"), activations + 1, "the question");
    });
}

#[test]
fn denial_is_reported_at_once_and_ends_the_call_when_it_lasts() {
    Bench::new(Options::default()).run(async |modem, scene| {
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

#[test]
fn searching_has_no_limit_of_its_own_and_a_drop_is_safe() {
    Bench::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).lose_network();
        let mut seen = Vec::new();
        assert!(within_ms(600_000, modem.attach(&APN, &mut |progress| seen.push(progress))).await.is_none());
        assert_eq!(seen, [Progress::SimReady, Progress::Searching]);
        module(scene).restore_network();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
    });
}

#[test]
fn roaming_is_reported() {
    Bench::new(Options { roaming: true, ..Options::default() }).run(async |modem, _| {
        modem.start().await.unwrap();
        let mut seen = Vec::new();
        modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap();
        assert!(seen.contains(&Progress::Registered { roaming: true }), "{seen:?}");
    });
}

#[test]
fn a_lost_registration_line_costs_half_a_minute() {
    Bench::new(Options::default()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).drop_line("+CEREG: 1");
        let begun = embassy_time::Instant::now();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert!((30..40).contains(&begun.elapsed().as_secs()));
    });
}
