//! The module's HTTPS client, under watch.

use wanlink_core::{Body, HttpsAt, HttpsLimits, Post, Reply, Server, Tls};

use super::Witness;
use crate::call::Call;
use crate::pairing::Driver;

impl<M: Driver + HttpsAt> HttpsAt for Witness<'_, M> {
    const HTTPS: HttpsLimits = M::HTTPS;

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, M::Error> {
        self.called("post", || Call::post(server, post, &body, reply.len()));
        let result = self.module.post(server, post, body, reply).await;
        if let Ok(reply) = &result {
            self.ear.replied(reply);
        }
        self.result(result)
    }
}
