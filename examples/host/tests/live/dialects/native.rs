//! Modules that log in to the platform by themselves (quectel-at 2.1, 9.2; simcom-at 4): what they compute, the platform's
//! stand-in checks.

use serde_json::Value;

use super::{Login, Scene, simcom, simcom_lpwa, topic};
use crate::program::{KEY, NAME, PRODUCT_SECRET, Platform, SECRET};

/// The platform let the device in, and took what it sent.
fn assert_let_in(scene: Scene) {
    let told = scene.told();
    assert!(told.contains(&format!("<- {NAME}&{KEY}  CONNACK")), "{told}");
    assert!(told.contains(&format!("{}: hello", topic("update"))), "{told}");
    assert!(!told.contains("refused"), "{told}");
}

#[test]
fn of_quectel() {
    let (mut scene, login) = (Scene::new("bg95"), Login::over_tls());
    scene.ask("AT+QICSGP=1,1,\"cmiot\",\"\",\"\",0", "OK");
    scene.ask("AT+QIACT=1", "OK");
    scene.ask(&format!("AT+QMTCFG=\"aliauth\",0,\"{KEY}\",\"{NAME}\",\"{SECRET}\""), "OK");
    scene.ask(&format!("AT+QMTOPEN=0,\"{}\",1883", login.host), "OK|+QMTOPEN: 0,0");
    scene.ask(&format!("AT+QMTCONN=0,\"{NAME}\""), "OK|+QMTCONN: 0,0,0");
    let publish = format!("AT+QMTPUB=0,2,1,0,\"{}\",5", topic("update"));
    scene.enter(&publish, "> ", "hello", "OK|+QMTPUB: 0,2,0");
    scene.ask("AT+QMTDISC=0", "OK|+QMTDISC: 0,0");
    assert_let_in(scene);
}

#[test]
fn of_family_1_in_tls() {
    let login = Login::over_tls();
    for (model, started) in [("a7670", "OK|+CMQTTSTART: 0"), ("sim7600", "+CMQTTSTART: 0|OK")] {
        let mut scene = Scene::new(model);
        simcom::trust(&mut scene);
        scene.ask("AT+CMQTTSTART", started);
        scene.ask(&format!("AT+CMQTTACCQ=0,\"{NAME}\",1"), "OK");
        scene.ask(&format!("AT+CMQTTCFG=\"aliauth\",0,\"{KEY}\",\"{NAME}\",\"{SECRET}\""), "OK");
        let connect = format!("AT+CMQTTCONNECT=0,\"tcp://{}:8883\",300,1", login.host);
        scene.ask(&connect, "OK|+CMQTTCONNECT: 0,0");
        let update = topic("update");
        scene.enter(&format!("AT+CMQTTTOPIC=0,{}", update.len()), ">", &update, "OK");
        scene.enter("AT+CMQTTPAYLOAD=0,5", ">", "hello", "OK");
        scene.ask("AT+CMQTTPUB=0,1,60", "OK|+CMQTTPUB: 0,0");
        assert_let_in(scene);
    }
}

/// "CNACT; `AT+SMCONF="URL"`; SMALIAUTH; `AT+SMCONN` -> OK".
#[test]
fn of_a_sim7080() {
    let (mut scene, login) = (simcom_lpwa::online(Scene::new("sim7080")), Login::over_tls());
    scene.ask(&format!("AT+SMCONF=\"URL\",\"{}\",1883", login.host), "OK");
    scene.ask(&format!("AT+SMALIAUTH=\"{KEY}\",\"{NAME}\",\"{SECRET}\""), "OK");
    scene.ask("AT+SMCONN", "OK");
    scene.enter(&format!("AT+SMPUB=\"{}\",5,1,0", topic("update")), "> ", "hello", "OK");
    assert_let_in(scene);
}

/// A device that nobody named before registers with its product's secret, and logs in with the token that it gets.
#[test]
fn a_sim7080_registers() {
    let platform = Platform::start_with(&["--no-limits", "--registration", "open"]);
    let mut scene = simcom_lpwa::online(Scene::before("sim7080", platform));
    let host = Login::over_tls().host;
    simcom_lpwa::trust(&mut scene, 0, &host);
    scene.ask("AT+SMSSL=1,\"ca.crt\",\"\"", "OK");
    scene.ask(&format!("AT+SMCONF=\"URL\",\"{host}\",8883"), "OK");
    scene.ask(&format!("AT+SMALIDYNA=\"{KEY}\",\"meter-0099\",\"{PRODUCT_SECRET}\""), "OK");
    scene.ask("AT+SMCONN", "OK");
    scene.terminal.hear(b"\r\n+SMSUB: /ext/regnwl,");
    let pushed: Value = serde_json::from_str(scene.terminal.hear_until("\r\n").trim()).unwrap();
    let text = |name: &str| pushed[name].as_str().unwrap();
    scene.ask("AT+SMDISC", "OK");
    let client_id = format!("{}|securemode=-2,authType=connwl|", text("clientId"));
    scene.ask(&format!("AT+SMCONF=\"CLIENTID\",\"{client_id}\""), "OK");
    scene.ask(&format!("AT+SMCONF=\"USERNAME\",\"meter-0099&{KEY}\""), "OK");
    scene.ask(&format!("AT+SMCONF=\"PASSWORD\",\"{}\"", text("deviceToken")), "OK");
    scene.ask("AT+SMCONN", "OK");
    scene.ask("AT+SMDISC", "OK");
    let told = scene.told();
    assert_eq!(told.matches(&format!("<- meter-0099&{KEY}  CONNACK")).count(), 2, "{told}");
    assert!(!told.contains(PRODUCT_SECRET) && !told.contains("refused"), "{told}");
}
