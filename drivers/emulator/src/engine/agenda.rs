//! Things that happen later.

/// Events with their times; equal times keep the order in which they were added.
#[derive(Debug)]
pub(crate) struct Agenda<E>(Vec<(u64, E)>);

impl<E> Agenda<E> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, at_us: u64, event: E) {
        let place = self.0.partition_point(|entry| entry.0 <= at_us);
        self.0.insert(place, (at_us, event));
    }

    pub(crate) fn cancel(&mut self, unwanted: impl Fn(&E) -> bool) {
        self.0.retain(|entry| !unwanted(&entry.1));
    }

    pub(crate) fn next(&self) -> Option<u64> {
        self.0.first().map(|entry| entry.0)
    }

    /// Takes the first event if it is due. One at a time: an event may cancel those after it.
    pub(crate) fn take_due(&mut self, now_us: u64) -> Option<E> {
        (self.next()? <= now_us).then(|| self.0.remove(0).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_time_and_order() {
        let mut agenda = Agenda::new();
        for (at, event) in [(20, 'c'), (10, 'a'), (20, 'd'), (10, 'b'), (15, 'x')] {
            agenda.add(at, event);
        }
        agenda.cancel(|&event| event == 'x');
        assert_eq!(agenda.next(), Some(10));
        let taken: String = std::iter::from_fn(|| agenda.take_due(20)).collect();
        assert_eq!(taken, "abcd");
        agenda.add(30, 'e');
        assert_eq!(agenda.take_due(29), None);
    }
}
