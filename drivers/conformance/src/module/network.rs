//! Attach: card, registration, context.

use embassy_futures::join::join;
use embassy_futures::select::select;
use embassy_time::{Instant, Timer};
use wanlink_at::driver::{Error, Family, SimFault};
use wanlink_core::{Argument, Error as _, ErrorKind, Module, Network, Progress, Refusal, Rung};
use wanlink_emulator::{ContextState, Options, SimCard, Start, polled};
use wanlink_scene::bench::{SharedScene, count, module, pass_ms, running, within_ms};

use crate::bench::ModuleBench;
use crate::rig::{APN, Rig, attach};

fn with_card(card: SimCard) -> Options {
    Options { sim: card, ..Options::default() }
}

fn locked() -> Options {
    with_card(SimCard { pin: Some("1234".to_owned()), ..SimCard::default() })
}

async fn sim_fault<F: Family>(modem: &mut impl Module<Error = Error<F>>, network: &Network<'_>) -> SimFault {
    let error = modem.attach(network, &mut |_| ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Sim));
    let Error::Sim(fault) = error else { panic!("{error}") };
    fault
}

/// However the module words it.
pub fn no_card_is_refused_and_a_card_put_in_later_is_found<B: ModuleBench>() {
    for options in B::error_forms() {
        let sim = SimCard { inserted: false, ..SimCard::default() };
        let options = Options { sim, ..options };
        Rig::<B>::new(options).run(async |modem, scene| {
            modem.start().await.unwrap();
            assert_eq!(sim_fault(modem, &APN).await, SimFault::Absent);
            let info = modem.describe().await.unwrap();
            assert_eq!((info.imei(), info.iccid()), ("866349040000017", ""), "the rest is known without a card");
            module(scene).sim_in();
            modem.attach(&APN, &mut |_| ()).await.unwrap();
        });
    }
}

/// A card takes its time after a boot.
pub fn a_busy_card_is_waited_for_and_one_that_stays_busy_has_failed<B: ModuleBench>() {
    for (busy_us, good) in [(8_000_000, true), (80_000_000, false)] {
        Rig::<B>::new(with_card(SimCard { busy_us, ..SimCard::default() })).run(async |modem, _| {
            modem.start().await.unwrap();
            let result = modem.attach(&APN, &mut |_| ()).await;
            assert_eq!(result, if good { Ok(()) } else { Err(Error::Sim(SimFault::Failed)) });
        });
    }
}

/// The two need different steps.
pub fn a_module_that_goes_mute_while_its_card_is_busy_is_mute_and_no_bad_card<B: ModuleBench>() {
    Rig::<B>::new(with_card(SimCard { busy_us: 60_000_000, ..SimCard::default() })).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert!(within_ms(3000, modem.attach(&APN, &mut |_| ())).await.is_none());
        let (result, ()) = join(modem.attach(&APN, &mut |_| ()), async {
            pass_ms(2000).await;
            module(scene).silence(200_000_000);
        })
        .await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Restart);
    });
}

/// No try is used up without a PIN.
pub fn a_locked_card_wants_the_pin_and_takes_it<B: ModuleBench>() {
    Rig::<B>::new(locked()).run(async |modem, scene| {
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
pub fn a_pin_that_the_card_took_is_sent_again_after_a_restart<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(locked());
    rig.run(async |modem, scene| {
        for _ in 0..3 {
            modem.start().await.unwrap();
            modem.attach(&APN.pin("1234"), &mut |_| ()).await.unwrap();
            modem.recover(Rung::Restart).await.unwrap();
        }
        assert_eq!(scene.borrow().module.pin_tries_left(), 3);
    });
    assert_eq!(rig.sent().iter().filter(|line| line.starts_with("AT+CPIN=")).count(), 3);
}

/// Three tries are all that a card has.
pub fn a_wrong_pin_is_sent_once_in_the_life_of_the_value<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(locked());
    rig.run(async |modem, scene| {
        modem.start().await.unwrap();
        for _ in 0..3 {
            assert_eq!(sim_fault(modem, &APN.pin("9999")).await, SimFault::PinRefused);
            assert_eq!(scene.borrow().module.pin_tries_left(), 2);
        }
        modem.recover(Rung::Restart).await.unwrap();
        modem.start().await.unwrap();
        assert_eq!(sim_fault(modem, &APN.pin("1234")).await, SimFault::PinRefused, "not even another one");
    });
    assert_eq!(rig.sent().iter().filter(|line| line.starts_with("AT+CPIN=")).count(), 1);
}

/// Whether the card took the PIN is not known when the module restarts right behind it: once more, and never a third time.
pub fn a_pin_whose_fate_a_restart_hid_is_sent_once_more<B: ModuleBench>() {
    for (pin, times, tries_left, is_taken) in [("1234", 1, 3, true), ("9999", 4, 1, false)] {
        let mut rig = Rig::<B>::new(locked());
        rig.run(async |modem, scene| {
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
pub fn a_dropped_attach_sends_the_pin_once_and_not_never<B: ModuleBench>() {
    for pin in ["1234", "9999"] {
        for polls in 0..40 {
            Rig::<B>::new(Options { start: Start::Running, ..locked() }).run(async |modem, scene| {
                modem.start().await.unwrap();
                polled(modem.attach(&APN.pin(pin), &mut |_| ()), polls).await;
                let result = modem.attach(&APN.pin(pin), &mut |_| ()).await;
                let (good, tries_left) = (pin == "1234", scene.borrow().module.pin_tries_left());
                let expected = if good { Ok(()) } else { Err(Error::Sim(SimFault::PinRefused)) };
                assert_eq!((result, tries_left), (expected, if good { 3 } else { 2 }), "{pin} {polls}");
            });
        }
    }
}

/// The fourth PIN would be in vain.
pub fn a_card_that_wants_its_puk_is_left_alone<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(locked());
    for pin in ["0000", "0001", "0002"] {
        rig.run(async |modem, _| {
            modem.start().await.unwrap();
            let fault = sim_fault(modem, &APN.pin(pin)).await;
            assert_eq!(fault, if pin == "0002" { SimFault::PukNeeded } else { SimFault::PinRefused });
        });
    }
    rig.run(async |modem, scene| {
        modem.start().await.unwrap();
        let asked = count(scene, "AT+CPIN");
        assert_eq!(sim_fault(modem, &APN.pin("1234")).await, SimFault::PukNeeded);
        assert_eq!(count(scene, "AT+CPIN"), asked + 1, "a question, no PIN");
    });
}

/// It would cost a try.
pub fn a_pin_that_is_none_is_refused_before_a_byte<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
        for pin in ["", "123", "123456789", "12a4", "-123", " 123", "12\"4"] {
            let error = modem.attach(&APN.pin(pin), &mut |_| ()).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Pin), ErrorKind::Misuse));
        }
    });
    assert_eq!(rig.sent(), [""; 0]);
}

/// The error names limit and length.
pub fn names_that_cannot_be_quoted_or_are_too_long_are_refused_before_a_byte<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
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
    assert_eq!(rig.sent(), [""; 0]);
}

async fn radio_cycles(modem: &mut impl Module, scene: &SharedScene, network: &Network<'_>) -> u64 {
    let before = count(scene, "AT+CFUN");
    modem.attach(network, &mut |_| ()).await.unwrap();
    assert_eq!(scene.borrow().module.apn(1), network.apn);
    count(scene, "AT+CFUN") - before - 1
}

/// It costs half a minute of registration.
pub fn the_radio_goes_off_for_a_changed_apn_and_only_for_that<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(radio_cycles(modem, scene, &APN).await, 1);
        assert_eq!(radio_cycles(modem, scene, &APN).await, 0);
        assert_eq!(radio_cycles(modem, scene, &Network::apn("other")).await, 1);
    });
}

/// Commas and all.
pub fn apn_user_and_password_reach_the_network<B: ModuleBench>() {
    let login = Some(("me".to_owned(), "s3cret,x".to_owned()));
    Rig::<B>::new(Options { accepted_login: login, ..running() }).run(async |modem, _| {
        modem.start().await.unwrap();
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::NoContext));
        modem.attach(&APN.auth("me", "s3cret,x"), &mut |_| ()).await.unwrap();
    });
}

/// Another access point helps.
pub fn a_refused_context_is_of_kind_reattach<B: ModuleBench>() {
    let options = Options { accepted_apn: Some("right".to_owned()), ..running() };
    Rig::<B>::new(options).run(async |modem, scene| {
        modem.start().await.unwrap();
        let error = modem.attach(&APN, &mut |_| ()).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        modem.attach(&Network::apn("right"), &mut |_| ()).await.unwrap();
        assert_eq!(scene.borrow().module.context(1), ContextState::Active);
    });
}

/// Twice is harmless.
pub fn a_context_that_is_up_stays_up<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
        attach(modem).await.unwrap();
        attach(modem).await.unwrap();
    });
    let activation = format!("{}=", B::ACTIVATE);
    let sent = rig.sent();
    let activations: Vec<&String> = sent.iter().filter(|line| line.starts_with(&activation)).collect();
    // Some networks bring it up by themselves.
    assert!(activations.len() <= 1 || B::ACTIVATES_AGAIN, "{sent:#?}");
}

/// A network that denies may admit later.
pub fn denial_is_reported_at_once_and_ends_the_call_when_it_lasts<B: ModuleBench>() {
    Rig::<B>::new(Options::default()).run(async |modem, scene| {
        module(scene).deny();
        modem.start().await.unwrap();
        let begun = Instant::now();
        let mut seen = Vec::new();
        let error = modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Denied, ErrorKind::Refused(Refusal::Network)));
        assert_eq!(seen, [Progress::SimReady, Progress::Searching, Progress::Denied]);
        assert!((30..90).contains(&begun.elapsed().as_secs()), "neither at once nor for ever");
        let (result, ()) = join(modem.attach(&APN, &mut |_| ()), async {
            pass_ms(5000).await;
            module(scene).admit();
        })
        .await;
        result.unwrap();
    });
}

/// The caller's `select` ends it.
pub fn searching_has_no_limit_of_its_own_and_a_drop_is_safe<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).lose_network();
        let mut seen = Vec::new();
        assert!(within_ms(600_000, modem.attach(&APN, &mut |progress| seen.push(progress))).await.is_none());
        assert_eq!(seen, [Progress::SimReady, Progress::Searching]);
        module(scene).restore_network();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
    });
}

/// The caller pays for it.
pub fn roaming_is_reported<B: ModuleBench>() {
    Rig::<B>::new(Options { roaming: true, ..Options::default() }).run(async |modem, _| {
        modem.start().await.unwrap();
        let mut seen = Vec::new();
        modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap();
        assert!(seen.contains(&Progress::Registered { roaming: true }), "{seen:?}");
    });
}

/// And is found by asking then.
pub fn a_lost_registration_line_costs_half_a_minute<B: ModuleBench>() {
    Rig::<B>::new(Options::default()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).drop_line("+CEREG: 1");
        module(scene).drop_line("+CGREG: 1");
        let begun = Instant::now();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert!((30..40).contains(&begun.elapsed().as_secs()));
    });
}
