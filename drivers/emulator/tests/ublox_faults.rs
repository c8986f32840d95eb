//! Each fault verb does to u-blox's modules what it says.

mod bench;
mod ublox;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use ublox::{ERROR, NOT_ALLOWED, OK, connected, enter, log_in, logged_in, ok, online, online_again, quiet, send};
use wanlink_emulator::{ContextState, MqttPhase, NetRequest, Options, Profile};

const R5: &Profile = Profile::sara_r5();

fn publishes(bench: &mut Bench) -> String {
    enter(bench, "AT+UMQTTC=9,1,0,\"t\",2", ">", b"hi")
}

#[test]
fn reset_and_brown_out() {
    let mut bench = logged_in(R5, running());
    bench.emulator.reset();
    assert_eq!(bench.wait(20 * SECOND), "", "no line tells of it");
    assert!(bench.emulator.echo());
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    bench.emulator.brown_out(5 * SECOND);
    assert!(!bench.emulator.is_on());
    bench.wait(20 * SECOND);
    // NITZ sets the clock with the next registration.
    assert!(send(&mut bench, "AT+CCLK?").contains("26/01/01"));
}

#[test]
fn without_time_from_the_network_a_brown_out_takes_the_clock() {
    let mut bench = quiet(R5, Options { nitz: false, ..running() });
    ok(&mut bench, "AT+CCLK=\"30/06/01,12:00:00+00\"");
    bench.emulator.brown_out(SECOND);
    bench.wait(20 * SECOND);
    assert!(send(&mut bench, "AT+CCLK?").contains("80/01/06"));
}

#[test]
fn the_network_goes_and_comes_back() {
    let mut bench = logged_in(R5, running());
    ok(&mut bench, "AT+CEREG=1");
    ok(&mut bench, "AT+UMQTTC=8,1");
    bench.emulator.lose_network();
    assert_eq!(bench.wait(SECOND), "\r\n+CEREG: 2\r\n");
    assert_eq!(publishes(&mut bench), OK);
    bench.emulator.restore_network();
    assert_eq!(bench.wait(SECOND), "\r\n+UUMQTTC: 9,1\r\n", "what waited passes");
    assert_eq!(bench.wait(5 * SECOND), "\r\n+CEREG: 1\r\n");
    assert_eq!(bench.emulator.context(1), ContextState::Active);
}

#[test]
fn a_context_that_is_lost_has_to_be_made_again() {
    let mut bench = logged_in(R5, running());
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(SECOND), "\r\n+UUPSDD: 0\r\n\r\n+UUMQTTC: 0,101\r\n");
    assert_eq!(bench.emulator.context(1), ContextState::Lost);
    assert_eq!(send(&mut bench, "AT+UPSND=0,8"), "\r\n+UPSND: 0,8,0\r\n\r\nOK\r\n");
    // Without a bearer the profile is refused.
    assert_eq!(bench.until("AT+UPSDA=0,3", "+UUPSDA"), "\r\nOK\r\n\r\n+UUPSDA: 148\r\n");
    bench.wait(SECOND);
    assert_eq!(bench.until("AT+CGACT=1,1", "OK"), OK);
    bench.wait(SECOND);
    online_again(&mut bench, R5);
    log_in(&mut bench);
}

#[test]
fn a_radio_that_was_off_brings_the_bearer_back() {
    for profile in ublox::MODELS {
        let mut bench = quiet(profile, running());
        assert_eq!(bench.until("AT+CFUN=0", "OK"), OK);
        assert_eq!(bench.emulator.context(1), ContextState::Lost);
        bench.wait(SECOND);
        assert_eq!(bench.until("AT+CFUN=1", "OK"), OK);
        bench.wait(5 * SECOND);
        assert_eq!(bench.emulator.context(1), ContextState::Active, "{}", profile.name);
        online_again(&mut bench, profile);
    }
}

#[test]
fn an_attachment_that_was_given_up_comes_back_with_its_bearer() {
    let mut bench = quiet(Profile::lara_r6(), running());
    assert_eq!(bench.until("AT+CGATT=0", "OK"), OK);
    assert_eq!(bench.emulator.context(1), ContextState::Lost);
    bench.wait(SECOND);
    assert_eq!(bench.until("AT+CGATT=1", "OK"), OK);
    assert_eq!(bench.emulator.context(1), ContextState::Active);
}

#[test]
fn a_subscriber_that_is_thrown_out() {
    let mut bench = logged_in(R5, running());
    ok(&mut bench, "AT+CEREG=1");
    bench.emulator.deny();
    let said = bench.wait(5 * SECOND);
    assert!(said.contains("+UUPSDD: 0") && said.ends_with("\r\n+CEREG: 3\r\n"), "{said}");
    assert_eq!(send(&mut bench, "AT+CGACT=1,1"), ERROR);
    bench.emulator.admit();
    assert!(bench.wait(5 * SECOND).ends_with("\r\n+CEREG: 1\r\n"));
    assert_eq!(bench.emulator.context(1), ContextState::Active);
}

#[test]
fn a_network_with_an_apn_of_its_own() {
    for (apn, login, code) in [("wrong", "user", 1551), ("cmiot", "nobody", 1552)] {
        let accepted_login = Some(("user".to_owned(), "pw".to_owned()));
        let options = Options { accepted_apn: Some("cmiot".into()), accepted_login, ..running() };
        let mut bench = quiet(R5, options);
        assert_eq!(bench.emulator.context(1), ContextState::Inactive);
        ok(&mut bench, &format!("AT+CGDCONT=1,\"IP\",\"{apn}\""));
        ok(&mut bench, &format!("AT+UAUTHREQ=1,1,\"{login}\",\"pw\""));
        let answer = bench.until("AT+CGACT=1,1", "\n");
        assert_eq!(answer, format!("\r\n+CME ERROR: {code}\r\n"));
        bench.wait(SECOND);
        ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
        ok(&mut bench, "AT+UAUTHREQ=1,1,\"user\",\"pw\"");
        assert_eq!(bench.until("AT+CGACT=1,1", "OK"), OK);
    }
}

/// "argument order by model" (ublox-at 0): the wrong one gives the password for the user.
#[test]
fn user_and_password_have_the_order_of_the_model() {
    for (profile, user_first) in ublox::MODELS.into_iter().zip([true, false, false, true, false]) {
        for good in [true, false] {
            let accepted_login = Some(("user".to_owned(), "pw".to_owned()));
            let mut bench = quiet(profile, Options { accepted_login, ..running() });
            ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
            let texts = if user_first == good { "\"user\",\"pw\"" } else { "\"pw\",\"user\"" };
            ok(&mut bench, &format!("AT+UAUTHREQ=1,2,{texts}"));
            let answer = bench.until("AT+CGACT=1,1", "\n");
            assert_eq!(answer == OK, good, "{}: {answer}", profile.name);
        }
    }
}

#[test]
fn the_card_is_taken_out() {
    let mut bench = quiet(R5, running());
    bench.emulator.sim_out();
    bench.wait(SECOND);
    assert_eq!(send(&mut bench, "AT+CPIN?"), "\r\n+CME ERROR: 10\r\n");
    bench.emulator.sim_in();
    assert_eq!(send(&mut bench, "AT+CPIN?"), "\r\n+CME ERROR: 14\r\n");
    bench.wait(SECOND);
    assert_eq!(send(&mut bench, "AT+CPIN?"), "\r\n+CPIN: READY\r\n\r\nOK\r\n");
}

#[test]
fn acknowledgements_go_wrong() {
    let mut bench = logged_in(R5, running());
    bench.emulator.drop_puback();
    assert_eq!(publishes(&mut bench), OK);
    assert_eq!(bench.wait(60 * SECOND), "\r\n+UUMQTTC: 9,0\r\n");
    bench.emulator.duplicate_puback();
    assert_eq!(publishes(&mut bench), "\r\nOK\r\n\r\n+UUMQTTC: 9,1\r\n");
    bench.emulator.kill_before_puback();
    assert_eq!(publishes(&mut bench), "\r\nOK\r\n\r\n+UUMQTTC: 0,101\r\n");
    assert_eq!(publishes_refused(&mut bench), NOT_ALLOWED);
}

fn publishes_refused(bench: &mut Bench) -> String {
    send(bench, "AT+UMQTTC=9,1,0,\"t\",2")
}

#[test]
fn connections_break() {
    let mut bench = connected(R5, running());
    log_in(&mut bench);
    bench.emulator.kill_tcp();
    assert_eq!(bench.wait(SECOND), "\r\n+UUSOCL: 0\r\n\r\n+UUMQTTC: 0,101\r\n");
    let closed = bench.broker.requests.iter().filter(|request| matches!(request, NetRequest::Close { .. })).count();
    assert_eq!(closed, 2, "the other ends are told");
}

#[test]
fn opens_fail_once() {
    let mut bench = online(R5, running());
    ok(&mut bench, "AT+UMQTT=2,\"broker\"");
    ok(&mut bench, "AT+UMQTT=11,1,0");
    for (order, code) in [(0, 34), (1, 34), (2, 8)] {
        match order {
            0 => bench.emulator.refuse(),
            1 => bench.emulator.dns_failure(),
            _ => bench.emulator.wrong_certificate(),
        }
        if order < 2 {
            ok(&mut bench, "AT+UMQTT=11,0");
        } else {
            ok(&mut bench, "AT+UMQTT=11,1,0");
        }
        assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,0\r\n");
        assert_eq!(send(&mut bench, "AT+UMQTTER"), format!("\r\n+UMQTTER: 13,{code}\r\n\r\nOK\r\n"));
    }
    ok(&mut bench, "AT+UMQTT=11,0");
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,1\r\n");
}

#[test]
fn prompts_finals_and_blocks_are_lost() {
    let mut bench = logged_in(R5, running());
    bench.emulator.delay_prompt(2 * SECOND);
    assert_eq!(send(&mut bench, "AT+UMQTTC=9,0,0,\"t\",2"), "");
    assert_eq!(bench.wait(2 * SECOND), "\r\n>");
    bench.raw(b"hi");
    assert_eq!(bench.wait(SECOND), "\r\nOK\r\n\r\n+UUMQTTC: 9,1\r\n");
    bench.emulator.lose_prompt();
    assert_eq!(send(&mut bench, "AT+UMQTTC=9,0,0,\"t\",3"), "");
    assert_eq!(send(&mut bench, "AT"), "\r\nOK\r\n\r\n+UUMQTTC: 9,1\r\n", "it was taken for data");
    bench.emulator.lose_final();
    assert_eq!(send(&mut bench, "AT+CSQ"), "\r\n+CSQ: 24,99\r\n");
    let now = bench.now_us;
    bench.broker.say(now, publish(0, 0, "topic", b"0123456789012345678901234567890123456789"));
    bench.wait(150 * MS);
    bench.emulator.starve_block();
    let starved = send(&mut bench, "AT+UMQTTC=6,1");
    assert!(
        starved.starts_with("\r\n+UMQTTC: 6,0,45,5,\"topic\",40,\"0123") && !starved.contains("789\""),
        "{starved}"
    );
}

/// Nothing but the secrets of commands is hidden, and those everywhere.
#[test]
fn traces_have_no_secrets() {
    use wanlink_emulator::Peer;
    let bench = quiet(R5, running());
    let shown = bench.emulator.redact(b"AT+UMQTT=4,\"dev&pk\",\"0123456789abcdef\"\r");
    assert_eq!(String::from_utf8_lossy(&shown), "AT+UMQTT=4,\"dev&pk\",\"***\"\r");
}
