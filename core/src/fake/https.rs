//! The HTTPS client of a scripted module.

use std::vec;
use std::vec::Vec;

use super::feed::Feed;
use super::script::{Call, Level, Posted};
use super::{Fake, FakeError};
use crate::{Body, ErrorKind, HttpsAt, HttpsLimits, Post, Reply, Server, Tls};

/// A stream is asked for so much at a time.
const PIECE: usize = 512;

impl<F: Feed> HttpsAt for Fake<F> {
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(700);

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, FakeError> {
        self.settle();
        Self::HTTPS.check(server, post, body.len())?;
        self.need(Level::Attached)?;
        let body = collect(body).ok_or(ErrorKind::Misuse)?;
        self.exchange(Call::Post(post.path.into())).await;
        self.need(Level::Attached)?;
        let posted = Posted {
            host: server.host.into(),
            port: server.port,
            path: post.path.into(),
            content: post.content,
            headers: post.headers.iter().map(|&(name, value)| (name.into(), value.into())).collect(),
            body,
        };
        let (status, answer) = self.script.answer(&posted)?;
        let fits = answer.len().min(reply.len());
        let (kept, cut) = answer.split_at(fits);
        reply.iter_mut().zip(kept).for_each(|(to, from)| *to = *from);
        Ok(Reply { status, body: reply.get(..fits).unwrap_or_default(), cut: cut.len() })
    }
}

/// All of a body; `None` when it gives up.
fn collect(body: Body<'_>) -> Option<Vec<u8>> {
    match body {
        Body::Bytes(bytes) => Some(bytes.into()),
        Body::Stream { length, fill } => {
            let mut all = vec![0; length];
            let mut rest = all.as_mut_slice();
            while !rest.is_empty() {
                let room = rest.len().min(PIECE);
                let filled = fill(&mut rest[..room]);
                if filled == 0 {
                    return None;
                }
                rest = &mut rest[filled..];
            }
            Some(all)
        }
    }
}
