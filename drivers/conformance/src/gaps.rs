//! A line that the module says by itself in each gap between two of its lines, and every byte on its own: the calls give
//! what they give without, and send what they send without.

use wanlink_core::{AliyunAt, Body, Inbound, Module, MqttAt, Qos, TcpSocket, Tls, TlsSocket};
use wanlink_emulator::{Options, PortOptions, Split, Start};
use wanlink_scene::bench::{SharedScene, module, running};

use crate::bench::{DriverOf, HttpsBench, ModuleBench, MqttBench, NativeBench, SocketBench, TlsBench, TlsSessionBench};
use crate::https::{message, token};
use crate::native::DEVICE;
use crate::opening::{BySocket, Opening};
use crate::rig::{APN, BROKER, DOWN, LOGIN, Rig, SECURE_LOGIN, UP, attach, broker, push, root, secure_broker};
use crate::sockets::{ECHO, HOST, rig_with};

/// Runs the calls undisturbed, and then disturbed in each way.
fn same_everywhere<B: ModuleBench>(
    rig: impl Fn(PortOptions) -> Rig<B>,
    calls: impl AsyncFn(&mut DriverOf<'_, B>, &SharedScene) -> String,
) {
    let bytes = PortOptions { split: Split::At(1), ..PortOptions::default() };
    let run = |port: &PortOptions, line: Option<&str>| {
        let mut rig = rig(port.clone());
        let results = rig.run(async |modem, scene| {
            if let Some(line) = line {
                module(scene).urc_between(1, line);
            }
            calls(modem, scene).await
        });
        assert!(line.is_none_or(|line| rig.heard(line) > 10));
        (results, rig.sent())
    };
    let undisturbed = run(&PortOptions::default(), None);
    for port in [PortOptions::default(), bytes] {
        for line in [None, Some(B::NEWS_LINE), Some("+FOO: 1,\"OK\"")] {
            assert_eq!(run(&port, line), undisturbed, "{line:?}, {:?}", port.split);
        }
    }
}

fn on<B: ModuleBench>(options: Options) -> impl Fn(PortOptions) -> Rig<B> {
    move |port| Rig::with_port(options.clone(), port, 1)
}

/// From the power key to a stop.
pub fn calls_of_the_module<B: ModuleBench>() {
    for start in [Start::Off, Start::Running] {
        same_everywhere::<B>(on(Options { start, ..Options::default() }), async |modem, _| {
            let started = modem.start().await;
            let described = modem.describe().await;
            let mut seen = Vec::new();
            let attached = modem.attach(&APN, &mut |progress| seen.push(progress)).await;
            let asked = (modem.signal().await, modem.clock().await.map(|time| time.is_some()));
            let stopped = modem.stop().await;
            format!("{started:?} {described:?} {attached:?} {seen:?} {asked:?} {stopped:?}")
        });
    }
}

/// A session, messages both ways.
pub fn calls_of_the_mqtt_client<B: MqttBench + ModuleBench>() {
    same_everywhere::<B>(on(running()), async |modem, scene| {
        attach(modem).await.unwrap();
        let connected = modem.connect(&broker(), &LOGIN).await;
        session::<B>(modem, scene).await + &format!("{connected:?}")
    });
}

/// What a session is good for, up to its end.
async fn session<B: MqttBench>(modem: &mut DriverOf<'_, B>, scene: &SharedScene) -> String {
    let subscribed = modem.subscribe(DOWN, Qos::AtLeastOnce).await;
    let mut results = format!("{subscribed:?}");
    for (payload, qos) in [(&b"zero"[..], Qos::AtMostOnce), (b"\r\nOK\r\n", Qos::AtLeastOnce)] {
        results += &format!("{:?}", modem.publish(UP, payload, qos).await);
        push(scene, payload);
        let Ok(Inbound::Message(message)) = modem.receive().await else { panic!("none is lost") };
        results += &format!("{:?}", message.payload);
    }
    results + &format!("{:?} {:?}", modem.unsubscribe(DOWN).await, modem.disconnect().await)
}

/// A login that the module makes itself.
pub fn calls_of_the_native_login<B: NativeBench + ModuleBench>() {
    same_everywhere::<B>(on(running()), async |modem, _| {
        attach(modem).await.unwrap();
        let signed_in = modem.sign_in(&broker(), &DEVICE).await;
        format!("{signed_in:?} {:?}", modem.publish(UP, b"x", Qos::AtLeastOnce).await)
    });
}

/// What is written comes back.
pub fn calls_of_sockets<B: SocketBench + ModuleBench>() {
    same_everywhere::<B>(
        |port| rig_with(running(), port, 1),
        async |modem, _| {
            attach(modem).await.unwrap();
            let resolved = modem.resolve(HOST).await;
            let socket = modem.open(HOST, ECHO).await.unwrap();
            let written = modem.write(socket, b"\r\nOK\r\n> data").await;
            let mut buf = [0; 12];
            let mut at = 0;
            while at < buf.len() {
                at += modem.read(socket, &mut buf[at..]).await.unwrap();
            }
            format!("{resolved:?} {written:?} {buf:?} {:?}", modem.close(socket).await)
        },
    );
}

/// With an upload, and without one.
pub fn calls_of_sockets_inside_tls<B: TlsBench>() {
    same_everywhere::<B>(on(running()), async |modem, _| {
        attach(modem).await.unwrap();
        let mut results = String::new();
        for _ in 0..2 {
            let socket = modem.open_tls(BROKER, 8883, &Tls::verified(root())).await.unwrap();
            results += &format!("{:?}", <BySocket as Opening<B>>::talk(modem, socket).await);
            results += &format!("{:?}", modem.close(socket).await);
        }
        results
    });
}

/// As without TLS.
pub fn calls_of_the_mqtt_client_inside_tls<B: TlsSessionBench>() {
    same_everywhere::<B>(on(running()), async |modem, scene| {
        attach(modem).await.unwrap();
        let connected = modem.connect(&secure_broker(), &SECURE_LOGIN).await;
        session::<B>(modem, scene).await + &format!("{connected:?}")
    });
}

/// A token, a message, an answer that is cut.
pub fn calls_of_the_https_client<B: HttpsBench>() {
    same_everywhere::<B>(on(running()), async |modem, _| {
        attach(modem).await.unwrap();
        let token = token(modem).await;
        let (mut reply, mut short) = ([0; 128], [0; 5]);
        let whole = message(modem, &token, Body::Bytes(b"\r\nOK\r\n"), &mut reply).await.unwrap();
        let cut = message(modem, &token, Body::Bytes(b"two"), &mut short).await.unwrap();
        format!("{:?} {:?} {:?} {:?}", whole, whole.body, cut, cut.body)
    });
}
