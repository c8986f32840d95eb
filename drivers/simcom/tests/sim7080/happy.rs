//! The whole way, byte for byte.

use wanlink_core::{Module, MqttAt, Progress, Qos, Signal};
use wanlink_simcom::{Sim7000, Sim7080};

use crate::bench::{
    APN, Bench, SECURE_LOGIN, Tested, UP, attach, pass_ms, published, running, secure_broker, whole_way,
};

const START: [&str; 13] = [
    "ATV1Q0",
    "AT+CMEE?",
    "ATE0V1Q0",
    "AT+CMEE?",
    "AT+CMEE=1",
    "AT+IPR?",
    "AT+CLTS?",
    "ATE1",
    "AT+IPR=115200",
    "AT+CMEE?",
    "AT+CLTS=1",
    "AT&W",
    "",
];

fn up_to_the_clock<M: Tested>(names: (&str, &str), reboot: &str, network: &str) {
    let mut bench = Bench::<M>::new(running());
    bench.run(async |modem, scene| {
        let mut progress = Vec::new();
        modem.start().await.unwrap();
        modem.attach(&APN, &mut |step| progress.push(step)).await.unwrap();
        use Progress::{ContextUp, Registered, Searching, SimReady};
        assert_eq!(progress, [SimReady, Searching, Registered { roaming: false }, ContextUp]);
        let info = modem.describe().await.unwrap();
        assert_eq!((info.model(), info.firmware()), names);
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
        assert_eq!(modem.signal().await, Ok(Signal { rssi_dbm: Some(-65) }));
        assert!(modem.clock().await.unwrap().unwrap().as_secs() > 1_700_000_000);
        modem.stop().await.unwrap();
        pass_ms(5_000).await;
        assert!(!scene.borrow().module.is_on());
    });
    let sent = bench.sent();
    let mut expected = START;
    expected[12] = reboot;
    assert_eq!(sent[..13], expected);
    let again = sent.iter().rposition(|line| line == "ATE0V1Q0").unwrap();
    let settings = "ATE0V1Q0 AT+CMEE? AT+CMEE=1 AT+IPR? AT+CLTS? AT+CSCLK=0 AT+CEREG=2 AT+CGREG=2 AT+SMDISC AT+CPIN?";
    assert_eq!(sent[again..again + 10].join(" "), settings);
    let apn = sent.iter().position(|line| line == "AT+CGDCONT?").unwrap();
    assert_eq!(sent[apn..].join(" "), format!("{network} AT+CGMM AT+CGMR AT+CGSN AT+CCID AT+CSQ AT+CCLK? AT+CPOWD=1"));
}

#[test]
fn from_start_to_stop_sim7080() {
    up_to_the_clock::<Sim7080>(
        ("SIM7080", "1951B16SIM7080"),
        "AT+CREBOOT",
        "AT+CGDCONT? AT+CFUN=4 AT+CGDCONT=1,\"IP\",\"cmiot\" AT+CFUN=1 AT+CEREG? AT+CGREG? AT+CNACT? \
         AT+CNCFG=0,1,\"cmiot\" AT+CNACT=0,1 AT+CNACT?",
    );
}

#[test]
fn from_start_to_stop_sim7000() {
    up_to_the_clock::<Sim7000>(
        ("SIM7000G", "1529B11SIM7000G"),
        "AT+CFUN=1,1",
        "AT+CGDCONT? AT+CFUN=4 AT+CGDCONT=1,\"IP\",\"cmiot\" AT+CGDCONT=13,\"IP\",\"cmiot\" \
         AT+CGDCONT=14,\"IP\",\"cmiot\" AT+CFUN=1 AT+CEREG? AT+CGREG? AT+CNACT? AT+CNACT=1,\"cmiot\" AT+CNACT?",
    );
}

#[test]
fn a_session_byte_for_byte() {
    let mut bench = Bench::<Sim7080>::new(running());
    bench.run(async |modem, scene| whole_way(modem, scene).await);
    let sent = bench.sent();
    let begin = sent.iter().position(|line| line.starts_with("AT+SMCONF")).unwrap();
    let expected = [
        "AT+SMCONF=\"URL\",\"pk.iot-as-mqtt.cn-shanghai.aliyuncs.com\",1883",
        "AT+SMCONF=\"CLIENTID\",\"12345|securemode=3,signmethod=hmacsha256|\"",
        "AT+SMCONF=\"USERNAME\",\"device&pk\"",
        "AT+SMCONF=\"PASSWORD\",\"***\"",
        "AT+SMCONF=\"KEEPTIME\",300",
        "AT+SMCONF=\"CLEANSS\",1",
        "AT+SMCONF=\"SUBHEX\",1",
        "AT+SMCONF=\"ASYNCMODE\",0",
        "AT+SMPUBHEX=0",
        "AT+SMSSL=0,\"\",\"\"",
        "AT+SMCONN",
        "AT+CGMM",
    ];
    println!("{:#?}", &sent[begin..]);
    for (line, expected) in sent[begin..].iter().zip(expected) {
        assert_eq!(line, expected);
    }
}

#[test]
fn inside_tls() {
    let mut bench = Bench::<Sim7080>::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.connect(&secure_broker(), &SECURE_LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
    });
    println!("{:#?}", bench.sent());
}
