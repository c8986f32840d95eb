//! What TCP under the module does about data that nobody acknowledges: it sends them again, and gives up in the end.

use std::collections::BTreeMap;

use wanlink_emulator::{LinkId, TCP_PATIENCE_US};

/// Links to somebody who has forgotten them, and when each is given up.
#[derive(Default)]
pub(crate) struct GivenUp(BTreeMap<LinkId, u64>);

impl GivenUp {
    /// Data that nobody acknowledges went out.
    pub(crate) fn sent(&mut self, now_us: u64, link: LinkId) {
        self.0.entry(link).or_insert(now_us + TCP_PATIENCE_US);
    }

    /// The module closed it.
    pub(crate) fn closed(&mut self, link: LinkId) {
        self.0.remove(&link);
    }

    /// When the next one is given up.
    pub(crate) fn next(&self) -> Option<u64> {
        self.0.values().copied().min()
    }

    /// Takes one that is given up now.
    pub(crate) fn take(&mut self, now_us: u64) -> Option<LinkId> {
        let link = self.0.iter().find(|(_, at_us)| **at_us <= now_us).map(|(&link, _)| link)?;
        self.0.remove(&link);
        Some(link)
    }
}
