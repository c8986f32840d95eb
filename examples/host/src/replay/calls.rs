//! The host's side of a replay: the driver, called as then.

use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use wanlink_core::{
    AliyunAt, Body, ContentType, Device, HttpsAt, Login, MqttAt, Network, Plain, Post, Qos, Root, Rung, Server, Tls,
    TlsSocket, Trust, Validity,
};
use wanlink_transports::roots;

use super::player::{Judge, SLACK_US, seconds};
use super::tape::Called;
use crate::call::{self, Call};
use crate::pairing::{Driver, Errand, Room};

/// In the place of secrets, which are not in a trace. As long as real ones.
const PIN: &str = "0000";
const SECRET: &str = "00000000000000000000000000000000";
const PASSWORD: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The errand of a replay: calls the driver as the trace notes it, and compares what comes of each call.
pub(super) struct Repeat<'a> {
    pub(super) calls: &'a [Called],
    /// When what comes behind them begins.
    pub(super) end_us: u64,
    pub(super) judge: &'a Judge,
}

impl Errand for Repeat<'_> {
    type Output = ();

    async fn mqtt<M: Driver + MqttAt>(self, mut module: M) {
        self.all(async |call| mqtt(&mut module, call).await).await;
    }

    async fn tcp<M: Driver + TlsSocket>(self, mut module: M, _room: Room) {
        self.all(async |call| tcp(&mut module, call).await).await;
    }

    async fn native<M: Driver + AliyunAt>(self, mut module: M) {
        self.all(async |call| native(&mut module, call).await).await;
    }

    async fn https<M: Driver + HttpsAt>(self, mut module: M) {
        self.all(async |call| https(&mut module, call).await).await;
    }
}

impl Repeat<'_> {
    async fn all(&self, mut make: impl AsyncFnMut(&Call) -> Result<(), String>) {
        let Self { calls, end_us, judge } = self;
        for (index, called) in calls.iter().enumerate() {
            Timer::at(Instant::from_micros(called.at_us)).await;
            let next_us = calls.get(index + 1).map_or(*end_us, |next| next.at_us);
            let until_us = called.returned.as_ref().map_or(next_us, |(at_us, _)| at_us.saturating_add(SLACK_US));
            let result = select(make(&called.call), Timer::at(Instant::from_micros(until_us))).await;
            if let Err((trace, today)) = compare(called, result) {
                return judge.differs(Instant::now().as_micros(), trace, today);
            }
        }
    }
}

fn compare(called: &Called, result: Either<Result<(), String>, ()>) -> Result<(), (String, String)> {
    let outcome = |error: &Option<String>| match error {
        None => format!("{} succeeds", name(&called.call)),
        Some(error) => format!("{} fails: {error}", name(&called.call)),
    };
    match (&called.returned, result) {
        (None, Either::Second(())) => Ok(()),
        (Some((_, then)), Either::First(now)) if now.as_ref().err() == then.as_ref() => Ok(()),
        (Some((_, then)), Either::First(now)) => Err((outcome(then), outcome(&now.err()))),
        (Some((at_us, then)), Either::Second(())) => {
            Err((format!("{} at {}", outcome(then), seconds(*at_us)), "goes on".to_owned()))
        }
        (None, Either::First(now)) => Err((format!("{} goes on", name(&called.call)), outcome(&now.err()))),
    }
}

fn name(call: &Call) -> String {
    let text = format!("{call:?}");
    text.split([' ', '(']).next().unwrap_or_default().to_lowercase()
}

/// What drivers of each path have.
async fn make<M: Driver>(driver: &mut M, call: &Call) -> Result<(), String> {
    let result = match call {
        Call::Start => driver.start().await,
        Call::Describe => driver.describe().await.map(drop),
        Call::Attach { apn, user, pin } => {
            let mut network = Network::apn(apn);
            if let Some(user) = user {
                network = network.auth(user, PASSWORD);
            }
            if *pin {
                network = network.pin(PIN);
            }
            driver.attach(&network, &mut |_| ()).await
        }
        Call::Operator => {
            driver.operator().await;
            Ok(())
        }
        Call::Signal => driver.signal().await.map(drop),
        Call::Clock => driver.clock().await.map(drop),
        Call::Idle => driver.idle().await.map(drop),
        Call::Stop => driver.stop().await,
        Call::Recover { rung } => {
            let all = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset];
            match all.into_iter().find(|known| format!("{known:?}") == *rung) {
                Some(rung) => driver.recover(rung).await,
                None => return Err(format!("there is no rung {rung}")),
            }
        }
        _ => return Err("the driver of this path has no such call".to_owned()),
    };
    result.map_err(|error| error.to_string())
}

async fn mqtt<M: Driver + MqttAt>(driver: &mut M, call: &Call) -> Result<(), String> {
    let result = match call {
        Call::Connect(connect) => return self::connect(driver, connect).await,
        Call::Subscribe { filter, qos } => driver.subscribe(filter, quality(*qos)).await,
        Call::Unsubscribe { filter } => driver.unsubscribe(filter).await,
        Call::Publish { topic, qos, payload } => driver.publish(topic, payload, quality(*qos)).await.map(drop),
        Call::Ready => driver.ready().await,
        Call::Disconnect => driver.disconnect().await,
        call => return make(driver, call).await,
    };
    result.map_err(|error| error.to_string())
}

async fn native<M: Driver + AliyunAt>(driver: &mut M, call: &Call) -> Result<(), String> {
    let Call::SignIn(call::Connect { host, port, tls, client_id, user, keep_alive_s, clean_session }) = call else {
        return mqtt(driver, call).await;
    };
    let device = Device {
        product_key: user,
        device_name: client_id,
        device_secret: SECRET,
        keep_alive_s: *keep_alive_s,
        clean_session: *clean_session,
    };
    let result = match tls {
        None => driver.sign_in(&Server::new(host, *port, Plain), &device).await,
        Some(tls) => with_tls(tls, async |tls| driver.sign_in(&Server::new(host, *port, *tls), &device).await).await,
    };
    result.map_err(|error| error.to_string())
}

async fn tcp<M: Driver + TlsSocket>(driver: &mut M, call: &Call) -> Result<(), String> {
    let result = match call {
        Call::Open { host, port, tls: None } => driver.open(host, *port).await.map(drop),
        Call::Open { host, port, tls: Some(tls) } => {
            with_tls(tls, async |tls| driver.open_tls(host, *port, tls).await.map(drop)).await
        }
        Call::Write { socket, data } => driver.write((*socket).into(), data).await,
        Call::Read { socket, room } => driver.read((*socket).into(), &mut vec![0; *room]).await.map(drop),
        Call::Fetch { socket, room } => driver.fetch((*socket).into(), &mut vec![0; *room]).await.map(drop),
        Call::Close { socket } => driver.close((*socket).into()).await,
        Call::Resolve { host } => driver.resolve(host).await.map(drop),
        call => return make(driver, call).await,
    };
    result.map_err(|error| error.to_string())
}

async fn https<M: Driver + HttpsAt>(driver: &mut M, call: &Call) -> Result<(), String> {
    let call = match call {
        Call::Post(post) => post,
        call => return make(driver, call).await,
    };
    let secrets: Vec<_> = call.headers.iter().map(|(_, length)| "0".repeat(*length)).collect();
    let headers: Vec<_> =
        call.headers.iter().zip(&secrets).map(|((name, _), secret)| (name.as_str(), secret.as_str())).collect();
    let content = call.content().unwrap_or(ContentType::Octets);
    let post = Post { path: &call.path, content, headers: &headers };
    let mut room = vec![0; call.room];
    let result = with_tls(&call.tls, async |tls| {
        let server = Server::new(&call.host, call.port, *tls);
        driver.post(&server, &post, Body::Bytes(&call.body), &mut room).await.map(drop)
    });
    result.await.map_err(|error| error.to_string())
}

async fn connect<M: MqttAt>(driver: &mut M, call: &call::Connect) -> Result<(), String> {
    let call::Connect { host, port, tls, client_id, user, keep_alive_s, clean_session } = call;
    let login =
        Login { client_id, user, password: PASSWORD, keep_alive_s: *keep_alive_s, clean_session: *clean_session };
    let result = match tls {
        None => driver.connect(&Server::new(host, *port, Plain), &login).await,
        Some(tls) => with_tls(tls, async |tls| driver.connect(&Server::new(host, *port, *tls), &login).await).await,
    };
    result.map_err(|error| error.to_string())
}

async fn with_tls<T>(tls: &call::Tls, act: impl AsyncFnOnce(&Tls<'_>) -> T) -> T {
    let root = tls.root.as_ref().map(|pem| (roots::name_of(pem.as_bytes()), pem.as_bytes()));
    let trust = root.as_ref().map_or(Trust::Anyone, |(name, pem)| Trust::Root(Root::new(name.as_str(), pem)));
    let validity = tls.validity().unwrap_or(Validity::IfClockKnown);
    act(&Tls { trust, validity }).await
}

fn quality(qos: u8) -> Qos {
    if qos == 0 { Qos::AtMostOnce } else { Qos::AtLeastOnce }
}
