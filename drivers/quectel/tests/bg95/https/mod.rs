//! HTTPS: requests and answers through two real TLS stacks, their refusals, and calls that are dropped.

mod answers;
mod dropped;
mod refused;
mod requests;
#[cfg(feature = "trace")]
mod secrets;

use wanlink_core::{Body, ContentType, HttpsAt, Post, Reply, Server, Tls};

use crate::bench::{Driver, Error, Shared, root};

const HOST: &str = "iot-as-http.cn-shanghai.aliyuncs.com";
/// The body of golden vector G4's login (aliyun-iot, 6).
const LOGIN: &str = concat!(
    r#"{"clientId":"a1X2bEnP82z.example1","signmethod":"hmacsha256","deviceName":"example1","#,
    r#""productKey":"a1X2bEnP82z","timestamp":"2524608000000","#,
    r#""sign":"b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2"}"#
);
const AUTH: Post<'static> = Post { path: "/auth", content: ContentType::Json, headers: &[] };

fn verified() -> Server<'static, Tls<'static>> {
    Server::new(HOST, 443, Tls::verified(root()))
}

/// Logs in; the token, from an answer that is read whole.
async fn token(modem: &mut Driver<'_>) -> String {
    let mut reply = [0; 256];
    let reply = modem.post(&verified(), &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut reply).await.unwrap();
    assert_eq!((reply.status, reply.cut), (200, 0));
    let text = std::str::from_utf8(reply.body).unwrap();
    text.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// Posts a message under a token.
async fn message<'r>(
    modem: &mut Driver<'_>,
    token: &str,
    body: Body<'_>,
    reply: &'r mut [u8],
) -> Result<Reply<'r>, Error> {
    let headers = [("password", token)];
    let path = "/topic/a1X2bEnP82z/example1/user/update";
    modem.post(&verified(), &Post { path, content: ContentType::Octets, headers: &headers }, body, reply).await
}

/// What the platform took of the device.
fn messages(scene: &Shared) -> Vec<Vec<u8>> {
    let scene = scene.borrow();
    let published = scene.platform.record().published("a1X2bEnP82z", "example1");
    published.map(|entry| entry.payload().to_vec()).collect()
}
