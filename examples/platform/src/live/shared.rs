//! What all connections share: the platform behind its lock, and the way out to each device.

use crate::connection::{ConnId, Peer};
use crate::platform::Action;
use crate::record::Judgement;
use crate::tls::Front;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// Bytes that may wait for a device that does not read: enough for the platform's largest messages.
const MOST_WAITING: usize = 4 * 1024 * 1024;

/// The sending end to one device.
struct Line {
    bytes: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
}

/// The receiving end, held by the task of the connection. It ends when the platform closed the connection.
pub(super) struct Outgoing {
    bytes: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
}

impl Outgoing {
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        let bytes = self.bytes.recv().await?;
        self.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
        Some(bytes)
    }
}

struct State {
    front: Front,
    lines: BTreeMap<ConnId, Line>,
    last_conn: u64,
    /// The time that [`Shared::keep_time`] waits for.
    armed: Option<u64>,
}

pub(super) struct Shared {
    state: Mutex<State>,
    started: Instant,
    /// The next time to wake up at has changed.
    rearm: Notify,
    stop: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn new(front: Front) -> Self {
        let state = State { front, lines: BTreeMap::new(), last_conn: 0, armed: None };
        let (stop, _) = watch::channel(false);
        Self { state: Mutex::new(state), started: Instant::now(), rearm: Notify::new(), stop }
    }

    /// Every access goes through here, so that the time is taken under the lock and never runs backwards.
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut Front, u64) -> R) -> R {
        self.with_state(|state, now| f(&mut state.front, now))
    }

    fn with_state<R>(&self, f: impl FnOnce(&mut State, u64) -> R) -> R {
        // A panic in a caller's closure leaves the platform in order: each of its methods runs to its end or not at all.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let result = f(&mut state, now);
        state.carry(now);
        if state.front.next() != state.armed {
            self.rearm.notify_one();
        }
        result
    }

    /// A device came; `None` when the server stops.
    pub(super) fn open(&self, peer: Peer) -> Option<(ConnId, Outgoing)> {
        self.with_state(|state, now| {
            if *self.stop.borrow() {
                return None;
            }
            state.last_conn += 1;
            let conn = ConnId(state.last_conn);
            let (sender, receiver) = mpsc::unbounded_channel();
            let waiting = Arc::new(AtomicUsize::new(0));
            state.lines.insert(conn, Line { bytes: sender, waiting: Arc::clone(&waiting) });
            state.front.open(now, conn, peer);
            Some((conn, Outgoing { bytes: receiver, waiting }))
        })
    }

    /// A device is gone.
    pub(super) fn closed(&self, conn: ConnId) {
        self.with_state(|state, now| {
            state.lines.remove(&conn);
            state.front.closed(now, conn);
        });
    }

    /// Lets the platform act when its time has come; never ends.
    pub(super) async fn keep_time(&self) {
        loop {
            let next = self.with_state(|state, _| {
                state.armed = state.front.next();
                state.armed
            });
            let due = async {
                match next {
                    Some(us) => sleep_until(self.started + Duration::from_micros(us)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => self.with(|front, now| front.poll(now)),
                () = self.rearm.notified() => {}
            }
        }
    }

    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // It cannot fail: the sender is ours.
        let _ = stop.wait_for(|&stop| stop).await;
    }

    /// Closes every connection.
    pub(super) fn hang_up_all(&self) {
        self.with_state(|state, now| {
            for &conn in state.lines.keys() {
                state.front.end(now, conn, Judgement::Closed, "the platform stops");
            }
            state.carry(now);
            // Connections that the platform has forgotten, as a fault asked for, are still open.
            state.lines.clear();
        });
    }
}

impl State {
    /// Hands what the platform wants to send to the tasks of the connections.
    fn carry(&mut self, now: u64) {
        loop {
            let actions = self.front.take_actions();
            if actions.is_empty() {
                return;
            }
            for action in actions {
                match action {
                    Action::Send { conn, bytes } => self.send(now, conn, bytes),
                    Action::Close { conn } => {
                        self.lines.remove(&conn);
                    }
                }
            }
        }
    }

    fn send(&mut self, now: u64, conn: ConnId, bytes: Vec<u8>) {
        let Some(line) = self.lines.get(&conn) else {
            return;
        };
        let waiting = line.waiting.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len();
        if waiting > MOST_WAITING {
            // Not even the close reaches it in time.
            self.lines.remove(&conn);
            self.front.end(now, conn, Judgement::Closed, "the device does not read");
        } else {
            // It fails only when the task is gone, which says so itself.
            let _ = line.bytes.send(bytes);
        }
    }
}
