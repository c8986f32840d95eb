//! Describe, signal, clock.

use std::time::Duration;

use embassy_time::Instant;
use wanlink_core::{Error as _, ErrorKind, Module};
use wanlink_emulator::{Options, SimCard};
use wanlink_scene::bench::{module, running};

use crate::bench::ModuleBench;
use crate::rig::{Rig, attach};

/// ITU-T E.118: 19 or 20 digits.
pub fn the_filler_of_a_short_card_number_is_taken_off<B: ModuleBench>() {
    let sim = SimCard { iccid: "8986032004551000001F".to_owned(), ..SimCard::default() };
    Rig::<B>::new(Options { sim, ..running() }).run(async |modem, _| {
        modem.start().await.unwrap();
        assert_eq!(modem.describe().await.unwrap().iccid(), "8986032004551000001");
    });
}

/// Answers without a prefix can only be told from other lines by their form.
pub fn bare_answers_are_told_from_lines_that_nobody_knows<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        for line in ["+FOO: 1", "+CEREG: 2", B::OWN_LINE] {
            module(scene).urc_between(1, line);
            let info = modem.describe().await.unwrap();
            assert_eq!((info.model(), info.imei()), (B::label(), "866349040000017"), "{line}");
        }
        module(scene).urc_between(1, "NO CARD");
        assert_eq!(modem.describe().await.unwrap().imei(), "866349040000017", "an IMEI has 15 digits");
    });
}

/// 3GPP TS 27.007, 8.5.
pub fn the_signal_is_in_dbm_or_unknown<B: ModuleBench>() {
    Rig::<B>::new(Options::default()).run(async |modem, scene| {
        module(scene).lose_network();
        modem.start().await.unwrap();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, None, "not registered yet");
        module(scene).restore_network();
        attach(modem).await.unwrap();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
    });
}

/// Whatever the time zone.
pub fn the_clock_is_utc_and_none_before_the_network_told_it<B: ModuleBench>() {
    for time_zone in [32, 0, -20] {
        Rig::<B>::new(Options { time_zone, utc_at_start: 1_767_225_600, ..Options::default() }).run(
            async |modem, scene| {
                module(scene).lose_network();
                modem.start().await.unwrap();
                assert_eq!(modem.clock().await.unwrap(), None);
                module(scene).restore_network();
                attach(modem).await.unwrap();
                let now = Duration::from_secs(1_767_225_600 + Instant::now().as_secs());
                assert_eq!(modem.clock().await.unwrap(), Some(now), "{time_zone}");
            },
        );
    }
    Rig::<B>::new(Options { nitz: false, ..running() }).run(async |modem, _| {
        attach(modem).await.unwrap();
        assert_eq!(modem.clock().await.unwrap().is_some(), B::HAS_TIME_SERVER);
    });
}

/// An answer without its information is none.
pub fn refusals_and_silence_have_their_kinds<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        for _ in 0..3 {
            module(scene).drop_line("+CSQ:");
        }
        // An answer without its information is nobody's.
        assert_eq!(modem.signal().await.unwrap_err().kind(), ErrorKind::Restart);
        assert!(modem.signal().await.is_ok());
        module(scene).silence(60_000_000);
        for error in [modem.describe().await.map(drop), modem.clock().await.map(drop), modem.signal().await.map(drop)] {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Restart);
        }
    });
}
