//! What SIMCom's modules refuse: for each command a wrong form, a wrong state, a wrong order, a broken limit, where
//! there is one.

mod bench;
#[path = "simcom_refusals/common.rs"]
mod common;
#[path = "simcom_refusals/lpwa_net.rs"]
mod lpwa_net;
#[path = "simcom_refusals/lpwa.rs"]
mod lpwa_table;
#[path = "simcom_refusals/mqtt.rs"]
mod mqtt;
#[path = "simcom_refusals/net.rs"]
mod net;
#[path = "simcom_refusals/scene.rs"]
mod scene;
mod simcom;

use std::collections::BTreeMap;

use bench::{Bench, SECOND, running};
use scene::{After, bench};
use simcom::{ERROR as REFUSED, OK, acquired, sm_connected, sm_ready};
use wanlink_emulator::Profile;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Form,
    State,
    Order,
    Limit,
}

const ERROR: &str = "ERROR";

/// What was before, the command, the answer, what is wrong.
type Refusal = (After, &'static str, &'static str, Kind);

/// Each table, and the models that it is for.
fn tables() -> [(&'static [Refusal], Vec<&'static Profile>); 8] {
    let (a7670, sim7600) = (Profile::a7670(), Profile::sim7600());
    let (sim7080, sim7000) = (Profile::sim7080(), Profile::sim7000());
    [
        (common::ALL, vec![a7670, sim7600, sim7080, sim7000]),
        (common::FAMILY_1, vec![a7670, sim7600]),
        (mqtt::TABLE, vec![a7670, sim7600]),
        (mqtt::A7670, vec![a7670]),
        (mqtt::SIM7600, vec![sim7600]),
        (net::TABLE, vec![a7670, sim7600]),
        (lpwa_table::TABLE, vec![sim7080]),
        (lpwa_net::TABLE, vec![sim7000]),
    ]
}

#[test]
fn every_refusal_of_the_tables() {
    let mut counts: BTreeMap<(&str, Kind), usize> = BTreeMap::new();
    for (table, profiles) in tables() {
        for profile in profiles {
            for &(after, command, answer, kind) in table {
                let mut bench = bench(profile, after);
                bench.raw(format!("{command}\r").as_bytes());
                let expected: String = answer.split('|').map(|line| format!("\r\n{line}\r\n")).collect();
                // Blocking commands answer within three seconds.
                let name = profile.name;
                assert_eq!(bench.wait(3 * SECOND), expected, "{name}, {kind:?}: {command} after {after:?}");
                *counts.entry((name, kind)).or_default() += 1;
            }
        }
    }
    println!("{} refusals: {counts:?}", counts.values().sum::<usize>());
}

#[test]
fn every_command_that_is_known_has_a_refusal() {
    for profile in [Profile::a7670(), Profile::sim7600(), Profile::sim7080(), Profile::sim7000()] {
        for name in Bench::of(profile, running()).emulator.commands() {
            let named = |command: &str| {
                let rest = command.strip_prefix(&name)?.chars().next();
                Some(rest.is_none_or(|next| !next.is_ascii_alphabetic()))
            };
            let of_model = |profiles: &[&Profile]| profiles.iter().any(|other| other.name == profile.name);
            let lines = tables().into_iter().filter(|table| of_model(&table.1)).flat_map(|table| table.0);
            assert!(
                lines.into_iter().any(|entry| named(entry.1) == Some(true)),
                "{}: {name} has no line in the tables",
                profile.name
            );
        }
    }
}

/// Texts, and the limit of each: so many bytes are taken, one more is not.
#[test]
fn texts_have_limits() {
    let long = |count: usize| "x".repeat(count);
    type Text = (fn() -> Bench, fn(String) -> String, usize, &'static str);
    let cases: [Text; 12] = [
        (|| simcom::started(Profile::a7670(), running()), |text| format!("AT+CMQTTACCQ=0,\"{text}\""), 128, OK),
        (|| acquired(Profile::a7670(), running()), |text| format!("AT+CMQTTCONNECT=0,\"tcp://{text}\",60,1"), 250, OK),
        (
            || acquired(Profile::a7670(), running()),
            |text| format!("AT+CMQTTCONNECT=0,\"tcp://host\",60,1,\"{text}\""),
            256,
            OK,
        ),
        (
            || acquired(Profile::a7670(), running()),
            |text| format!("AT+CMQTTCONNECT=0,\"tcp://host\",60,1,\"u\",\"{text}\""),
            256,
            OK,
        ),
        (|| Bench::quiet_of(Profile::a7670(), running()), |text| format!("AT+CGAUTH=1,1,\"{text}\",\"u\""), 127, OK),
        (
            || Bench::quiet_of(Profile::a7670(), running()),
            |text| format!("AT+CSSLCFG=\"cacert\",0,\"{text}.pem\""),
            104,
            OK,
        ),
        (
            || Bench::quiet_of(Profile::sim7600(), running()),
            |text| format!("AT+CSSLCFG=\"cacert\",0,\"{text}.pem\""),
            124,
            OK,
        ),
        (|| sm_ready(running()), |text| format!("AT+SMCONF=\"CLIENTID\",\"{text}\""), 128, OK),
        (|| sm_connected(running()), |text| format!("AT+SMSUB=\"{text}\",1"), 128, OK),
        (|| sm_connected(running()), |text| format!("AT+SMUNSUB=\"{text}\""), 128, OK),
        (|| sm_ready(running()), |text| format!("AT+SHSSL=1,\"{text}\""), 20, OK),
        (|| sm_ready(running()), |text| format!("AT+CAOPEN=0,0,\"TCP\",\"{text}\",1"), 64, "\r\n+CAOPEN: 0,0\r\n"),
    ];
    for (before, command, most, good) in cases {
        let answer = before().until(&command(long(most)), "\n");
        assert!(answer.starts_with(good) || good.starts_with(&answer), "{most} of {}: {answer}", command("..".into()));
        assert_eq!(before().send(&command(long(most + 1))), REFUSED, "{}", command("..".into()));
    }
}
