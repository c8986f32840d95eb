//! The files of a module.

use std::collections::BTreeMap;

/// Files by name, in a room of limited size. What a name looks like is the dialect's business.
#[derive(Debug)]
pub(crate) struct Flash {
    files: BTreeMap<String, Vec<u8>>,
    capacity: usize,
}

/// Files take whole blocks (quectel-at 6).
const BLOCK: usize = 4_096;

impl Flash {
    pub(crate) const fn new(capacity: usize) -> Self {
        Self { files: BTreeMap::new(), capacity }
    }

    pub(crate) fn read(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    pub(crate) fn write(&mut self, name: String, content: Vec<u8>) {
        self.files.insert(name, content);
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.files.remove(name).is_some()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.files.retain(|name, _| keep(name));
    }

    /// Names and contents, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, content)| (name.as_str(), content.as_slice()))
    }

    pub(crate) const fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn free(&self) -> usize {
        let used: usize = self.files.values().map(|content| content.len().div_ceil(BLOCK) * BLOCK).sum();
        self.capacity.saturating_sub(used)
    }
}
