//! When each connection wants to be looked at next.

use crate::connection::ConnId;
use std::collections::{BTreeMap, BTreeSet};

/// One time per connection, sorted both ways, so that a fleet of connections costs no scan.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    by_time: BTreeSet<(u64, ConnId)>,
    by_conn: BTreeMap<ConnId, u64>,
}

impl Timers {
    /// Sets, moves or removes the time of a connection.
    pub(crate) fn set(&mut self, conn: ConnId, at: Option<u64>) {
        if self.by_conn.get(&conn).copied() == at {
            return;
        }
        if let Some(old) = self.by_conn.remove(&conn) {
            self.by_time.remove(&(old, conn));
        }
        if let Some(at) = at {
            self.by_conn.insert(conn, at);
            self.by_time.insert((at, conn));
        }
    }

    /// The earliest time.
    pub(crate) fn next(&self) -> Option<u64> {
        self.by_time.first().map(|&(at, _)| at)
    }

    /// Takes out the earliest connection whose time has come, with its time.
    pub(crate) fn pop_due(&mut self, now: u64) -> Option<(u64, ConnId)> {
        let &(at, conn) = self.by_time.first()?;
        if at > now {
            return None;
        }
        self.set(conn, None);
        Some((at, conn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_comes_first_and_only_when_due() {
        let mut timers = Timers::default();
        timers.set(ConnId(1), Some(30));
        timers.set(ConnId(2), Some(10));
        timers.set(ConnId(3), Some(20));
        timers.set(ConnId(3), None);
        timers.set(ConnId(1), Some(5));
        assert_eq!(timers.next(), Some(5));
        assert_eq!(timers.pop_due(4), None);
        assert_eq!(timers.pop_due(10), Some((5, ConnId(1))));
        assert_eq!(timers.pop_due(10), Some((10, ConnId(2))));
        assert_eq!(timers.pop_due(u64::MAX), None);
        assert_eq!(timers.next(), None);
    }
}
