//! Whom a connection trusts.

use embassy_time::Instant;
use wanlink_at::driver::Error;
use wanlink_core::{Error as _, ErrorKind, Refusal, Root, Tls, Trust, Validity};
use wanlink_emulator::{Options, TlsFailure};
use wanlink_platform::TlsFault;
use wanlink_scene::bench::{SharedScene, running};

use crate::bench::{DriverOf, TlsBench};
use crate::opening::{ANYONE, Opening, lines, open_and_talk, uploads};
use crate::rig::{FILE, KEY, NAME, Rig, attach, other_root, root};

/// Certificates that are not to be trusted, and why they are not.
fn wrong_certificates<B: TlsBench>() -> impl Iterator<Item = (TlsFault, TlsFailure)> {
    let all = [
        (TlsFault::WrongCertificate, TlsFailure::UnknownIssuer),
        (TlsFault::WrongName, TlsFailure::WrongName),
        (TlsFault::ExpiredCertificate, TlsFailure::Expired),
        (TlsFault::NotYetValidCertificate, TlsFailure::NotYetValid),
    ];
    all.into_iter().filter(|(fault, _)| B::CHECKS_NAME || *fault != TlsFault::WrongName)
}

/// Opens a connection, and holds that it is refused for this reason, which only the emulator knows.
async fn refused<B: TlsBench, O: Opening<B>>(
    modem: &mut DriverOf<'_, B>,
    scene: &SharedScene,
    tls: &Tls<'_>,
    why: &TlsFailure,
) {
    let begun = Instant::now();
    let error = O::open(modem, tls).await.map(drop).unwrap_err();
    assert_eq!((error, error.kind()), (O::untrusted(), O::untrusted().kind()), "{why:?}");
    assert!(matches!(error.kind(), ErrorKind::Refused(Refusal::Certificate | Refusal::Unexplained)), "{why:?}");
    assert_eq!(scene.borrow().module.tls_failure(), Some(why));
    assert!(begun.elapsed().as_secs() < B::REFUSED_S, "{why:?}: {:?}", begun.elapsed());
    assert!(scene.borrow().platform.record().connects(KEY, NAME).is_empty(), "{why:?}");
}

/// Both roots have one name, and only one of them signed. What was uploaded just now is not uploaded again.
pub fn another_authority_s_root<B: TlsBench, O: Opening<B>>() {
    for options in O::options() {
        let mut rig = Rig::<B>::new(options);
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            let why = TlsFailure::BadCertificate("BadSignature".to_owned());
            refused::<B, O>(modem, scene, &Tls::verified(other_root()), &why).await;
        });
        assert_eq!((uploads(&rig), lines(&rig, O::COMMAND)), (1, O::TRIES));
        rig.run(async |modem, _| {
            attach(modem).await.unwrap();
            open_and_talk::<B, O>(modem, &Tls::verified(root())).await.unwrap();
        });
    }
}

/// The second time the root is there: it may be at fault, and is uploaded once more.
pub fn each_certificate_that_is_wrong<B: TlsBench, O: Opening<B>>() {
    for options in O::options() {
        for (fault, why) in wrong_certificates::<B>() {
            let mut rig = Rig::<B>::new(options.clone());
            rig.run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(Some(fault));
                refused::<B, O>(modem, scene, &Tls::verified(root()), &why).await;
                refused::<B, O>(modem, scene, &Tls::verified(root()), &why).await;
                scene.borrow_mut().platform.break_tls(None);
                open_and_talk::<B, O>(modem, &Tls::verified(root())).await.unwrap();
            });
            let is_told = B::SAYS_WHY && fault != TlsFault::WrongCertificate;
            assert_eq!(uploads(&rig), if is_told { 1 } else { 2 }, "{fault}");
        }
    }
}

/// The module cannot verify what there is not.
pub fn a_server_without_the_version_or_without_tls<B: TlsBench, O: Opening<B>>() {
    for fault in [TlsFault::Tls13Only, TlsFault::PlainText, TlsFault::CutHandshake] {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            let error = O::open(modem, &Tls::verified(root())).await.map(drop).unwrap_err();
            assert_eq!(error, O::untrusted(), "{fault}");
        });
    }
}

/// A file that is not what its name says is deleted, uploaded and tried once.
pub fn a_root_of_another_content_is_replaced<B: TlsBench, O: Opening<B>>() {
    let other = Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        O::open(modem, &Tls::verified(other_root())).await.map(drop).unwrap_err();
        scene.borrow().module.file(&B::file_of(other_root().name())).unwrap().to_vec()
    });
    let blank = vec![b' '; other.len()];
    let half = other[..other.len() / 2].to_vec();
    let contents = [other, blank, half];
    for (options, content) in O::options().iter().flat_map(|options| contents.iter().map(move |it| (options, it))) {
        let mut rig = Rig::<B>::new(options.clone());
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            assert!(scene.borrow_mut().module.put_file(&B::root_file(), content));
            let mut result = open_and_talk::<B, O>(modem, &Tls::verified(root())).await;
            if O::untrusted() != Error::Certificate && result == Err(O::untrusted()) {
                // What may have been something else is left to the next call.
                result = open_and_talk::<B, O>(modem, &Tls::verified(root())).await;
            }
            result.unwrap();
            assert_ne!(scene.borrow().module.file(&B::root_file()), Some(&**content));
        });
        assert_eq!(uploads(&rig), 1);
    }
}

/// By the module when it is uploaded, or by the handshake.
pub fn what_is_no_certificate_is_refused<B: TlsBench, O: Opening<B>>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        for (name, pem) in [("wl-1.pem", &b"no certificate"[..]), ("wl-2.pem", &root().pem()[..300])] {
            let tls = Tls::verified(Root::new(name, pem));
            if B::LOOKS_AT_ROOTS {
                let error = O::open(modem, &tls).await.map(drop).unwrap_err();
                assert_eq!((error, error.kind()), (Error::Upload, ErrorKind::Retry));
                assert!(scene.borrow().module.file(&B::file_of(name)).is_none_or(<[u8]>::is_empty));
            } else {
                refused::<B, O>(modem, scene, &tls, &TlsFailure::BadRoots).await;
            }
        }
        open_and_talk::<B, O>(modem, &Tls::verified(root())).await.unwrap();
    });
}

/// Without a word about roots.
pub fn anyone_is_anyone<B: TlsBench, O: Opening<B>>() {
    for options in O::options() {
        for fault in [TlsFault::WrongCertificate, TlsFault::WrongName, TlsFault::ExpiredCertificate] {
            let mut rig = Rig::<B>::new(options.clone());
            rig.run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(Some(fault));
                open_and_talk::<B, O>(modem, &ANYONE).await.unwrap();
            });
            assert!(!rig.sent().iter().any(|line| line.contains(FILE)), "{fault}");
        }
    }
}

/// Anybody's certificates once are not anybody's for ever.
pub fn verified_after_anyone_is_verified<B: TlsBench, O: Opening<B>>() {
    Rig::<B>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        open_and_talk::<B, O>(modem, &ANYONE).await.unwrap();
        let error = O::open(modem, &Tls::verified(other_root())).await.map(drop).unwrap_err();
        assert_eq!(error, O::untrusted());
    });
}

/// With a clock and without one.
pub fn dates_are_looked_at_as_asked<B: TlsBench, O: Opening<B>>() {
    let without_a_clock = |otherwise| if B::HAS_TIME_SERVER { Err(O::untrusted()) } else { otherwise };
    for (validity, nitz, expected) in [
        (Validity::IfClockKnown, true, Err(O::untrusted())),
        (Validity::IfClockKnown, false, without_a_clock(Ok(()))),
        (Validity::Required, true, Err(O::untrusted())),
        (Validity::Required, false, without_a_clock(Err(Error::NoClock))),
        (Validity::Ignored, true, Ok(())),
    ] {
        Rig::<B>::new(Options { nitz, ..running() }).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(TlsFault::ExpiredCertificate));
            let tls = Tls { trust: Trust::Root(root()), validity };
            assert_eq!(O::open(modem, &tls).await.map(drop), expected, "{validity:?}, clock: {nitz}");
            scene.borrow_mut().platform.break_tls(None);
            let again = open_and_talk::<B, O>(modem, &tls).await;
            assert_eq!(again, if expected == Err(Error::NoClock) { expected } else { Ok(()) });
        });
    }
}

/// And the way out of it is to try later.
pub fn without_a_clock_nothing_is_opened_where_dates_are_required<B: TlsBench, O: Opening<B>>() {
    let mut rig = Rig::<B>::new(Options { nitz: false, ..running() });
    rig.run(async |modem, scene| {
        attach(modem).await.unwrap();
        if B::HAS_TIME_SERVER {
            scene.borrow_mut().module.time_server_fails(569);
        }
        let tls = Tls { trust: Trust::Root(root()), validity: Validity::Required };
        let error = O::open(modem, &tls).await.map(drop).unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoClock, ErrorKind::Retry));
    });
    assert_eq!(lines(&rig, O::COMMAND), 0);
}
