//! What a firmware team adds without a fork: a model, power pins, a command. If a change breaks this file, the way to
//! extend the crate broke.

use std::cell::Cell;
use std::rc::Rc;

use atat::{AtatCmd, AtatResp, InternalError};
use wanlink_at::driver::MqttFamily;
use wanlink_core::{
    Argument, HasMqtt, HasTcpSocket, Login, Model, Module, MqttAt, MqttLimits, Network, Plain, Qos, Server,
    SocketLimits, TcpSocket,
};
use wanlink_emulator::{Emulator, HostOutput, Options, PortReader, PortWriter, Profile, World};
use wanlink_platform::{Config, Platform, Product};
use wanlink_scene::Scene;
use wanlink_simcom::{Buffers, CmqttFamily, DriverModel, Error, PowerPins, Sim7000Family, Sim7080Family, Simcom};

/// Modules that the crate does not know, of each of its families.
macro_rules! models {
    ($($model:ident: $family:ty, $name:literal, $line:literal, $on_ms:literal, $reset_ms:literal;)*) => { $(
        struct $model;

        impl Model for $model {
            const NAME: &'static str = $name;
            const LINE: u16 = $line;
        }

        impl DriverModel for $model {
            type Family = $family;
            const KEY_ON_MS: u32 = $on_ms;
            const RESET_MS: u32 = $reset_ms;
            const BOOT_DS: u16 = 200;
        }
    )* };
}

models! {
    A7678: CmqttFamily, "A7678", 3071, 100, 2600;
    Sim7090g: Sim7080Family, "SIM7090G", 559, 1200, 13_000;
    Sim7000e: Sim7000Family, "SIM7000E", 559, 1050, 400;
}

impl HasMqtt for A7678 {
    const MQTT: MqttLimits =
        MqttLimits::UNSTATED.host(100).login(128, 256, 256).topic(64).payload(512).no_empty_payload();
}

impl HasMqtt for Sim7090g {
    const MQTT: MqttLimits = <A7678 as HasMqtt>::MQTT.not_acknowledged().no_reason();
}

impl HasTcpSocket for Sim7000e {
    const SOCKETS: SocketLimits = SocketLimits::new(12).host(40);
}

/// A board where a transistor switches the supply, too.
struct Board {
    key: HostOutput,
    supply_on: Rc<Cell<bool>>,
}

impl PowerPins for Board {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        self.supply_on.set(true);
        Some(embedded_hal::digital::OutputPin::set_state(&mut self.key, (!pressed).into()).is_ok())
    }

    fn reset(&mut self, _asserted: bool) -> Option<bool> {
        None
    }

    fn is_on(&mut self) -> Option<bool> {
        None
    }
}

/// `AT+COPS?`: which operator (3GPP TS 27.007, 7.3).
struct ReadOperator;

#[derive(Debug, PartialEq)]
struct Operator(String);

impl AtatResp for Operator {}

impl AtatCmd for ReadOperator {
    type Response = Operator;

    fn write(&self, buffer: &mut [u8]) -> usize {
        let line = b"AT+COPS?\r";
        buffer[..line.len()].copy_from_slice(line);
        line.len()
    }

    fn parse(&self, answer: Result<&[u8], InternalError<'_>>) -> Result<Operator, atat::Error> {
        let line = String::from_utf8_lossy(answer.map_err(|_| atat::Error::Parse)?).into_owned();
        line.split('"').nth(1).map(|name| Operator(name.to_owned())).ok_or(atat::Error::Parse)
    }
}

type Driver<'b, M> = Simcom<'b, M, PortReader, PortWriter, Board>;

const HOST: &str = "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com";

/// Starts, attaches, and sends a command of its own; then comes what the model is for.
fn works<M: DriverModel>(
    profile: &'static Profile,
    errand: impl AsyncFnOnce(&mut Driver<'_, M>) -> Result<(), Error<M::Family>>,
) -> Scene {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new("pk", "product secret").device("device", "secret"));
    let mut scene = Scene::new(Emulator::new(profile, Options::default(), 1), platform);
    let mut world = World::new(1);
    let (reader, writer) = world.halves();
    let supply_on = Rc::new(Cell::new(false));
    let board = Board { key: scene.module.pins().pwrkey(), supply_on: supply_on.clone() };
    let mut buffers: Buffers = Buffers::new();
    let mut modem: Driver<'_, M> = Simcom::new(reader, writer, board, &mut buffers);
    let story = async {
        modem.start().await?;
        modem.attach(&Network::apn("cmiot"), &mut |_| ()).await?;
        assert_eq!(modem.send(&ReadOperator).await, Ok(Operator("CHINA MOBILE".to_owned())));
        errand(&mut modem).await
    };
    world.run(&mut scene, story).unwrap().unwrap();
    assert!(supply_on.get());
    scene
}

/// Logs in and publishes; and the limits are those of the model.
async fn publishes<M>(modem: &mut Driver<'_, M>) -> Result<(), Error<M::Family>>
where
    M: HasMqtt + DriverModel<Family: MqttFamily>,
{
    let login = Login {
        client_id: "12345|securemode=3,signmethod=hmacsha256|",
        user: "device&pk",
        password: "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090",
        keep_alive_s: 300,
        clean_session: true,
    };
    modem.connect(&Server::new(HOST, 1883, Plain), &login).await?;
    modem.publish("/pk/device/user/update", b"hello", Qos::AtLeastOnce).await?;
    let Err(Error::TooLong(too_long)) = modem.publish(&"t".repeat(65), b"x", Qos::AtMostOnce).await else {
        panic!("the model says 64");
    };
    assert_eq!((too_long.what, too_long.limit()), (Argument::Topic, 64));
    Ok(())
}

#[test]
fn a_model_pins_and_a_command_from_outside() {
    for scene in [works::<A7678>(Profile::a7670(), publishes), works::<Sim7090g>(Profile::sim7080(), publishes)] {
        assert_eq!(scene.platform.record().published("pk", "device").count(), 1);
    }
    works::<Sim7000e>(Profile::sim7000(), async |modem| {
        let socket = modem.open(HOST, 1883).await?;
        let Err(Error::TooLong(too_long)) = modem.open(&"h".repeat(41), 1883).await else {
            panic!("the model says 40");
        };
        assert_eq!((too_long.what, too_long.limit()), (Argument::HostName, 40));
        // A login of MQTT that nobody knows is answered with a refusal.
        modem.write(socket, b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01x").await?;
        let mut reply = [0; 4];
        assert_eq!(modem.read(socket, &mut reply).await, Ok(4));
        assert_eq!(reply[..2], [0x20, 2]);
        modem.close(socket).await
    });
}
