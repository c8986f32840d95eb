//! Hostile bytes under proptest and over the kept inputs of the fuzz target, and packets that are what they should be.

use proptest::collection::vec;
use proptest::prelude::*;
use wanlink_core::{Login, Qos};
use wanlink_transports::tcp::Event;

use crate::check::check;
use crate::rig::*;

/// What servers say, so that the random streams are not mere noise.
const PHRASES: [&[u8]; 14] = [
    b"\x20\x02\0\0",
    b"\x20\x02\x01\0",
    b"\x20\x02\0\x05",
    b"\x40\x02\0\x01",
    b"\x90\x03\0\x01\x01",
    b"\x90\x03\0\x01\x80",
    b"\xB0\x02\0\x02",
    b"\xD0\0",
    b"\x30\x05\0\x02/tx",
    b"\x32\x07\0\x02/t\0\x09x",
    b"\x3B\x07\0\x02/t\0\x09x",
    b"\x32\x80\x01\0\x02/t\0\x09",
    b"\x32\xFF\xFF\xFF\x7F\0\x02/t\0\x0A",
    b"\x30\xFF\xFF\xFF\xFF",
];

fn orders() -> impl Strategy<Value = Vec<u8>> {
    let phrase = (0..PHRASES.len()).prop_map(|i| [&[PHRASES[i].len() as u8], PHRASES[i]].concat());
    let noise = vec(any::<u8>(), 1..100).prop_map(|noise| [vec![noise.len() as u8], noise].concat());
    let call = (128..=255_u8, any::<u8>()).prop_map(|(order, with)| vec![order, with]);
    let piece = prop_oneof![4 => phrase, 2 => noise, 4 => call];
    // Half of them begin with an accepted login.
    let begin = any::<bool>().prop_map(|accepted| if accepted { b"\xF1\x04\x20\x02\0\0".to_vec() } else { vec![] });
    (begin, vec(piece, 0..40)).prop_map(|(begin, pieces)| [begin, pieces.concat()].concat())
}

fn cases() -> u32 {
    std::env::var("WANLINK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1000)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn hostile_bytes_and_calls(data in orders()) {
        check(&data);
    }

    #[test]
    fn noise(data in vec(any::<u8>(), 0..400)) {
        check(&data);
    }

    /// What a client sends and what it reads are the same packets: each publish, read back, is the message that it was.
    #[test]
    fn a_publish_reads_back_as_its_message(
        topic in "[^\0+#]{1,60}", payload in vec(any::<u8>(), 0..400), at_least_once in any::<bool>(),
        cut in 1..64_usize,
    ) {
        let qos = if at_least_once { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        let mut sender = online_with(&LOGIN, 64, 1024);
        sender.publish(&topic, &payload, qos).unwrap();
        let packet = written(&mut sender, 0);
        let flags = u8::from(at_least_once) * 2;
        prop_assert_eq!(&packet, &publish(flags, topic.as_bytes(), at_least_once.into(), &payload));
        let mut receiver = online_with(&LOGIN, 1024, 64);
        let mut events = vec![];
        for piece in packet.chunks(cut) {
            events.extend(hear(&mut receiver, piece, 0));
        }
        prop_assert_eq!(events, [Event::Message]);
        prop_assert_eq!(take(&mut receiver), Some((topic, payload)));
        prop_assert_eq!(written(&mut receiver, 0), if at_least_once { puback(1) } else { vec![] });
    }

    #[test]
    fn a_connect_is_the_fields_that_were_given(
        client_id in "[^\0]{1,200}", user in "[^\0]{0,80}", password in "[^\0]{0,80}", keep_alive_s in any::<u16>(),
        clean_session in any::<bool>(),
    ) {
        let mut client = client(64, 2048);
        let login = Login { client_id: &client_id, user: &user, password: &password, keep_alive_s, clean_session };
        client.connect(&login).unwrap();
        let mut body = b"\0\x04MQTT\x04".to_vec();
        body.push(if clean_session { 0xC2 } else { 0xC0 });
        body.extend(keep_alive_s.to_be_bytes());
        for field in [&client_id, &user, &password] {
            body.extend((field.len() as u16).to_be_bytes());
            body.extend(field.as_bytes());
        }
        let wanted = [&[0x10], &remaining_length(body.len())[..], &body].concat();
        prop_assert_eq!(written(&mut client, 0), wanted);
    }
}

#[test]
fn kept_inputs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/mqtt");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of kept inputs") {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    println!("{count} kept inputs");
    assert!(count >= 6, "the kept inputs are there");
}
