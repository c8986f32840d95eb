//! Registration by our own client, to the byte, against a scripted server: what only a protocol of one's own can do wrong.

use std::pin::pin;

use wanlink_core::fake::{Call, FakeError, Script, Server, Streaming, poll_times};
use wanlink_core::{Error as _, ErrorKind, Module, Network, Refusal, TcpSocket};
use wanlink_transports::registration::{
    Applicant, AuthType, Device, DeviceError, MqttRequest, Random, RegistrationCode, RegistrationError,
};
use wanlink_transports::tcp::{Malformed, Reason};
use wanlink_transports::{Endpoint, Identity, LinkError, Lost, Region, tcp};

use crate::bench::{KEY, NAME, PRODUCT_SECRET, Shared, in_world};

type Error = DeviceError<FakeError, std::fmt::Error>;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// CONNECT of vector G6, with a keep-alive of 60 s.
const CONNECT: &[u8] = b"\x10\xC1\x01\0\x04MQTT\x04\xC2\0\x3C\
    \0\x59Example_dyn1|securemode=2,authType=register,random=7y4Jg5xdKCy9W2i,signmethod=hmacsha256|\
    \0\x18Example_dyn1&a1ExpAkj9Hi\
    \0\x40d3b560d5be0c9c19749470e85d912b65685fa4b20edcbd179ccfe98fcca23d5e";

/// Sends the same to whoever comes, and stays unless told to hang up.
struct Canned {
    answer: Vec<u8>,
    stays: bool,
    store: Shared,
}

impl Server for Canned {
    fn opened(&mut self, port: u16) {
        assert_eq!(port, 8883);
    }

    fn input(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        match bytes[0] {
            0x10 => out.extend(&self.answer),
            0x40 => assert_eq!(self.store.kept(), 1, "kept before it is acknowledged"),
            0xE0 => return false,
            first => panic!("a packet of type {first:#x}"),
        }
        self.stays
    }
}

/// A PUBLISH; QoS 1 with identifier 5.
fn publish(qos: u8, topic: &str, payload: &str) -> Vec<u8> {
    let id: &[u8] = if qos == 0 { &[] } else { &[0, 5] };
    let body = [&(topic.len() as u16).to_be_bytes(), topic.as_bytes(), id, payload.as_bytes()].concat();
    let length = [body.len() as u8 | 0x80, (body.len() >> 7) as u8];
    [&[0x30 | qos << 1], &length[..], &body].concat()
}

fn secret_of(name: &str) -> String {
    format!(r#"{{"productKey":"{KEY}","deviceName":"{name}","deviceSecret":"{SECRET}"}}"#)
}

fn accepted(packets: &[Vec<u8>]) -> Vec<u8> {
    [&[0x20, 2, 0, 0], &packets.concat()[..]].concat()
}

struct Scene {
    module: Streaming,
    script: Script,
    store: Shared,
}

impl Scene {
    async fn new(answer: Vec<u8>, stays: bool) -> Self {
        let ((mut module, script), store) = (Streaming::new(), Shared::default());
        module.start().await.unwrap();
        module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
        script.serve(Canned { answer, stays, store: store.clone() });
        Self { module, script, store }
    }

    fn device(&self) -> Device<Shared> {
        Device::new(Applicant::new(KEY, NAME, PRODUCT_SECRET).unwrap(), self.store.clone())
    }

    fn sockets(&self) -> (usize, usize) {
        let opened = self.script.count(|call| matches!(call, Call::Open { .. }));
        (opened, self.script.count(|call| *call == Call::Close))
    }
}

async fn ask(device: &mut Device<Shared>, module: &mut Streaming) -> Result<Identity, Error> {
    let random = Random::new("7y4Jg5xdKCy9W2i").unwrap();
    let request = MqttRequest::new(AuthType::Register);
    let mut buffers: tcp::Buffers<512> = tcp::Buffers::new();
    device.identity_over_tcp(module, Endpoint::public(Region::Shanghai), &mut buffers, &request, &random).await
}

/// One try against this answer, by a module whose reads bring one byte each; and what the store has then.
fn one_try(answer: Vec<u8>, stays: bool) -> (Result<Identity, Error>, usize) {
    in_world(async {
        let mut scene = Scene::new(answer, stays).await;
        scene.script.set_piece(1);
        let result = ask(&mut scene.device(), &mut scene.module).await;
        assert_eq!(scene.sockets(), (1, 1), "the socket is closed whatever came");
        let kept = scene.store.kept();
        (result, kept)
    })
}

#[test]
fn the_packets_to_the_byte() {
    for (qos, behind) in [(0, &[&[0xE0, 0][..]][..]), (1, &[&[0x40, 2, 0, 5], &[0xE0, 0]])] {
        in_world(async {
            let answer = accepted(&[publish(qos, "/ext/register", &secret_of(NAME))]);
            let mut scene = Scene::new(answer, true).await;
            let identity = ask(&mut scene.device(), &mut scene.module).await.unwrap();
            let expected = Identity::new(KEY, NAME, SECRET).unwrap();
            assert_eq!(identity.sign(&["x"]).as_str(), expected.sign(&["x"]).as_str());
            assert_eq!(scene.script.written(), [&[CONNECT], behind].concat(), "QoS {qos}");
            let host = "a1ExpAkj9Hi.iot-as-mqtt.cn-shanghai.aliyuncs.com".to_owned();
            let open = Call::Open { host, port: 8883, trust: Some("wl-24452467.pem".into()) };
            assert_eq!(scene.script.calls()[2..], [open, Call::Close]);
        });
    }
}

#[test]
fn what_else_comes_is_passed_over() {
    let push = publish(0, "/ext/register", &secret_of(NAME));
    let other = publish(0, "/sys/a1ExpAkj9Hi/Example_dyn1/thing/config/push", "{}");
    for packets in [vec![other.clone(), push.clone()], vec![push.clone(), push.clone()], vec![push.clone(), other]] {
        let (result, kept) = one_try(accepted(&packets), true);
        assert_eq!((result.is_ok(), kept), (true, 1));
    }
    // The server says its piece and hangs up.
    let (result, kept) = one_try(accepted(&[push]), false);
    assert_eq!((result.is_ok(), kept), (true, 1));
}

#[test]
fn what_goes_wrong_is_told_and_nothing_is_kept() {
    let refused = |code| DeviceError::Registration(RegistrationError::Refused(RegistrationCode::Connack(code)));
    let closed = |reason| DeviceError::Link(LinkError::Closed(reason));
    let push = publish(0, "/ext/register", &secret_of(NAME));
    let half = [&[0x20, 2, 0, 0], &push[..push.len() - 1]].concat();
    let long = publish(0, "/ext/register", &" ".repeat(600));
    let lost = Lost::new(1, long.len() + tcp::SPARE);
    for (answer, stays, expected, kind) in [
        (vec![0x20, 2, 0, 2], true, refused(2), ErrorKind::Refused(Refusal::Connack(2))),
        (vec![0x20, 2, 0, 3], true, refused(3), ErrorKind::Retry),
        (vec![0x20, 2, 0, 4], false, refused(4), ErrorKind::Refused(Refusal::Connack(4))),
        (vec![], true, closed(Reason::Silent), ErrorKind::Reconnect),
        (vec![], false, closed(Reason::Remote), ErrorKind::Reconnect),
        (half, false, closed(Reason::Remote), ErrorKind::Reconnect),
        (accepted(&[]), false, closed(Reason::Remote), ErrorKind::Reconnect),
        (accepted(&[]), true, DeviceError::Silent, ErrorKind::Retry),
        (accepted(&[vec![0x36, 0]]), true, closed(Reason::Malformed(Malformed::Qos)), ErrorKind::Reconnect),
        (accepted(&[long]), true, DeviceError::Lost(lost), ErrorKind::Retry),
        (
            accepted(&[publish(0, "/ext/register", &secret_of("somebody"))]),
            true,
            DeviceError::Registration(RegistrationError::OtherDevice),
            ErrorKind::Refused(Refusal::Unexplained),
        ),
        (
            accepted(&[publish(0, "/ext/register", "{}")]),
            true,
            DeviceError::Registration(RegistrationError::Missing("deviceSecret")),
            ErrorKind::Refused(Refusal::Unexplained),
        ),
    ] {
        let (result, kept) = one_try(answer, stays);
        let error = result.unwrap_err();
        assert_eq!((error, error.kind(), kept), (expected, kind, 0), "{error}");
    }
}

#[test]
fn a_server_that_is_not_trusted_is_told_nothing() {
    in_world(async {
        let mut scene = Scene::new(vec![], true).await;
        scene.script.refuse_logins(Some(Refusal::Certificate));
        let error = ask(&mut scene.device(), &mut scene.module).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Certificate));
        assert_eq!(scene.script.written(), [] as [&[u8]; 0]);
    });
}

/// Whatever a dropped call left, the next one ends well, and no socket is left open at last.
#[test]
fn calls_dropped_at_every_poll() {
    let mut drops = 0;
    for polls in 0.. {
        let ended = in_world(async {
            let answer = accepted(&[publish(1, "/ext/register", &secret_of(NAME))]);
            let mut scene = Scene::new(answer, true).await;
            scene.script.set_piece(40);
            let mut device = scene.device();
            let mut ended = false;
            // More often than there are sockets.
            for call in 0..4 {
                let (kept, before) = (scene.store.kept(), scene.script.written().len());
                let is_done = poll_times(pin!(ask(&mut device, &mut scene.module)), polls).is_some();
                ended |= call == 0 && is_done;
                if kept == 1 {
                    assert_eq!(scene.script.written().len(), before, "what is kept is not asked for a second time");
                }
            }
            ask(&mut device, &mut scene.module).await.unwrap();
            assert_eq!(scene.store.kept(), 1);
            for socket in 0..3 {
                let opened = scene.module.open("echo", 7).await;
                assert!(opened.is_ok(), "{socket} of 3 sockets are free, {polls} polls each time");
            }
            ended
        });
        if ended {
            break;
        }
        drops += 1;
    }
    println!("{drops} calls were dropped");
    assert!(drops > 10);
}
