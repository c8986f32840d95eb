//! The module's own HTTPS client: a family's own business altogether.

use embedded_io_async::{Read, Write};
use wanlink_core::{Body, HasHttps, HttpsAt, HttpsLimits, Post, Reply, Server, Tls};

use super::family::HttpsFamily;
use super::model::DriverModel;
use super::pins::PowerPins;
use super::{Driver, Own};

impl<M: DriverModel<Family: HttpsFamily> + HasHttps, R: Read, W: Write, P: PowerPins> HttpsAt
    for Driver<'_, M, R, W, P>
{
    const HTTPS: HttpsLimits = M::HTTPS;

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Own<M>> {
        M::HTTPS.check(server, post, body.len())?;
        M::Family::post(self, server, post, body, reply).await
    }
}
