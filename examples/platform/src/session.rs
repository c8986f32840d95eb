//! What the platform keeps of a device between packets and, with clean session 0, between connections.

use crate::login::Login;
use crate::topic;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A QoS 1 message on its way to the device.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) pushed: u64,
}

/// A message that was sent and not yet acknowledged.
#[derive(Debug)]
pub(crate) struct Inflight {
    pub(crate) id: u16,
    pub(crate) message: Arc<Message>,
}

/// An MQTT session.
#[derive(Debug)]
pub(crate) struct Session {
    /// The latest one.
    pub(crate) login: Arc<Login>,
    pub(crate) subscriptions: BTreeSet<String>,
    /// Publishes of the device without a PUBACK yet: identifier, topic and payload.
    pub(crate) unacked: BTreeMap<u16, (String, Vec<u8>)>,
    pub(crate) inflight: VecDeque<Inflight>,
    pub(crate) queue: VecDeque<Arc<Message>>,
    last_id: u16,
}

impl Session {
    pub(crate) fn new(login: Arc<Login>) -> Self {
        Self {
            login,
            subscriptions: BTreeSet::new(),
            unacked: BTreeMap::new(),
            inflight: VecDeque::new(),
            queue: VecDeque::new(),
            last_id: 0,
        }
    }

    /// Whether a subscription takes this topic.
    pub(crate) fn is_subscribed(&self, name: &str) -> bool {
        self.subscriptions.iter().any(|filter| topic::covers(filter, name))
    }

    /// An identifier that no message in flight uses.
    pub(crate) fn next_id(&mut self) -> u16 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            // At most 65534 are in flight, see `take_queued`: one is free.
            if self.inflight.iter().all(|sent| sent.id != self.last_id) {
                return self.last_id;
            }
        }
    }

    /// Takes the next message that may be sent now.
    pub(crate) fn take_queued(
        &mut self,
        now: u64,
        unacknowledged: Option<usize>,
        retention_us: Option<u64>,
    ) -> Option<Arc<Message>> {
        let most = unacknowledged.unwrap_or(usize::MAX).min(65_534);
        if self.inflight.len() >= most {
            return None;
        }
        let expired = |message: &Arc<Message>| retention_us.is_some_and(|us| now.saturating_sub(message.pushed) > us);
        while self.queue.front().is_some_and(expired) {
            self.queue.pop_front();
        }
        self.queue.pop_front()
    }

    /// Takes out what a PUBACK acknowledges; `false` if nothing was sent under this identifier.
    pub(crate) fn acknowledge(&mut self, id: u16) -> bool {
        let before = self.inflight.len();
        self.inflight.retain(|sent| sent.id != id);
        self.inflight.len() < before
    }
}
