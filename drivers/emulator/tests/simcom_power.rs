//! Power, boot lines and sleep of SIMCom's modules, and the faults of power (simcom-at 2.1, 2.2, 2.3, 2.7).

mod bench;
mod simcom;

use bench::{Bench, MS, SECOND, running};
use embedded_hal::digital::OutputPin;
use simcom::{ERROR, OK, lpwa, ok, online, sm_connected, with};
use wanlink_emulator::{ContextState, MqttPhase, Options, Profile, SimCard, SimcomOptions};

fn all() -> [&'static Profile; 4] {
    [Profile::a7670(), Profile::sim7600(), Profile::sim7080(), Profile::sim7000()]
}

fn press(bench: &mut Bench, us: u64) -> String {
    bench.emulator.pins().pwrkey().set_low().unwrap();
    let mut said = bench.wait(us);
    bench.emulator.pins().pwrkey().set_high().unwrap();
    said += &bench.wait(0);
    said
}

#[test]
fn the_key_toggles_within_its_times() {
    // On, ready, off, and a pulse that is neither.
    for (profile, on_ms, ready_s, off_ms, neither_ms) in [
        (Profile::a7670(), 75, 6, 2_700, 1_000),
        (Profile::sim7600(), 500, 12, 2_700, 2_200),
        (Profile::sim7080(), 1_200, 4, 1_250, 5_000),
        (Profile::sim7000(), 1_000, 5, 1_500, 5_000),
    ] {
        let mut bench = Bench::of(profile, Options::default());
        press(&mut bench, neither_ms * MS);
        bench.wait(20 * SECOND);
        assert!(!bench.emulator.is_on(), "{}", profile.name);
        press(&mut bench, on_ms * MS);
        assert_eq!(bench.send("AT"), "");
        bench.wait(ready_s * SECOND);
        assert!(bench.emulator.is_on(), "{}", profile.name);
        press(&mut bench, neither_ms * MS);
        assert!(bench.emulator.is_on(), "{}", profile.name);
        press(&mut bench, off_ms * MS);
        bench.wait(30 * SECOND);
        assert!(!bench.emulator.is_on(), "{}", profile.name);
    }
}

/// "no pin: PWRKEY > ~12 s"
#[test]
fn a_long_key_restarts_a_sim7080() {
    let mut bench = Bench::of(Profile::sim7080(), running());
    press(&mut bench, 12_500 * MS);
    bench.wait(5 * SECOND);
    assert_eq!((bench.emulator.is_on(), bench.emulator.boots()), (true, 2));
    let mut reset = bench.emulator.pins().reset_n();
    reset.set_low().unwrap();
    bench.wait(300 * MS);
    reset.set_high().unwrap();
    bench.wait(10 * SECOND);
    assert_eq!(bench.emulator.boots(), 2);
}

#[test]
fn the_ways_off_and_round() {
    for (profile, command, answer) in [
        (Profile::a7670(), "AT+CPOF", OK),
        (Profile::sim7600(), "AT+CPOF", OK),
        (Profile::sim7080(), "AT+CPOWD=1", "\r\nNORMAL POWER DOWN\r\n"),
        (Profile::sim7000(), "AT+CPOWD=1", "\r\nNORMAL POWER DOWN\r\n"),
    ] {
        let mut bench = Bench::quiet_of(profile, running());
        assert_eq!(bench.send(command), answer);
        bench.wait(30 * SECOND);
        assert!(!bench.emulator.is_on(), "{}", profile.name);
    }
    for (profile, command) in [
        (Profile::a7670(), "AT+CRESET"),
        (Profile::a7670(), "AT+CFUN=6"),
        (Profile::sim7600(), "AT+CRESET"),
        (Profile::sim7080(), "AT+CREBOOT"),
        (Profile::sim7000(), "AT+CFUN=1,1"),
    ] {
        let mut bench = Bench::quiet_of(profile, running());
        assert_eq!(bench.send(command), OK);
        bench.wait(30 * SECOND);
        assert_eq!((bench.emulator.is_on(), bench.emulator.boots(), bench.emulator.echo()), (true, 2, true));
    }
    assert_eq!(Bench::quiet_of(Profile::sim7600(), running()).send("AT+CFUN=6"), "\r\nERROR\r\n");
}

#[test]
fn boot_lines_tell_of_the_card() {
    let card = |card: SimCard| Options { sim: card, ..Options::default() };
    let absent = SimCard { inserted: false, ..SimCard::default() };
    let locked = SimCard { pin: Some("1234".into()), ..SimCard::default() };
    for (options, line) in [(card(absent), "+CPIN: NOT INSERTED"), (card(locked), "+CPIN: SIM PIN")] {
        let mut bench = Bench::of(Profile::a7670(), options);
        press(&mut bench, 75 * MS);
        assert_eq!(bench.wait(20 * SECOND), format!("\r\n*ATREADY: 1\r\n\r\n{line}\r\n"));
    }
    let simcom = SimcomOptions { sms_lines: false, context_line: Some(false), ..SimcomOptions::default() };
    let mut bench = Bench::of(Profile::sim7600(), Options { simcom, ..Options::default() });
    press(&mut bench, 500 * MS);
    assert_eq!(bench.wait(30 * SECOND), "\r\nRDY\r\n\r\n+CPIN: READY\r\n");
}

/// "Too-early SIM commands answer `SIM busy` / `SIM failure` / numeric 13, 14, 313"; text and numbers (1).
#[test]
fn a_card_that_starts_has_a_code_and_a_form() {
    for (busy_card, error_form, answer) in
        [(14, None, "\r\n+CME ERROR: SIM busy\r\n"), (313, Some(1), "\r\n+CME ERROR: 313\r\n"), (13, Some(0), ERROR)]
    {
        let simcom = SimcomOptions { busy_card, error_form, ..SimcomOptions::default() };
        let sim = SimCard { busy_us: 30 * SECOND, ..SimCard::default() };
        let mut bench = Bench::of(Profile::a7670(), Options { simcom, sim, ..Options::default() });
        press(&mut bench, 75 * MS);
        bench.wait(6 * SECOND);
        bench.send("ATE0");
        assert_eq!(bench.send("AT+CPIN?"), answer);
    }
}

/// "run each up to 5 times" (11).
#[test]
fn set_up_commands_fail_spuriously() {
    let options = with(SimcomOptions { setup_failures: 2, ..SimcomOptions::default() });
    let mut bench = Bench::quiet_of(Profile::sim7080(), options);
    assert_eq!([bench.send("AT+CEREG=2"), bench.send("AT+CREG=1")], [ERROR, ERROR]);
    ok(&mut bench, "AT+CEREG=2");
}

/// "garbage first bytes with autobaud (send `AT` several times)"; boot lines only at a fixed rate.
#[test]
fn a_rate_has_to_be_found_first() {
    let simcom = SimcomOptions { lines_until_rate: 2, ..SimcomOptions::default() };
    let mut bench = Bench::of(Profile::sim7080(), Options { simcom, ..running() });
    assert_eq!([bench.send("AT"), bench.send("AT")], ["AT\r", "AT\r"]);
    assert_eq!(bench.send("ATE0"), "ATE0\r\r\nOK\r\n");
    assert_eq!(bench.send("AT+IPR?"), "\r\n+IPR: 0\r\n\r\nOK\r\n");
    bench.emulator.reset();
    assert_eq!(bench.wait(10 * SECOND), "");
    bench.send("AT");
    bench.send("AT");
    assert_eq!(bench.send("AT+IPR=115200;&W"), "AT+IPR=115200;&W\r\r\nERROR\r\n");
    bench.send("AT+IPR=115200");
    // Not stored: gone with the next restart.
    bench.emulator.reset();
    assert_eq!(bench.wait(10 * SECOND), "");
}

/// "`AT+CLTS=1` + `AT&W` + restart": `*PSUTTZ` with its unbalanced quote, in UTC.
#[test]
fn the_network_tells_the_time() {
    let mut bench = Bench::quiet_of(Profile::sim7080(), running());
    for line in ["AT+CLTS=1", "AT+IPR=115200", "AT&W"] {
        ok(&mut bench, line);
    }
    bench.send("AT+CREBOOT");
    let lines = bench.wait(20 * SECOND);
    let (_, time) = lines.split_once("\r\n*PSUTTZ: 26/01/01,00:00:").expect("the line is there");
    assert_eq!(&time[2..], "\",\"+32\",0\r\n\r\nDST: 0\r\n");
    assert!(bench.send("AT+CCLK?").contains("+CCLK: \"26/01/01,08:00:"));
}

/// "then silence": the key or the timer wakes it; the application network is down while CGATT says 1.
#[test]
fn psm_takes_everything_but_its_own_settings() {
    let mut bench = sm_connected(running());
    for line in ["AT+IPR=115200", "AT&W", "AT+CPSMSTATUS=1"] {
        ok(&mut bench, line);
    }
    // T3412 two hours, T3324 four seconds.
    ok(&mut bench, "AT+CPSMS=1,,,\"00100010\",\"00000010\"");
    assert_eq!(bench.send("AT+CPSMRDP"), "\r\n+CPSMRDP: 1,\"00100010\",\"00000010\"\r\n\r\nOK\r\n");
    assert_eq!(bench.wait(13 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\n+CPSMSTATUS: \"ENTER PSM\"\r\n");
    assert!(!bench.emulator.is_on());
    assert_eq!(bench.send("AT"), "");
    press(&mut bench, 1_200 * MS);
    assert_eq!(bench.wait(4 * SECOND), "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nSMS Ready\r\n");
    assert_eq!((bench.emulator.boots(), bench.emulator.mqtt(0).unwrap().phase), (2, MqttPhase::Closed));
    bench.send("ATE0");
    bench.wait(4 * SECOND);
    assert_eq!(bench.send("AT+CGATT?"), "\r\n+CGATT: 1\r\n\r\nOK\r\n");
    assert!(bench.send("AT+CNACT?").contains("+CNACT: 0,0,"));
    assert_eq!(bench.send("AT+CPSMS?"), "\r\n+CPSMS: 1,,,\"00100010\",\"00000010\"\r\n\r\nOK\r\n");
    online(&mut bench);
    // Nothing happens: it sleeps again, and the timer wakes it two hours later.
    bench.wait(15 * SECOND);
    assert!(!bench.emulator.is_on());
    assert_eq!(bench.wait(7_150 * SECOND), "");
    assert!(bench.wait(100 * SECOND).starts_with("\r\nRDY\r\n"));
}

#[test]
fn the_application_network_may_come_back_by_itself() {
    for (bearer_down_after_psm, state) in [(true, ContextState::Inactive), (false, ContextState::Active)] {
        let simcom = SimcomOptions { bearer_down_after_psm, exit_psm_line: true, ..SimcomOptions::default() };
        let mut bench = lpwa(Profile::sim7080(), with(simcom));
        ok(&mut bench, "AT+CPSMSTATUS=1");
        bench.emulator.enter_psm();
        assert_eq!(bench.wait(SECOND), "\r\n+CPSMSTATUS: \"ENTER PSM\"\r\n");
        press(&mut bench, 1_200 * MS);
        let lines = bench.wait(20 * SECOND);
        assert!(lines.starts_with("\r\n+CPSMSTATUS: \"EXIT PSM\"\r\n"), "{lines}");
        assert_eq!(bench.emulator.context(1), state);
    }
}

/// "for new timers send 0 first"
#[test]
fn new_timers_are_asked_for_only_from_off_to_on() {
    let mut bench = lpwa(Profile::sim7080(), running());
    ok(&mut bench, "AT+CPSMS=1,,,\"00100010\",\"00100010\"");
    ok(&mut bench, "AT+CPSMS=1,,,\"00100001\",\"00100001\"");
    assert!(bench.send("AT+CPSMRDP").contains("\"00100010\",\"00100010\""));
    ok(&mut bench, "AT+CPSMS=0");
    ok(&mut bench, "AT+CPSMS=1,,,\"00100001\",\"00100001\"");
    assert!(bench.send("AT+CPSMRDP").contains("\"00100001\",\"00100001\""));
    ok(&mut bench, "AT+CEREG=4");
    assert!(bench.send("AT+CEREG?").contains("+CEREG: 4,1,\"333C\",\"25C1630\",7,,,\"00100001\",\"00100001\"\r\n"));
    assert_eq!(bench.send("AT+CEDRXS=2,4,\"0101\""), "\r\nOK\r\n\r\n+CEDRXP: 4,\"0101\",\"0101\",\"0011\"\r\n");
}

/// "the timers as the LAST two fields, not by position".
#[test]
fn a_registration_line_may_have_one_field_more() {
    let options = with(SimcomOptions { long_registration_line: true, ..SimcomOptions::default() });
    let mut bench = Bench::quiet_of(Profile::sim7080(), options);
    ok(&mut bench, "AT+CEREG=4");
    assert!(bench.send("AT+CEREG?").contains(",7,\"00\",,,\"00000001\",\"01011111\"\r\n"));
}

/// "sleep via DTR high; pull DTR low and wait 20 ms / 50 ms before the first byte".
#[test]
fn the_sleep_line_makes_the_port_deaf_and_dumb() {
    for (profile, wake_ms) in [(Profile::a7670(), 20), (Profile::sim7080(), 50), (Profile::bg95(), 50)] {
        let mut bench = Bench::quiet_of(profile, running());
        let mut dtr = bench.emulator.pins().dtr();
        dtr.set_low().unwrap();
        bench.wait(SECOND);
        let switch = if profile.name == "bg95" { "AT+QSCLK=1" } else { "AT+CSCLK=1" };
        ok(&mut bench, switch);
        ok(&mut bench, "AT+CREG=1");
        dtr.set_high().unwrap();
        bench.wait(SECOND);
        assert_eq!(bench.send("AT"), "");
        bench.emulator.lose_network();
        assert_eq!(bench.wait(SECOND), "");
        dtr.set_low().unwrap();
        bench.wait((wake_ms - 10) * MS);
        bench.raw(b"A");
        let waited = bench.wait(20 * MS);
        assert_eq!(waited, "\r\n+CREG: 2\r\n", "what waited comes out, {}", profile.name);
        ok(&mut bench, "AT");
    }
}

#[test]
fn a_brown_out_is_silence_and_then_a_boot() {
    for profile in all() {
        let mut bench = Bench::quiet_of(profile, running());
        bench.emulator.brown_out(2 * SECOND);
        assert_eq!(bench.send("AT"), "");
        bench.wait(30 * SECOND);
        assert_eq!((bench.emulator.is_on(), bench.emulator.boots()), (true, 2), "{}", profile.name);
        assert!(bench.send("AT").ends_with(OK));
    }
}
