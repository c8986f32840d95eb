//! A session over a path without a connection: a token at hand says nothing about the way to the platform.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wanlink_core::fake::Call;
use wanlink_core::{ErrorKind, Network, Qos, Rung};
use wanlink_emulator::World;
use wanlink_platform::Config;
use wanlink_transports::{Event, Session, Uplink, https, topic};

use crate::rig::{Web, endpoint, identity};

/// Requests fail until the module is restarted.
#[test]
fn requests_that_fail_again_and_again_are_treated_and_waited_for_longer_and_longer() {
    let web = Web::new(Config::default());
    let (module, script) = web.module();
    let (is_up, waits) = (Rc::new(Cell::new(true)), Rc::new(RefCell::new(Vec::new())));
    let (website, renewed) = (web.clone(), is_up.clone());
    script.answer_posts(
        move |posted| {
            if renewed.get() { Ok(website.answer(posted)) } else { Err(ErrorKind::Reconnect) }
        },
    );
    let heals = is_up.clone();
    script.watch(move |call| {
        if let Call::Recover(Rung::Restart) = call {
            heals.set(true);
        }
    });
    let identity = identity();
    let link = https::Link::new(module, &identity, endpoint());
    let observer = |event| {
        if let Event::Backoff { after, .. } = event {
            waits.borrow_mut().push(after.as_millis() / 1000);
        }
    };
    let mut session: Session<'_, _, _> = Session::observed(link, Network::apn("cmiot"), 7, observer);
    let story = async {
        session.publish(topic::user("update"), b"1", Qos::AtLeastOnce).await.unwrap();
        is_up.set(false);
        session.publish(topic::user("update"), b"2", Qos::AtLeastOnce).await.unwrap();
        is_up.set(false);
        session.publish(topic::user("update"), b"3", Qos::AtLeastOnce).await.unwrap();
    };
    World::new(1).run(&mut wanlink_emulator::Script::new(), story).unwrap();
    assert_eq!(web.published().join(","), "1,2,3");
    let recovered = script.calls().into_iter().filter(|call| matches!(call, Call::Recover(_)));
    let round = [Rung::Context, Rung::Radio, Rung::Context, Rung::Restart].map(Call::Recover);
    assert_eq!(recovered.collect::<Vec<_>>(), [round.clone(), round].concat());
    let waits = waits.borrow();
    for round in waits.chunks(12) {
        // Longer than its window where the limit of logins in a minute says so.
        let has_grown = |(nth, &wait): (usize, &u64)| wait >= 1 << nth.min(7);
        assert!(round.len() == 12 && round.iter().enumerate().all(has_grown), "{waits:?}");
    }
}
