//! The filters to subscribe, again after each login.

use heapless::Vec;
use wanlink_core::TooLong;

use crate::topic::{Scope, Topic};

/// The broker does not know of it in this connection yet.
const PENDING: u8 = 0x80;

/// Records of length, scope with the pending bit, and text, in `N` bytes.
#[derive(Debug)]
pub(super) struct Filters<const N: usize> {
    records: Vec<u8, N>,
}

impl<const N: usize> Filters<N> {
    pub(super) const NEW: Self = Self { records: Vec::new() };

    /// Adds a filter, or marks it as pending when it is there already.
    pub(super) fn add(&mut self, filter: Topic<'_>) -> Result<(), TooLong> {
        let text = filter.text.as_bytes();
        let needed = self.records.len() + 2 + text.len();
        let too_long = TooLong { what: "list of filters", limit: N, length: needed };
        let length = u8::try_from(text.len()).map_err(|_| too_long)?;
        if let Some((flags, _)) = self.each().find(|(flags, known)| is(filter, **flags, known)) {
            *flags |= PENDING;
            return Ok(());
        }
        if needed > N {
            return Err(too_long);
        }
        let head = [length, filter.scope as u8 | PENDING];
        // Fits, as just seen.
        let _ = self.records.extend_from_slice(&head).and_then(|()| self.records.extend_from_slice(text));
        Ok(())
    }

    /// The first filter that is pending.
    pub(super) fn first(&mut self) -> Option<Topic<'_>> {
        self.first_record().map(|(flags, text)| topic(*flags, text))
    }

    /// The broker knows of the first pending filter; whether there was one.
    pub(super) fn settle_first(&mut self) -> bool {
        self.first_record().map(|(flags, _)| *flags &= !PENDING).is_some()
    }

    /// All filters are pending: a new connection knows none.
    pub(super) fn renew(&mut self) {
        self.each().for_each(|(flags, _)| *flags |= PENDING);
    }

    /// Forgets the first pending filter.
    pub(super) fn remove_first(&mut self) {
        let mut searching = true;
        self.keep(|flags, _| {
            let found = searching && flags & PENDING != 0;
            searching &= !found;
            !found
        });
    }

    /// Forgets a filter.
    pub(super) fn remove(&mut self, filter: Topic<'_>) {
        self.keep(|flags, text| !is(filter, flags, text));
    }

    fn first_record(&mut self) -> Option<(&mut u8, &[u8])> {
        self.each().find(|(flags, _)| **flags & PENDING != 0)
    }

    fn each(&mut self) -> Records<'_> {
        Records(self.records.as_mut_slice())
    }

    /// Copies what stays, since moving within the buffer would link `memmove` for it.
    fn keep(&mut self, mut which: impl FnMut(u8, &[u8]) -> bool) {
        let mut kept = Vec::new();
        for (flags, text) in self.each() {
            if which(*flags, text) {
                // No more than there was, and no text is longer than the length it came with.
                let head = [text.len() as u8, *flags];
                let _ = kept.extend_from_slice(&head).and_then(|()| kept.extend_from_slice(text));
            }
        }
        self.records = kept;
    }
}

/// Scope and text of each record.
struct Records<'a>(&'a mut [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (&'a mut u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let [length, flags, tail @ ..] = core::mem::take(&mut self.0) else { return None };
        let (text, rest) = tail.split_at_mut_checked(usize::from(*length))?;
        self.0 = rest;
        Some((flags, text))
    }
}

fn is(filter: Topic<'_>, flags: u8, text: &[u8]) -> bool {
    flags & !PENDING == filter.scope as u8 && text == filter.text.as_bytes()
}

fn topic(flags: u8, text: &[u8]) -> Topic<'_> {
    // The text came from a `&str`, whole.
    Topic { scope: Scope::from_bits(flags & !PENDING), text: core::str::from_utf8(text).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec as List;

    use super::*;
    use crate::topic::{own, sys, user, whole};

    fn drain(filters: &mut Filters<64>) -> List<String> {
        let mut all = List::new();
        while let Some(topic) = filters.first() {
            all.push(std::format!("{:?} {}", topic.scope, topic.text));
            filters.settle_first();
        }
        all
    }

    #[test]
    fn each_is_pending_once_per_connection() {
        let mut filters = Filters::<64>::NEW;
        for topic in [user("get"), sys("a/b"), own("x"), whole("/w")] {
            filters.add(topic).unwrap();
        }
        let all = ["User get", "Sys a/b", "Own x", "Whole /w"];
        assert_eq!(drain(&mut filters), all);
        assert!(drain(&mut filters).is_empty());
        filters.renew();
        assert_eq!(drain(&mut filters), all);
        filters.add(own("x")).unwrap();
        assert_eq!(drain(&mut filters), ["Own x"], "asked for again, subscribed again, kept once");
    }

    #[test]
    fn removing_keeps_the_others() {
        let mut filters = Filters::<64>::NEW;
        for text in ["a", "bb", "ccc"] {
            filters.add(user(text)).unwrap();
        }
        filters.settle_first();
        filters.remove_first();
        filters.renew();
        assert_eq!(drain(&mut filters), ["User a", "User ccc"]);
        filters.remove(user("a"));
        filters.remove(user("unknown"));
        filters.renew();
        assert_eq!(drain(&mut filters), ["User ccc"]);
    }

    #[test]
    fn full_to_the_last_byte() {
        let mut filters = Filters::<6>::NEW;
        filters.add(user("1234")).unwrap();
        assert_eq!(filters.add(user("")), Err(TooLong { what: "list of filters", limit: 6, length: 8 }));
        filters.add(user("1234")).unwrap();
        let mut wide = Filters::<512>::NEW;
        assert!(wide.add(user(&"u".repeat(256))).is_err(), "the length is one byte");
        assert_eq!(filters.first(), Some(user("1234")));
    }
}
