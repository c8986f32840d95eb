//! What A7670 and SIM7600 have of their own inside TLS, each with its section of the facts (`simcom-at`).

use embedded_io_async::{ErrorType, Write};
use wanlink_core::{
    Argument, Body, ContentType, Error as _, ErrorKind, HasHttps, HttpsAt, Module as _, Post, Refusal, Server, Tls,
    TlsSocket, Trust,
};
use wanlink_emulator::{PortError, PortWriter};
use wanlink_platform::TlsFault;
use wanlink_simcom::cmqtt::Error;
use wanlink_simcom::{Buffers, NoPins, Simcom};

use crate::Model;
use crate::bench::{APN, Bench, HOST, attach, root, running, special};

fn https() -> Server<'static, Tls<'static>> {
    Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, Tls::verified(root()))
}

/// 6.1: a second setting would replace the first with most firmware: all go in one.
#[test]
fn four_headers_and_no_more() {
    for http_headers_add in [false, true] {
        Bench::new(special(|it| it.http_headers_add = http_headers_add)).run(async |modem, _| {
            attach(modem).await.unwrap();
            let headers = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")];
            let post = |headers| Post { path: "/auth", content: ContentType::Json, headers };
            for count in 1..=4 {
                let reply = modem.post(&https(), &post(&headers[..count]), Body::Bytes(b"x"), &mut []).await.unwrap();
                assert_eq!(reply.status, 200, "{count} headers");
            }
            let error = modem.post(&https(), &post(&headers), Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Header), ErrorKind::Misuse));
            let half = "v".repeat(Model::HTTPS.header as usize / 2);
            let long = [("a", half.as_str()), ("b", half.as_str())];
            let error = modem.post(&https(), &post(&long), Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert!(matches!(error, Error::TooLong(long) if long.what == Argument::Header), "{error}");
        });
    }
}

/// 6.1: a port that is not the usual one stands in the address.
#[test]
fn another_port() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let post = Post { path: "/auth", content: ContentType::Json, headers: &[] };
        assert_eq!(modem.post(&https(), &post, Body::Bytes(b""), &mut []).await.unwrap().status, 200);
        assert_eq!(scene.borrow().module.http().url.as_deref(), None, "the client is given up");
        let server = Server { port: 8443, ..https() };
        // Nothing there speaks TLS.
        let error = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Certificate), "{error}");
        assert_eq!(
            scene.borrow().module.http().url.as_deref(),
            Some("https://iot-as-http.cn-shanghai.aliyuncs.com:8443/auth")
        );
    });
}

/// The way to the module, on which the command gets lost that binds a session to its TLS context; another that does
/// nothing is answered in its place.
struct Losing(PortWriter);

impl ErrorType for Losing {
    type Error = PortError;
}

impl Write for Losing {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, PortError> {
        match bytes.strip_prefix(b"AT+CCHSSLCFG=1,0") {
            Some(_) => {
                self.0.write_all(b"ATV1V1V1V1V1V1V1").await?;
                Ok(16)
            }
            None => self.0.write(bytes).await,
        }
    }

    async fn flush(&mut self) -> Result<(), PortError> {
        self.0.flush().await
    }
}

/// "before every open": what cannot be read back must not open a door when it is lost.
#[test]
fn a_second_socket_without_its_binding_trusts_no_stranger() {
    for fault in [None, Some(TlsFault::WrongCertificate), Some(TlsFault::WrongName)] {
        let mut bench = Bench::new(running());
        let base: &mut wanlink_scene::bench::Bench = &mut bench;
        let result = base.run(async |reader, writer, scene| {
            let mut buffers = Buffers::<256, 1600, 1600>::new();
            let mut modem: Simcom<'_, Model, _, _, _> = Simcom::new(reader, Losing(writer), NoPins, &mut buffers);
            modem.start().await.unwrap();
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            let anyone = Tls { trust: Trust::Anyone, ..Tls::verified(root()) };
            modem.open_tls(HOST, 8883, &anyone).await.unwrap();
            scene.borrow_mut().platform.break_tls(fault);
            modem.open_tls(HOST, 8883, &Tls::verified(root())).await.map(drop)
        });
        assert_eq!(result.is_ok(), fault.is_none(), "{fault:?}: {result:?}");
        assert!(bench.sent().iter().any(|line| line == "ATV1V1V1V1V1V1V1"));
    }
}
