//! Links that log in with a device token: the strings of aliyun-iot, 3.3, on both paths, and the topics of its device.

use embassy_futures::block_on;
use wanlink_core::fake::{Call, Pushing, Script, Streaming};
use wanlink_core::{Argument, Delivery, Module, Network, Qos, TooLong};
// Brings the time driver.
use wanlink_emulator as _;
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::{Connect, Downlink, Endpoint, LinkError, Region, mqtt, tcp, topic};

const PUBLIC: Endpoint<'_> = Endpoint::public(Region::Shanghai);
const HOST: &str = "a1ExpAkj9Hi.iot-as-mqtt.cn-shanghai.aliyuncs.com";

fn token() -> DeviceToken {
    DeviceToken::new("a1ExpAkj9Hi", "Example_dyn1", "c0ffee", "^1^1574668").unwrap()
}

async fn attach(module: &mut impl Module) {
    module.start().await.unwrap();
    module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
}

/// What both paths do alike once the module is attached.
async fn life(mut link: impl Connect + Downlink, script: &Script) {
    link.connect().await.unwrap();
    link.subscribe(topic::user("get")).await.unwrap();
    let delivery = link.publish(topic::sys("thing/event/property/post"), b"21.5", Qos::AtLeastOnce).await.unwrap();
    assert_eq!(delivery, Delivery::Acknowledged);
    assert_eq!(script.subscriptions(), ["/a1ExpAkj9Hi/Example_dyn1/user/get"]);
    assert_eq!(script.published()[0].topic, "/sys/a1ExpAkj9Hi/Example_dyn1/thing/event/property/post");
}

#[test]
fn over_the_client_of_the_module() {
    let (mut module, script) = Pushing::new();
    block_on(attach(&mut module));
    block_on(life(mqtt::Link::new(&mut module, &token(), PUBLIC), &script));
    let login = Call::Connect {
        host: HOST.into(),
        port: 8883,
        trust: Some("wl-24452467.pem".into()),
        client_id: "c0ffee|securemode=-2,authType=connwl|".into(),
        user: "Example_dyn1&a1ExpAkj9Hi".into(),
        password: "^1^1574668".into(),
        keep_alive_s: 300,
    };
    assert!(script.calls().contains(&login), "{:?}", script.calls());
}

#[test]
fn over_a_socket_to_the_byte() {
    let (mut module, script) = Streaming::new();
    block_on(attach(&mut module));
    let mut buffers: tcp::Buffers = tcp::Buffers::new();
    block_on(life(tcp::Link::new(&mut module, &token(), PUBLIC, &mut buffers), &script));
    let open = Call::Open { host: HOST.into(), port: 8883, trust: Some("wl-24452467.pem".into()) };
    assert!(script.calls().contains(&open), "{:?}", script.calls());
    let connect = b"\x10\x57\0\x04MQTT\x04\xC2\x01\x2C\
        \0\x25c0ffee|securemode=-2,authType=connwl|\0\x18Example_dyn1&a1ExpAkj9Hi\0\x0A^1^1574668";
    assert_eq!(script.written()[0], connect);
}

/// Lengths of tokens are not published: they are compared with the model's limits before it is switched on.
#[test]
fn a_token_too_long_for_the_model() {
    let (module, script) = Pushing::new();
    let long = "c".repeat(128);
    let token = DeviceToken::new("a1ExpAkj9Hi", "Example_dyn1", &long, "t").unwrap();
    let mut link = mqtt::Link::new(module, &token, PUBLIC);
    // The client id of A7670 has 128 bytes.
    let error = LinkError::TooLong(TooLong::new(Argument::ClientId, 128, 128 + 31));
    assert_eq!(link.check(), Err(error));
    assert_eq!(block_on(link.connect()), Err(error));
    assert_eq!(script.calls(), []);
}

/// The longest that can be kept fits the buffers that are standard, and no smaller ones can be given.
#[test]
fn the_longest_token_fits_the_buffers() {
    let (key, name, long) = ("k".repeat(20), "n".repeat(32), "t".repeat(128));
    let token = DeviceToken::new(&key, &name, &long, &long).unwrap();
    let (mut module, script) = Streaming::new();
    block_on(attach(&mut module));
    let mut buffers: tcp::Buffers<256, 359> = tcp::Buffers::new();
    block_on(tcp::Link::new(&mut module, &token, PUBLIC, &mut buffers).connect()).unwrap();
    assert_eq!(script.written()[0].len(), 359);
}
