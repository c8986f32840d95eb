//! The one loop behind every method: it carries bytes between client and socket until the method is done.

use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use wanlink_core::{
    Argument, Delivery, Error, ErrorKind, Opens, Qos, Refusal, SocketReply, SocketRequest, SocketState, TcpSocket,
    TooLong,
};

use super::{LIMITS, Link};
use crate::endpoint::HostName;
use crate::error::LinkError;
use crate::link::Request;
use crate::principal::Principal;
use crate::reason::Reason;
use crate::tcp::client::passed;
use crate::tcp::clock::{self, now_ms};
use crate::tcp::{self, Event, Want};
use crate::topic::{FullTopic, Topic, TopicError};

/// So long the module has to hand out what waits there when an answer is late, in milliseconds: the server was in time
/// when its answer lies in the module because nobody read.
const GRACE_MS: u32 = 5_000;

/// Without a deadline: as long as the clock can tell.
const FOREVER_MS: u32 = u32::MAX >> 1;

/// What a method does.
#[derive(Clone, Copy)]
pub(super) enum Call<'a> {
    Request(Request<'a>),
    Unsubscribe(Topic<'a>),
    Disconnect,
}

/// What the socket is asked for next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Close,
    Open,
    Write,
    Read,
    /// To read what waits there, when an answer is late.
    ReadLast,
}

/// How far a method has come.
struct Progress<E> {
    /// Its packet is made.
    begun: bool,
    /// The connection is over: it ends so when what came before is read and the socket closed.
    failure: Option<LinkError<E>>,
    /// How long a read may take.
    until: Instant,
}

impl<M: TcpSocket, S: Opens<M>, P: Principal> Link<'_, M, S, P> {
    /// *Dropped*: loses nothing; what the module was given, or has for us, is found by the next call.
    pub(super) async fn run(&mut self, call: Call<'_>) -> Result<(), LinkError<M::Error>> {
        self.client.release();
        match call {
            Call::Request(Request::Connect) => self.client.closed(),
            // It knows by itself what it was given.
            Call::Request(Request::Publish { .. }) => {}
            _ => self.client.remember(matches!(call, Call::Request(Request::Subscribe(_)))),
        }
        let mut progress = Progress { begun: false, failure: None, until: Instant::MAX };
        loop {
            let Some(step) = self.step(call, &mut progress)? else { return Ok(()) };
            let mut host = HostName::empty();
            let request = match (step, self.socket) {
                (Step::Write, Some(socket)) => SocketRequest::Write(socket, self.client.unsent()),
                (Step::Read | Step::ReadLast, Some(socket)) => SocketRequest::Read(socket, self.client.room()),
                (Step::Close, Some(socket)) => SocketRequest::Close(socket),
                _ => {
                    self.account.write_host(&mut host)?;
                    SocketRequest::Open { host: host.as_str(), port: self.account.endpoint.port() }
                }
            };
            let asked = self.account.endpoint.security().perform_on(&mut self.module, request);
            let done = select(asked, Timer::at(progress.until)).await;
            self.settle(call, &mut progress, step, done)?;
        }
    }

    /// Takes notice of what the socket did.
    fn settle(
        &mut self,
        call: Call<'_>,
        progress: &mut Progress<M::Error>,
        step: Step,
        done: Either<Result<SocketReply, M::Error>, ()>,
    ) -> Result<(), LinkError<M::Error>> {
        let error = match done {
            Either::First(Ok(reply)) => {
                match (step, reply) {
                    (_, SocketReply::Opened(socket)) => {
                        self.socket = Some(socket);
                        (progress.begun, progress.failure) = (true, self.log_in().err());
                    }
                    (_, SocketReply::Read(0)) => progress.failure = Some(self.cut()),
                    (_, SocketReply::Read(count)) => self.client.filled(count, now_ms()),
                    (Step::Close, _) => self.socket = None,
                    _ => self.written(),
                }
                return Ok(());
            }
            Either::First(Err(error)) => error,
            Either::Second(()) => {
                if progress.failure.is_some() {
                    self.client.closed();
                } else if step == Step::ReadLast {
                    self.client.filled(0, now_ms());
                }
                return Ok(());
            }
        };
        match step {
            Step::Close => self.socket = None,
            Step::Write | Step::Read | Step::ReadLast if !is_passing(call, &error) => {
                if step == Step::Write {
                    self.written()
                } else {
                    self.client.closed()
                }
                progress.failure = Some(over(error));
                return Ok(());
            }
            _ => {}
        }
        Err(LinkError::Module(error))
    }

    /// Goes on as far as it can without the module.
    #[inline(never)]
    fn step(&mut self, call: Call<'_>, progress: &mut Progress<M::Error>) -> Result<Option<Step>, LinkError<M::Error>> {
        progress.until = Instant::MAX;
        loop {
            if self.client.is_offline() {
                if self.socket.is_some() {
                    return Ok(Some(Step::Close));
                }
                if let Some(error) = progress.failure.take() {
                    return Err(error);
                }
            }
            if !progress.begun && progress.failure.is_none() {
                if let Call::Request(Request::Connect) = call {
                    return Ok(Some(Step::Open));
                }
                progress.begun = self.begin(call)?;
            }
            if self.is_done(call, progress) {
                return Ok(None);
            }
            let now_ms = now_ms();
            let queued = self.client.queued();
            let want = self.client.advance(now_ms);
            if let Want::Event(event) = want {
                if progress.failure.is_some() && self.client.queued() == queued {
                    // The end of what was sent lies behind messages without room.
                    self.client.closed();
                }
                match outcome(call, progress, event) {
                    Err(error) if self.client.is_offline() => progress.failure = Some(error),
                    Ok(false) => {}
                    result => return result.map(|_| None),
                }
                continue;
            }
            let Some(socket) = self.socket else {
                progress.failure = Some(self.cut());
                continue;
            };
            let is_over = progress.failure.is_some();
            match want {
                // What came before the end is read to its end.
                _ if is_over && self.module.state(socket) != SocketState::Readable => self.client.closed(),
                Want::Read(until) => {
                    let until = until.unwrap_or(now_ms.wrapping_add(FOREVER_MS));
                    let is_last = is_over || passed(until, now_ms);
                    if progress.begun && !is_last && is_qos_0(call) {
                        return Ok(None);
                    }
                    progress.until = clock::instant(if is_last { now_ms.wrapping_add(GRACE_MS) } else { until });
                    return Ok(Some(if is_last { Step::ReadLast } else { Step::Read }));
                }
                _ if is_over => self.client.closed(),
                _ if core::mem::take(&mut self.is_writing) && self.module.has_taken(socket) => self.written(),
                _ => {
                    self.is_writing = true;
                    return Ok(Some(Step::Write));
                }
            }
        }
    }

    /// Makes the packet of a call; `false` when one before it is not finished.
    #[inline(never)]
    fn begin(&mut self, call: Call<'_>) -> Result<bool, LinkError<M::Error>> {
        let mut room = FullTopic::new();
        let begun = match call {
            Call::Request(Request::Publish { topic, payload, qos }) => {
                let topic = self.account.write_topic(&LIMITS, topic, Some(payload), &mut room)?;
                self.account.delivery = if qos == Qos::AtMostOnce { Delivery::Sent } else { Delivery::Acknowledged };
                self.client.publish(topic, payload, qos)
            }
            Call::Request(Request::Subscribe(filter)) => {
                let filter = self.account.write_topic(&LIMITS, filter, None, &mut room)?;
                self.client.subscribe(filter, Qos::AtLeastOnce)
            }
            Call::Unsubscribe(filter) => {
                let filter = self.account.write_topic(&LIMITS, filter, None, &mut room)?;
                self.client.unsubscribe(filter)
            }
            Call::Disconnect => {
                self.client.disconnect();
                Ok(())
            }
            Call::Request(Request::Connect | Request::Ready) => Ok(()),
        };
        match begun {
            Err(tcp::Error::Busy) => Ok(false),
            begun => begun.map(|()| true).map_err(|error| self.misuse(error)),
        }
    }

    /// Outside of the async function: the texts would stand in its future.
    #[inline(never)]
    fn log_in(&mut self) -> Result<(), LinkError<M::Error>> {
        let mut texts = P::empty();
        self.account.write_texts(&LIMITS, &mut texts);
        let begun = self.client.connect(&self.account.login(&texts));
        self.is_writing = false;
        self.client.remember(true);
        begun.map_err(|error| self.misuse(error))
    }

    fn misuse(&self, error: tcp::Error) -> LinkError<M::Error> {
        match error {
            tcp::Error::NoRoom { needed } => {
                LinkError::TooLong(TooLong::new(Argument::Packet, self.client.room_to_send(), needed))
            }
            tcp::Error::Text => LinkError::Topic(TopicError::Text),
            tcp::Error::Busy | tcp::Error::Offline => LinkError::Closed(Reason::Offline),
        }
    }

    /// Whether a call is done that ends with no event of its own.
    fn is_done(&self, call: Call<'_>, progress: &Progress<M::Error>) -> bool {
        match call {
            Call::Request(Request::Ready) => self.client.has_message(),
            Call::Request(Request::Publish { qos: Qos::AtLeastOnce, .. }) => {
                progress.begun && !self.client.is_in_flight()
            }
            _ => false,
        }
    }

    /// The module has taken all that is unsent.
    fn written(&mut self) {
        self.is_writing = false;
        self.client.sent(self.client.unsent().len(), now_ms());
    }

    /// The connection is over.
    fn cut(&mut self) -> LinkError<M::Error> {
        self.client.closed();
        LinkError::Closed(Reason::Remote)
    }
}

/// The connection is over by this error of the module. One that knows no such socket was started anew meanwhile.
fn over<E: Error>(error: E) -> LinkError<E> {
    if error.kind() == ErrorKind::Misuse { LinkError::Closed(Reason::Remote) } else { LinkError::Module(error) }
}

/// Whether the connection outlives this error of the module. A goodbye is not worth another try.
fn is_passing<E: Error>(call: Call<'_>, error: &E) -> bool {
    error.kind() == ErrorKind::Retry && !matches!(call, Call::Disconnect)
}

const fn is_qos_0(call: Call<'_>) -> bool {
    matches!(call, Call::Request(Request::Publish { qos: Qos::AtMostOnce, .. }))
}

/// Whether a call is done with this event.
fn outcome<E>(call: Call<'_>, progress: &Progress<E>, event: Event) -> Result<bool, LinkError<E>> {
    match (event, call) {
        (Event::Closed(reason), _) => Err(LinkError::Closed(reason)),
        (Event::Refused(code), _) => Err(LinkError::Refused(Refusal::Connack(code))),
        _ if !progress.begun || progress.failure.is_some() => Ok(false),
        (Event::NotSubscribed, Call::Request(Request::Subscribe(_))) => Err(LinkError::Refused(Refusal::Subscription)),
        (Event::Connected { .. }, Call::Request(Request::Connect))
        | (Event::Subscribed, Call::Request(Request::Subscribe(_)))
        | (Event::Unsubscribed, Call::Unsubscribe(_)) => Ok(true),
        // It is written; a message without room would be told for ever.
        (Event::Message, call) => Ok(is_qos_0(call)),
        _ => Ok(false),
    }
}
