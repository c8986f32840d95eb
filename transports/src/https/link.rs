//! A device on the platform through the HTTPS client of a module.

use embassy_time::{Duration, Instant};
use wanlink_core::__private::is_mutant;
use wanlink_core::{__log, Argument, Body, ContentType, Delivery, ErrorType, HttpsAt, Post, Qos, Refusal, TooLong};
use zeroize::Zeroizing;

use super::answer::{Answer, NOT_SIGNED, SUCCESS, is_of_token};
use super::endpoint::Endpoint;
use super::request::{AUTH, SignIn, write_sign_in};
use crate::endpoint::HostName;
use crate::error::LinkError;
use crate::identity::Identity;
use crate::link::{Connect, Request, Uplink};
use crate::reason::Reason;
use crate::sign::{HmacSha256, Sign};
use crate::store::{HttpsToken, InMemory, Name, Store};
use crate::text::{Text, put_all};
use crate::topic::{FullTopic, Topic, without_wildcard};

/// The longest message that the platform takes, in bytes.
const LONGEST: usize = 128 * 1024;

/// A token lives for seven days; it is renewed a day before.
const RENEWED_AFTER: Duration = Duration::from_secs(6 * 24 * 3600);

/// Room for an answer; those of the platform have about 100 bytes.
const ANSWER: usize = 256;

/// A path: `/topic` and the topic.
type Path = Text<134>;

/// A device that posts to the platform through the HTTPS client of a module.
///
/// Each message is a request of its own, and [`Acknowledged`](Delivery::Acknowledged) when the platform took it. It has
/// no connection to keep: [`connect`](Connect::connect) signs in when no token is at hand, and a token that the platform
/// does not take any more is renewed once within the call. [`Session`](crate::Session) keeps trying.
///
/// ```
/// # use wanlink_core::{Module, HttpsAt, Network, Qos};
/// use wanlink_transports::{Identity, Session, Uplink, https, topic};
/// # use wanlink_emulator as _;
/// # async fn example<M: HttpsAt>(mut modem: M) -> Result<(), Box<dyn std::error::Error>> {
/// let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef")?;
/// let link = https::Link::new(&mut modem, &identity, https::Endpoint::public(https::Region::Shanghai));
/// let mut session = Session::new(link, Network::apn("cmiot"), 42);
/// # let result =
/// session.publish(topic::user("update"), b"21.5", Qos::AtLeastOnce).await;
/// # Ok(()) }
/// ```
///
/// Nothing comes down this path, and the compiler says so:
///
/// ```compile_fail,E0599
/// # use wanlink_core::{HttpsAt, Network};
/// # use wanlink_transports::{Downlink, Identity, Session, https, topic};
/// # use wanlink_emulator as _;
/// # async fn example<M: HttpsAt>(mut modem: M, identity: Identity) {
/// let link = https::Link::new(&mut modem, &identity, https::Endpoint::public(https::Region::Shanghai));
/// let mut session = Session::new(link, Network::apn("cmiot"), 42);
/// session.subscribe(topic::user("get")).await;
/// # }
/// ```
#[derive(Debug)]
pub struct Link<'a, M, S = InMemory, A: Sign = HmacSha256> {
    module: M,
    identity: &'a Identity<A>,
    endpoint: Endpoint<'a>,
    store: S,
    token: Option<HttpsToken>,
    renew_at: Instant,
    /// The store was asked for a token.
    is_recalled: bool,
    message_id: Option<u64>,
}

impl<'a, M: ErrorType, A: Sign> Link<'a, M, InMemory, A> {
    /// A link of `module`, which may be borrowed (`&mut modem`), to `endpoint`. Sends nothing.
    ///
    /// The bound stands here and not on the type, so that a module without an HTTPS client that is fit is refused with
    /// the sentence that names the way out.
    pub fn new(module: M, identity: &'a Identity<A>, endpoint: Endpoint<'a>) -> Self
    where
        M: HttpsAt,
    {
        let (store, renew_at) = (InMemory, Instant::MAX);
        Self { module, identity, endpoint, store, token: None, renew_at, is_recalled: false, message_id: None }
    }

    /// Keeps the token there, so that a restart costs no sign-in. Without a store it lives as long as the link.
    ///
    /// A store that fails costs sign-ins, not messages.
    #[must_use]
    pub fn with_store<S: Store>(self, store: S) -> Link<'a, M, S, A> {
        let Self { module, identity, endpoint, token, renew_at, is_recalled, message_id, .. } = self;
        Link { module, identity, endpoint, store, token, renew_at, is_recalled, message_id }
    }
}

impl<M: ErrorType, S, A: Sign> Link<'_, M, S, A> {
    /// The number that the platform gave the last message, if it told one.
    #[must_use]
    pub const fn message_id(&self) -> Option<u64> {
        self.message_id
    }
}

impl<M: HttpsAt, S: Store, A: Sign> Link<'_, M, S, A> {
    /// Signs in when that is due, and posts the message if there is one. One loop, so that the driver's future is linked
    /// once.
    async fn run(&mut self, message: Option<(Topic<'_>, &[u8])>) -> Result<(), LinkError<M::Error>> {
        let mut host = HostName::empty();
        let mut path = Path::new();
        self.endpoint.write_host(&mut host)?;
        let payload = match message {
            Some((topic, payload)) => {
                self.write_path(topic, payload, &mut path)?;
                payload
            }
            None => &[],
        };
        self.recall().await;
        let mut has_signed = false;
        let mut is_repeated = false;
        loop {
            if Instant::now() >= self.renew_at && !is_mutant("a token of any age") {
                self.token = None;
            }
            if self.token.is_some() && message.is_none() {
                return Ok(());
            }
            let mut sign_in = Zeroizing::new(SignIn::new());
            let mut room = Zeroizing::new([0; ANSWER]);
            let server = self.endpoint.server(&host);
            let given;
            let (post, body) = match &self.token {
                Some(token) => {
                    given = [("password", token.reveal())];
                    (Post { path: &path, content: ContentType::Octets, headers: &given }, payload)
                }
                None => {
                    write_sign_in(self.identity, &mut sign_in)?;
                    (Post { path: AUTH, content: ContentType::Json, headers: &[] }, sign_in.as_bytes())
                }
            };
            let reply = self.module.post(&server, &post, Body::Bytes(body), &mut room[..]).await;
            if is_mutant("a lost answer is asked for in silence")
                && reply.is_err()
                && !core::mem::replace(&mut is_repeated, true)
            {
                continue;
            }
            let reply = reply.map_err(LinkError::Module)?;
            let answer = Answer::of(&reply).ok_or(LinkError::Answer(reply.status))?;
            match answer.code {
                SUCCESS if self.token.is_some() => {
                    self.message_id = answer.message_id();
                    return Ok(());
                }
                SUCCESS => {
                    let token = answer.token().ok_or(LinkError::Answer(reply.status))?;
                    has_signed = true;
                    self.keep(&token).await?;
                }
                code if is_of_token(code) && self.token.is_some() => {
                    self.token = None;
                    // It is of no use to the next life either.
                    let _ = self.store.erase(Name::HttpsToken).await;
                    if has_signed {
                        return Err(LinkError::Code(code));
                    }
                }
                NOT_SIGNED => return Err(LinkError::Refused(Refusal::Code(NOT_SIGNED))),
                code => return Err(LinkError::Code(code)),
            }
        }
    }

    /// Fills a topic in and checks the message.
    #[inline(never)]
    fn write_path(&self, topic: Topic<'_>, payload: &[u8], out: &mut Path) -> Result<(), LinkError<M::Error>> {
        let mut room = FullTopic::new();
        let full = topic.expand_into(self.identity, &mut room)?;
        without_wildcard(full)?;
        if payload.len() > LONGEST {
            return Err(TooLong::body(LONGEST as u32, payload.len()).into());
        }
        Ok(put_all(Argument::Topic, out.as_mut_view(), &["/topic", full])?)
    }

    /// Takes the token of an earlier life, once, unless it is known to be too old.
    async fn recall(&mut self) {
        if self.is_recalled {
            return;
        }
        if let Ok(Some(token)) = self.store.load::<HttpsToken>().await
            && !is_mutant("a kept token is not taken")
        {
            let now_s = self.now_s().await;
            // Without a clock then or now its age is not known: the platform tells when it is over.
            let age_s = if token.given_s() == 0 { 0 } else { now_s.saturating_sub(token.given_s()) };
            if let Some(rest) = RENEWED_AFTER.as_secs().checked_sub(age_s) {
                self.renew_at = Instant::now().saturating_add(Duration::from_secs(rest));
                self.token = Some(token);
            }
        }
        // Not before: a call that is dropped here would have forgotten it.
        self.is_recalled = true;
    }

    /// Keeps a new token.
    async fn keep(&mut self, token: &str) -> Result<(), LinkError<M::Error>> {
        let given_s = self.now_s().await;
        // One that no header can hold is no answer of the platform.
        let token = HttpsToken::new(token, given_s).map_err(|_| LinkError::Answer(200))?;
        if self.store.save(&token).await.is_err() {
            __log!(warn, "the token could not be stored");
        }
        self.token = Some(token);
        self.renew_at = Instant::now().saturating_add(RENEWED_AFTER);
        Ok(())
    }

    /// Time of the module's clock; 0 when it has none.
    async fn now_s(&mut self) -> u64 {
        self.module.clock().await.ok().flatten().map_or(0, |time| time.as_secs())
    }
}

impl<M: ErrorType, S, A: Sign> ErrorType for Link<'_, M, S, A> {
    type Error = LinkError<M::Error>;
}

impl<M: HttpsAt, S: Store, A: Sign> Uplink for Link<'_, M, S, A> {
    /// Posts the message; the QoS makes no difference, each is acknowledged.
    ///
    /// *Dropped*: the platform may have got it.
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error> {
        self.perform(Request::Publish { topic, payload, qos }).await?;
        Ok(Delivery::Acknowledged)
    }
}

impl<M: HttpsAt, S: Store, A: Sign> Connect for Link<'_, M, S, A> {
    type Module = M;

    const GIVES_REASON: bool = true;

    const IS_CONNECTED: bool = false;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    fn check(&self) -> Result<(), Self::Error> {
        let (mut host, mut body) = (HostName::empty(), Zeroizing::new(SignIn::new()));
        self.endpoint.write_host(&mut host)?;
        write_sign_in(self.identity, &mut body)?;
        let post = Post { path: AUTH, content: ContentType::Json, headers: &[] };
        Ok(M::HTTPS.check(&self.endpoint.server(&host), &post, body.len())?)
    }

    async fn perform(&mut self, request: Request<'_>) -> Result<(), Self::Error> {
        let message = match request {
            Request::Connect => None,
            Request::Publish { topic, payload, .. } => Some((topic, payload)),
            // It is no `Downlink`.
            Request::Subscribe(_) | Request::Ready => return Err(LinkError::Closed(Reason::Offline)),
        };
        self.run(message).await
    }

    fn delivery(&self) -> Delivery {
        Delivery::Acknowledged
    }

    /// Nothing: there is no connection to keep.
    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    /// Forgets nothing: there is no connection.
    async fn disconnect(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
