//! Doubtful facts of SIMCom's modules that no other test turns, and a life in a simulated world.

mod bench;
mod simcom;

use bench::{Bench, MS, SECOND, running};
use embassy_time::Timer;
use embedded_hal::digital::OutputPin;
use embedded_io_async::{Read, Write};
use simcom::{OK, acquired, connect, connected, enter, entered, ok, sm_connected, with};
use wanlink_emulator::{Emulator, MqttPhase, Options, PortOptions, Profile, SimcomOptions, Split, SplitMix64, World};

/// A filter that the broker refuses: SUBACK 128.
fn refuse_next(bench: &mut Bench) {
    bench.broker.mute = true;
    let now = bench.now_us;
    bench.broker.say(now + SECOND / 2, vec![0x90, 3, 0, 1, 128]);
}

#[test]
fn a_refused_filter_may_be_hidden() {
    for (refusal_hidden, code, end) in [(false, 1, "\r\nERROR\r\n"), (true, 0, OK)] {
        let options = || with(SimcomOptions { refusal_hidden, ..SimcomOptions::default() });
        let mut bench = connected(Profile::a7670(), options());
        refuse_next(&mut bench);
        assert_eq!(enter(&mut bench, "AT+CMQTTSUB=0,1,1", b"t"), format!("{OK}\r\n+CMQTTSUB: 0,{code}\r\n"));
        assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, []);
        let mut bench = sm_connected(options());
        refuse_next(&mut bench);
        bench.raw(b"AT+SMSUB=\"t\",1\r");
        assert_eq!(bench.wait(SECOND), end);
    }
}

#[test]
fn a_second_entry_replaces_the_first_or_is_refused() {
    for entry_replaces in [true, false] {
        let options = with(SimcomOptions { entry_replaces, ..SimcomOptions::default() });
        let mut bench = connected(Profile::a7670(), options);
        entered(&mut bench);
        if entry_replaces {
            assert_eq!(enter(&mut bench, "AT+CMQTTPAYLOAD=0,3", b"new"), OK);
        } else {
            assert_eq!(bench.send("AT+CMQTTPAYLOAD=0,3"), "\r\n+CMQTTPAYLOAD: 0,14\r\n\r\nERROR\r\n");
        }
        assert!(bench.send("AT+CMQTTPUB=0,1,60").ends_with("+CMQTTPUB: 0,0\r\n"));
        let payload = bench.emulator.mqtt(0).unwrap().published.unwrap().payload;
        assert_eq!(payload, if entry_replaces { &b"new"[..] } else { &b"hello"[..] });
    }
}

#[test]
fn a_stop_may_release_its_clients() {
    let options = with(SimcomOptions { stop_releases: true, ..SimcomOptions::default() });
    let mut bench = connected(Profile::a7670(), options);
    assert_eq!(bench.send("AT+CMQTTSTOP"), "\r\nOK\r\n\r\n+CMQTTSTOP: 0\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
}

#[test]
fn cells_are_quoted_or_not() {
    for (profile, bare_cells, fields) in [
        (Profile::a7670(), None, "1,333C,25C1630,7"),
        (Profile::a7670(), Some(false), "1,\"333C\",\"25C1630\",7"),
        (Profile::sim7080(), None, "1,\"333C\",\"25C1630\",7"),
        (Profile::sim7080(), Some(true), "1,333C,25C1630,7"),
    ] {
        let mut bench = Bench::quiet_of(profile, with(SimcomOptions { bare_cells, ..SimcomOptions::default() }));
        ok(&mut bench, "AT+CEREG=2");
        ok(&mut bench, "AT+CGREG=2");
        assert_eq!(bench.send("AT+CEREG?"), format!("\r\n+CEREG: 2,{fields}\r\n\r\nOK\r\n"));
        assert_eq!(bench.send("AT+CGREG?"), format!("\r\n+CGREG: 2,{fields}\r\n\r\nOK\r\n"));
    }
}

#[test]
fn a_prompt_has_many_forms() {
    for (profile, prompt, shown) in [
        (Profile::a7670(), None, "\r\n>"),
        (Profile::a7670(), Some(">\r\n"), "\r\n>\r\n"),
        (Profile::a7670(), Some("> "), "\r\n> "),
    ] {
        let mut bench = connected(profile, with(SimcomOptions { prompt, ..SimcomOptions::default() }));
        assert_eq!(bench.send("AT+CMQTTTOPIC=0,1"), shown);
    }
    // "With echo on, data-mode bytes (after `>`) are echoed too."
    let mut bench = connected(Profile::a7670(), running());
    bench.send("ATE1");
    assert_eq!(bench.send("AT+CMQTTTOPIC=0,3"), "AT+CMQTTTOPIC=0,3\r\r\n>");
    bench.raw(b"a/b");
    assert_eq!(bench.wait(100 * MS), "a/b\r\nOK\r\n");
}

/// "CR LF sent after them is harmless (treated as an empty line)".
#[test]
fn line_ends_behind_data_are_harmless() {
    let mut bench = connected(Profile::sim7600(), running());
    assert_eq!(bench.send("AT+CMQTTTOPIC=0,3"), "\r\n>");
    bench.raw(b"a/b\r\n");
    assert_eq!(bench.wait(100 * MS), OK);
    ok(&mut bench, "AT");
}

/// With whatever the generator draws: a host that follows the sheet publishes.
#[test]
fn any_module_that_is_drawn_can_be_worked_with() {
    for seed in 0..300 {
        let mut random = SplitMix64::new(seed);
        let profile = [Profile::a7670(), Profile::sim7600()][(seed % 2) as usize];
        let mut bench = Bench::of(profile, Options { start: running().start, ..Options::drawn(&mut random) });
        let mut patient = |line: &str, good: &str| {
            bench.raw(format!("{line}\r").as_bytes());
            let said = bench.wait(30 * SECOND);
            assert!(said.contains(good), "seed {seed}, {line}: {said:?}");
        };
        patient("ATE0", "OK");
        patient("AT+CMQTTDISC=0,120", "");
        patient("AT+CMQTTREL=0", "");
        patient("AT+CMQTTSTOP", "");
        patient("AT+CMQTTSTART", "+CMQTTSTART: 0");
        patient("AT+CMQTTACCQ=0,\"id\",0", "OK");
        patient("AT+CMQTTCONNECT=0,\"tcp://broker\",60,1,\"u\",\"p\"", "+CMQTTCONNECT: 0,0");
        for (line, data) in [("AT+CMQTTTOPIC=0,3", "a/b"), ("AT+CMQTTPAYLOAD=0,5", "hello")] {
            patient(line, ">");
            patient(data, "OK");
        }
        patient("AT+CMQTTPUB=0,1,60", "+CMQTTPUB: 0,0");
        assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload, b"hello");
    }
}

/// The same for family 2, by MQTT or by a socket.
#[test]
fn any_module_of_family_2_that_is_drawn_can_be_worked_with() {
    for seed in 0..300 {
        let mut random = SplitMix64::new(seed);
        let small = seed % 2 == 1;
        let profile = if small { Profile::sim7000() } else { Profile::sim7080() };
        let mut options = Options { start: running().start, ..Options::drawn(&mut random) };
        options.simcom.lines_until_rate = 0;
        let mut bench = Bench::of(profile, options);
        let mut patient = |line: &str, good: &str| {
            bench.raw(format!("{line}\r").as_bytes());
            let said = bench.wait(120 * SECOND);
            assert!(said.contains(good), "seed {seed}, {line}: {said:?}");
        };
        patient("ATE0", "OK");
        if small {
            patient("AT+CNACT=1,\"cmnet\"", "+APP PDP: ACTIVE");
            patient("AT+CASSLCFG=0,ssl,0", "OK");
            patient("AT+CAOPEN=0,\"h\",80", "+CAOPEN: 0,0");
        } else {
            patient("AT+CNACT=0,1", "+APP PDP: 0,ACTIVE");
            patient("AT+SMCONF=\"URL\",\"broker\",1883", "OK");
            patient("AT+SMCONF=\"CLIENTID\",\"id\"", "OK");
            patient("AT+SMCONN", "OK");
        }
        bench.raw(if small { b"AT+CASEND=0,5\r" } else { b"AT+SMPUB=\"t\",5,1,0\r" });
        bench.wait(SECOND);
        bench.raw(b"hello");
        let said = bench.wait(SECOND);
        assert!(said.contains("\r\nOK\r\n"), "seed {seed}: {said:?}");
    }
}

/// Boots a module over a slow line with split reads, and starts its service; gives hash and trace.
fn life(seed: u64) -> (u64, String) {
    let options = PortOptions { split: Split::Random, baud: Some(115_200), ..PortOptions::default() };
    let mut world = World::with_port(seed, options);
    let (mut reader, mut writer) = world.halves();
    let mut emulator = Emulator::new(Profile::a7670(), Options { jitter_us: 20_000, ..Options::default() }, seed);
    let mut key = emulator.pins().pwrkey();
    world
        .run(&mut emulator, async {
            key.set_low().unwrap();
            Timer::after_millis(75).await;
            key.set_high().unwrap();
            Timer::after_secs(20).await;
            let lines = ["ATE0", "AT+CGAUTH=1,1,\"s3cret\",\"user\"", "AT+CGAUTH?", "AT+CMQTTSTART"];
            for line in lines {
                writer.write_all(format!("{line}\r").as_bytes()).await.unwrap();
                Timer::after_secs(5).await;
            }
            let mut all = String::new();
            while !all.contains("+CMQTTSTART: 0\r\n") {
                let mut some = [0; 64];
                let count = reader.read(&mut some).await.unwrap();
                all += std::str::from_utf8(&some[..count]).unwrap();
            }
            assert!(all.contains("\r\n*ATREADY: 1\r\n") && all.contains("+CGAUTH: 1,1,\"user\",\"s3cret\""), "{all}");
        })
        .unwrap();
    (world.hash(), world.trace().to_string())
}

#[test]
fn equal_seeds_give_equal_lives_without_secrets() {
    let (hash, trace) = life(7);
    assert_eq!(life(7), (hash, trace.clone()));
    assert_ne!(life(8).0, hash);
    assert!(trace.contains("+CGAUTH: 1,1,\"user\",\"***\"") && !trace.contains("s3cret"), "{trace}");
}

#[test]
fn an_acquired_client_waits_for_its_connection() {
    let mut bench = acquired(Profile::sim7600(), running());
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Left);
    connect(&mut bench);
    assert_eq!(bench.emulator.command_count("at+cmqttconnect"), 1);
}
