//! The token in a header, what a body holds and what an answer brings: none of it stays in a trace or in a buffer.

use wanlink_core::{Body, HttpsAt};
use wanlink_emulator::polled;
use wanlink_scene::bench::running;

use super::{AUTH, HTTPS_LOGIN, message, token, verified};
use crate::bench::HttpsBench;
use crate::rig::{Recorder, Rig, attach};

/// Dropped ones, too.
pub fn no_trace_shows_a_request_or_an_answer<B: HttpsBench>() {
    let mut recorder = Recorder::default();
    let secrets = Rig::<B>::new(running()).run_traced(&mut recorder, async |modem, _| {
        attach(modem).await.unwrap();
        let token = token(modem).await;
        message(modem, &token, Body::Bytes(b"s3cret body"), &mut [0; 128]).await.unwrap();
        for polls in 0..80 {
            // Dropped, and what was under way is brought to its end by the next.
            polled(modem.post(&verified(), &AUTH, Body::Bytes(HTTPS_LOGIN.as_bytes()), &mut []), polls).await;
        }
        modem.post(&verified(), &AUTH, Body::Bytes(HTTPS_LOGIN.as_bytes()), &mut []).await.unwrap();
        [token, "s3cret body".to_owned(), "b8ce8f1d706dd3c61d13bfd9855def7e".to_owned()]
    });
    let trace = recorder.text();
    assert!(B::POST_TRACE.iter().all(|line| trace.contains(line)), "{trace}");
    for secret in secrets {
        assert!(!trace.contains(&secret), "{secret}\n{trace}");
    }
}
