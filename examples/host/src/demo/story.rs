//! What happens in the demo: the happy way, then a lost network, then a module that restarts.

use embassy_futures::join::join;
use embassy_time::{Duration, Timer};
use serde_json::json;
use wanlink_at::driver::Wired;
use wanlink_core::{Delivery, Inbound, Network, Qos, Root, Tls, Trust};
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_transports::registration::{Applicant, AuthType, MqttRequest, https_host};
use wanlink_transports::{Endpoint, Event, Pace, Region, https, roots, topic};

use super::stage::Stage;
use super::{DEVICE_NAME, PRODUCT_KEY, PRODUCT_SECRET};
use crate::board::Board;
use crate::cli::{PathArg, SignMethod, Usage};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::online::{Describe, Device, Online, Setting, Trouble};
use crate::pairing::{Pair, Room};
use crate::place::{Desk, Place};
use crate::readings::Readings;
use crate::register::{Credential, Register, Registered, Request};
use crate::report::{Account, name_of};
use crate::store::AnyStore;
use crate::witness::Deaf;

const NETWORK: Network<'static> = Network::apn("cmiot");

/// How long the network stays away.
const OUTAGE: Duration = Duration::from_secs(20);

/// Plays the story to its end and says how it went.
pub(crate) async fn tell((reader, writer): (PortReader, PortWriter), stage: &Stage, root: &str, seed: u64) -> Exit {
    let pins = stage.scene.borrow().module.pins();
    let mut board = Board::new(reader, writer, Wired::new(pins.pwrkey(), pins.reset_n(), pins.status()));
    // As on the real platform, but for the root: only the platform itself has the key of its own.
    let name = roots::name_of(root.as_bytes());
    let root = Root::new(name.as_str(), root.as_bytes());
    let (module, path) = stage.pair.names();
    let place = match path {
        PathArg::Https => Place::Https(https::Endpoint::public(https::Region::Shanghai).with_trust(Trust::Root(root))),
        _ => Place::Tls(Endpoint::public(Region::Shanghai).with_trust(Trust::Root(root))),
    };
    let host = place.address(PRODUCT_KEY).expect("the platform's own names are not too long").0;
    let (label, path) = (module.label().to_uppercase(), path.name());
    let head = format!("wanlink demo: {label} (emulated), path {path}, platform stand-in; bytes on the serial port");
    stage.report.borrow().head(&head);

    let Registered { credential: kept, pace } = match register(stage, &mut board, root, seed).await {
        Ok(registered) => registered,
        Err(failure) => return stage.end(&failure),
    };
    let setting = Setting {
        ear: &Deaf,
        observer: &|event| stage.session(event, &host),
        place,
        sign: SignMethod::Hmacsha256,
        network: NETWORK,
        seed,
        pace,
    };
    let credential = async |_: &mut dyn Describe| Ok(kept);
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
        Err(failure) => stage.end(&failure),
    }
}

/// What the device logs in with: that of an earlier run, or what the platform gives it now. By HTTPS, whatever path comes
/// then: only there the platform tells why it refuses.
async fn register(stage: &Stage, board: &mut Board, root: Root<'_>, seed: u64) -> Result<Registered, Failure> {
    if let Some(identity) = stage.flash.take_identity() {
        let detail =
            format!("not again: {} has the secret of an earlier run (--forget begins anew)", stage.flash.shown());
        stage.tell("register", &detail, None);
        return Ok(Registered { credential: Credential::Identity(identity), pace: Pace::new() });
    }
    stage.remark("the device has no secret of its own yet, only that of its product");
    stage.session(Event::Power, "");
    // By a form where the module speaks HTTPS, else by a login.
    let (pair, desk) = match Pair::find(stage.pair.names().0, PathArg::Https) {
        Ok(pair) => {
            let host = https_host(Region::Shanghai).as_str().to_owned();
            (pair, Desk::Https { host, port: 443, tls: Tls::verified(root) })
        }
        Err(_) => {
            let endpoint = Endpoint::public(Region::Shanghai).with_trust(Trust::Root(root));
            (stage.pair, Desk::Mqtt { endpoint, request: MqttRequest::new(AuthType::Register) })
        }
    };
    let request = Request {
        ear: &Deaf,
        progress: &|progress| {
            stage.session(Event::Attach, "");
            stage.session(Event::Progress(progress), "");
        },
        network: NETWORK,
        sign: SignMethod::Hmacsha256,
        desk,
        entropy: seed,
    };
    let applicant =
        async |_: &mut dyn Describe| Ok(Applicant::new(PRODUCT_KEY, DEVICE_NAME, PRODUCT_SECRET).map_err(Usage::from)?);
    let errand = Register { request, applicant, store: stage.flash.store() };
    let registered = pair.run(board, Room::Small, None, errand).await?;
    stage.registered();
    Ok(registered)
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
        self.lose_token().await?;
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
        // Some modules do not tell whether the broker acknowledged: what they accepted is counted as that.
        self.acknowledged += u32::from(delivery != Delivery::Sent);
        let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/update");
        let event = json!({"event": "published", "topic": topic, "seq": self.seq, "delivery": name_of(delivery)});
        self.stage.tell("publish", &payload, Some(event));
        Ok(())
    }

    /// On the path that has a token, the platform does not know it any more: the device signs in anew, and loses nothing.
    async fn lose_token(&mut self) -> Result<(), Trouble> {
        if self.stage.pair.names().1 != PathArg::Https {
            return Ok(());
        }
        self.stage.remark("the platform forgets the token that the device posts with");
        {
            let scene = &mut *self.stage.scene.borrow_mut();
            scene.platform.forget_tokens(scene.now_us);
        }
        self.publish().await
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
