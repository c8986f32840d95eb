//! Secrets never reach a trace, on whatever way they come and go.

use wanlink_transports::store::{Name, Store as _};

use crate::bench::{Bench, PRODUCT_SECRET, Proof, Wish, obtain, post};

#[test]
fn no_trace_has_the_secrets_of_a_registration_and_of_the_login_behind_it() {
    for wish in Wish::all() {
        let mut bench = Bench::new();
        let secret = bench.live(async |device, modem, _| {
            let proof = obtain(device, modem, wish, 7).await.unwrap();
            post(modem, wish.way, &proof, "in clear").await;
            let mut secret = String::new();
            match proof {
                Proof::Token(token) => secret.push_str(token.reveal()),
                // The last part of a record, before its checksum.
                Proof::Identity(_) => {
                    let read = &mut |frame: &[u8]| {
                        secret.push_str(std::str::from_utf8(&frame[frame.len() - 36..frame.len() - 4]).unwrap());
                    };
                    device.store().read(Name::Identity, read).await.unwrap();
                }
            }
            secret
        });
        let trace = bench.base.world.trace().to_string();
        assert!(trace.contains("in clear") && trace.contains("meter-0042"), "{wish:?}: {trace}");
        for secret in [PRODUCT_SECRET, &secret] {
            assert!(secret.len() >= 16 && !trace.contains(secret), "{wish:?}: {secret} in {trace}");
        }
    }
}
