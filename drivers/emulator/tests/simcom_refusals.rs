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
mod refusals;
#[path = "simcom_refusals/scene.rs"]
mod scene;
mod simcom;

use bench::{Bench, running};
use refusals::{ERROR, Kind, assert_covered, commands, try_all};
use scene::{After, bench};
use simcom::{ERROR as REFUSED, OK, acquired, sm_connected, sm_ready};
use wanlink_emulator::Profile;

type Refusal = refusals::Refusal<After>;

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
    for (table, profiles) in tables() {
        for profile in profiles {
            try_all(profile.name, table, |after| bench(profile, after));
        }
    }
}

#[test]
fn every_command_that_is_known_has_a_refusal() {
    for profile in [Profile::a7670(), Profile::sim7600(), Profile::sim7080(), Profile::sim7000()] {
        let of_model = |profiles: &[&Profile]| profiles.iter().any(|other| other.name == profile.name);
        let tables = tables().into_iter().filter(|table| of_model(&table.1));
        let refused: Vec<_> = tables.flat_map(|table| commands(table.0)).collect();
        assert_covered(&bench(profile, After::Start), &refused);
    }
}

/// Texts, and the limit of each: so many bytes are taken, one more is not.
#[test]
fn texts_have_limits() {
    let long = |count: usize| "x".repeat(count);
    type Text = (fn() -> Bench, fn(String) -> String, usize, &'static str);
    let cases: [Text; 15] = [
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
        (|| sm_ready(running()), |text| format!("AT+SMALIAUTH=\"{text}\",\"dn\",\"ds\""), 20, OK),
        (|| sm_ready(running()), |text| format!("AT+SMALIAUTH=\"pk\",\"{text}\",\"ds\""), 32, OK),
        (|| sm_ready(running()), |text| format!("AT+SMALIDYNA=\"pk\",\"dn\",\"{text}\""), 24, OK),
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
