//! What a firmware team adds without a fork: a model, power pins, a command. If a change breaks this file, the way to
//! extend the crate broke.

use std::cell::Cell;
use std::rc::Rc;

use atat::{AtatCmd, AtatResp, InternalError};
use wanlink_at::driver::MqttFamily;
use wanlink_core::{Argument, HasMqtt, Login, Model, Module, MqttAt, MqttLimits, Network, Plain, Qos, Server};
use wanlink_emulator::{Emulator, HostOutput, Options, Profile, World};
use wanlink_platform::{Config, Platform, Product};
use wanlink_quectel::{Buffers, DriverModel, EcFamily, Error, PowerPins, Qc, Quectel, QuectelFamily, Ua};
use wanlink_scene::Scene;

/// Modules that the crate does not know, of each of its families.
macro_rules! models {
    ($($model:ident: $family:ty, $name:literal, $on_ms:literal, $reset_ms:literal, $boot_ds:literal;)*) => { $(
        struct $model;

        impl Model for $model {
            const NAME: &'static str = $name;
            const LINE: u16 = wanlink_core::UNSTATED;
        }

        impl DriverModel for $model {
            type Family = $family;
            const KEY_ON_MS: u32 = $on_ms;
            const RESET_MS: u32 = $reset_ms;
            const BOOT_DS: u16 = $boot_ds;
        }

        impl HasMqtt for $model {
            const MQTT: MqttLimits = MqttLimits::UNSTATED.host(100).topic(64).payload(512);
        }
    )* };
}

models! {
    Bg600l: QuectelFamily, "BG600L", 600, 3000, 200;
    Eg21: EcFamily<Qc>, "EG21", 550, 350, 250;
    Eg912u: EcFamily<Ua>, "EG912U", 2500, 600, 300;
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

/// Starts, attaches, sends a command of its own, logs in, publishes; and the limits are those of the model.
fn works<M: HasMqtt + DriverModel<Family: MqttFamily>>(profile: &'static Profile) {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new("pk", "product secret").device("device", "secret"));
    let mut scene = Scene::new(Emulator::new(profile, Options::default(), 1), platform);
    let mut world = World::new(1);
    let (reader, writer) = world.halves();
    let supply_on = Rc::new(Cell::new(false));
    let board = Board { key: scene.module.pins().pwrkey(), supply_on: supply_on.clone() };
    let mut buffers: Buffers = Buffers::new();
    let mut modem = Quectel::<M, _, _, _>::new(reader, writer, board, &mut buffers);
    let host = "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com";
    let login = Login {
        client_id: "12345|securemode=3,signmethod=hmacsha256|",
        user: "device&pk",
        password: "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090",
        keep_alive_s: 300,
        clean_session: true,
    };
    let story = async {
        modem.start().await?;
        modem.attach(&Network::apn("cmiot"), &mut |_| ()).await?;
        assert_eq!(modem.send(&ReadOperator).await, Ok(Operator("CHINA MOBILE".to_owned())));
        modem.connect(&Server::new(host, 1883, Plain), &login).await?;
        modem.publish("/pk/device/user/update", b"hello", Qos::AtLeastOnce).await?;
        let Err(Error::TooLong(too_long)) = modem.publish(&"t".repeat(65), b"x", Qos::AtMostOnce).await else {
            panic!("the model says 64");
        };
        assert_eq!((too_long.what, too_long.limit()), (Argument::Topic, 64));
        Ok::<(), Error<M::Family>>(())
    };
    world.run(&mut scene, story).unwrap().unwrap();
    assert!(supply_on.get());
    assert_eq!(scene.platform.record().published("pk", "device").count(), 1);
}

#[test]
fn a_model_pins_and_a_command_from_outside() {
    works::<Bg600l>(Profile::bg95());
    works::<Eg21>(Profile::ec25());
    works::<Eg912u>(Profile::ec200u());
}
