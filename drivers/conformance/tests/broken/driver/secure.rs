//! Sockets inside TLS and the HTTPS client of a broken driver.

use wanlink_at::driver::Error;
use wanlink_conformance::{FILE, Foreign};
use wanlink_core::{
    Body, Error as _, ErrorKind, HttpsAt, HttpsLimits, Post, Reply, Server, Socket, TcpSocket, Tls, TlsSocket, Trust,
    Validity,
};
use wanlink_scene::bench::pass_ms;

use super::{Broken, Defect, Driver, Failure, Good};

const ANYONE: Tls<'static> = Tls { trust: Trust::Anyone, validity: Validity::Ignored };

impl<D: Broken> TlsSocket for Driver<'_, D> {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, Failure> {
        match D::DEFECT {
            Defect::ForgetsTheName => {
                let address = self.good.resolve(host).await?.to_string();
                self.good.open_tls(&address, port, &ANYONE).await
            }
            Defect::IgnoresDates => self.good.open_tls(host, port, &Tls { validity: Validity::Ignored, ..*tls }).await,
            Defect::UploadsEachTime => {
                let _ = self.good.send(&Foreign::of(&format!("AT+QFDEL=\"{FILE}\""))).await;
                self.good.open_tls(host, port, tls).await
            }
            Defect::LeavesADroppedOpening => {
                let socket = self.good.open_tls(host, port, tls).await?;
                // Whoever gives up here never learns its number.
                pass_ms(1).await;
                Ok(socket)
            }
            _ => match self.good.open_tls(host, port, tls).await {
                Err(Error::Certificate) if Self::is(Defect::FallsBackToAnyone) => {
                    self.good.open_tls(host, port, &ANYONE).await
                }
                result => result,
            },
        }
    }
}

impl<D: Broken> HttpsAt for Driver<'_, D> {
    const HTTPS: HttpsLimits = <Good<'_> as HttpsAt>::HTTPS;

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Failure> {
        if Self::is(Defect::TakesTheAnswerBefore) && self.posting {
            self.posting = false;
            return Ok(Reply { status: 200, body: &reply[..0], cut: 0 });
        }
        if Self::is(Defect::LeaksTheHeaders) {
            for (_, value) in post.headers {
                let _ = self.good.resolve(value).await;
            }
        }
        let most = usize::from(Self::HTTPS.url) - "https://:65535".len() - server.host.len();
        let cut = Post { path: &post.path[..post.path.len().min(most)], ..*post };
        let post = if Self::is(Defect::CutsAnAddressToItsLimit) { &cut } else { post };
        self.posting = true;
        let result = match body {
            Body::Stream { length, fill } if Self::is(Defect::FillsABody) => {
                let mut filled = |room: &mut [u8]| match fill(room) {
                    0 => {
                        room.fill(b' ');
                        room.len()
                    }
                    count => count,
                };
                self.good.post(server, post, Body::Stream { length, fill: &mut filled }, reply).await
            }
            body => self.good.post(server, post, body, reply).await,
        };
        self.posting = false;
        match (D::DEFECT, result) {
            (Defect::CutsAnAnswer, Ok(reply)) => Ok(Reply { cut: 0, ..reply }),
            (Defect::CallsSilenceAnAnswer, Err(error)) if error.kind() == ErrorKind::Retry => {
                Ok(Reply { status: 0, body: &[], cut: 0 })
            }
            (Defect::CallsAStatusAnError, Ok(reply)) if reply.status >= 400 => Err(Error::Http(reply.status)),
            (_, result) => result,
        }
    }
}
