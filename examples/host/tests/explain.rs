//! `wanlink explain`: nothing runs that is not explained.

use std::process::{Command, Output};

use serde_json::Value;
use wanlink::simulate::{Condition, RIGS, Rig, run_under};
use wanlink_emulator::Trace;
use wanlink_emulator::trace::Direction;

fn explain(arguments: &[&str]) -> Output {
    let secrets = ["WANLINK_DEVICE_SECRET", "WANLINK_PRODUCT_SECRET", "WANLINK_PIN"].map(|name| (name, SECRET));
    Command::new(env!("CARGO_BIN_EXE_wanlink")).arg("explain").args(arguments).envs(secrets).output().unwrap()
}

const SECRET: &str = "0451c0ffee0451";

fn events(module: &str, path: &str) -> Vec<Value> {
    let output = explain(&["--module", module, "--path", path, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn commands(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["command"].as_str()).collect()
}

/// Whether a command is one of a template, in which a name in angle brackets stands for anything, and one with bars for
/// one of a few. What is redacted in the command is anything, too.
fn is_of(template: &str, command: &str) -> bool {
    let tails = |text: &str| (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect::<Vec<_>>();
    if let Some(rest) = command.strip_prefix("***") {
        return tails(template).into_iter().any(|at| is_of(&template[at..], rest));
    }
    if let Some((place, after)) = template.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        let is_right = |value: &str| match place {
            // At the end of a line they are no part of what was heard.
            "64 CR" => value.is_empty(),
            _ => !place.contains('|') || place.split('|').any(|choice| choice == value),
        };
        return tails(command).into_iter().any(|at| is_right(&command[..at]) && is_of(after, &command[at..]));
    }
    let (mut expected, mut found) = (template.chars(), command.chars());
    match (expected.next(), found.next()) {
        (None, None) => true,
        (expected_char, found_char) if expected_char == found_char => is_of(expected.as_str(), found.as_str()),
        _ => false,
    }
}

#[test]
fn a_command_is_one_of_its_template_only() {
    for (template, command, expected) in [
        ("AT+CSQ", "AT+CSQ", true),
        ("AT+CSQ", "AT+CSQ=1", false),
        ("AT<64 CR><64 CR>", "AT", true),
        ("AT<64 CR><64 CR>", "AT+CSQ", false),
        ("AT+QMTCFG=\"session\",0,<0|1>", "AT+QMTCFG=\"session\",0,1", true),
        ("AT+QMTCFG=\"session\",0,<0|1>", "AT+QMTCFG=\"session\",0,2", false),
        ("AT+UAUTHREQ=1,3,\"<user>\",\"<password>\"", "AT+UAUTHREQ=***", true),
        ("AT+QMTCONN=0,\"<client id>\",\"<user>\",\"<password>\"", "AT+QMTCONN=0,\"me\",\"u\",\"***\"", true),
        ("AT+QMTCONN=0,\"<client id>\",\"<user>\",\"<password>\"", "AT+QMTOPEN=***", false),
    ] {
        assert_eq!(is_of(template, command), expected, "{template} and {command}");
    }
}

/// What the module heard in one good run.
fn heard(rig: &Rig) -> Vec<String> {
    let outcome = run_under(rig, 1, Condition::Happy);
    assert!(outcome.broken.is_empty(), "{rig}: {:?}", outcome.broken);
    assert!(outcome.messages.0 > 0, "{rig}: nothing was delivered");
    let trace: Trace = outcome.trace.parse().unwrap();
    let lines = trace.entries.iter().filter(|entry| entry.direction == Direction::ToModule);
    let lines = lines.map(|entry| String::from_utf8_lossy(entry.bytes.trim_ascii()).into_owned());
    lines.filter(|line| line.starts_with("AT")).collect()
}

#[test]
fn nothing_runs_that_is_not_explained() {
    for rig in RIGS.iter().filter(|rig| rig.register().is_none()) {
        let events = events(rig.module(), rig.path.trim_end_matches("-plain"));
        let (templates, heard) = (commands(&events), heard(rig));
        assert!(heard.len() > 20, "{rig}: {heard:?}");
        for command in heard {
            assert!(templates.iter().any(|template| is_of(template, &command)), "{rig}: {command}");
        }
    }
}

#[test]
fn no_secret_is_shown() {
    for rig in RIGS.iter().filter(|rig| rig.register().is_none() && !rig.path.ends_with("-plain")) {
        let output = explain(&["--module", rig.module(), "--path", rig.path, "--json"]);
        let text = String::from_utf8(output.stdout).unwrap();
        // The latter two stand for a PIN and for a root's name, which have to be well-formed.
        for secret in [SECRET, "73519468", "root-file"] {
            assert!(!text.contains(secret), "{rig}: {secret}");
        }
        assert!(text.contains("\"AT+CPIN=\\\"<PIN>\\\"\""), "{rig}");
        let login = match rig.path {
            "native" => "<device secret>",
            "https" => "<header's value>",
            _ => "<password>",
        };
        // The form of EC25 and BG95 has its head, and so the token, in the data.
        let is_in_data = rig.path == "https" && ["bg95", "bg96", "ec25"].contains(&rig.module());
        assert_eq!(text.contains(login), !is_in_data, "{rig}: {login}");
    }
}

#[test]
fn an_explanation_is_counted() {
    let events = events("sim7080", "mqtt");
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    let (first, last) = (&events[0], events.last().unwrap());
    assert_eq!(
        (&first["event"], &first["module"], &first["path"]),
        (&"explanation".into(), &"sim7080".into(), &"mqtt".into())
    );
    assert_eq!(
        (last["steps"].as_u64(), last["lines"].as_u64()),
        (Some(count("step") as u64), Some(count("line") as u64))
    );
    let mut operations: Vec<_> = events.iter().filter_map(|event| event["operation"].as_str()).collect();
    operations.dedup();
    assert_eq!(last["operations"].as_u64(), Some(operations.len() as u64));
    let order = ["start", "attach", "connect, in TLS", "subscribe", "publish", "receive", "disconnect", "stop"];
    let places = order.map(|name| operations.iter().position(|operation| *operation == name).unwrap());
    assert!(places.is_sorted(), "{operations:?}");
}

/// A section as it is printed.
fn section(module: &str, path: &str, name: &str) -> String {
    let output = explain(&["--module", module, "--path", path]);
    let text = String::from_utf8(output.stdout).unwrap();
    let found = text.split("\n\n").find(|section| section.lines().next() == Some(name));
    found.unwrap_or_else(|| panic!("{module} over {path} has no {name}: {text}")).to_owned()
}

#[test]
fn sections_are_as_they_are_written() {
    for (module, path, name, expected) in [
        ("bg95", "mqtt", "publish", BG95_PUBLISH),
        ("a7670", "mqtt", "publish, topic", A7670_TOPIC),
        ("sara-r5", "mqtt", "publish", SARA_R5_PUBLISH),
    ] {
        assert_eq!(section(module, path, name), expected, "{module} over {path}");
    }
}

const BG95_PUBLISH: &str = r#"publish
   1  decides: ends: there is no session, connect first (session_lost); or goes on
   2  AT+QMTPUB=0,<message id>,<0|1>,0,"<topic>",<length>  (MQTT 3.3.9)
        prompt >, our data, OK, result +QMTPUB within 15 s, the result 40 s later at most
        by its answer: ends well
        an error: goes on at 3
        silence: ends: the broker does not acknowledge (not_acknowledged)
   3  AT+QMTCONN?  (MQTT 3.3.4)
        OK within 0.3 s; once again after 300 ms
        an error: goes on at 4
   4  decides: ends: the session with the broker is gone (session_lost)"#;
const A7670_TOPIC: &str = r#"publish, topic
   1  decides: ends: there is no session, connect first (session_lost); or goes on
   2  AT+CMQTTTOPIC=0,<length of the topic>  (simcom-at 3)
        prompt >, our data, OK within 10 s
        an error: goes on at 6
   3  decides: ends well
   4  AT+CMQTTPUB=0,0,60  (simcom-at 3)
        OK, result +CMQTTPUB within 65 s, the result 65 s later at most
        an error or silence: goes on
   5  decides: goes on at 2
   6  AT+CMQTTDISC?  (simcom-at 3)
        information +CMQTTDISC, OK within 9 s; once again after 300 ms
        an error: goes on at 7
   7  decides: ends: the session with the broker is gone (session_lost)"#;
const SARA_R5_PUBLISH: &str = r#"publish
   1  decides: ends: there is no session, connect first (session_lost); or goes on
   2  AT+UMQTTC=9,<0|1>,0,"<topic>",<length>  (INT 5)
        prompt >, our data, OK, result +UUMQTTC: 9 or +UUMQTTC: 2 within 40 s, the result 120 s later at most
        by its answer: ends well
        an error: goes on at 4
        silence: ends: the broker does not acknowledge (not_acknowledged)
   3  AT+UMQTTER  (INT 5)
        information +UMQTTER, OK within 1 s
   4  AT+UMQTTC=8,1  (INT 5)
        OK within 15 s; once again after 300 ms
        an error: goes on at 6
   5  decides: goes on
   6  decides: ends: the session with the broker is gone (session_lost)"#;

#[test]
fn what_cannot_be_explained_is_told() {
    for (arguments, words) in [
        (&["--module", "bg95"][..], &["--path"][..]),
        (&["--path", "mqtt"], &["--module"]),
        (&["--module", "bg96x", "--path", "mqtt"], &["bg96x", "bg95", "sara-r410m"]),
        (&["--module", "bg95", "--path", "coap"], &["coap", "mqtt", "native"]),
        (
            &["--module", "sara-r5", "--path", "native"],
            &["sara-r5 over native is not there: its firmware has no login", "lena-r8 over tcp"],
        ),
        (&["--module", "bg95", "--path", "mqtt", "--port", "x"], &["--port"]),
    ] {
        let output = explain(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {told}");
        assert!(told.starts_with("error: ") && words.iter().all(|word| told.contains(word)), "{arguments:?}: {told}");
    }
}
