//! What SIM7080 and SIM7000 have of their own, each with its section of the facts (`simcom-at`).

use wanlink_core::{Argument, Body, ContentType, HttpsAt, Post, Server, Tls};
use wanlink_simcom::{Error, Sim7000, Sim7080};

use crate::bench::{Bench, Tested, attach, both, root, running};

both! {
    /// 6.2: 350 bytes for all of them.
    fn headers_that_have_no_room_together_are_refused_before_a_byte<M>() {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let bytes = scene.borrow().module.port_bytes();
            let (one, two) = ("a".repeat(170), "b".repeat(170));
            let headers = [("one", one.as_str()), ("two", two.as_str())];
            let post = Post { path: "/auth", content: ContentType::Json, headers: &headers };
            let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, Tls::verified(root()));
            let error = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
            let Error::TooLong(too_long) = error else { panic!("{error}") };
            assert_eq!((too_long.what, too_long.limit()), (Argument::Header, 350));
            assert_eq!(scene.borrow().module.port_bytes(), bytes);
        });
    }
}
