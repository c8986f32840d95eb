//! The token in a header, what a body holds and what an answer brings: none of it stays in a trace or in a buffer.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_core::{Body, HttpsAt};
use wanlink_emulator::polled;
use wanlink_quectel::Trace;

use crate::scene::{AUTH, Bench, LOGIN, attach, message, running, token, verified};

struct Recorder(Rc<RefCell<Vec<u8>>>);

impl Trace for Recorder {
    fn sent(&mut self, piece: &[u8]) {
        self.0.borrow_mut().extend(piece);
    }

    fn received(&mut self, line: &[u8]) {
        self.0.borrow_mut().extend(line);
        self.0.borrow_mut().push(b'\n');
    }
}

#[test]
fn no_trace_shows_a_request_or_an_answer() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut recorder = Recorder(seen.clone());
    let secrets = Bench::new(running()).run_traced(&mut recorder, async |modem, _| {
        attach(modem).await.unwrap();
        let token = token(modem).await;
        message(modem, &token, Body::Bytes(b"s3cret body"), &mut [0; 128]).await.unwrap();
        for polls in 0..80 {
            // Dropped, and what was under way is brought to its end by the next.
            polled(modem.post(&verified(), &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut []), polls).await;
        }
        modem.post(&verified(), &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut []).await.unwrap();
        [token, "s3cret body".to_owned(), "b8ce8f1d706dd3c61d13bfd9855def7e".to_owned()]
    });
    let trace = String::from_utf8_lossy(&seen.borrow()).into_owned();
    assert!(trace.contains("AT+QHTTPPOST=") && trace.contains("+QHTTPREAD: 0"), "{trace}");
    for secret in secrets {
        assert!(!trace.contains(&secret), "{secret}\n{trace}");
    }
}
