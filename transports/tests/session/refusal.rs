//! Who may say no, says it once.

use wanlink_core::fake::Script;
use wanlink_core::{Argument, Error as _, ErrorKind, Qos, Refusal, TooLong};
use wanlink_transports::{Downlink, LinkError, Quiet, Session, Uplink, topic};

use crate::bench::{
    Error, GET, NETWORK, Over, Path, announcing, for_s, in_world, is_login, over_all, pushing, session,
};

over_all! {
    a_refusal_ends_the_session
    an_unavailable_server_heals
    a_refused_filter_is_reported_and_forgotten
    filters_that_do_not_fit_are_refused
}

/// With a code one login ends it; without a code three in a row do.
async fn a_refusal_ends_the_session<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    script.refuse_logins(Some(Refusal::Connack(4)));
    let (refusal, logins) = if L::GIVES_REASON { (Refusal::Connack(4), 1) } else { (Refusal::Unexplained, 3) };
    let error = session.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused(refusal));
    assert_eq!(script.count(is_login), logins);

    let calls = script.calls().len();
    let ended: Error = LinkError::Ended(refusal);
    assert_eq!(ended.kind(), ErrorKind::Refused(refusal));
    assert_eq!(session.ready().await, Err(ended));
    assert_eq!(session.subscribe(topic::user("get")).await, Err(ended));
    assert_eq!(session.publish(topic::user("update"), b"x", Qos::AtMostOnce).await, Err(ended));
    assert_eq!(session.unsubscribe(topic::user("x")).await, Err(ended));
    assert_eq!(script.calls().len(), calls, "nothing more was sent");

    script.refuse_logins(None);
    session.resume();
    session.online().await.unwrap();
    assert_eq!(script.subscriptions(), [GET], "asked for meanwhile");
}

/// CONNACK 3 is the service's trouble; a module that hides the code cannot tell, and is counted as refused.
async fn an_unavailable_server_heals<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    script.refuse_logins(Some(Refusal::Connack(3)));
    let ended = for_s(600, session.online()).await.map(|result| result.unwrap_err().kind());
    if L::GIVES_REASON {
        assert_eq!(ended, None);
        script.refuse_logins(None);
        session.online().await.unwrap();
    } else {
        assert_eq!(ended, Some(ErrorKind::Refused(Refusal::Unexplained)));
    }
}

/// A module that gives codes, and none this time: one refusal is enough.
#[test]
fn a_refusal_without_a_code_where_there_is_one() {
    let (link, script) = pushing();
    in_world(async {
        script.refuse_logins(Some(Refusal::Unexplained));
        let error = session(link, 1).online().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Unexplained));
        assert_eq!(script.count(is_login), 1);
    });
}

#[test]
fn only_refusals_in_a_row_are_counted() {
    let (link, script) = announcing();
    in_world(async {
        let mut session = session(link, 1);
        session.online().await.unwrap();
        script.lose_session();
        refuse_twice(&mut session, &script).await;
        script.set_reachable(false);
        script.refuse_logins(None);
        assert!(for_s(120, session.ready()).await.is_none());
        script.set_reachable(true);
        refuse_twice(&mut session, &script).await;
        script.refuse_logins(None);
        session.online().await.unwrap();
        // In order, so that no failure of another kind stands between the refusals.
        session.disconnect().await.unwrap();
        refuse_twice(&mut session, &script).await;
        script.refuse_logins(None);
        session.online().await.unwrap();
    });
}

async fn refuse_twice<L: Path>(session: &mut Over<L>, script: &Script) {
    script.refuse_logins(Some(Refusal::Unexplained));
    let before = script.count(is_login);
    while script.count(is_login) < before + 2 {
        assert!(for_s(1, session.ready()).await.is_none(), "two refusals do not end it");
    }
}

async fn a_refused_filter_is_reported_and_forgotten<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    script.refuse_filter("/pk/dn/user/secret");
    let error = session.subscribe(topic::user("secret")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Subscription));
    let error = session.subscribe(topic::user("a/b/c/d/e")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    session.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await.unwrap();
    assert_eq!((script.count(is_login), script.subscriptions()), (1, vec![GET.into()]));

    // And one that is refused only in a later connection.
    script.refuse_filter(GET);
    script.lose_session();
    let error = session.ready().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Subscription));
    session.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await.unwrap();
    assert_eq!(script.count(is_login), 2);
}

async fn filters_that_do_not_fit_are_refused<L: Path>(link: L, script: Script) {
    let mut session: Session<'_, _, _, 10> = Session::observed(link, NETWORK, 1, Quiet);
    session.subscribe(topic::user("get")).await.unwrap();
    let expected = TooLong::new(Argument::Filters, 10, 13);
    assert_eq!(session.subscribe(topic::user("update")).await, Err(LinkError::TooLong(expected)));
    session.unsubscribe(topic::user("get")).await.unwrap();
    session.subscribe(topic::user("update")).await.unwrap();
    assert_eq!(script.subscriptions(), ["/pk/dn/user/update"]);
}

/// A refused login ends the session also when it was up before.
#[test]
fn a_refusal_after_a_loss() {
    let (link, script) = pushing();
    in_world(async {
        let mut session = session(link, 1);
        session.online().await.unwrap();
        script.refuse_logins(Some(Refusal::Connack(5)));
        script.lose_session();
        assert_eq!(session.ready().await.unwrap_err().kind(), ErrorKind::Refused(Refusal::Connack(5)));
        assert_eq!(script.count(is_login), 2);
    });
}

/// The root is wrong, or the server hangs up: which of them, most modules cannot tell.
#[test]
fn a_certificate_that_is_not_trusted_ends_it_before_the_first_login_only() {
    let (link, script) = pushing();
    in_world(async {
        let mut session = session(link, 1);
        let refused = ErrorKind::Refused(Refusal::Certificate);
        script.refuse_logins(Some(Refusal::Certificate));
        assert_eq!(session.online().await.unwrap_err().kind(), refused);
        assert_eq!(session.online().await.unwrap_err().kind(), refused, "without another try");
        assert_eq!(script.count(is_login), 1);

        script.refuse_logins(None);
        session.resume();
        session.online().await.unwrap();
        script.refuse_logins(Some(Refusal::Certificate));
        script.lose_session();
        assert!(for_s(3600, session.ready()).await.is_none(), "it goes on trying");
        assert!((10..40).contains(&script.count(is_login)), "{}, backing off", script.count(is_login));
        script.refuse_logins(None);
        session.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await.unwrap();
    });
}
