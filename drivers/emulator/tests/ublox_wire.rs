//! What u-blox's modules ask of the wire: gaps between bytes, a UART that sleeps, lines in each model's dress.

mod bench;
mod ublox;

use bench::{Bench, MS, SECOND, running};
use ublox::{ERROR, MODELS, OK, connected, file, logged_in, ok, online, quiet, send, with};
use wanlink_emulator::{ColonSpace, Early, Options, Profile, UbloxOptions};

const GAPS: [u64; 5] = [20, 20, 20, 20, 100];

/// When the final of a line that is typed now is out.
const ANSWERED: u64 = 2 * MS;

#[test]
fn a_command_that_comes_too_early_is_lost() {
    for (profile, gap) in MODELS.into_iter().zip(GAPS) {
        for (wait, heard) in [(gap * MS - 1, false), (gap * MS, true)] {
            let mut bench = quiet(profile, running());
            bench.raw(b"AT\r");
            assert_eq!(bench.wait(ANSWERED), OK);
            bench.wait(wait);
            bench.raw(b"AT\r");
            assert_eq!(bench.wait(SECOND), if heard { OK } else { "" }, "{} after {wait} us", profile.name);
            assert_eq!(send(&mut bench, "AT"), OK, "it listens again");
        }
    }
}

#[test]
fn the_gap_counts_from_unsolicited_lines_too() {
    for (after, expected) in [(true, ""), (false, OK)] {
        let options = with(UbloxOptions { gap_after_urcs: after, ..UbloxOptions::default() });
        let mut bench = quiet(Profile::sara_r5(), options);
        ok(&mut bench, "AT+CEREG=1");
        bench.emulator.lose_network();
        assert_eq!(bench.wait(10 * MS), "\r\n+CEREG: 2\r\n");
        bench.raw(b"AT\r");
        assert_eq!(bench.wait(SECOND), expected);
    }
}

/// No host can know of a line that the module says while the host begins to type.
#[test]
fn a_line_that_crosses_an_unsolicited_one_is_heard() {
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+CEREG=1");
    bench.emulator.lose_network();
    assert_eq!(bench.wait(4 * MS), "\r\n+CEREG: 2\r\n");
    bench.raw(b"AT\r");
    assert_eq!(bench.wait(SECOND), OK);
}

#[test]
fn what_becomes_of_an_early_line_is_an_option() {
    for (early, expected) in [(Early::Lost, ""), (Early::Refused, ERROR), (Early::Heard, OK)] {
        let mut bench = quiet(Profile::sara_r5(), with(UbloxOptions { early, ..UbloxOptions::default() }));
        bench.raw(b"AT\r");
        assert_eq!(bench.wait(ANSWERED + 5 * MS), OK);
        bench.raw(b"AT\r");
        assert_eq!(bench.wait(SECOND), expected, "{early:?}");
    }
}

#[test]
fn data_waits_fifty_milliseconds_behind_its_prompt() {
    for (wait, lost) in [(50 * MS - 1, true), (50 * MS, false)] {
        let mut bench = connected(Profile::sara_r5(), running());
        bench.broker.raw = true;
        bench.raw(b"AT+USOWR=0,4\r");
        assert_eq!(bench.wait(ANSWERED), "\r\n@");
        bench.wait(wait);
        bench.raw(b"abcd");
        let expected = if lost { "" } else { "\r\n+USOWR: 0,4\r\n\r\nOK\r\n" };
        assert_eq!(bench.wait(SECOND), expected);
        assert_eq!(bench.broker.plain, if lost { &b""[..] } else { b"abcd" });
        // "Fewer bytes: port stays blocked"
        if lost {
            assert_eq!(send(&mut bench, "AT+"), "\r\n+USOWR: 0,4\r\n\r\nOK\r\n");
        }
    }
}

#[test]
fn bytes_behind_the_last_one_are_dropped() {
    let mut bench = connected(Profile::sara_r5(), running());
    bench.broker.raw = true;
    bench.raw(b"AT+USOWR=0,4\r");
    bench.wait(100 * MS);
    bench.raw(b"abcdXYZ");
    assert_eq!(bench.wait(SECOND), "\r\n+USOWR: 0,4\r\n\r\nOK\r\n");
    assert_eq!(bench.broker.plain, b"abcd");
    assert_eq!(send(&mut bench, "AT"), OK);
}

#[test]
fn a_socket_waits_for_its_security() {
    for (wait, option, expected) in [(249, true, "\r\n+CME ERROR: 3\r\n"), (250, true, OK), (100, false, OK)] {
        let options = with(UbloxOptions { secure_gap: option, ..UbloxOptions::default() });
        let mut bench = online(Profile::lara_r6(), options);
        assert_eq!(send(&mut bench, "AT+USOCR=6"), "\r\n+USOCR: 0\r\n\r\nOK\r\n");
        bench.raw(b"AT+USOSEC=0,1,0\r");
        assert_eq!(bench.wait(wait * MS), OK);
        bench.broker.open = Ok(());
        bench.raw(b"AT+USOCO=0,\"server\",7\r");
        // Whatever becomes of the handshake, the command was taken or refused.
        let answer = bench.wait(200 * MS);
        let taken = answer.is_empty() || answer == ERROR || answer == OK;
        assert_eq!(taken, expected == OK, "{wait} ms: {answer}");
    }
}

#[test]
fn a_sleeping_uart_loses_the_characters_that_wake_it() {
    for (profile, order, idle) in [
        (Profile::sara_r5(), "AT+UPSV=1,2000", 2_000 * 4_615),
        (Profile::lena_r8(), "AT+UPSV=4,2000", 2_000 * 4_615),
        (Profile::sara_r422(), "AT+UPSV=4", 6 * SECOND),
        (Profile::sara_r410m(), "AT+UPSV=4", 6 * SECOND),
    ] {
        let mut bench = quiet(profile, running());
        ok(&mut bench, "AT+IPR=115200");
        ok(&mut bench, order);
        bench.wait(idle - SECOND);
        assert_eq!(send(&mut bench, "AT"), OK, "{}: not yet", profile.name);
        bench.wait(idle);
        assert_eq!(bench.send("AT"), "", "{}: it wakes up", profile.name);
        assert_eq!(send(&mut bench, "AT"), OK);
        ok(&mut bench, "AT+UPSV=0");
        bench.wait(2 * idle);
        assert_eq!(send(&mut bench, "AT"), OK);
    }
}

#[test]
fn any_character_breaks_the_activation_off() {
    let options = with(UbloxOptions { profile_blocks_us: 5 * SECOND, ..UbloxOptions::default() });
    let mut bench = quiet(Profile::sara_r5(), options);
    ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
    ok(&mut bench, "AT+UPSD=0,0,0");
    ok(&mut bench, "AT+UPSD=0,100,1");
    assert_eq!(send(&mut bench, "AT+UPSDA=0,3"), "");
    bench.raw(b"x");
    assert_eq!(bench.wait(100 * MS), "\r\n+CME ERROR: 3000\r\n");
    assert_eq!(bench.wait(10 * SECOND), "", "nothing more comes of it");
    assert_eq!(send(&mut bench, "AT+UPSND=0,8"), "\r\n+UPSND: 0,8,0\r\n\r\nOK\r\n");
    assert_eq!(bench.until("AT+UPSDA=0,3", "+UUPSDA"), "\r\nOK\r\n\r\n+UUPSDA: 0,\"10.171.134.243\"\r\n");
}

/// "match it by prefix, not by place" (ublox-at 2).
#[test]
fn the_result_of_an_activation_may_come_behind_another_answer() {
    let options = with(UbloxOptions { profile_result_us: SECOND, ..UbloxOptions::default() });
    let mut bench = quiet(Profile::sara_r5(), options);
    ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
    ok(&mut bench, "AT+UPSD=0,0,0");
    ok(&mut bench, "AT+UPSD=0,100,1");
    ok(&mut bench, "AT+UPSDA=0,3");
    assert_eq!(send(&mut bench, "AT+USOCR=6"), "\r\n+CME ERROR: 3\r\n");
    assert_eq!(bench.wait(SECOND), "\r\n+UUPSDA: 0,\"10.171.134.243\"\r\n");
}

#[test]
fn lena_leaves_spaces_out() {
    for (colon_space, gatt, csq) in [
        (ColonSpace::Always, "+CGATT: 1", "+CSQ: 24,99"),
        (ColonSpace::AsSeen, "+CGATT:1", "+CSQ: 24,99"),
        (ColonSpace::Never, "+CGATT:1", "+CSQ:24,99"),
    ] {
        let mut bench = quiet(Profile::lena_r8(), with(UbloxOptions { colon_space, ..UbloxOptions::default() }));
        assert_eq!(send(&mut bench, "AT+CGATT?"), format!("\r\n{gatt}\r\n\r\nOK\r\n"));
        assert_eq!(send(&mut bench, "AT+CSQ"), format!("\r\n{csq}\r\n\r\nOK\r\n"));
    }
}

#[test]
fn lines_of_mqtt_and_files_differ_by_family() {
    let mut bench = quiet(Profile::sara_r422(), running());
    // Answer and final have an empty line more each.
    assert_eq!(send(&mut bench, "AT+UMQTT=10"), "\r\n+UMQTT: 10,0\r\n\r\n\r\nOK\r\n\r\n");
    assert_eq!(send(&mut bench, "AT"), OK);
    file(&mut bench, "f", b"abc");
    assert_eq!(send(&mut bench, "AT+URDFILE=\"f\""), "\n+URDFILE: \"f\",3,\"abc\"\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+URDBLOCK=\"f\",1,9"), "\n+URDBLOCK: \"f\",2,\"bc\"\r\n\r\nOK\r\n");
    let mut bench = quiet(Profile::sara_r410m(), running());
    file(&mut bench, "f", b"abc");
    assert_eq!(send(&mut bench, "AT+URDFILE=\"f\""), "\n+URDFILE: f,3,\"abc\"\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+URDBLOCK=\"f\",0,1"), "\n+URDBLOCK: \"f\",1,\"a\"\r\n\r\nOK\r\n");
}

#[test]
fn texts_of_errors_have_a_capital_in_the_older_families() {
    for (profile, text) in [
        (Profile::sara_r5(), "operation not allowed"),
        (Profile::lara_r6(), "operation not allowed"),
        (Profile::sara_r422(), "Operation not allowed"),
        (Profile::sara_r410m(), "Operation not allowed"),
    ] {
        let mut bench = quiet(profile, running());
        ok(&mut bench, "AT+CMEE=2");
        assert_eq!(send(&mut bench, "AT+USOCTL=0,1"), format!("\r\n+CME ERROR: {text}\r\n"), "{}", profile.name);
    }
}

#[test]
fn registration_has_the_forms_of_each_model() {
    let cases = [
        (Profile::sara_r5(), "+CEREG: 4,1,\"2710\",\"01a2d001\",7,,,\"11100000\",\"11100000\"", "+CREG: 2,1"),
        (Profile::lara_r6(), "+CEREG: 4,1,\"2710\",\"00\",\"01a2d001\",7,,,\"11100000\",\"11100000\"", "+CREG: 2,1"),
        (Profile::lena_r8(), "+CEREG: 4,1,\"2710\",\"01a2d001\",7,,,\"11100000\",\"11100000\"", "+CREG: 1"),
        (Profile::sara_r410m(), "+CEREG: 4,1,\"2710\",\"00\",\"01a2d001\",7,,,\"11100000\",\"11100000\"", "+CREG: 2,1"),
    ];
    for (profile, cereg, creg) in cases {
        let mut bench = quiet(profile, running());
        ok(&mut bench, "AT+CEREG=4");
        ok(&mut bench, "AT+CREG=2");
        assert_eq!(send(&mut bench, "AT+CEREG?"), format!("\r\n{cereg}\r\n\r\nOK\r\n"), "{}", profile.name);
        let answer = send(&mut bench, "AT+CREG?");
        assert_eq!(answer, format!("\r\n{creg},\"2710\",\"01a2d001\",7\r\n\r\nOK\r\n"), "{}", profile.name);
    }
    let mut bench = quiet(Profile::sara_r410m(), running());
    ok(&mut bench, "AT+CEREG=4");
    bench.emulator.sim_out();
    assert_eq!(bench.wait(SECOND), "\r\n+CEREG: 0,,,,,,,,\r\n");
}

#[test]
fn lena_pads_and_others_leave_out() {
    let mut bench = quiet(Profile::lena_r8(), running());
    ok(&mut bench, "AT+CEREG=4");
    ok(&mut bench, "AT+CREG=2");
    bench.emulator.sim_out();
    bench.wait(SECOND);
    assert_eq!(send(&mut bench, "AT+CEREG?"), "\r\n+CEREG: 4,0,\"0000\",\"00000000\", 0,0,9\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+CREG?"), "\r\n+CREG: 0,\"0000\",\"0000\",0\r\n\r\nOK\r\n");
    let options = with(UbloxOptions { technology_omitted: true, ..UbloxOptions::default() });
    let mut bench = quiet(Profile::lara_r6(), options);
    ok(&mut bench, "AT+CEREG=4");
    let expected = "\r\n+CEREG: 4,1,\"2710\",\"00\",\"01a2d001\"\r\n\r\nOK\r\n";
    assert_eq!(send(&mut bench, "AT+CEREG?"), expected);
}

#[test]
fn a_refusal_of_the_network_has_its_cause_in_two_modes() {
    let mut bench = quiet(Profile::sara_r5(), running());
    ok(&mut bench, "AT+CEREG=5");
    bench.emulator.deny();
    assert!(bench.wait(5 * SECOND).ends_with("\r\n+CEREG: 3,,,,0,15\r\n"));
}

#[test]
fn a_sleeping_uart_of_sara_r422_holds_lines_back() {
    for (waits, first, second) in [(true, "", "\r\n+CEREG: 2\r\n"), (false, "\r\n+CEREG: 2\r\n", "")] {
        let options = with(UbloxOptions { lines_wait_for_uart: waits, ..UbloxOptions::default() });
        let mut bench = quiet(Profile::sara_r422(), options);
        ok(&mut bench, "AT+CEREG=1");
        ok(&mut bench, "AT+UPSV=4");
        bench.wait(10 * SECOND);
        bench.emulator.lose_network();
        assert_eq!(bench.wait(10 * SECOND), first);
        assert_eq!(bench.send("AT"), second, "what is typed wakes it, and is lost");
    }
}

/// Everything about a message goes in its line; URCs are held back while data is typed (ublox-at 1).
#[test]
fn a_message_waits_for_the_end_of_a_data_entry() {
    let mut bench = logged_in(Profile::sara_r5(), Options::default());
    bench.raw(b"AT+UMQTTC=9,0,0,\"t\",2\r");
    assert_eq!(bench.wait(100 * MS), "\r\n>");
    let now = bench.now_us;
    bench.broker.say(now, bench::broker::publish(0, 0, "a", b"b"));
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(b"hi");
    assert_eq!(bench.wait(SECOND), "\r\nOK\r\n\r\n+UUMQTTC: 6,1\r\n\r\n+UUMQTTC: 9,1\r\n");
}

#[test]
fn a_module_that_finds_its_rate_says_nothing_before_it_is_spoken_to() {
    let mut bench = Bench::of(Profile::sara_r5(), running());
    ok_echoed(&mut bench, "AT+CSGT=1,\"RDY\"");
    ok_echoed(&mut bench, "AT+CFUN=16");
    assert_eq!(bench.wait(10 * SECOND), "", "no greeting without a fixed rate");
    ok_echoed(&mut bench, "AT+IPR=115200");
    ok_echoed(&mut bench, "AT&W");
    ok_echoed(&mut bench, "AT+CFUN=16");
    assert_eq!(bench.wait(10 * SECOND), "\r\nRDY\r\n");
    assert_eq!(bench.emulator.rate(), 115_200);
}

fn ok_echoed(bench: &mut Bench, line: &str) {
    assert_eq!(send(bench, line), format!("{line}\r\r\nOK\r\n"));
}
