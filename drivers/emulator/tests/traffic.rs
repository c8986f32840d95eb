//! What a BG95 counts of its own traffic, packet by packet.

mod bench;

use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{Emulator, Traffic};

/// A socket to a name of 12 letters, opened.
fn connected() -> Bench {
    let mut bench = Bench::online(running());
    bench.broker.raw = true;
    assert_eq!(bench.emulator.traffic(), Traffic::default());
    assert!(bench.send("AT+QIOPEN=1,0,\"TCP\",\"host.example\",7,0,0").ends_with("\r\n+QIOPEN: 0,0\r\n"));
    bench
}

fn send(bench: &mut Bench, data: &[u8]) {
    assert_eq!(bench.send(&format!("AT+QISEND=0,{}", data.len())), "\r\n> ");
    bench.raw(data);
    assert_eq!(bench.wait(10 * MS), "\r\nSEND OK\r\n");
}

/// Headers up and down, then bytes of the application.
fn counted(emulator: &Emulator) -> ([u64; 2], [u64; 2]) {
    let Traffic { up, down, .. } = emulator.traffic();
    ([up.headers, down.headers], [up.application, down.application])
}

#[test]
fn a_socket_is_a_name_a_connection_its_data_and_an_end() {
    let mut bench = connected();
    let Traffic { up, down, .. } = bench.emulator.traffic();
    assert_eq!((up.names, down.names), (28 + 12 + 14 + 4, 28 + 12 + 14 + 4 + 16));
    assert_eq!(counted(&bench.emulator), ([60 + 40, 60], [0, 0]));
    send(&mut bench, b"hello");
    assert_eq!(counted(&bench.emulator), ([60 + 40 + 40, 60 + 40], [5, 0]));
    bench.wait(SECOND);
    bench.broker.link = 1;
    let now = bench.now_us;
    bench.broker.say(now, vec![b'x'; 2_000]);
    bench.wait(0);
    assert_eq!(counted(&bench.emulator), ([60 + 40 + 40 + 80, 60 + 40 + 80], [5, 2_000]), "two segments");
    bench.send("AT+QICLOSE=0");
    assert_eq!(counted(&bench.emulator), ([60 + 40 + 40 + 80 + 80, 60 + 40 + 80 + 80], [5, 2_000]));
    let Traffic { up, down, bursts, .. } = bench.emulator.traffic();
    assert_eq!((up.tls, down.tls, bursts), (0, 0, 1));
}

#[test]
fn what_cannot_go_out_is_counted_when_it_does() {
    let mut bench = connected();
    let before = counted(&bench.emulator).0;
    bench.emulator.lose_network();
    send(&mut bench, b"hello");
    bench.wait(SECOND);
    assert_eq!(counted(&bench.emulator).0, before);
    bench.emulator.restore_network();
    bench.wait(30 * SECOND);
    assert_eq!(counted(&bench.emulator).0, [before[0] + 40, before[1] + 40]);
    assert_eq!(bench.broker.plain, b"hello");
}

#[test]
fn a_module_that_loses_its_power_says_no_farewell() {
    let mut bench = connected();
    let before = counted(&bench.emulator);
    bench.emulator.brown_out(SECOND);
    bench.wait(30 * SECOND);
    assert_eq!(counted(&bench.emulator), before);
}
