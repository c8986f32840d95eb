//! How a module is treated for failures that do not end, how often a day, and what is counted meanwhile.

use embassy_futures::join::join;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::fake::{Call, Script};
use wanlink_core::{Delivery, ErrorKind, Qos, Rung};
use wanlink_transports::topic::{self, Topic};
use wanlink_transports::{Budget, Downlink, Observer, Session, Stats, Uplink};

use crate::bench::{NETWORK, Path, for_s, is_login, over_all, session, steps};

over_all! {
    logins_that_fail_again_and_again_are_treated
    a_network_that_is_never_found_is_searched_anew
    a_mute_module_is_reset_by_its_pin
    a_treatment_that_is_refused_ends_nothing
    a_day_has_so_many_treatments
    what_is_refused_on_line_again_and_again_is_treated
    outages_are_timed
}

/// How many logins, or else how many searches for the network, came before each rung.
fn before_each_rung(script: &Script, counts: fn(&Call) -> bool) -> Vec<(Rung, usize)> {
    let (mut rungs, mut count) = (Vec::new(), 0);
    for call in script.calls() {
        count += usize::from(counts(&call));
        if let Call::Recover(rung) = call {
            rungs.push((rung, count));
        }
    }
    rungs
}

async fn logins_that_fail_again_and_again_are_treated<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    script.set_reachable(false);
    assert_eq!(for_s(3 * 3600, session.online()).await, None);
    let rungs = before_each_rung(&script, is_login);
    let context = |logins| (Rung::Context, logins);
    let reset = (Rung::Reset, 24);
    let lower = [context(3), (Rung::Radio, 6), context(9), (Rung::Restart, 12), context(15), context(21)];
    let round = [&lower[..], &[reset, context(27)]].concat();
    let again = round.iter().map(|(rung, logins)| (*rung, logins + 32)).collect();
    let expected = [round, again].concat();
    assert_eq!(rungs, expected[..rungs.len()]);
    assert!(rungs.len() >= 12, "a restart in the second round: {rungs:?}");
    // Each rung is followed by the steps above it.
    assert_eq!(
        steps(&script)[..9],
        ["start", "attach", "connect", "connect", "connect", "recover", "attach", "connect", "connect"]
    );
    script.set_reachable(true);
    session.online().await.unwrap();
}

async fn a_network_that_is_never_found_is_searched_anew<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    script.set_covered(false);
    // Whatever else the program does meanwhile, the ten minutes go on.
    while Instant::now() < Instant::from_secs(110 * 60) {
        assert_eq!(for_s(7, session.online()).await, None);
    }
    let searches = |script: &Script| before_each_rung(script, |call| matches!(call, Call::Attach { .. }));
    let rungs: Vec<_> = searches(&script).into_iter().map(|(rung, _)| rung).collect();
    assert_eq!(rungs, [Rung::Radio, Rung::Restart, Rung::Reset]);
    script.set_covered(true);
    session.online().await.unwrap();
}

async fn a_mute_module_is_reset_by_its_pin<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.online().await.unwrap();
    let hung = script.clone();
    script.watch(move |call| {
        if *call == Call::Recover(Rung::Reset) {
            hung.set_mute(false);
        }
    });
    for round in 1..=2 {
        script.set_mute(true);
        script.restart();
        let before = steps(&script).len();
        assert_eq!(for_s(120, session.ready()).await, None);
        assert_eq!(steps(&script)[before..], ["start", "start", "start", "recover", "start", "attach", "connect"]);
        assert_eq!(session.observer().treatments(Rung::Reset), round);
        // One that answered in time is not treated for what was before.
        script.set_mute(true);
        script.restart();
        assert_eq!(for_s(5, session.ready()).await, None);
        script.set_mute(false);
        assert_eq!(for_s(600, session.ready()).await, None);
        assert_eq!(session.observer().treatments(Rung::Reset), round);
        assert!(session.observer().outage().is_none());
    }
}

/// As where the reset pin is not wired.
async fn a_treatment_that_is_refused_ends_nothing<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    script.refuse_treatments(Some(wanlink_core::ErrorKind::Misuse));
    script.set_reachable(false);
    assert_eq!(for_s(3 * 3600, session.online()).await, None);
    let stats = *session.observer();
    assert!([Rung::Context, Rung::Radio, Rung::Restart].iter().all(|rung| stats.treatments(*rung) > 0), "{stats:?}");
    script.set_mute(true);
    script.restart();
    assert_eq!(for_s(3600, session.online()).await, None);
    assert!(session.observer().treatments(Rung::Reset) > stats.treatments(Rung::Reset));
    script.set_mute(false);
    script.set_reachable(true);
    session.online().await.unwrap();
}

async fn a_day_has_so_many_treatments<L: Path>(link: L, script: Script) {
    const DAY_S: u64 = 24 * 3600;
    let budget = Budget::new().daily(Rung::Radio, 2).daily(Rung::Restart, 1).daily(Rung::Reset, 0);
    let mut session: Session<'_, _, _> = Session::observed(link, NETWORK, 1, (Stats::new(), budget));
    script.set_reachable(false);
    let rungs = [Rung::Radio, Rung::Restart, Rung::Reset];
    assert_eq!(for_s(DAY_S, session.online()).await, None);
    let (stats, budget) = *session.observer();
    assert_eq!(rungs.map(|rung| stats.treatments(rung)), [2, 1, 0]);
    assert_eq!(rungs.map(|rung| budget.left(rung)), [Some(0), Some(0), Some(0)]);
    assert!(stats.treatments(Rung::Context) > 40, "what has no limit goes on: {stats:?}");
    assert_eq!(budget.left(Rung::Context), None);
    // The next day.
    assert_eq!(for_s(DAY_S, session.online()).await, None);
    let (stats, _) = *session.observer();
    assert_eq!(rungs.map(|rung| stats.treatments(rung)), [4, 2, 0]);
    assert_eq!(script.count(|call| matches!(call, Call::Recover(Rung::Radio))), 4);
    script.set_reachable(true);
    session.online().await.unwrap();
}

async fn what_is_refused_on_line_again_and_again_is_treated<L: Path>(link: L, script: Script) {
    const UPDATE: Topic<'_> = topic::user("update");
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    let before = steps(&script).len();
    (0..28).for_each(|_| script.fail_publish(ErrorKind::Retry));
    assert_eq!(session.publish(UPDATE, b"x", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
    let publish = ["publish"; 4];
    let login = ["connect", "subscribe"];
    let restart = ["recover", "start", "attach", "connect", "subscribe"];
    let round = [&publish[..], &login, &publish, &login, &publish, &restart].concat();
    let rest = [&publish[..], &login, &["publish"]].concat();
    let taken: Vec<_> = steps(&script).split_off(before).into_iter().collect();
    assert_eq!(taken, [&round[..], &round, &rest].concat());
    assert_eq!(session.observer().treatments(Rung::Restart), 2);
    // Those that pass after few attempts add up to nothing.
    let connection = session.connection();
    for _ in 0..20 {
        (0..3).for_each(|_| script.fail_publish(ErrorKind::Retry));
        session.publish(UPDATE, b"y", Qos::AtLeastOnce).await.unwrap();
    }
    assert_eq!(session.connection(), connection, "the session stood all the while");
}

async fn outages_are_timed<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    assert_eq!(session.observer().outage(), None);
    session.online().await.unwrap();
    for outage_s in [300, 40] {
        script.set_reachable(false);
        script.lose_session();
        let (ended, ()) = join(for_s(1200, session.ready()), async {
            Timer::after(Duration::from_secs(outage_s)).await;
            script.set_reachable(true);
        })
        .await;
        assert!(ended.is_none());
        let stats = session.observer();
        let last_s = stats.last_outage.as_secs();
        assert!((outage_s..2 * outage_s + 60).contains(&last_s), "{last_s} s for {outage_s}");
        assert_eq!((stats.outage(), stats.longest_outage >= Duration::from_secs(300)), (None, true));
    }
    assert!(session.observer().longest_outage > session.observer().last_outage);
    script.set_reachable(false);
    script.lose_session();
    let begin = Instant::now();
    assert!(for_s(77, session.ready()).await.is_none());
    assert_eq!(session.observer().outage(), Some(begin.elapsed()));
    assert!(session.observer().to_owned().permits(Rung::Reset), "it counts, and holds nothing back");
}
