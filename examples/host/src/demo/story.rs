//! What happens in the demo: the happy way, then a lost network, then a module that restarts.

use embassy_futures::join::join;
use embassy_time::{Duration, Timer};
use serde_json::json;
use wanlink_core::{Delivery, Inbound, Network, Qos, Root, Trust};
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_quectel::Wired;
use wanlink_transports::{Endpoint, Identity, Region, roots, topic};

use super::stage::Stage;
use super::{DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY};
use crate::board::Board;
use crate::cli::SignMethod;
use crate::exit::Exit;
use crate::online::{Describe, Device, Online, Setting, Trouble};
use crate::pairing::Room;
use crate::place::Place;
use crate::readings::Readings;
use crate::register::Credential;
use crate::report::Account;
use crate::store::AnyStore;
use crate::witness::Deaf;

/// How long the network stays away.
const OUTAGE: Duration = Duration::from_secs(20);

/// Plays the story to its end and says how it went.
pub(crate) async fn tell((reader, writer): (PortReader, PortWriter), stage: &Stage, root: &str, seed: u64) -> Exit {
    let pins = stage.scene.borrow().module.pins();
    let mut board = Board::new(reader, writer, Wired::new(pins.pwrkey(), pins.reset_n(), pins.status()));
    // As on the real platform, but for the root: only the platform itself has the key of its own.
    let name = roots::name_of(root.as_bytes());
    let trust = Trust::Root(Root::new(name.as_str(), root.as_bytes()));
    let host = format!("{PRODUCT_KEY}.iot-as-mqtt.{}.aliyuncs.com", Region::Shanghai.id());
    let (module, path) = stage.pair.names();
    let (module, path) = (module.label().to_uppercase(), path.name());
    let head = format!("wanlink demo: {module} (emulated), path {path}, platform stand-in; bytes on the serial port");
    stage.report.borrow().head(&head);

    let setting = Setting {
        ear: &Deaf,
        observer: &|event| stage.session(event, &host),
        place: Place::Tls(Endpoint::public(Region::Shanghai).with_trust(trust)),
        sign: SignMethod::Hmacsha256,
        network: Network::apn("cmiot"),
        seed,
    };
    let credential = async |_: &mut dyn Describe| {
        let identity = Identity::new(PRODUCT_KEY, DEVICE_NAME, DEVICE_SECRET);
        Ok(Credential::Identity(identity.expect("the demo's own identity keeps the rules")))
    };
    let mut exit = Exit::Done;
    let story = async |session: &mut dyn Online| {
        let mut play = Play { session, stage, seq: 0, acknowledged: 0, received: 0 };
        exit = match play.run().await {
            Ok(()) => Exit::Done,
            Err(trouble) => stage.fail(&trouble.into()),
        };
        let account = play.account();
        stage.report.borrow().done(&account);
        if exit == Exit::Done && account.lost + account.duplicated > 0 {
            exit = Exit::Broken;
        }
    };
    match stage
        .pair
        .run(&mut board, Room::Small, None, Device { setting, credential, store: AnyStore::none(), story })
        .await
    {
        Ok(()) => exit,
        Err(failure) => stage.fail(&failure),
    }
}

struct Play<'s> {
    session: &'s mut dyn Online,
    stage: &'s Stage,
    seq: u32,
    acknowledged: u32,
    received: u32,
}

impl Play<'_> {
    async fn run(&mut self) -> Result<(), Trouble> {
        self.session.online().await?;
        self.describe().await?;
        if let Some(downlink) = self.session.downlink() {
            downlink.subscribe(topic::user("get")).await?;
            let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/get");
            self.stage.tell("subscribe", &topic, Some(json!({"event": "subscribed", "topic": topic})));
        }
        for _ in 0..3 {
            self.publish().await?;
        }
        self.obey().await?;
        self.stage.remark("the network goes away for 20 s, and takes the data context with it");
        self.publish_while(async |stage| {
            {
                let module = &mut stage.scene.borrow_mut().module;
                module.lose_network();
                module.lose_context(1);
            }
            Timer::after(OUTAGE).await;
            stage.scene.borrow_mut().module.restore_network();
        })
        .await?;
        self.stage.remark("the module is reset in the middle of a publish");
        self.publish_while(async |stage| {
            // Between the command and its payload.
            Timer::after(Duration::from_millis(1)).await;
            stage.scene.borrow_mut().module.reset();
        })
        .await?;
        self.obey().await?;
        self.session.disconnect().await?;
        self.stage.tell("end", "disconnected", Some(json!({"event": "disconnected", "reason": "asked for"})));
        Ok(())
    }

    async fn describe(&mut self) -> Result<(), Trouble> {
        let info = self.session.describe().await?;
        let (model, imei, iccid) = (info.model(), info.imei(), info.iccid());
        let event =
            json!({"event": "module", "model": model, "imei": imei, "iccid": iccid, "firmware": info.firmware()});
        self.stage.tell("module", &format!("{model}, IMEI {imei}"), Some(event));
        Ok(())
    }

    /// Publishes readings of this machine.
    async fn publish(&mut self) -> Result<(), Trouble> {
        self.seq += 1;
        let payload = Readings::now().to_json(self.seq);
        let delivery = self.session.publish(topic::user("update"), payload.as_bytes(), Qos::AtLeastOnce).await?;
        self.acknowledged += u32::from(delivery == Delivery::Acknowledged);
        let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/update");
        let event = json!({"event": "published", "topic": topic, "seq": self.seq, "delivery": "acknowledged"});
        self.stage.tell("publish", &payload, Some(event));
        Ok(())
    }

    /// Publishes while something happens to the module.
    async fn publish_while(&mut self, happens: impl AsyncFnOnce(&Stage)) -> Result<(), Trouble> {
        let stage = self.stage;
        join(self.publish(), happens(stage)).await.0
    }

    /// The platform sends a command; the device obeys and answers.
    async fn obey(&mut self) -> Result<(), Trouble> {
        let Some(downlink) = self.session.downlink() else { return Ok(()) };
        self.stage.command(b"report");
        downlink.ready().await?;
        let Some(Inbound::Message(message)) = downlink.front() else { return Ok(()) };
        let text = String::from_utf8_lossy(message.payload).into_owned();
        let event = json!({"event": "received", "topic": message.topic(), "payload": text});
        self.received += 1;
        self.stage.tell("command", &format!("`{text}` received"), Some(event));
        if text == "report" {
            self.publish().await?;
        }
        Ok(())
    }

    /// Counted in the platform's raw list, where nothing is sorted out.
    fn account(&self) -> Account {
        let copies = self.stage.copies(self.seq);
        let missing = copies.iter().filter(|&&copies| copies == 0).count() as u32;
        let unacknowledged = self.seq - self.acknowledged;
        Account {
            sent: self.seq,
            acknowledged: self.acknowledged,
            received: self.received,
            lost: missing.max(unacknowledged),
            duplicated: copies.iter().map(|copies| copies.saturating_sub(1)).sum(),
        }
    }
}
