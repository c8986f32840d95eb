//! A module that logs in to the platform by itself: `aliauth` of BG95, A7670 and SIM7600, `AT+SMALIAUTH` and
//! `AT+SMALIDYNA` of SIM7080 (quectel-at 2.1, simcom-at 4). That the platform takes it, its stand-in says: the live tests
//! of the host program.

mod bench;
mod simcom;

use bench::{Bench, running};
use simcom::{ERROR, OK, acquired, lpwa, ok};
use wanlink_emulator::{NativeOptions, NativeSign, Options, Profile};

const TRIPLE: &str = "\"pk\",\"dn\",\"ds\"";
/// Of `clientIdiddeviceNamednproductKeypk` under `ds`, from `openssl dgst -sha1 -hmac`.
const SHA1: &str = "4784896d648ceedf02fd2e1dab6351bc62997397";

fn with(native: NativeOptions) -> Options {
    Options { native, ..running() }
}

fn absent() -> Options {
    with(NativeOptions { known: false, ..NativeOptions::default() })
}

/// Client id, user name and password of the last CONNECT.
fn login(bench: &Bench) -> [String; 3] {
    let packet = bench.broker.packets.iter().rfind(|packet| packet[0] == 0x10).expect("a CONNECT");
    // Behind the name of the protocol: its level, flags, and the keep-alive.
    let (flags, mut rest) = (packet[4 + usize::from(packet[2])], &packet[7 + usize::from(packet[2])..]);
    assert_eq!(flags & 0xc0, 0xc0, "user name and password are there");
    [(); 3].map(|()| {
        let length = usize::from(rest[0]) << 8 | usize::from(rest[1]);
        let (text, more) = rest[2..].split_at(length);
        rest = more;
        String::from_utf8(text.to_vec()).unwrap()
    })
}

/// The client of the model is about to connect, with the client id `id` where one is typed.
fn ready(profile: &'static Profile, options: Options) -> Bench {
    match profile.name {
        "bg95" => Bench::open(options),
        "sim7080" => {
            let mut bench = lpwa(profile, options);
            ok(&mut bench, "AT+SMCONF=\"URL\",\"broker\",1883");
            bench
        }
        _ => acquired(profile, options),
    }
}

#[test]
fn a_bg95_signs_for_the_client_id_that_is_typed() {
    let mut bench = Bench::online(running());
    assert_eq!(bench.send("AT+QMTCFG=\"aliauth\",0"), "\r\n+QMTCFG: \"aliauth\",\"\",\"\",\"\"\r\n\r\nOK\r\n");
    ok(&mut bench, &format!("AT+QMTCFG=\"aliauth\",0,{TRIPLE}"));
    assert_eq!(bench.send("AT+QMTCFG=\"ALIAUTH\",0"), format!("\r\n+QMTCFG: \"aliauth\",{TRIPLE}\r\n\r\nOK\r\n"));
    assert!(bench.send("AT+QMTOPEN=0,\"broker\",1883").ends_with("+QMTOPEN: 0,0\r\n"));
    assert_eq!(bench.send("AT+QMTCONN=0,\"id\""), "\r\nOK\r\n\r\n+QMTCONN: 0,0,0\r\n");
    assert_eq!(login(&bench), ["id|securemode=3,signmethod=hmacsha1|", "dn&pk", SHA1]);
}

#[test]
fn family_1_signs_for_the_client_id_that_was_acquired() {
    for profile in [Profile::a7670(), Profile::sim7600()] {
        let mut bench = ready(profile, running());
        ok(&mut bench, &format!("AT+CMQTTCFG=\"aliauth\",0,{TRIPLE}"));
        let connect = "AT+CMQTTCONNECT=0,\"tcp://broker:1883\",60,1";
        assert_eq!(bench.send(connect), "\r\nOK\r\n\r\n+CMQTTCONNECT: 0,0\r\n");
        assert_eq!(login(&bench), ["id|securemode=3,signmethod=hmacsha1|", "dn&pk", SHA1]);
        // "Cleared by REL."
        bench.send("AT+CMQTTDISC=0,120");
        ok(&mut bench, "AT+CMQTTREL=0");
        ok(&mut bench, "AT+CMQTTACCQ=0,\"id\",0");
        assert!(bench.send(&format!("{connect},\"u\",\"p\"")).ends_with("+CMQTTCONNECT: 0,0\r\n"));
        assert_eq!(login(&bench), ["id", "u", "p"]);
    }
}

/// "SMCONF URL; SMALIAUTH; SMCONN": the client id is the module's own.
#[test]
fn a_sim7080_needs_no_client_id() {
    let mut bench = ready(Profile::sim7080(), running());
    assert_eq!(bench.send("AT+SMCONN"), ERROR);
    ok(&mut bench, &format!("AT+SMALIAUTH={TRIPLE}"));
    assert_eq!(
        bench.send("AT+SMALIAUTH?"),
        "\r\n+SMALIAUTH:\r\nProduct Key: \"pk\"\r\nDevice Name: \"dn\"\r\nDevice Secret: \"ds\"\r\n\r\nOK\r\n"
    );
    assert_eq!(bench.until("AT+SMCONN", "OK\r\n"), OK);
    let [client_id, user, password] = login(&bench);
    assert_eq!((client_id.as_str(), user.as_str()), ("pk.dn|securemode=3,signmethod=hmacsha1|", "dn&pk"));
    assert_eq!(password.len(), 40);
    // What is typed afterwards counts.
    ok(&mut bench, "AT+SMDISC");
    for value in ["\"CLIENTID\",\"id\"", "\"USERNAME\",\"u\"", "\"PASSWORD\",\"p\""] {
        ok(&mut bench, &format!("AT+SMCONF={value}"));
    }
    assert_eq!(bench.until("AT+SMCONN", "OK\r\n"), OK);
    assert_eq!(login(&bench), ["id", "u", "p"]);
}

#[test]
fn a_sim7080_registers_with_the_secret_of_its_product() {
    let mut bench = ready(Profile::sim7080(), running());
    ok(&mut bench, &format!("AT+SMALIDYNA={TRIPLE}"));
    assert_eq!(bench.until("AT+SMCONN", "OK\r\n"), OK);
    let [client_id, user, _] = login(&bench);
    let random = client_id.strip_prefix("pk.dn|securemode=-2,authType=regnwl,random=").unwrap();
    assert!(random.trim_end_matches(",signmethod=hmacsha1|").parse::<u32>().is_ok(), "{client_id}");
    assert_eq!(user, "dn&pk");
}

/// "Treat as an optional feature behind a capability probe."
#[test]
fn a_firmware_without_it_does_not_list_it() {
    for (profile, probe, set) in [
        (Profile::bg95(), "AT+QMTCFG=?", "AT+QMTCFG=\"aliauth\",1"),
        (Profile::a7670(), "AT+CMQTTCFG=?", "AT+CMQTTCFG=\"aliauth\",0"),
        (Profile::sim7600(), "AT+CMQTTCFG=?", "AT+CMQTTCFG=\"aliauth\",0"),
    ] {
        let set = format!("{set},{TRIPLE}");
        let mut bench = ready(profile, running());
        assert!(bench.send(probe).contains(": \"aliauth\",(0-"), "{}", profile.name);
        assert_eq!(bench.send(&set), OK, "{}", profile.name);
        let mut bench = ready(profile, absent());
        assert!(!bench.send(probe).contains("aliauth"), "{}", profile.name);
        assert_eq!(bench.send(&set), ERROR, "{}", profile.name);
    }
    for name in ["SMALIAUTH", "SMALIDYNA"] {
        let mut bench = ready(Profile::sim7080(), running());
        assert!(bench.send(&format!("AT+{name}=?")).ends_with(OK));
        let mut bench = ready(Profile::sim7080(), absent());
        for form in ["=?", &format!("={TRIPLE}"), "?"] {
            assert_eq!(bench.send(&format!("AT+{name}{form}")), ERROR);
        }
    }
}

/// "Setting aliauth and also passing user/password: undefined."
#[test]
fn a_login_beside_it_is_refused_or_in_vain() {
    for login_beside_is_error in [true, false] {
        let options = || with(NativeOptions { login_beside_is_error, ..NativeOptions::default() });
        let mut bench = Bench::online(options());
        ok(&mut bench, &format!("AT+QMTCFG=\"aliauth\",0,{TRIPLE}"));
        bench.send("AT+QMTOPEN=0,\"broker\",1883");
        let answer = bench.send("AT+QMTCONN=0,\"id\",\"u\",\"p\"");
        assert_eq!(answer == ERROR, login_beside_is_error, "{answer}");
        let mut of_simcom = ready(Profile::a7670(), options());
        ok(&mut of_simcom, &format!("AT+CMQTTCFG=\"aliauth\",0,{TRIPLE}"));
        let answer = of_simcom.send("AT+CMQTTCONNECT=0,\"tcp://broker:1883\",60,1,\"u\",\"p\"");
        assert_eq!(answer == "\r\n+CMQTTCONNECT: 0,12\r\n\r\nERROR\r\n", login_beside_is_error, "{answer}");
        if !login_beside_is_error {
            assert_eq!([login(&bench)[2].as_str(), login(&of_simcom)[2].as_str()], [SHA1, SHA1]);
        }
    }
}

#[test]
fn the_method_is_told() {
    for (sign, name, length) in [
        (NativeSign::HmacMd5, "hmacmd5", 32),
        (NativeSign::HmacSha1, "hmacsha1", 40),
        (NativeSign::HmacSha256, "hmacsha256", 64),
    ] {
        let mut bench = ready(Profile::a7670(), with(NativeOptions { sign, ..NativeOptions::default() }));
        ok(&mut bench, &format!("AT+CMQTTCFG=\"aliauth\",0,{TRIPLE}"));
        bench.send("AT+CMQTTCONNECT=0,\"tcp://broker:1883\",60,1");
        let [client_id, _, password] = login(&bench);
        assert!(client_id.ends_with(&format!("signmethod={name}|")) && password.len() == length, "{client_id}");
    }
}

/// "Lost on reboot", as every setting of the clients.
#[test]
fn a_restart_forgets_it() {
    let mut bench = ready(Profile::sim7080(), running());
    ok(&mut bench, &format!("AT+SMALIAUTH={TRIPLE}"));
    bench.emulator.reset();
    bench.wait(10_000_000);
    bench.send("ATE0");
    assert!(bench.send("AT+SMALIAUTH?").contains("Device Secret: \"\""));
}
