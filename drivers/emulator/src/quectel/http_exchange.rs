//! A request of the HTTP client, from its command to the read of its answer.

use super::http_config::HttpConfig;
use crate::engine::internet::LinkId;
use crate::http::request::Method;
use crate::http::response::Response;
use crate::http::url::Url;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connection is being opened.
    Opening,
    /// The host types its data.
    Typing,
    /// It is sent, and the answer is not there.
    Waiting,
    /// The host was told of the answer, and has not read it. The body may still be coming.
    Answered,
}

/// Where the bytes of a request come from.
#[derive(Debug)]
pub(super) enum Content {
    /// The module makes it, with these headers beside the usual ones.
    Made(Vec<String>),
    /// The host types so many bytes, within so many microseconds.
    Typed(usize, u64),
}

/// A request and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) context: usize,
    pub(super) tls_context: usize,
    pub(super) content: Content,
    /// The server may take so long.
    pub(super) response_us: u64,
    pub(super) stage: Stage,
    /// While there is a connection that something may still come from.
    pub(super) link: Option<LinkId>,
    pub(super) response: Response,
    /// What went wrong at a time when the host could not be told.
    pub(super) failed: Option<u16>,
}

impl Exchange {
    /// Whether CONNECT is owed.
    pub(super) const fn owes_prompt(&self) -> bool {
        matches!((self.stage, &self.content), (Stage::Opening, Content::Typed(..)))
    }
}

/// A connection without a request.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) link: LinkId,
    pub(super) url: Url,
    pub(super) context: usize,
    pub(super) tls_context: usize,
}

/// The HTTP client; nothing of it survives a reboot.
#[derive(Debug, Default)]
pub(super) struct Http {
    pub(super) config: HttpConfig,
    pub(super) url: Option<Url>,
    pub(super) exchange: Option<Exchange>,
    pub(super) kept: Option<Kept>,
    /// `AT+QHTTPREAD` runs, and waits so long for more.
    pub(super) reading_us: Option<u64>,
}

impl Http {
    pub(super) fn links(&self) -> impl Iterator<Item = LinkId> {
        let of_exchange = self.exchange.as_ref().and_then(|exchange| exchange.link);
        of_exchange.into_iter().chain(self.kept.as_ref().map(|kept| kept.link))
    }
}
