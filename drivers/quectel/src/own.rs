//! What the driver knows of an EC25, an EC200U and their like, beside what it knows of every module.

use embassy_time::{Duration, Instant};

/// See the [module](self).
pub struct Own {
    pub(crate) cycles: Cycles,
    /// A time server was asked for dates of certificates, and did not answer.
    pub(crate) no_time_server: bool,
    pub(crate) headers: Names,
}

impl Own {
    pub(crate) const NEW: Self = Self { cycles: Cycles::NEW, no_time_server: false, headers: Names::NONE };

    /// The flash stays as worn as it is.
    pub(crate) fn restarted(&mut self) {
        (self.no_time_server, self.headers) = (false, Names::NONE);
    }
}

/// Power cycles of a day that begins with its first.
pub(crate) struct Cycles {
    count: u8,
    since: Instant,
}

impl Cycles {
    const NEW: Self = Self { count: 0, since: Instant::MIN };

    /// Takes so many; `false`, and none, where they would be more than `most`.
    pub(crate) fn spend(&mut self, count: u8, most: u8) -> bool {
        self.spend_at(Instant::now(), count, most)
    }

    fn spend_at(&mut self, now: Instant, count: u8, most: u8) -> bool {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        if self.count == 0 || now >= self.since.saturating_add(DAY) {
            (self.count, self.since) = (0, now);
        }
        let after = self.count.saturating_add(count);
        let has_left = after <= most;
        if has_left {
            self.count = after;
        }
        has_left
    }
}

/// Names of the headers that the module was told and keeps, one behind the other, each with a NUL at its end.
pub(crate) struct Names {
    bytes: [u8; Self::ROOM],
    length: u8,
}

impl Names {
    pub(crate) const ROOM: usize = 64;
    const NONE: Self = Self { bytes: [0; Self::ROOM], length: 0 };

    /// Notes one more; `false` when there is no room.
    pub(crate) fn add(&mut self, name: &str) -> bool {
        let at = usize::from(self.length);
        let Some(room) = self.bytes.get_mut(at..=at + name.len()) else { return false };
        let Some((end, text)) = room.split_last_mut() else { return false };
        text.copy_from_slice(name.as_bytes());
        *end = 0;
        self.length = (at + name.len() + 1) as u8;
        true
    }

    /// The last, with which it may be taken away by [`remove`](Self::remove).
    pub(crate) fn last(&self) -> Option<&str> {
        let all = self.bytes.get(..usize::from(self.length))?.strip_suffix(b"\0")?;
        core::str::from_utf8(all.rsplit(|&byte| byte == 0).next()?).ok()
    }

    /// Forgets the last, which has so many bytes.
    pub(crate) fn remove(&mut self, length: usize) {
        self.length = self.length.saturating_sub(length as u8 + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_so_many_cycles() {
        let at = |hours: u64| Instant::from_secs(1_000 + hours * 3_600);
        let mut cycles = Cycles::NEW;
        for hour in 0..14 {
            assert!(cycles.spend_at(at(hour), 2, 30));
        }
        assert!(cycles.spend_at(at(14), 1, 30) && !cycles.spend_at(at(15), 2, 30) && cycles.spend_at(at(15), 1, 30));
        assert!(!cycles.spend_at(at(23), 1, 30), "the day is not over");
        assert!(cycles.spend_at(at(24), 2, 30) && cycles.spend_at(at(24), 28, 30) && !cycles.spend_at(at(24), 1, 30));
        // What is not refused counts all the same.
        assert!(cycles.spend_at(at(47), 9, u8::MAX) && !cycles.spend_at(at(47), 1, 30));
    }

    #[test]
    fn names_come_back_last_first() {
        let mut names = Names::NONE;
        assert_eq!(names.last(), None);
        assert!(names.add("password") && names.add("X-One"));
        assert_eq!(names.last(), Some("X-One"));
        names.remove(5);
        assert_eq!(names.last(), Some("password"));
        assert!(!names.add(core::str::from_utf8(&[b'n'; 55]).unwrap()));
        names.remove(8);
        assert_eq!(names.last(), None);
    }
}
