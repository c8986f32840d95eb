//! The handle of a test on a scripted module: what happens to it, and what it was asked to do.

mod inside;

use core::fmt;
use core::task::Waker;
use std::boxed::Box;
use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use super::feed::{Arrival, Line, Wire};
use crate::{ContentType, ErrorKind, Qos, Refusal, Rung};

/// How far the module has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Off, or freshly booted.
    Off,
    /// It answers and is set up.
    On,
    /// The data context is up.
    Attached,
    /// A broker accepted the login.
    Connected,
}

/// What broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The session with the broker.
    Session,
    /// The data context.
    Context,
    /// The module restarted.
    Everything,
}

impl Broken {
    pub(super) const fn level(self) -> Level {
        match self {
            Self::Session => Level::Attached,
            Self::Context => Level::On,
            Self::Everything => Level::Off,
        }
    }
}

/// One thing that the module was asked to do, as far as it has come: a call that was refused before a byte is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Call {
    Start,
    Attach {
        apn: String,
    },
    Recover(Rung),
    Stop,
    /// Of a socket.
    Open {
        host: String,
        port: u16,
        /// As with `Connect`.
        trust: Option<String>,
    },
    /// Of a socket.
    Close,
    Connect {
        /// Empty, as all of the server, when the broker was told it over a socket.
        host: String,
        port: u16,
        /// The root's name, or `anyone`; `None` without TLS.
        trust: Option<String>,
        client_id: String,
        user: String,
        password: String,
        keep_alive_s: u16,
    },
    Subscribe(String),
    Unsubscribe(String),
    Publish(String),
    /// The path of a request over HTTPS.
    Post(String),
    /// Of a client on a socket.
    Ping,
    Disconnect,
}

/// A message that reached the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// How it was sent.
    pub qos: Qos,
    /// Whether it was marked as one that may have come before.
    pub dup: bool,
}

/// The other end of a socket, as a test wants it. One connection at a time.
pub trait Server {
    /// A connection begins; one before it is over.
    fn opened(&mut self, port: u16);

    /// Bytes come; what it answers goes to `out`. Whether the connection stays.
    fn input(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool;
}

/// A request that a module was asked to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Where to.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Path and query.
    pub path: String,
    /// Type of its body.
    pub content: ContentType,
    /// Its own header lines.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

type Watcher = Box<dyn FnMut(&Call)>;
type Website = Box<dyn FnMut(&Posted) -> Result<(u16, Vec<u8>), ErrorKind>>;

struct State {
    arrive: fn(&mut Wire, Arrival),
    wire: Wire,
    waker: Option<Waker>,
    mute: bool,
    treatment_refusal: Option<ErrorKind>,
    reachable: bool,
    covered: bool,
    login_refusal: Option<Refusal>,
    refused_filter: Option<String>,
    publish_failures: VecDeque<(ErrorKind, bool)>,
    silent: bool,
    full: bool,
    piece: usize,
    subscriptions: Vec<String>,
    published: Vec<Publish>,
    acknowledged: Vec<Vec<u8>>,
    written: Vec<Vec<u8>>,
    server: Option<Box<dyn Server>>,
    website: Option<Website>,
    calls: Vec<Call>,
    watcher: Option<Watcher>,
}

/// Handle on a [`Fake`](super::Fake), cheap to clone.
#[derive(Clone)]
pub struct Script(Rc<RefCell<State>>);

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").field("calls", &self.state().calls).finish_non_exhaustive()
    }
}

/// What a test orders.
impl Script {
    /// The broker delivers a message.
    pub fn queue(&self, topic: &str, payload: &[u8]) {
        self.deliver(topic, payload, false);
    }

    /// The broker delivers a message, and a part of it is lost between module and driver.
    pub fn queue_torn(&self, topic: &str, payload: &[u8]) {
        self.deliver(topic, payload, true);
    }

    /// The broker refuses logins from now on, or accepts them again.
    pub fn refuse_logins(&self, refusal: Option<Refusal>) {
        self.state().login_refusal = refusal;
    }

    /// The broker refuses this filter from now on.
    pub fn refuse_filter(&self, filter: &str) {
        self.state().refused_filter = Some(filter.into());
    }

    /// The broker cannot be reached from now on, or can again; a session that is open stays.
    pub fn set_reachable(&self, reachable: bool) {
        self.state().reachable = reachable;
    }

    /// No network is in reach of `attach` from now on, or one is again; a context that is up stays.
    pub fn set_covered(&self, covered: bool) {
        let mut state = self.state();
        state.covered = covered;
        state.waker.take().into_iter().for_each(Waker::wake);
    }

    /// The module does not answer to `start` from now on, or does again.
    pub fn set_mute(&self, mute: bool) {
        self.state().mute = mute;
    }

    /// The module refuses each step of recovery from now on, or takes them again.
    pub fn refuse_treatments(&self, kind: Option<ErrorKind>) {
        self.state().treatment_refusal = kind;
    }

    /// The broker on a socket takes what comes and says nothing from now on, or answers again.
    pub fn set_silent(&self, silent: bool) {
        self.state().silent = silent;
    }

    /// The module's send buffers are full from now on, or not any longer.
    pub fn set_full(&self, full: bool) {
        let mut state = self.state();
        state.full = full;
        wake(state);
    }

    /// A read of a socket brings so many bytes at most from now on.
    pub fn set_piece(&self, bytes: usize) {
        self.state().piece = bytes;
    }

    /// The session with the broker ends: on sockets, it closes them in its orderly way.
    pub fn lose_session(&self) {
        self.lose(Broken::Session);
    }

    /// The data context ends, and the session with it.
    pub fn lose_context(&self) {
        self.lose(Broken::Context);
    }

    /// The module restarts: what it kept is gone.
    pub fn restart(&self) {
        self.state().wire = Wire::default();
        self.lose(Broken::Everything);
    }

    /// The next publish that has no failure yet fails with this kind, before the broker has it.
    pub fn fail_publish(&self, kind: ErrorKind) {
        self.state().publish_failures.push_back((kind, false));
    }

    /// As [`fail_publish`](Self::fail_publish), but the broker has the message and only its answer is lost.
    pub fn lose_acknowledgement(&self, kind: ErrorKind) {
        self.state().publish_failures.push_back((kind, true));
    }

    /// Puts a server in place of the broker, for the sockets that are opened from now on.
    pub fn serve(&self, server: impl Server + 'static) {
        self.state().server = Some(Box::new(server));
    }

    /// Says what the server answers to requests over HTTPS: a status and a body, or how the module fails. Nobody answers
    /// before.
    pub fn answer_posts(&self, website: impl FnMut(&Posted) -> Result<(u16, Vec<u8>), ErrorKind> + 'static) {
        self.state().website = Some(Box::new(website));
    }

    /// The server on the socket sends these bytes of its own accord.
    pub fn send(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.wire.lines.push_back(Line::Bytes(bytes.into()));
        wake(state);
    }

    /// Calls `watcher` at each [`Call`], so that a test can note the time.
    pub fn watch(&self, watcher: impl FnMut(&Call) + 'static) {
        self.state().watcher = Some(Box::new(watcher));
    }

    /// What the module was asked to do so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// How often it was asked for what `which` picks.
    #[must_use]
    pub fn count(&self, which: fn(&Call) -> bool) -> usize {
        self.state().calls.iter().filter(|call| which(call)).count()
    }

    /// What the broker got so far.
    #[must_use]
    pub fn published(&self) -> Vec<Publish> {
        self.state().published.clone()
    }

    /// The payloads of the messages that a client on a socket acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> Vec<Vec<u8>> {
        self.state().acknowledged.clone()
    }

    /// What each write to a socket gave the module, block by block.
    #[must_use]
    pub fn written(&self) -> Vec<Vec<u8>> {
        self.state().written.clone()
    }

    /// The filters that the broker knows of this session.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<String> {
        self.state().subscriptions.clone()
    }

    fn deliver(&self, topic: &str, payload: &[u8], torn: bool) {
        let mut state = self.state();
        let arrive = state.arrive;
        arrive(&mut state.wire, Arrival { topic: topic.into(), payload: payload.into(), torn });
        wake(state);
    }

    fn lose(&self, broken: Broken) {
        let mut state = self.state();
        state.wire.lines.push_back(Line::Broken(broken));
        wake(state);
    }
}

/// Wakes only after the borrow is over.
fn wake(mut state: RefMut<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    waker.into_iter().for_each(Waker::wake);
}
