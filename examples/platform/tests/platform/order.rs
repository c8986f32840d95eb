//! Faults by their names.

use crate::bench::{Bench, DEVICE, PRODUCT, SECOND, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Away, Fault, Judgement, PacketType, Peer, ReturnCode, TimedFault, TlsFault};

fn parsed(text: &str) -> Fault {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What stands for each number of a form.
const NUMBERS: [(&str, &str); 6] =
    [("MS", "5"), ("TIMES", "5"), ("COUNT", "5"), ("CODE", "5"), ("STATUS", "503"), ("N", "5")];

#[test]
fn every_form_is_read_and_written() {
    for (form, _) in Fault::FORMS {
        let (required, _) = form.split_once('[').unwrap_or((form, ""));
        let shortest = required.replace("MS", "1").replace("=N", "=1");
        let fault = parsed(&shortest);
        assert_eq!(parsed(&fault.to_string()), fault, "{form}");
        let longest = form.replace(['[', ']'], "");
        let numbered = NUMBERS.iter().fold(longest, |text, (name, number)| match text.split_once('=') {
            Some((verb, numbers)) => format!("{verb}={}", numbers.replace(name, number)),
            None => text,
        });
        assert_eq!(parsed(&numbered).to_string(), numbered, "{form}");
    }
}

#[test]
fn every_fault_of_tls_has_a_form() {
    for fault in TlsFault::ALL {
        assert_eq!(parsed(fault.name()), Fault::Tls(fault));
        assert!(Fault::FORMS.iter().any(|form| form.0 == fault.name()), "{fault}");
    }
}

#[test]
fn what_is_left_out_has_a_value() {
    for (text, fault) in [
        ("kick", Fault::Kick { after_ms: 0, times: 1 }),
        ("kick=20", Fault::Kick { after_ms: 20, times: 1 }),
        ("kick=20:3", Fault::Kick { after_ms: 20, times: 3 }),
        ("kill-before-puback", Fault::KillBeforePuback(1)),
        ("drop-puback=0", Fault::DropPuback(0)),
        ("refuse", Fault::Refuse { code: ReturnCode::ServerUnavailable, count: 1 }),
        ("refuse=4", Fault::Refuse { code: ReturnCode::BadUserNameOrPassword, count: 1 }),
        ("refuse=5:9", Fault::Refuse { code: ReturnCode::NotAuthorized, count: 9 }),
        ("away-silent=7", Fault::Away { how: Away::Silent, for_ms: 7 }),
        ("away-closes=7", Fault::Away { how: Away::Closes, for_ms: 7 }),
        ("cut-suback=2", Fault::Cut { packet: PacketType::Suback, keep: 2 }),
        ("cut-response=2", Fault::Cut { packet: PacketType::Response, keep: 2 }),
        ("http-error", Fault::FailRequests { status: 500, count: 1 }),
        ("http-error=503", Fault::FailRequests { status: 503, count: 1 }),
        ("http-code", Fault::RefuseRequests { code: 40_000, count: 1 }),
        ("http-code=429:7", Fault::RefuseRequests { code: 429, count: 7 }),
        ("close-before-answer", Fault::CloseBeforeAnswer(1)),
        ("throttle-registration", Fault::ThrottleRegistrations(1)),
        ("lose-secret", Fault::LoseSecrets(1)),
    ] {
        assert_eq!(parsed(text), fault, "{text}");
    }
}

#[test]
fn a_wrong_text_says_what_is_wrong() {
    for (text, expected) in [
        ("slow", "slow: a number is missing, as in `slow=5`"),
        ("slow=", "slow=: numbers follow the `=`"),
        ("slow=-1", "slow=-1: numbers follow the `=`"),
        ("slow=+1", "slow=+1: numbers follow the `=`"),
        ("slow=4294967296", "slow=4294967296: numbers follow the `=`"),
        ("slow=1:2", "slow=1:2: at most 1 numbers belong here"),
        ("plain-text=1", "plain-text=1: at most 0 numbers belong here"),
        ("refuse=0", "refuse=0: the code is 1 to 5"),
        ("refuse=6", "refuse=6: the code is 1 to 5"),
        ("http-error=200", "http-error=200: the status is 400 to 599"),
        ("http-error=600", "http-error=600: the status is 400 to 599"),
        ("http-code=65536", "http-code=65536: the code is at most 65535"),
    ] {
        let error = text.parse::<Fault>().expect_err(text).to_string();
        assert_eq!(error, expected);
    }
    for text in ["", "Slow=1", "drop puback", "drop_puback", "=1"] {
        let error = text.parse::<Fault>().expect_err(text).to_string();
        assert!(error.contains("is no fault of the platform") && error.contains("kick[=MS[:TIMES]]"), "{error}");
    }
}

/// What the platform does next to a device that logs in and publishes, in packets and closes.
fn meets(text: &str) -> Vec<wanlink_platform::Action> {
    let mut bench = Bench::new();
    bench.platform.order(0, parsed(text));
    let mut actions = bench.connect(1, &Connect::example());
    actions.extend(bench.send(1, &publish1(1, UPDATE, b"x")));
    actions.extend(bench.wait(SECOND));
    actions
}

#[test]
fn an_order_does_what_the_verb_does() {
    let (login, answer) = (sent(1, &connack(0)), sent(1, &puback(1)));
    for (text, expected) in [
        ("kick", vec![login.clone(), closed(1)]),
        ("kick=1000", vec![login.clone(), answer.clone(), closed(1)]),
        ("kill-before-puback", vec![login.clone(), closed(1)]),
        ("drop-puback", vec![login.clone()]),
        ("duplicate-puback", vec![login.clone(), answer.clone(), answer.clone()]),
        ("delay-puback=1001", vec![login.clone()]),
        ("delay-puback=1000", vec![login.clone(), answer.clone()]),
        ("refuse=4", vec![sent(1, &connack(4)), closed(1)]),
        ("slow=1000", vec![login.clone(), answer.clone()]),
        ("slow=1001", vec![]),
        ("away-silent=1", vec![]),
        ("away-closes=1", vec![closed(1)]),
        ("cut-connack=3", vec![sent(1, &connack(0)[..3]), closed(1)]),
        ("cut-puback=1", vec![login, sent(1, &[0x40]), closed(1)]),
    ] {
        assert_eq!(meets(text), expected, "{text}");
    }
}

#[test]
fn orders_for_open_connections() {
    for (text, expected) in [("kill-connections", vec![closed(1), closed(2)]), ("close-silently", vec![])] {
        let mut bench = Bench::connected();
        bench.open(2, Peer::tls());
        bench.platform.order(0, parsed(text));
        assert_eq!(bench.platform.take_actions(), expected, "{text}");
        assert!(!bench.platform.is_online(PRODUCT, DEVICE));
        assert_eq!(bench.wait(3600 * SECOND), [], "{text}");
        assert_eq!(bench.reasons(Judgement::Fault).len(), 2);
    }
}

#[test]
fn all_can_be_called_off() {
    let mut bench = Bench::connected();
    for text in [
        "kick=5000:9",
        "drop-puback",
        "delay-puback=9",
        "slow=9",
        "refuse=4:9",
        "away-closes=9",
        "wrong-name",
        "cut-connack=1",
    ] {
        bench.platform.order(0, parsed(text));
    }
    bench.platform.take_actions();
    bench.platform.call_off(0);
    bench.expect_connect(1, &Connect::example());
    assert_eq!(bench.send(1, &publish1(1, UPDATE, b"x")), [sent(1, &puback(1))]);
    assert_eq!(bench.wait(10 * SECOND), []);
}

#[test]
fn a_fault_with_its_time() {
    let slow = Fault::Slow(5);
    for (text, timed) in [
        ("slow=5", TimedFault { fault: slow, at_ms: 0, for_ms: None }),
        ("slow=5@20", TimedFault { fault: slow, at_ms: 20, for_ms: None }),
        ("slow=5@20+300", TimedFault { fault: slow, at_ms: 20, for_ms: Some(300) }),
    ] {
        assert_eq!(text.parse(), Ok(timed), "{text}");
        assert_eq!(timed.to_string().parse(), Ok(timed));
    }
    for text in ["slow=5@", "slow=5@x", "slow=5@1+", "slow=5@+1", "slow=5@1+2+3", "slow=5@-1", "slow=5@1@2"] {
        let error = text.parse::<TimedFault>().expect_err(text).to_string();
        assert_eq!(error, format!("{text}: behind `@` stands AT_MS or AT_MS+FOR_MS, as in `slow=5@2000+500`"));
    }
    let error = "sloth@1".parse::<TimedFault>().expect_err("no fault").to_string();
    assert!(error.starts_with("sloth is no fault"), "{error}");
}

fn timed(text: &str) -> TimedFault {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_schedule_is_kept_although_nobody_calls() {
    let mut bench = Bench::connected();
    bench.platform.schedule(timed("kill-connections@3000"));
    bench.platform.schedule(timed("refuse=4:99@2000+2000"));
    assert_eq!(bench.platform.next(), Some(2 * SECOND));
    assert_eq!(bench.wait(2 * SECOND), []);
    bench.now = 3 * SECOND;
    let actions = bench.connect(2, &Connect::example());
    assert_eq!(actions, [closed(1), sent(2, &connack(4)), closed(2)]);
    bench.now = 4 * SECOND;
    bench.expect_connect(3, &Connect::example());
}

#[test]
fn what_is_due_comes_before_a_fault_of_the_same_time() {
    let mut bench = Bench::connected();
    bench.platform.delay_puback(SECOND);
    bench.send(1, &publish1(1, UPDATE, b"x"));
    bench.platform.schedule(timed("kill-connections@1000"));
    bench.platform.schedule(timed("slow=1@1000"));
    assert_eq!(bench.wait(10 * SECOND), [sent(1, &puback(1)), closed(1)]);
    let at: Vec<_> = bench.platform.record().findings().iter().map(|finding| finding.at).collect();
    assert_eq!(at, [SECOND]);
    bench.open(2, Peer::tls());
    bench.now += 5 * SECOND;
    bench.platform.order(bench.now, parsed("drop-puback"));
    assert_eq!(bench.platform.take_actions(), [closed(2)]);
}

#[test]
fn every_fault_that_lasts_can_be_taken_back() {
    for (form, _) in Fault::FORMS {
        let (required, _) = form.split_once('[').unwrap_or((form, ""));
        let fault = required.replace("MS", "5000").replace("=N", "=1");
        if ["kill-connections", "close-silently"].contains(&&*fault) {
            continue;
        }
        let mut bench = Bench::new();
        bench.platform.schedule(timed(&format!("{fault}@0+10")));
        bench.wait(10_000);
        bench.expect_connect(1, &Connect::example());
        assert_eq!(bench.send(1, &publish1(1, UPDATE, b"x")), [sent(1, &puback(1))], "{fault}");
        assert_eq!(bench.wait(10 * SECOND), [], "{fault}");
        bench.platform.order(bench.now, parsed("kick=5000"));
        bench.platform.take_back(bench.now, parsed("kick"));
        assert_eq!(bench.wait(10 * SECOND), []);
    }
}
