//! Room for inbound messages, bounded as a driver's buffer is.

use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use crate::{Inbound, Message};

#[derive(Debug)]
enum Slot {
    Message { topic: String, payload: Vec<u8> },
    Lost { count: u16, longest: usize },
}

/// Messages in the order of their arrival, and what was lost between them.
#[derive(Debug)]
pub struct Inbox {
    slots: VecDeque<Slot>,
    room: usize,
    used: usize,
    lent: bool,
}

impl Inbox {
    pub(super) fn new(room: usize) -> Self {
        Self { slots: VecDeque::new(), room, used: 0, lent: false }
    }

    /// Whether `bytes` more fit. An empty inbox takes the largest there is, to lose it with its length told.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        self.slots.is_empty() || self.used + bytes <= self.room
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn push(&mut self, topic: String, payload: Vec<u8>) {
        let bytes = topic.len() + payload.len();
        if self.used + bytes > self.room {
            return self.lose(bytes);
        }
        self.used += bytes;
        self.slots.push_back(Slot::Message { topic, payload });
    }

    pub(super) fn lose(&mut self, bytes: usize) {
        let only_lent = self.lent && self.slots.len() == 1;
        match self.slots.back_mut() {
            Some(Slot::Lost { count, longest }) if !only_lent => {
                *count = count.saturating_add(1);
                *longest = bytes.max(*longest);
            }
            _ => self.slots.push_back(Slot::Lost { count: 1, longest: bytes }),
        }
    }

    pub(super) fn front(&mut self) -> Option<Inbound<'_>> {
        let slot = self.slots.front()?;
        self.lent = true;
        Some(match slot {
            Slot::Message { topic, payload } => Inbound::Message(Message::new(topic.as_bytes(), payload)),
            &Slot::Lost { count, longest } => Inbound::Lost { count, longest },
        })
    }

    /// Gives up the message that was lent, if one was.
    pub(super) fn release(&mut self) {
        if core::mem::take(&mut self.lent)
            && let Some(Slot::Message { topic, payload }) = self.slots.pop_front()
        {
            self.used -= topic.len() + payload.len();
        }
    }
}
