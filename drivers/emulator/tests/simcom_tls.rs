//! TLS: certificates, contexts, real handshakes (simcom-at 3, 5, 8).

#[path = "tls/authority.rs"]
mod authority;
mod bench;
#[path = "tls/server.rs"]
mod server;
mod simcom;

use authority::Authority;
use bench::{Bench, SECOND, running};
use rustls::version::{TLS12, TLS13};
use server::Server;
use simcom::{ERROR, OK, enter, ok, sm_ready, started, with};
use wanlink_emulator::{Profile, SimcomOptions, TlsFailure};

const HOST: &str = "broker.example";
const NOW: (i32, i32) = (2025, 2030);
const CONNECT: &str = "AT+CMQTTCONNECT=0,\"tcp://broker.example:8883\",60,1,\"u\",\"p\"";

/// A module with this root as `ca.pem` in front of a server with TLS, careful settings in context 0, client 0 acquired.
fn scene(
    profile: &'static Profile,
    simcom: SimcomOptions,
    root: &str,
    host: &str,
    years: (i32, i32),
    of: &Authority,
) -> Bench {
    let mut bench = started(profile, with(simcom));
    let (server, _) = Server::new(&of.leaf(host, years), &[&TLS12, &TLS13], None);
    bench.broker.front = Some(Box::new(server));
    assert_eq!(enter(&mut bench, &format!("AT+CCERTDOWN=\"ca.pem\",{}", root.len()), root.as_bytes()), OK);
    assert_eq!(bench.send("AT+CCERTLIST"), "\r\n+CCERTLIST: \"ca.pem\"\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+CCLK=\"26/11/22,12:00:00+00\"");
    for value in ["\"sslversion\",0,3", "\"authmode\",0,1", "\"cacert\",0,\"ca.pem\"", "\"enableSNI\",0,1"] {
        ok(&mut bench, &format!("AT+CSSLCFG={value}"));
    }
    ok(&mut bench, "AT+CMQTTACCQ=0,\"id\",1");
    ok(&mut bench, "AT+CMQTTSSLCFG=0,0");
    bench
}

fn failure(bench: &Bench) -> Option<TlsFailure> {
    bench.emulator.tls_failure().cloned()
}

#[test]
fn a_session_over_tls_on_both_models() {
    for profile in [Profile::a7670(), Profile::sim7600()] {
        let authority = Authority::new();
        let mut bench = scene(profile, SimcomOptions::default(), &authority.pem, HOST, NOW, &authority);
        assert_eq!(bench.send("AT+CSSLCFG=0"), "\r\n+CSSLCFG: 0,3,1,1,300,\"ca.pem\",\"\",\"\",\"\",1\r\n\r\nOK\r\n");
        assert!(bench.until(CONNECT, "+CMQTTCONNECT").ends_with("\r\n+CMQTTCONNECT: 0,0\r\n"));
        assert_eq!(failure(&bench), None);
        assert!(bench.emulator.mqtt(0).unwrap().tls);
        assert_eq!(enter(&mut bench, "AT+CMQTTTOPIC=0,1", b"t"), OK);
        assert_eq!(enter(&mut bench, "AT+CMQTTPAYLOAD=0,1", b"x"), OK);
        assert_eq!(bench.send("AT+CMQTTPUB=0,1,60"), "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n");
    }
}

#[test]
fn an_untouched_context_reads_as_in_the_manual() {
    let mut bench = Bench::quiet_of(Profile::a7670(), running());
    assert_eq!(bench.send("AT+CSSLCFG=6"), "\r\n+CSSLCFG: 6,4,0,1,300,\"\",\"\",\"\",\"\",0\r\n\r\nOK\r\n");
}

#[test]
fn what_is_wrong_with_a_certificate_is_one_code() {
    let authority = Authority::new();
    for (root, host, years, expected) in [
        (Authority::new().pem, HOST, NOW, TlsFailure::UnknownIssuer),
        (authority.pem.clone(), "other.example", NOW, TlsFailure::WrongName),
        (authority.pem.clone(), HOST, (2020, 2021), TlsFailure::Expired),
        (authority.pem[..400].to_owned(), HOST, NOW, TlsFailure::BadRoots),
    ] {
        for tls_failure in [32, 34] {
            let simcom = SimcomOptions { tls_failure, ..SimcomOptions::default() };
            let mut bench = scene(Profile::a7670(), simcom, &root, host, years, &authority);
            ok(&mut bench, "AT+CSSLCFG=\"ignorelocaltime\",0,0");
            let answer = bench.until(CONNECT, "+CMQTTCONNECT");
            assert_eq!(answer, format!("\r\nOK\r\n\r\n+CMQTTCONNECT: 0,{tls_failure}\r\n"));
            assert_eq!(failure(&bench).as_ref(), Some(&expected));
        }
    }
}

#[test]
fn names_are_checked_only_where_the_option_says_so() {
    let authority = Authority::new();
    let simcom = SimcomOptions { checks_name: false, ..SimcomOptions::default() };
    let mut bench = scene(Profile::a7670(), simcom, &authority.pem, "other.example", NOW, &authority);
    assert!(bench.until(CONNECT, "+CMQTTCONNECT").ends_with(": 0,0\r\n"));
}

/// "With authmode 1/2 the platform's root must be in the CA file; authmode 0 encrypts without checking the server."
#[test]
fn without_a_root_it_is_33_and_without_authmode_all_is_good() {
    let authority = Authority::new();
    let mut bench = scene(Profile::a7670(), SimcomOptions::default(), &authority.pem, "other.example", NOW, &authority);
    ok(&mut bench, "AT+CCERTDELE=\"ca.pem\"");
    assert_eq!(bench.send("AT+CCERTDELE=\"ca.pem\""), ERROR);
    assert!(bench.until(CONNECT, "+CMQTTCONNECT").ends_with(": 0,33\r\n"));
    assert_eq!(failure(&bench), Some(TlsFailure::FileMissing("ca.pem".into())));
    ok(&mut bench, "AT+CSSLCFG=\"authmode\",0,0");
    assert!(bench.until(CONNECT, "+CMQTTCONNECT").ends_with(": 0,0\r\n"));
}

/// "cleared by a failed CONNECT and by DISC. Default ctx = client index".
#[test]
fn the_context_of_a_client_is_forgotten() {
    let authority = Authority::new();
    let mut bench = scene(Profile::a7670(), SimcomOptions::default(), &authority.pem, HOST, NOW, &authority);
    ok(&mut bench, "AT+CMQTTSSLCFG=0,7");
    assert_eq!(bench.send("AT+CMQTTSSLCFG?"), "\r\n+CMQTTSSLCFG: 0,7\r\n+CMQTTSSLCFG: 1,1\r\n\r\nOK\r\n");
    // Context 7 trusts everyone.
    assert!(bench.until(CONNECT, "+CMQTTCONNECT").ends_with(": 0,0\r\n"));
    assert!(bench.send("AT+CMQTTDISC=0,60").ends_with("\r\n+CMQTTDISC: 0,0\r\n"));
    assert_eq!(bench.send("AT+CMQTTSSLCFG?"), "\r\n+CMQTTSSLCFG: 0,0\r\n+CMQTTSSLCFG: 1,1\r\n\r\nOK\r\n");
}

#[test]
fn certificates_survive_a_restart_and_contexts_do_not() {
    let authority = Authority::new();
    let mut bench = scene(Profile::a7670(), SimcomOptions::default(), &authority.pem, HOST, NOW, &authority);
    bench.emulator.reset();
    bench.wait(30 * SECOND);
    bench.send("ATE0");
    assert_eq!(bench.send("AT+CCERTLIST"), "\r\n+CCERTLIST: \"ca.pem\"\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CSSLCFG=0"), "\r\n+CSSLCFG: 0,4,0,1,300,\"\",\"\",\"\",\"\",0\r\n\r\nOK\r\n");
    assert_eq!(bench.emulator.file("ca.pem"), Some(authority.pem.as_bytes()));
}

/// "With authmode 1/2 the platform's root must be in the CA file", also for sockets and HTTP.
#[test]
fn sessions_and_requests_over_tls() {
    let authority = Authority::new();
    for (host, open, status) in [(HOST, 0, 704), ("other.example", 15, 715)] {
        let mut bench = scene(Profile::a7670(), SimcomOptions::default(), &authority.pem, host, NOW, &authority);
        bench.broker.raw = true;
        ok(&mut bench, "AT+CCHSET=1,1");
        assert!(bench.until("AT+CCHSTART", "+CCHSTART").ends_with(": 0\r\n"));
        ok(&mut bench, "AT+CCHSSLCFG=0,0");
        let answer = bench.until("AT+CCHOPEN=0,\"broker.example\",443,2", "+CCHOPEN");
        assert!(answer.ends_with(&format!(": 0,{open}\r\n")), "{answer}");
        if open == 0 {
            assert_eq!(enter(&mut bench, "AT+CCHSEND=0,2", b"hi"), "\r\nOK\r\n\r\n+CCHSEND: 0,0\r\n");
            assert_eq!(bench.broker.plain, b"hi");
        } else {
            assert_eq!(failure(&bench), Some(TlsFailure::WrongName));
        }
        ok(&mut bench, "AT+HTTPINIT");
        ok(&mut bench, "AT+HTTPPARA=\"SSLCFG\",0");
        ok(&mut bench, "AT+HTTPPARA=\"URL\",\"https://broker.example/auth\"");
        let mut answer = bench.send("AT+HTTPACTION=0");
        // The request is out, and nobody answers it.
        bench.emulator.kill_tcp();
        answer += &bench.wait(SECOND);
        assert!(answer.contains(&format!("\r\n+HTTPACTION: 0,{status},0\r\n")), "{answer}");
    }
}

/// A SIM7080 with this root converted, and careful settings in context 0, which MQTT, HTTP and socket 0 use.
fn lpwa_scene(simcom: SimcomOptions, root: &str, host: &str, years: (i32, i32), of: &Authority) -> Bench {
    let mut bench = sm_ready(with(simcom));
    let (server, _) = Server::new(&of.leaf(host, years), &[&TLS12, &TLS13], None);
    bench.broker.front = Some(Box::new(server));
    ok(&mut bench, "AT+CFSINIT");
    let command = format!("AT+CFSWFILE=3,\"ca.crt\",0,{},10000", root.len());
    assert_eq!(bench.send(&command), "\r\nDOWNLOAD\r\n");
    bench.raw(root.as_bytes());
    assert_eq!(bench.wait(SECOND), OK);
    ok(&mut bench, "AT+CFSTERM");
    for value in ["\"sslversion\",0,3", "\"sni\",0,\"broker.example\"", "\"convert\",2,\"ca.crt\""] {
        ok(&mut bench, &format!("AT+CSSLCFG={value}"));
    }
    ok(&mut bench, "AT+SMCONF=\"URL\",\"192.0.2.7\",8883");
    ok(&mut bench, "AT+SMSSL=1,\"ca.crt\",\"\"");
    for value in ["\"SSL\",1", "\"CRINDEX\",0", "\"CACERT\",\"ca.crt\""] {
        ok(&mut bench, &format!("AT+CASSLCFG=0,{value}"));
    }
    bench
}

/// "24 certificate expired, 25 CN mismatch" (7.3); SMCONN says nothing but ERROR (5).
#[test]
fn family_2_checks_chain_name_and_date() {
    let authority = Authority::new();
    for (root, host, years, clock, expected, code) in [
        (authority.pem.clone(), HOST, NOW, true, None, 0),
        (Authority::new().pem, HOST, NOW, true, Some(TlsFailure::UnknownIssuer), 27),
        (authority.pem.clone(), "other.example", NOW, true, Some(TlsFailure::WrongName), 25),
        (authority.pem.clone(), HOST, (2020, 2021), true, Some(TlsFailure::Expired), 24),
        // "Without network time TLS connects fail unless ignorertctime=1".
        (authority.pem.clone(), HOST, NOW, false, Some(TlsFailure::NotYetValid), 24),
    ] {
        let mut bench = lpwa_scene(SimcomOptions::default(), &root, host, years, &authority);
        if clock {
            ok(&mut bench, "AT+CCLK=\"26/11/22,12:00:00+00\"");
        }
        let (text, answer) = if expected.is_none() { ("OK", OK) } else { ("ERROR", ERROR) };
        assert_eq!(bench.until("AT+SMCONN", text), answer);
        assert_eq!(failure(&bench), expected);
        bench.broker.raw = true;
        let answer = bench.until("AT+CAOPEN=0,0,\"TCP\",\"192.0.2.7\",443", "+CAOPEN");
        assert!(answer.starts_with(&format!("\r\n+CAOPEN: 0,{code}\r\n")), "{answer}");
    }
    let mut bench = lpwa_scene(SimcomOptions::default(), &authority.pem, HOST, NOW, &authority);
    ok(&mut bench, "AT+CSSLCFG=\"ignorertctime\",0,1");
    assert_eq!(bench.until("AT+SMCONN", "OK\r\n"), OK);
}

/// "Without a CA name family 2 accepts any server"; a name without a file is no name.
#[test]
fn family_2_trusts_everyone_where_no_root_is_named() {
    let authority = Authority::new();
    let mut bench = lpwa_scene(SimcomOptions::default(), &authority.pem, "other.example", NOW, &authority);
    ok(&mut bench, "AT+SMSSL=1,\"none.crt\",\"\"");
    assert_eq!(bench.until("AT+SMCONN", "ERROR"), ERROR);
    assert_eq!(failure(&bench), Some(TlsFailure::FileMissing("none.crt".into())));
    ok(&mut bench, "AT+SMSSL=1,\"\",\"\"");
    assert_eq!(bench.until("AT+SMCONN", "OK\r\n"), OK);
    assert_eq!(bench.send(&format!("AT+SMSSL=1,\"{}\",\"\"", "x".repeat(21))), ERROR);
}

/// "the index IS the CSSLCFG context", other than that of SMSSL.
#[test]
fn http_of_family_2_over_tls() {
    let authority = Authority::new();
    for (host, good) in [(HOST, true), ("other.example", false)] {
        let mut bench = lpwa_scene(SimcomOptions::default(), &authority.pem, host, NOW, &authority);
        ok(&mut bench, "AT+CCLK=\"26/11/22,12:00:00+00\"");
        bench.broker.raw = true;
        ok(&mut bench, "AT+SHCONF=\"URL\",\"https://broker.example\"");
        ok(&mut bench, "AT+SHCONF=\"BODYLEN\",1024");
        ok(&mut bench, "AT+SHCONF=\"HEADERLEN\",350");
        ok(&mut bench, "AT+SHSSL=0,\"ca.crt\"");
        assert_eq!(bench.until("AT+SHCONN", if good { "OK" } else { "ERROR" }), if good { OK } else { ERROR });
        assert_eq!(bench.send("AT+SHSTATE?").contains(": 1"), good);
    }
}
