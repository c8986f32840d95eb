//! One property of posts, for proptest and for the fuzz target: whatever the server answers, a message counts as delivered
//! only behind an answer that says so, nothing of an answer gets into the lines of the next request, and no call goes on
//! for ever.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_core::fake::{Posted, Pushing, block_on};
use wanlink_core::{Module, Network, Qos};
use wanlink_transports::json::Object;
use wanlink_transports::{Identity, Uplink, https, topic};

/// Requests that one call makes at most: a token, the message, and both once more.
const REQUESTS: usize = 4;
const CALLS: usize = 4;

/// What was answered last, and how often.
#[derive(Default)]
struct Server {
    answers: usize,
    last: Vec<u8>,
}

/// Cuts the next answer off: two bytes of status, one of length, and the body.
fn answer(data: &mut &[u8]) -> Option<(u16, Vec<u8>)> {
    let ([high, low, length], rest) = data.split_first_chunk::<3>()?;
    let (body, rest) = rest.split_at(rest.len().min(usize::from(*length)));
    *data = rest;
    Some((u16::from_be_bytes([*high, *low]), body.to_vec()))
}

fn is_safe(posted: &Posted) -> bool {
    let lines = posted.headers.iter().flat_map(|(name, value)| [name, value]).chain([&posted.path, &posted.host]);
    lines.flat_map(|line| line.bytes()).all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

/// The property: `data` are the server's answers. Panics when it does not hold.
pub(crate) fn check(data: &[u8]) {
    let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef").unwrap();
    let (mut module, script) = Pushing::new();
    block_on(async {
        module.start().await.unwrap();
        module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
    });
    let server = Rc::new(RefCell::new(Server::default()));
    let (answering, mut left) = (server.clone(), data.to_vec());
    script.answer_posts(move |posted| {
        assert!(is_safe(posted), "{posted:?}");
        let mut data = left.as_slice();
        let (status, body) = answer(&mut data).unwrap_or((503, Vec::new()));
        left = data.to_vec();
        let server = &mut *answering.borrow_mut();
        server.answers += 1;
        server.last.clone_from(&body);
        Ok((status, body))
    });
    let mut link = https::Link::new(module, &identity, https::Endpoint::public(https::Region::Shanghai));
    for _ in 0..CALLS {
        server.borrow_mut().answers = 0;
        let result = block_on(link.publish(topic::user("update"), b"payload", Qos::AtLeastOnce));
        let server = server.borrow();
        assert!(server.answers <= REQUESTS, "{} requests", server.answers);
        if result.is_ok() {
            let code = Object::parse(&server.last).ok().and_then(|object| object.get("code")?.number());
            assert_eq!(code, Some(0), "{:?}", String::from_utf8_lossy(&server.last));
        }
    }
}
