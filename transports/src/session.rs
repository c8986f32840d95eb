//! A connection that heals by itself.

mod act;
mod backoff;
mod budget;
mod event;
mod filters;
mod ladder;
mod stats;
mod traffic;

use embassy_time::{Duration, Instant};
use wanlink_core::{Network, Refusal, Rung};

use self::backoff::Backoff;
use self::filters::Filters;
use crate::link::{Connect, Request};
use crate::pace::Pace;

pub use self::budget::Budget;
pub use self::event::{Event, Observer, Quiet};
pub use self::stats::Stats;

/// Keeps a link connected: start, attach, connect, subscribe, and again from where it broke.
///
/// It works only inside its methods; there is no task behind it. Whatever is called first brings everything up.
///
/// * **Heals** what can heal, without end: the error's [kind](wanlink_core::ErrorKind) names the step to begin with.
/// * **Backs off**: the n-th failure in a row is followed by a wait that is drawn from the upper half of a window of
///   2 s, 4 s, 8 s ... 256 s. `seed` decides the draw, so give each device another one (a serial number will do);
///   else a whole fleet comes back at the same moment.
/// * **Never more than 5 logins in any minute**, which is the platform's limit for a device; those of an earlier session or
///   of a registration are counted when it [goes on with their pace](Self::paced).
/// * **Climbs**: after so many failures without a login the module is treated, [`Rung`] by rung. Logins: the context is renewed
///   after 3 and every 6 from there, the radio switched off and on after 6, the module restarted after 12, its reset pin
///   pulled after 24. Networks that are not found within ten minutes, or refuse the context: the radio after 2, a restart
///   after 4, the pin after 8. After 32 it begins again. A module that cannot be started: the pin when that is every fourth
///   failure in a row. Calls on line that have to be tried again and again: a login after 4 and 8, a restart after 12.
///   What the module or its board refuses is left out, and so is what the observer does
///   [not permit](Observer::permits): a [`Budget`] says how often a day.
/// * **Tells**: an observer hears each step; [`Stats`] is one that counts, and times how long each outage took.
/// * **Ends on a refusal**: a login refused with a code, a SIM that wants a PIN, a network that denies. The call returns
///   the error, and every later one returns [`LinkError::Ended`](crate::LinkError::Ended) at once, until
///   [`resume`](Self::resume). Where the module hides the reason, the third refusal in a row ends it. CONNACK 3 (server
///   unavailable) heals. A certificate that is not trusted ends it before the first login and heals later: a server
///   that hangs up looks the same to most modules, and nothing is told to a stranger.
/// * **Resubscribes**: filters are kept in `FILTERS` bytes, two and its text for each. One that the broker refuses is
///   reported and forgotten, and the connection stays.
///
/// Every method may be dropped at any time; the next one goes on with the step where it was, waits included. The step
/// itself begins again, and a dropped login counts as one of the five. So a `select` whose other arm fires more often
/// than a login takes must not be all there is: that arm publishes, or awaits [`online`](Self::online), outside of it.
// The order of the fields is kept, flags first: Thumb's short loads reach 32 bytes, or 32 words (`docs/sizes.md`).
#[derive(Debug)]
#[repr(C)]
pub struct Session<'a, L, O = Quiet, const FILTERS: usize = 128> {
    stage: Stage,
    unexplained: u8,
    /// Failures since the last login.
    unreached: u8,
    /// Calls that had to be tried again on line, since a message passed.
    refused: u8,
    /// How the module is treated when that comes next.
    rung: Rung,
    failures: u16,
    ended: Option<Refusal>,
    link: L,
    observer: O,
    backoff: Backoff,
    /// Logins and losses together.
    connection: u32,
    not_before: Instant,
    /// When the search for the network has taken too long.
    attach_by: Instant,
    steady_at: Instant,
    network: Network<'a>,
    pace: Pace,
    filters: Filters<FILTERS>,
}

/// What is to be done next; all before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Power,
    /// By the session's rung.
    Recover,
    Attach,
    Connect,
    Subscribe,
    Online,
}

impl<'a, L: Connect> Session<'a, L> {
    /// A session over `link` that reaches the network as told. Sends nothing.
    pub const fn new(link: L, network: Network<'a>, seed: u64) -> Self {
        Self::observed(link, network, seed, Quiet)
    }
}

impl<'a, L: Connect, O: Observer, const FILTERS: usize> Session<'a, L, O, FILTERS> {
    /// As [`new`](Session::new), with an observer that is told each step, for a display, a log, [`Stats`] or a [`Budget`].
    /// It is also the
    /// constructor to take when the list of filters needs other room:
    /// `let session: Session<_, _, 32> = Session::observed(link, network, seed, Quiet)`.
    pub const fn observed(link: L, network: Network<'a>, seed: u64, observer: O) -> Self {
        Self {
            link,
            network,
            observer,
            stage: Stage::Power,
            ended: None,
            unexplained: 0,
            failures: 0,
            unreached: 0,
            refused: 0,
            rung: Rung::Context,
            backoff: Backoff::new(seed),
            pace: Pace::new(),
            filters: Filters::NEW,
            not_before: Instant::MIN,
            attach_by: Instant::MAX,
            steady_at: Instant::MIN,
            connection: 0,
        }
    }

    /// Sets the first and the longest window of the back-off; 2 s and 256 s from the start.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff.set(first, longest);
        self
    }

    /// Counts the logins of before, too: those of a registration, or of an earlier session of the same device.
    #[must_use]
    pub fn paced(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The logins so far, for what comes behind this session.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// The link, for its module and its settings.
    pub fn link(&mut self) -> &mut L {
        &mut self.link
    }

    /// What was told of each step: [`Stats`], or what else took the place of [`Quiet`].
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// Goes on after a refusal, since a human changed something.
    pub fn resume(&mut self) {
        self.ended = None;
        self.unexplained = 0;
    }

    /// When a method has to be called again although the application has nothing to do: on line, so that the connection
    /// [lives](Connect::next_deadline); else when the next step of coming on line may begin. `None` when nothing is due, and
    /// after a refusal. For programs that sleep between their calls.
    pub fn next_deadline(&self) -> Option<Instant> {
        match self.stage {
            _ if self.ended.is_some() => None,
            Stage::Online => self.link.next_deadline(),
            _ => Some(self.not_before),
        }
    }

    /// Brings everything up; returns at once when it is.
    ///
    /// *Dropped*: the next call goes on where it was.
    ///
    /// # Errors
    /// Only what cannot heal.
    pub fn online(&mut self) -> impl Future<Output = Result<(), L::Error>> {
        self.act(Request::Connect)
    }

    /// Ends the connection in its orderly way; whatever is called next connects again.
    ///
    /// *Dropped*: the next connect cleans up.
    ///
    /// # Errors
    /// Only that the module restarted.
    pub async fn disconnect(&mut self) -> Result<(), L::Error> {
        self.stage = self.stage.min(Stage::Connect);
        self.link.disconnect().await
    }
}
