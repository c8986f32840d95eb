//! The module's HTTPS client (HTTP(S) Application Note).

use embedded_io_async::{Read, Write};
use wanlink_core::{Body, HasHttps, HttpsAt, HttpsLimits, Post, Reply, Server, Tls};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::operation::{Input, Listener, Operation};
use crate::pins::PowerPins;
use crate::request::Request;
use crate::sequence::https;

/// The module is told the length of a request first, and cannot take one back: a body that gives up and a call that is
/// dropped are filled up with blanks, and the server may see them.
///
/// An answer whose length the module does not tell (the server sent it in chunks) ends at the first `OK` on a line of its
/// own with `+QHTTPREAD:` behind it; one that holds this in its body is cut there. All others may hold anything.
impl<M: QuectelModel + HasHttps, R: Read, W: Write, P: PowerPins> HttpsAt for Quectel<'_, M, R, W, P> {
    const HTTPS: HttpsLimits = M::HTTPS;

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error> {
        M::HTTPS.check(server, post, body.len())?;
        let mut request = Request::new(server, post, body, reply)?;
        let operation = const { &Operation { rules: &https::rules(&M::HTTPS), ..https::POST } };
        let input = Input::Post { server, url: request.url, length: request.len() };
        self.modem.engine_mut().allow_streams();
        let mut take = |note, answer: wanlink_at::Answer<'_>| request.take(note, answer);
        self.ask(operation, input, Listener::Answers(&mut take)).await?;
        Ok(request.into_reply())
    }
}
