//! Attach: card, registration, context, profile of the module's own clients.

use wanlink_core::{Error as _, ErrorKind, Module, Network, Progress};
use wanlink_emulator::{ContextState, Options, SimCard};
use wanlink_ublox::{Error, SaraR5, SimFault};

use crate::bench::{APN, Bench, Played, attach, count, module, on_each_model, running, within_ms};

fn with_card(card: SimCard) -> Options {
    Options { sim: card, ..Options::default() }
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
