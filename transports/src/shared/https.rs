//! The module's own HTTPS client as one of several users.

use embassy_sync::blocking_mutex::raw::RawMutex;
use wanlink_core::{Body, HttpsAt, HttpsLimits, Post, Reply, Server, TcpSocket, Tls};

use super::{Error, Handle};

impl<R: RawMutex, M: HttpsAt + TcpSocket, const SEATS: usize> HttpsAt for Handle<'_, R, M, SEATS> {
    const HTTPS: HttpsLimits = M::HTTPS;

    /// One turn from the request to the end of the answer.
    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Self::Error> {
        self.turn().await.post(server, post, body, reply).await.map_err(Error::Module)
    }
}
