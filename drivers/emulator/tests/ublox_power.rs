//! Power of u-blox's modules: pulses, silent boots, greetings, restarts, what each of them takes.

mod bench;
mod ublox;

use bench::{Bench, MS, SECOND, running};
use embedded_hal::digital::{InputPin, OutputPin};
use ublox::{MODELS, OK, connect, file, logged_in, ok, quiet, send};
use wanlink_emulator::{ContextState, MqttPhase, Options, Profile};

fn press(bench: &mut Bench, ms: u64) {
    let mut key = bench.emulator.pins().pwrkey();
    key.set_low().unwrap();
    bench.wait(ms * MS);
    key.set_high().unwrap();
    bench.wait(0);
}

fn reset(bench: &mut Bench, ms: u64) {
    let mut pin = bench.emulator.pins().reset_n();
    pin.set_low().unwrap();
    bench.wait(ms * MS);
    pin.set_high().unwrap();
    bench.wait(0);
}

#[test]
fn pulses_have_the_lengths_of_each_model() {
    // On, ready, off, reset; in milliseconds: the shortest of each.
    let cases = [(1_000, 3_600, 2_000, 100), (150, 5_000, 1_500, 10_000), (300, 10_000, 2_000, 150)];
    let more = [(2_000, 5_000, 3_100, 50), (150, 5_000, 1_500, 10_000)];
    for (profile, (on, ready, off, reset_ms)) in MODELS.into_iter().zip(cases.into_iter().chain(more)) {
        let mut bench = Bench::of(profile, Options::default());
        press(&mut bench, on - 1);
        bench.wait(20 * SECOND);
        assert!(!bench.emulator.is_on(), "{}", profile.name);
        press(&mut bench, on);
        bench.wait((ready - 1) * MS);
        assert!(!bench.emulator.is_on(), "{}", profile.name);
        bench.wait(MS);
        assert!(bench.emulator.is_on(), "{}", profile.name);
        bench.wait(SECOND);
        reset(&mut bench, reset_ms - 1);
        assert_eq!(bench.emulator.boots(), 1);
        reset(&mut bench, reset_ms);
        bench.wait(12 * SECOND);
        assert_eq!(bench.emulator.boots(), 2, "{}", profile.name);
        press(&mut bench, off - 1);
        assert!(bench.emulator.is_on());
        press(&mut bench, off);
        bench.wait(10 * SECOND);
        assert!(!bench.emulator.is_on() && bench.emulator.pins().status().is_low().unwrap(), "{}", profile.name);
    }
}

#[test]
fn nothing_is_said_of_a_boot_unless_it_was_asked_for() {
    for profile in MODELS {
        let mut bench = Bench::of(profile, Options::default());
        press(&mut bench, 2_000);
        let said = bench.wait(60 * SECOND);
        assert_eq!(said.trim_matches('\0'), "", "{}", profile.name);
        assert_eq!(said.is_empty(), !["sara-r422", "sara-r410m"].contains(&profile.name), "{}", profile.name);
        assert_eq!(send(&mut bench, "AT"), "AT\r\r\nOK\r\n");
    }
}

#[test]
fn a_greeting_comes_with_each_boot() {
    let mut bench = quiet(Profile::lara_r6(), running());
    ok(&mut bench, "AT+CSGT=1,\"RDY\"");
    assert_eq!(send(&mut bench, "AT+CSGT?"), "\r\n+CSGT: \"RDY\",1\r\n\r\nOK\r\n");
    bench.emulator.reset();
    assert_eq!(bench.wait(11 * SECOND), "\r\nRDY\r\n");
    assert_eq!(send(&mut bench, "ATE0"), "ATE0\r\r\nOK\r\n");
    ok(&mut bench, "AT+CSGT=0");
    bench.emulator.reset();
    assert_eq!(bench.wait(11 * SECOND), "");
}

#[test]
fn power_off_by_command() {
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+CPWROFF");
    assert_eq!(send(&mut bench, "AT"), "");
    bench.wait(10 * SECOND);
    assert!(!bench.emulator.is_on());
}

#[test]
fn the_level_that_restarts_differs() {
    for (profile, good, bad) in [
        (Profile::sara_r5(), 16, 15),
        (Profile::sara_r422(), 15, 16),
        (Profile::lara_r6(), 15, 16),
        (Profile::lena_r8(), 16, 15),
        (Profile::sara_r410m(), 15, 16),
    ] {
        let mut bench = quiet(profile, running());
        assert_eq!(send(&mut bench, &format!("AT+CFUN={bad}")), "\r\nERROR\r\n", "{}", profile.name);
        ok(&mut bench, &format!("AT+CFUN={good}"));
        bench.wait(12 * SECOND);
        assert_eq!(bench.emulator.boots(), 2, "{}", profile.name);
        assert!(bench.emulator.echo());
        assert_eq!(bench.emulator.error_form(), 0);
    }
}

#[test]
fn a_restart_takes_sessions_sockets_and_profiles_and_leaves_files() {
    let mut bench = logged_in(Profile::lara_r6(), running());
    connect(&mut bench);
    file(&mut bench, "kept", b"x");
    ok(&mut bench, "AT+USECPRF=1,3,\"ca\"");
    ok(&mut bench, "AT+UHTTP=0,1,\"h\"");
    ok(&mut bench, "AT+CFUN=15");
    bench.wait(20 * SECOND);
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    assert_eq!(bench.emulator.mqtt(0).unwrap().host, "");
    assert_eq!(bench.emulator.socket(0), None);
    assert_eq!(bench.emulator.tls_context(1).unwrap().root_file, "");
    assert_eq!(bench.emulator.http().url, None);
    assert_eq!(bench.emulator.file("kept"), Some(&b"x"[..]));
    // The bearer comes with the registration, by itself.
    assert_eq!(bench.emulator.context(1), ContextState::Active);
}

#[test]
fn airplane_mode_and_hexadecimal_mode_outlive_a_restart_of_sara_r5() {
    for (profile, level, hex) in [(Profile::sara_r5(), 4, 1), (Profile::lara_r6(), 1, 0)] {
        let mut bench = quiet(profile, running());
        assert_eq!(bench.until("AT+CFUN=4", "OK"), OK);
        bench.wait(100 * MS);
        ok(&mut bench, "AT+UDCONF=1,1");
        bench.emulator.reset();
        bench.wait(20 * SECOND);
        assert_eq!(bench.emulator.functionality(), level);
        send(&mut bench, "ATE0");
        assert_eq!(send(&mut bench, "AT+UDCONF=1"), format!("\r\n+UDCONF: 1,{hex}\r\n\r\nOK\r\n"));
    }
}

#[test]
fn deep_sleep_is_told_where_it_was_asked_for() {
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+IPR=115200");
    ok(&mut bench, "AT&W");
    ok(&mut bench, "AT+CPSMS=1,,,\"00000100\",\"00001111\"");
    ok(&mut bench, "AT+UPSMR=1");
    bench.emulator.enter_psm();
    assert_eq!(bench.wait(SECOND), "\r\n+UUPSMR: 1\r\n");
    assert_eq!(send(&mut bench, "AT"), "");
    press(&mut bench, 1_500);
    assert_eq!(bench.wait(4 * SECOND), "\r\n+UUPSMR: 0\r\n");
    // What the host asked for is in NV.
    assert_eq!(send(&mut bench, "AT+CPSMS?"), "\r\n+CPSMS: 1,,,\"00000100\",\"00001111\"\r\n\r\nOK\r\n");
}

#[test]
fn the_mapping_of_sara_r422_needs_its_activation() {
    for (needed, expected) in [(true, "\r\n+CME ERROR: 3\r\n"), (false, "\r\n+USOCR: 0\r\n\r\nOK\r\n")] {
        let mut options = running();
        options.ublox.activation_needed = needed;
        let mut bench = quiet(Profile::sara_r422(), options);
        assert_eq!(send(&mut bench, "AT+CGACT?"), "\r\n+CGACT: 1,1\r\n\r\nOK\r\n");
        assert_eq!(send(&mut bench, "AT+USOCR=6"), "\r\n+CME ERROR: 3\r\n");
        ok(&mut bench, "AT+UPSD=0,0,0");
        ok(&mut bench, "AT+UPSD=0,100,1");
        assert_eq!(send(&mut bench, "AT+USOCR=6"), expected);
        ok(&mut bench, "AT+CGACT=1,1");
        assert!(send(&mut bench, "AT+USOCR=6").ends_with(OK));
    }
}

/// "after power-on of R4 with PSM/eDRX on (MNO profile change) it vanishes" (ublox-at 11).
#[test]
fn another_operator_profile_may_switch_power_saving_on() {
    for (option, vanishes) in [(true, true), (false, false)] {
        let mut options = running();
        options.ublox.profile_saves_power = option;
        let mut bench = quiet(Profile::sara_r410m(), options);
        assert_eq!(bench.until("AT+CFUN=0", "OK"), OK);
        bench.wait(SECOND);
        ok(&mut bench, "AT+UMNOPROF=1");
        ok(&mut bench, "AT+CFUN=15");
        bench.wait(60 * SECOND);
        assert_eq!(bench.emulator.is_on(), !vanishes);
    }
}

#[test]
fn psm_begins_when_nothing_happens() {
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+IPR=115200");
    ok(&mut bench, "AT&W");
    ok(&mut bench, "AT+UPSMR=1");
    ok(&mut bench, "AT+CEREG=4");
    ok(&mut bench, "AT+CPSMS=1,,,\"00000100\",\"00000101\"");
    assert!(send(&mut bench, "AT+CEREG?").contains(",,,\"00000101\",\"00000100\""));
    // Ten seconds of the connection, and ten of the active time.
    assert_eq!(bench.wait(19 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\n+UUPSMR: 1\r\n");
    assert!(!bench.emulator.is_on());
    // The timer of the network wakes it, after 40 minutes.
    assert_eq!(bench.wait(2_420 * SECOND), "\r\n+UUPSMR: 0\r\n");
    assert!(bench.emulator.is_on());
}

#[test]
fn edrx_tells_what_holds_in_its_second_mode() {
    let mut bench = quiet(Profile::sara_r5(), running());
    let expected = "\r\nOK\r\n\r\n+CEDRXP: 4,\"0010\",\"0010\",\"0011\"\r\n";
    assert_eq!(send(&mut bench, "AT+CEDRXS=2,4,\"0010\""), expected);
    ok(&mut bench, "AT+CEDRXS=0");
}

#[test]
fn a_card_that_starts_has_one_of_several_codes() {
    for code in [3, 13, 14] {
        let mut options = running();
        options.ublox.busy_card = code;
        let mut bench = quiet(Profile::sara_r5(), options);
        bench.emulator.sim_in();
        assert_eq!(send(&mut bench, "AT+CPIN?"), format!("\r\n+CME ERROR: {code}\r\n"));
        bench.wait(SECOND);
        assert_eq!(send(&mut bench, "AT+CPIN?"), "\r\n+CPIN: READY\r\n\r\nOK\r\n");
    }
}

#[test]
fn whether_lara_and_lena_save_power_is_an_option() {
    for profile in [Profile::lara_r6(), Profile::lena_r8()] {
        let mut options = running();
        options.ublox.saving_known = true;
        let mut bench = quiet(profile, options);
        ok(&mut bench, "AT+CPSMS=1,,,\"00000100\",\"00001111\"");
        ok(&mut bench, "AT+CEDRXS=1,4,\"0101\"");
        assert_eq!(send(&mut bench, "AT+CEDRXS?"), "\r\n+CEDRXS: 4,\"0101\"\r\n\r\nOK\r\n");
    }
}

#[test]
fn the_apn_is_read_back_with_or_without_its_suffix() {
    for (profile, option, suffix) in [
        (Profile::sara_r5(), true, ".mnc000.mcc460.gprs\",\"10.171.134.243"),
        (Profile::sara_r5(), false, "\",\"0.0.0.0"),
        (Profile::lara_r6(), true, "\",\"0.0.0.0"),
    ] {
        let mut options = running();
        options.ublox.apn_suffix = option;
        let mut bench = quiet(profile, options);
        ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
        let expected = format!("\r\n+CGDCONT: 1,\"IP\",\"cmiot{suffix}\",0,0\r\n\r\nOK\r\n");
        assert_eq!(send(&mut bench, "AT+CGDCONT?"), expected, "{} {option}", profile.name);
    }
}

#[test]
fn the_code_of_a_refused_profile_is_an_option() {
    let mut options = running();
    options.ublox.profile_refusal = 33;
    let mut bench = quiet(Profile::sara_r5(), options);
    ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
    ok(&mut bench, "AT+UPSD=0,0,0");
    ok(&mut bench, "AT+UPSD=0,100,1");
    bench.emulator.lose_context(1);
    assert_eq!(bench.until("AT+UPSDA=0,3", "+UUPSDA"), "\r\nOK\r\n\r\n+UUPSDA: 33\r\n");
}

/// "must match the CGDCONT type that was SET, default there is IPV4V6" (ublox-at 2).
#[test]
fn the_type_of_a_profile_is_that_of_its_context() {
    const MISMATCH: &str = "\r\n+CME ERROR: 4001\r\n";
    for (kind, expected) in [
        (None, [MISMATCH, MISMATCH, OK, OK]),
        (Some("IP"), [OK, MISMATCH, MISMATCH, MISMATCH]),
        (Some("IPV6"), [MISMATCH, OK, MISMATCH, MISMATCH]),
        (Some("IPV4V6"), [MISMATCH, MISMATCH, OK, OK]),
    ] {
        for (protocol, expected) in expected.into_iter().enumerate() {
            let mut bench = quiet(Profile::sara_r5(), running());
            if let Some(kind) = kind {
                ok(&mut bench, &format!("AT+CGDCONT=1,\"{kind}\",\"cmiot\""));
            }
            ok(&mut bench, &format!("AT+UPSD=0,0,{protocol}"));
            ok(&mut bench, "AT+UPSD=0,100,1");
            assert_eq!(send(&mut bench, "AT+UPSDA=0,3"), expected, "{kind:?} with {protocol}");
        }
    }
}
