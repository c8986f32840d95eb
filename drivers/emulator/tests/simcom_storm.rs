//! SIMCom's modules under anything that a host, a network and a supply can do: they never panic, never spin, and speak
//! whole lines again when it is over. The count of runs comes from `WANLINK_STORMS`.

mod bench;

use bench::web::{Web, response};
use bench::{Bench, MS, SECOND};
use embedded_hal::digital::OutputPin;
use wanlink_emulator::{OpenFailure, Options, Profile, SplitMix64, Start};

/// Values that parameters are made of.
const VALUES: [&str; 34] = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "9",
    "12",
    "18",
    "60",
    "120",
    "1460",
    "65535",
    "99999999999",
    "",
    "?",
    "\"\"",
    "\"a\"",
    "\"TCP\"",
    "\"h\"",
    "\"tcp://h:1883\"",
    "\"http://h/\"",
    "\"URL\"",
    "\"CLIENTID\"",
    "\"version\"",
    "\"ca.pem\"",
    "\"SSL\"",
    "\"cacert\"",
    "\"convert\"",
    "\"BODYLEN\"",
    "\"HEADERLEN\"",
    "\"IP\"",
    "\"1234\"",
    "\"00000010\"",
];

fn runs() -> u64 {
    std::env::var("WANLINK_STORMS").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

/// A line that may well be a command.
fn line(random: &mut SplitMix64, names: &[String]) -> Vec<u8> {
    let mut line = names[random.below(names.len() as u64) as usize].clone();
    match random.below(8) {
        0 => {}
        1 => line.push('?'),
        2 => line += "=?",
        _ => {
            line.push('=');
            let count = 1 + random.below(5);
            let values: Vec<_> = (0..count).map(|_| VALUES[random.below(VALUES.len() as u64) as usize]).collect();
            line += &values.join(",");
        }
    }
    line.push('\r');
    line.into_bytes()
}

/// What else may happen.
fn happens(random: &mut SplitMix64, bench: &mut Bench) {
    let now = bench.now_us;
    let module = &mut bench.emulator;
    match random.below(24) {
        0 => module.reset(),
        1 => module.brown_out(SECOND),
        2 => module.enter_psm(),
        3 => module.lose_context(1),
        4 => module.lose_network(),
        5 => module.restore_network(),
        6 => module.deny(),
        7 => module.admit(),
        8 => module.sim_out(),
        9 => module.sim_in(),
        10 => module.kill_tcp(),
        11 => module.kill_before_puback(),
        12 => module.starve_block(),
        13 => module.lose_final(),
        14 => module.context_lies(1),
        15 => module.garble(5),
        16 => bench.broker.open = Err(OpenFailure::Refused),
        17 => bench.broker.open = Ok(()),
        18 => bench.broker.hang_up(now),
        19 => bench.broker.say(now, bench::broker::publish(1, 9, "a/b", b"hello")),
        20 => bench.broker.say(now, (0..30).map(|_| random.next_u64() as u8).collect()),
        21 => {
            let mut key = module.pins().pwrkey();
            key.set_low().unwrap();
            bench.wait([75, 550, 1_250, 2_600, 13_000][random.below(5) as usize] * MS);
            key.set_high().unwrap();
        }
        22 => {
            let mut dtr = module.pins().dtr();
            if random.one_in(2) { dtr.set_low() } else { dtr.set_high() }.unwrap();
        }
        _ => module.delay_prompt(SECOND),
    }
}

fn storm(profile: &'static Profile, seed: u64) {
    let mut random = SplitMix64::new(seed);
    let mut options = Options::drawn(&mut random);
    options.start = if random.one_in(4) { Start::Off } else { Start::Running };
    let mut bench = Bench::of(profile, options);
    let names = bench.emulator.commands();
    match random.below(3) {
        0 => bench.broker.web = Some(Web::answering(&[response("200 OK", "{}").as_str(); 20])),
        1 => bench.broker.raw = true,
        _ => {}
    }
    for _ in 0..120 {
        match random.below(6) {
            0 => happens(&mut random, &mut bench),
            1 => bench.raw(&(0..random.below(40)).map(|_| random.next_u64() as u8).collect::<Vec<_>>()),
            2 => bench.raw(&vec![b'x'; random.below(1_600) as usize]),
            _ => bench.raw(&line(&mut random, &names)),
        }
        bench.wait(random.below(3_000) * MS);
    }
    // Whatever it was: the end of the entries, the card and the network, the supply.
    bench.emulator.call_off();
    bench.emulator.sim_in();
    bench.emulator.admit();
    bench.emulator.restore_network();
    bench.emulator.brown_out(SECOND);
    bench.emulator.pins().dtr().set_low().unwrap();
    bench.wait(2 * SECOND);
    // No longer than that: what was ordered may let it sleep when nothing happens.
    while !bench.emulator.is_on() {
        bench.wait(SECOND);
    }
    let mut said = String::new();
    for line in ["AT", "AT", "ATE0V1Q0", "AT"] {
        bench.raw(format!("{line}\r").as_bytes());
        said = bench.wait(SECOND);
    }
    assert!(said.starts_with("\r\nOK\r\n"), "{}, seed {seed}: {said}", profile.name);
}

fn storms(profile: &'static Profile) {
    (0..runs()).for_each(|seed| storm(profile, seed));
}

#[test]
fn a7670() {
    storms(Profile::a7670());
}

#[test]
fn sim7600() {
    storms(Profile::sim7600());
}

#[test]
fn sim7080() {
    storms(Profile::sim7080());
}

#[test]
fn sim7000() {
    storms(Profile::sim7000());
}
