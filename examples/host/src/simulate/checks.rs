//! What has to hold, whatever goes wrong.

mod connection;
mod downlink;
mod outbox;
mod registration;
mod secrets;
mod uplink;

use std::fmt;

use embassy_time::Duration;
use wanlink_scene::Scene;

use super::account::Account;
use super::plan::Plan;

pub(super) use self::registration::is_fit_to_go_on;

/// So long after the last fault the link is up again: a search that is given up (600 s) before the radio is switched off
/// and on for it, the longest wait of a session (256 s) in front of each of the two, and a start, a search and a login
/// that take their time.
pub(super) const RECOVERY: Duration = Duration::from_secs(1800);

macro_rules! invariants {
    ($($name:ident $text:literal,)*) => {
        /// What has to hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Invariant {
            $(#[doc = $text] $name,)*
        }

        impl fmt::Display for Invariant {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

invariants! {
    NoPanic "nothing panics",
    Progress "something can always happen next",
    Acknowledged "every acknowledged message is in the platform's raw list",
    Invented "nothing is invented",
    Order "the order within a topic holds",
    Bounds "no call waits longer than its bound",
    Recovery "the link is up again within its time",
    LossIsVisible "no message is lost in silence",
    Secrets "no secret is in a log or a trace",
    Logins "no more logins in a minute than allowed",
    Trust "nobody logs in to a stranger",
    Waits "waits grow, and are drawn",
    Errors "a session reports refusals only",
    Repeats "nothing is stored twice that the device knew as stored",
    Tokens "no token is asked for without need",
    Kept "after a loss of power a device can register, or has all of its secret",
    Asks "a device that has a secret, or was refused, does not ask for one",
    Refused "a refusal ends a registration, and nothing is kept",
    Secret "the secret of a login is the platform's",
    Outbox "what an outbox took arrives, or is counted",
    Calm "nothing is repeated or lost where nothing goes wrong",
}

/// Looks at a run that is over.
pub(super) fn check(account: &mut Account, scene: &Scene, plan: &Plan, texts: &[(&str, &str)]) {
    uplink::check(account, scene, plan);
    outbox::check(account, scene, plan);
    downlink::check(account, plan);
    connection::check(account, scene);
    registration::check(account, scene);
    secrets::check(account, scene, texts);
}
