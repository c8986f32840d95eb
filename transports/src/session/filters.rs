//! The filters to subscribe, again after each login.

use heapless::String;
use wanlink_core::{Argument, TooLong};

use crate::topic::{Scope, Topic};

/// Records of a head and a filter's text, in `N` bytes: those that the broker knows in this connection, and behind them
/// those that are pending.
///
/// A head is two characters: the lower 7 bits of the text's length, then its eighth bit and the scope. So all of it is
/// text, and no part has to be checked to be some; that check is half a kilobyte.
#[derive(Debug)]
pub(super) struct Filters<const N: usize> {
    records: String<N>,
    /// Where the pending ones begin.
    known: usize,
}

const HEAD: usize = 2;

impl<const N: usize> Filters<N> {
    pub(super) const NEW: Self = Self { records: String::new(), known: 0 };

    /// Adds a filter as pending; one that was there already is pending again.
    pub(super) fn add(&mut self, filter: Topic<'_>) -> Result<(), TooLong> {
        self.remove(filter);
        let text = filter.text;
        let length = self.records.len() + HEAD + text.len();
        if length > N || text.len() > 255 {
            return Err(TooLong::new(Argument::Filters, N, length));
        }
        let head = [text.len() as u8 & 0x7F, (filter.scope as u8) << 1 | (text.len() >> 7) as u8 & 1];
        // Fits, as just seen.
        let _ = self.records.push(char::from(head[0]));
        let _ = self.records.push(char::from(head[1]));
        let _ = self.records.push_str(text);
        Ok(())
    }

    /// The first filter that is pending.
    pub(super) fn first(&self) -> Option<Topic<'_>> {
        self.record(self.known).map(|(filter, _)| filter)
    }

    /// The broker knows of the first pending filter; whether there was one.
    pub(super) fn settle_first(&mut self) -> bool {
        let end = self.record(self.known).map(|(_, end)| end);
        self.known = end.unwrap_or(self.known);
        end.is_some()
    }

    /// All filters are pending: a new connection knows none.
    pub(super) fn renew(&mut self) {
        self.known = 0;
    }

    /// Forgets the first pending filter.
    pub(super) fn remove_first(&mut self) {
        if let Some((_, end)) = self.record(self.known) {
            self.cut(self.known, end);
        }
    }

    /// Forgets a filter.
    pub(super) fn remove(&mut self, filter: Topic<'_>) {
        let mut at = 0;
        while let Some((known, end)) = self.record(at) {
            if known == filter {
                return self.cut(at, end);
            }
            at = end;
        }
    }

    /// The filter whose record begins at `at`, and where that ends.
    fn record(&self, at: usize) -> Option<(Topic<'_>, usize)> {
        let [low, high, ..] = self.records.as_bytes().get(at..)? else { return None };
        let begin = at + HEAD;
        let end = begin + usize::from(low | (high & 1) << 7);
        Some((Topic { scope: Scope::from_bits(high >> 1), text: self.records.get(begin..end)? }, end))
    }

    /// Copies what stays, since moving within the buffer would link `memmove` for it.
    fn cut(&mut self, begin: usize, end: usize) {
        let mut kept = String::new();
        // No more than there was.
        let _ = kept.push_str(self.records.get(..begin).unwrap_or_default());
        let _ = kept.push_str(self.records.get(end..).unwrap_or_default());
        self.records = kept;
        if begin < self.known {
            self.known -= end - begin;
        }
    }
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
        assert_eq!(filters.add(user("")), Err(TooLong::new(Argument::Filters, 6, 8)));
        filters.add(user("1234")).unwrap();
        let mut wide = Filters::<512>::NEW;
        assert!(wide.add(user(&"u".repeat(256))).is_err(), "the length has eight bits");
        for length in [127, 128, 255] {
            let text = "u".repeat(length);
            wide.add(sys(&text)).unwrap();
            assert_eq!(wide.first(), Some(sys(&text)));
            wide.remove_first();
        }
        assert_eq!(filters.first(), Some(user("1234")));
    }
}
