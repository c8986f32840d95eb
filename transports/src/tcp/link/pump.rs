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
    /// For nothing: the method is over.
    Over,
}

/// How far a method has come. Errors stand here and nowhere else: returned from function to function they would be copied
/// at each.
#[repr(C)]
struct Progress<'a, E> {
    step: Step,
    /// Its packet is made.
    begun: bool,
    /// The connection is over: it ends so when what came before is read and the socket closed.
    failure: Option<LinkError<E>>,
    /// How long the step may take.
    until: Instant,
    call: Call<'a>,
}

impl<E> Progress<'_, E> {
    /// The method ends with this error, at once.
    fn fail(&mut self, error: LinkError<E>) {
        (self.step, self.failure) = (Step::Over, Some(error));
    }
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
        let mut progress = Progress { call, step: Step::Open, begun: false, failure: None, until: Instant::MAX };
        loop {
            self.go_on(&mut progress);
            let mut host = HostName::empty();
            let request = match (progress.step, self.socket) {
                (Step::Over, _) => return progress.failure.map_or(Ok(()), Err),
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
            self.settle(&mut progress, done);
        }
    }

    /// Takes notice of what the socket did.
    #[inline(never)]
    fn settle(&mut self, progress: &mut Progress<'_, M::Error>, done: Either<Result<SocketReply, M::Error>, ()>) {
        let step = progress.step;
        match done {
            Either::First(Ok(SocketReply::Opened(socket))) => {
                self.socket = Some(socket);
                (progress.begun, progress.failure) = (true, self.log_in().err());
            }
            Either::First(Ok(SocketReply::Read(0))) => progress.failure = Some(self.cut()),
            Either::First(Ok(SocketReply::Read(count))) => self.client.filled(count, now_ms()),
            Either::First(Ok(_)) if step == Step::Close => self.socket = None,
            Either::First(Ok(_)) => self.written(),
            Either::First(Err(error)) => {
                if matches!(step, Step::Close | Step::Open) || is_passing(&progress.call, &error) {
                    self.socket = self.socket.filter(|_| step != Step::Close);
                    return progress.fail(LinkError::Module(error));
                }
                if step == Step::Write {
                    self.written();
                } else {
                    self.client.closed();
                }
                progress.failure = Some(over(error));
            }
            Either::Second(()) if progress.failure.is_some() => self.client.closed(),
            Either::Second(()) if step == Step::ReadLast => self.client.filled(0, now_ms()),
            Either::Second(()) => {}
        }
    }

    /// Goes on as far as it can without the module.
    #[inline(never)]
    fn go_on(&mut self, progress: &mut Progress<'_, M::Error>) {
        progress.until = Instant::MAX;
        while progress.step != Step::Over {
            if self.client.is_offline() {
                if self.socket.is_some() {
                    return progress.step = Step::Close;
                }
                if progress.failure.is_some() {
                    return progress.step = Step::Over;
                }
            }
            if !progress.begun && progress.failure.is_none() {
                if let Call::Request(Request::Connect) = progress.call {
                    return progress.step = Step::Open;
                }
                match self.begin(&progress.call) {
                    Ok(begun) => progress.begun = begun,
                    Err(error) => return progress.fail(error),
                }
            }
            if self.is_done(progress) {
                return progress.step = Step::Over;
            }
            let now_ms = now_ms();
            let queued = self.client.queued();
            let want = self.client.advance(now_ms);
            if let Want::Event(event) = want {
                if progress.failure.is_some() && self.client.queued() == queued {
                    // The end of what was sent lies behind messages without room.
                    self.client.closed();
                }
                take(progress, event);
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
                    if progress.begun && !is_last && is_qos_0(&progress.call) {
                        return progress.step = Step::Over;
                    }
                    progress.until = clock::instant(if is_last { now_ms.wrapping_add(GRACE_MS) } else { until });
                    return progress.step = if is_last { Step::ReadLast } else { Step::Read };
                }
                _ if is_over => self.client.closed(),
                _ if core::mem::take(&mut self.is_writing) && self.module.has_taken(socket) => self.written(),
                _ => {
                    self.is_writing = true;
                    return progress.step = Step::Write;
                }
            }
        }
    }

    /// Makes the packet of a call; `false` when one before it is not finished.
    #[inline(never)]
    fn begin(&mut self, call: &Call<'_>) -> Result<bool, LinkError<M::Error>> {
        let mut room = FullTopic::new();
        let begun = match *call {
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
    fn is_done(&self, progress: &Progress<'_, M::Error>) -> bool {
        match progress.call {
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
fn is_passing<E: Error>(call: &Call<'_>, error: &E) -> bool {
    error.kind() == ErrorKind::Retry && !matches!(call, Call::Disconnect)
}

const fn is_qos_0(call: &Call<'_>) -> bool {
    matches!(call, Call::Request(Request::Publish { qos: Qos::AtMostOnce, .. }))
}

/// Takes what the client tells: the call may be done with it.
fn take<E>(progress: &mut Progress<'_, E>, event: Event) {
    let is_done = match (event, &progress.call) {
        // The client is off line, and the socket is closed first.
        (Event::Closed(reason), _) => return progress.failure = Some(LinkError::Closed(reason)),
        (Event::Refused(code), _) => return progress.failure = Some(LinkError::Refused(Refusal::Connack(code))),
        _ if !progress.begun || progress.failure.is_some() => false,
        (Event::NotSubscribed, Call::Request(Request::Subscribe(_))) => {
            return progress.fail(LinkError::Refused(Refusal::Subscription));
        }
        (Event::Connected { .. }, Call::Request(Request::Connect))
        | (Event::Subscribed, Call::Request(Request::Subscribe(_)))
        | (Event::Unsubscribed, Call::Unsubscribe(_)) => true,
        // It is written; a message without room would be told for ever.
        (Event::Message, call) => is_qos_0(call),
        _ => false,
    };
    if is_done {
        progress.step = Step::Over;
    }
}
