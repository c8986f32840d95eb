//! The module's own HTTPS client: requests and answers through two real TLS stacks, and what keeps them from each other.

pub mod answers;
pub mod dropped;
pub mod refused;
pub mod requests;
pub mod secrets;

use wanlink_core::{Body, ContentType, HttpsAt, Post, Reply, Server, Tls};
use wanlink_scene::bench::SharedScene;

use crate::rig::root;

pub(crate) const HOST: &str = "iot-as-http.cn-shanghai.aliyuncs.com";
/// The body of golden vector G4's login (aliyun-iot, 6).
pub(crate) const HTTPS_LOGIN: &str = concat!(
    r#"{"clientId":"a1X2bEnP82z.example1","signmethod":"hmacsha256","deviceName":"example1","#,
    r#""productKey":"a1X2bEnP82z","timestamp":"2524608000000","#,
    r#""sign":"b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2"}"#
);
pub(crate) const AUTH: Post<'static> = Post { path: "/auth", content: ContentType::Json, headers: &[] };

pub(crate) fn verified() -> Server<'static, Tls<'static>> {
    Server::new(HOST, 443, Tls::verified(root()))
}

/// Logs in; the status.
async fn log_in<D: HttpsAt>(modem: &mut D) -> Result<u16, D::Error> {
    let body = Body::Bytes(HTTPS_LOGIN.as_bytes());
    modem.post(&verified(), &AUTH, body, &mut [0; 256]).await.map(|reply| reply.status)
}

/// Logs in; the token, from an answer that is read whole.
pub(crate) async fn token(modem: &mut impl HttpsAt) -> String {
    let mut reply = [0; 256];
    let reply = modem.post(&verified(), &AUTH, Body::Bytes(HTTPS_LOGIN.as_bytes()), &mut reply).await.unwrap();
    assert_eq!((reply.status, reply.cut), (200, 0));
    let text = std::str::from_utf8(reply.body).unwrap();
    text.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// Posts a message under a token.
pub(crate) async fn message<'r, D: HttpsAt>(
    modem: &mut D,
    token: &str,
    body: Body<'_>,
    reply: &'r mut [u8],
) -> Result<Reply<'r>, D::Error> {
    let headers = [("password", token)];
    let path = "/topic/a1X2bEnP82z/example1/user/update";
    modem.post(&verified(), &Post { path, content: ContentType::Octets, headers: &headers }, body, reply).await
}

/// What the platform took of the device.
pub(crate) fn messages(scene: &SharedScene) -> Vec<Vec<u8>> {
    let scene = scene.borrow();
    let published = scene.platform.record().published("a1X2bEnP82z", "example1");
    published.map(|entry| entry.payload().to_vec()).collect()
}
