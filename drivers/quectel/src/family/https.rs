//! Requests.

use embedded_io_async::{Read, Write};
use wanlink_at::Answer;
use wanlink_at::driver::{DriverModel, HttpsFamily, Listener, PowerPins, https_rules};
use wanlink_core::{Body, HasHttps, Post, Reply, Server, Tls};

use super::QuectelFamily;
use crate::request::Request;
use crate::sequence::https;
use crate::{Error, Input, Operation, Quectel};

impl HttpsFamily for QuectelFamily {
    const POSTS: &'static [(&'static str, &'static Operation<Self>)] = &[("post", &https::post())];

    /// The module is told the length of a request first, and cannot take one back: a body that gives up and a call that is
    /// dropped are filled up with blanks, and the server may see them.
    ///
    /// An answer whose length the module does not tell (the server sent it in chunks) ends at the first `OK` on a line of
    /// its own with `+QHTTPREAD:` behind it; one that holds this in its body is cut there. All others may hold anything.
    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Quectel<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error> {
        let mut request = Request::new(server, post, body, reply)?;
        let operation = const { &Operation { rules: &https_rules(&M::HTTPS), ..https::post() } };
        let input = Input::Post { server, post, url: request.url, length: request.len() };
        driver.engine_mut().allow_streams();
        let mut take = |note, answer: Answer<'_>| request.take(note, answer);
        driver.ask(operation, input, Listener::Answers(&mut take)).await?;
        Ok(request.into_reply())
    }
}
