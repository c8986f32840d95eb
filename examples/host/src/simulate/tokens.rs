//! When a device may ask for a token of the path `https`: when it has none, or an old one, or one that the platform does
//! not take any more; and then once, before it waits.

use embassy_time::{Duration, Instant};
use wanlink_transports::store::HttpsToken;

/// From this age on a token is renewed (a day before its end: aliyun-iot, 4).
const OLD: Duration = Duration::from_secs(6 * 24 * 3600);

/// When this token was given, in a run that began at this time, in seconds. One that was given at a time that nobody
/// knew counts from now.
fn given(token: &HttpsToken, begin_s: u64) -> Instant {
    match token.given_s() {
        0 => Instant::now(),
        given_s => Instant::from_secs(given_s.saturating_sub(begin_s)),
    }
}

/// What the device has posted, and hears of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Post {
    SignIn,
    Message,
}

/// What is known of a device's token.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    may_sign: bool,
    /// When it was given.
    given: Option<Instant>,
    /// In an earlier life: what its age is then depends on the clock of the module.
    is_kept: bool,
    under_way: Option<Post>,
    /// No message was taken under it yet.
    is_new: bool,
    /// Tokens that the platform would not take since the device last waited.
    refused: u8,
}

impl Tokens {
    /// The microcontroller starts, with a token in its store or without, in a run that began at this time.
    pub(super) fn begin_life(&mut self, kept: Option<&HttpsToken>, begin_s: u64) {
        let given = kept.map(|token| given(token, begin_s));
        *self = Self { may_sign: kept.is_none(), given, is_kept: kept.is_some(), ..Self::default() };
    }

    /// The device posts; what is wrong with that.
    pub(super) fn called(&mut self, path: &str) -> Option<&'static str> {
        let age = self.given.map(|given| given.elapsed());
        let post = match path {
            "/auth" => Post::SignIn,
            path if path.starts_with("/topic/") => Post::Message,
            _ => return None,
        };
        self.under_way = Some(post);
        let is_old = age.is_some_and(|age| age >= OLD);
        match post {
            Post::SignIn if self.refused > 1 => Some("a token that was not taken was renewed twice without a wait"),
            Post::SignIn if std::mem::take(&mut self.may_sign) || is_old => None,
            Post::SignIn => Some("a token was asked for by a device that had one"),
            // It was still young when the post began.
            Post::Message if !self.is_kept && age.is_some_and(|age| age > OLD + Duration::from_secs(60)) => {
                Some("a message was posted under a token that is too old")
            }
            Post::Message => None,
        }
    }

    /// The platform answered with this code, and with a token or without.
    pub(super) fn answered(&mut self, code: Option<u64>, has_token: bool) {
        match (self.under_way.take(), code) {
            (Some(Post::SignIn), Some(0)) if has_token => {
                (self.given, self.is_kept, self.is_new) = (Some(Instant::now()), false, true);
            }
            (Some(Post::SignIn), _) => self.may_sign = true,
            (Some(Post::Message), Some(0)) => (self.is_new, self.refused) = (false, 0),
            (Some(Post::Message), Some(20001..=20003)) => (self.may_sign, self.refused) = (true, self.refused + 1),
            _ => {}
        }
    }

    /// The post came to nothing.
    pub(super) fn failed(&mut self) {
        self.may_sign |= self.under_way.take() == Some(Post::SignIn);
    }

    /// The device waits before it goes on.
    pub(super) fn waits(&mut self) {
        self.refused = 0;
    }

    /// A call was dropped: perhaps before a new token was in its place.
    pub(super) fn dropped(&mut self) {
        self.may_sign |= self.is_new;
        self.failed();
        self.waits();
    }
}
