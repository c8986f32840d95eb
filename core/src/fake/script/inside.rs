//! What the scripted modules do with a script.

use core::cell::{RefCell, RefMut};
use core::future::poll_fn;
use core::task::Poll;
use std::collections::VecDeque;
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use super::{Call, Posted, Publish, Script, Server, State};
use crate::fake::FakeError;
use crate::fake::feed::{Arrival, Line, Wire};
use crate::fake::step;
use crate::{ErrorKind, Refusal};

impl Script {
    pub(in super::super) fn new(arrive: fn(&mut Wire, Arrival)) -> Self {
        Self(Rc::new(RefCell::new(State {
            arrive,
            wire: Wire::default(),
            waker: None,
            mute: false,
            treatment_refusal: None,
            reachable: true,
            covered: true,
            login_refusal: None,
            refused_filter: None,
            publish_failures: VecDeque::new(),
            silent: false,
            full: false,
            piece: usize::MAX,
            subscriptions: Vec::new(),
            published: Vec::new(),
            acknowledged: Vec::new(),
            written: Vec::new(),
            server: None,
            website: None,
            calls: Vec::new(),
            watcher: None,
        })))
    }

    pub(super) fn state(&self) -> RefMut<'_, State> {
        self.0.borrow_mut()
    }

    pub(in super::super) fn note(&self, call: Call) {
        // Out of the state while it runs: a watcher may order the next event.
        let watcher = self.state().watcher.take();
        if let Some(mut watcher) = watcher {
            watcher(&call);
            self.state().watcher.get_or_insert(watcher);
        }
        self.state().calls.push(call);
    }

    /// What the server answers to a request.
    pub(in super::super) fn answer(&self, posted: &Posted) -> Result<(u16, Vec<u8>), FakeError> {
        // Out of the state while it runs: a website may order the next event.
        let website = self.state().website.take();
        let Some(mut website) = website else { return Err(ErrorKind::Reconnect.into()) };
        let answer = website(posted);
        self.state().website.get_or_insert(website);
        Ok(answer?)
    }

    pub(in super::super) fn is_mute(&self) -> bool {
        self.state().mute
    }

    pub(in super::super) fn treatment_refusal(&self) -> Option<ErrorKind> {
        self.state().treatment_refusal
    }

    pub(in super::super) fn with_wire<T>(&self, act: impl FnOnce(&mut Wire) -> T) -> T {
        act(&mut self.state().wire)
    }

    pub(in super::super) fn next_line(&self) -> Option<Line> {
        self.state().wire.lines.pop_front()
    }

    /// Waits for a line. Dropped: the line stays on the wire.
    pub(in super::super) async fn line(&self) -> Line {
        step::pause().await;
        poll_fn(|context| {
            let mut state = self.state();
            match state.wire.lines.pop_front() {
                Some(line) => Poll::Ready(line),
                None => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Waits until a network is in reach.
    pub(in super::super) async fn network(&self) {
        self.until(|state| state.covered).await;
    }

    /// Waits until the send buffers have room.
    pub(in super::super) async fn room(&self) {
        self.until(|state| !state.full).await;
    }

    async fn until(&self, holds: fn(&State) -> bool) {
        poll_fn(|context| {
            let mut state = self.state();
            if holds(&state) {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    pub(in super::super) fn is_silent(&self) -> bool {
        self.state().silent
    }

    pub(in super::super) fn is_reachable(&self) -> bool {
        self.state().reachable
    }

    pub(in super::super) fn refuses_certificate(&self) -> bool {
        self.state().login_refusal == Some(Refusal::Certificate)
    }

    pub(in super::super) fn piece(&self) -> usize {
        self.state().piece
    }

    pub(in super::super) fn note_write(&self, block: &[u8]) {
        self.state().written.push(block.into());
    }

    /// Lets the server of the test act, if there is one.
    pub(in super::super) fn with_server<T>(&self, act: impl FnOnce(&mut dyn Server) -> T) -> Option<T> {
        // Out of the state while it runs: it may order the next event.
        let mut server = self.state().server.take()?;
        let result = act(&mut *server);
        self.state().server.get_or_insert(server);
        Some(result)
    }

    pub(in super::super) fn acknowledge(&self, payload: Vec<u8>) {
        self.state().acknowledged.push(payload);
    }

    /// Whether the module itself refuses the next write of a publish.
    pub(in super::super) fn refuses_publish(&self) -> bool {
        let is_refused = self.state().publish_failures.front() == Some(&(ErrorKind::Retry, false));
        if is_refused {
            self.state().publish_failures.pop_front();
            self.note(Call::Publish(String::new()));
        }
        is_refused
    }

    /// What a failure of this kind does to the module.
    pub(in super::super) fn break_by(&self, kind: ErrorKind) {
        match kind {
            ErrorKind::Reconnect => self.lose_session(),
            ErrorKind::Reattach => self.lose_context(),
            ErrorKind::Restart => self.restart(),
            _ => {}
        }
    }

    pub(in super::super) fn login(&self, clean_session: bool) -> Result<(), FakeError> {
        let mut state = self.state();
        if !state.reachable {
            return Err(ErrorKind::Reconnect.into());
        }
        if let Some(refusal) = state.login_refusal {
            return Err(ErrorKind::Refused(refusal).into());
        }
        if clean_session {
            state.subscriptions.clear();
        }
        Ok(())
    }

    pub(in super::super) fn subscribe(&self, filter: &str) -> Result<(), FakeError> {
        let mut state = self.state();
        if state.refused_filter.as_deref() == Some(filter) {
            return Err(ErrorKind::Refused(Refusal::Subscription).into());
        }
        if !state.subscriptions.iter().any(|known| known == filter) {
            state.subscriptions.push(filter.into());
        }
        Ok(())
    }

    pub(in super::super) fn unsubscribe(&self, filter: &str) {
        self.state().subscriptions.retain(|known| known != filter);
    }

    pub(in super::super) fn publish(&self, message: Publish) -> Result<(), ErrorKind> {
        let mut state = self.state();
        let failure = state.publish_failures.pop_front();
        if failure.is_none_or(|(_, delivered)| delivered) {
            state.published.push(message);
        }
        failure.map_or(Ok(()), |(kind, _)| Err(kind))
    }
}
