//! Readings up, commands down.

use core::convert::Infallible;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{Error, ErrorKind, Qos};
use wanlink_transports::{Downlink, Uplink, topic};

use crate::command::Command;
use crate::text;

/// Publishes a reading every so often on `user/update`, obeys the commands that come on `user/get`, and answers them.
///
/// ```
/// # use wanlink_core::{Network, fake::Pushing};
/// use wanlink_apps::Telemetry;
/// use wanlink_transports::{Endpoint, Identity, Region, Session, mqtt};
/// # use wanlink_emulator as _;
/// # async fn example() -> Result<(), wanlink_transports::IdentityError> {
/// # let (mut modem, seed) = (Pushing::new().0, 1);
/// # let thermometer = || 215;
/// let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef")?;
/// let link = mqtt::Link::new(&mut modem, &identity, Endpoint::public(Region::Shanghai));
/// let mut session = Session::new(link, Network::apn("cmiot"), seed);
/// let refused = Telemetry::new(thermometer, 60).run(&mut session).await;
/// # drop(refused);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Telemetry<S> {
    sensor: S,
    interval_s: u32,
    due: Instant,
    seq: u32,
}

impl<S: FnMut() -> i32> Telemetry<S> {
    /// Reads `sensor` every `interval_s` seconds, at once for the first time.
    pub const fn new(sensor: S, interval_s: u32) -> Self {
        Self { sensor, interval_s, due: Instant::MIN, seq: 0 }
    }

    /// Runs until the link reports an error that it does not heal: over a [`Session`](wanlink_transports::Session)
    /// until something cannot heal at all, over a bare link until the connection is gone. May be called again; the
    /// numbers of the readings go on.
    pub async fn run<L: Downlink>(&mut self, link: &mut L) -> L::Error {
        let Err(error) = self.serve(link).await;
        error
    }

    /// As [`run`](Self::run), over a link by which no command comes.
    pub async fn send<L: Uplink>(&mut self, link: &mut L) -> L::Error {
        loop {
            Timer::at(self.due).await;
            if let Err(error) = self.obey(link, Command::Report).await {
                return error;
            }
        }
    }

    async fn serve<L: Downlink>(&mut self, link: &mut L) -> Result<Infallible, L::Error> {
        link.subscribe(topic::user("get")).await?;
        loop {
            // The lent message must be let go before the link can publish: only what it asks for leaves this block.
            let command = match select(link.receive(), Timer::at(self.due)).await {
                Either::First(Ok(message)) if topic::user_part(message.topic()) == Some("get") => {
                    Command::parse(message.payload)
                }
                Either::First(Ok(_)) => continue,
                // Commands were lost; whoever sent them misses the answers.
                Either::First(Err(error)) if error.kind() == ErrorKind::Retry => continue,
                Either::First(Err(error)) => return Err(error),
                Either::Second(()) => Command::Report,
            };
            self.obey(link, command).await?;
        }
    }

    async fn obey<L: Uplink>(&mut self, link: &mut L, command: Command) -> Result<(), L::Error> {
        let answer = match command {
            Command::Report => {
                self.schedule();
                self.seq = self.seq.wrapping_add(1);
                text::reading(self.seq, (self.sensor)())
            }
            Command::Interval(seconds) => {
                self.interval_s = seconds;
                self.schedule();
                text::interval(seconds)
            }
            Command::Unknown => text::unknown(),
        };
        link.publish(topic::user("update"), answer.as_bytes(), Qos::AtLeastOnce).await?;
        Ok(())
    }

    fn schedule(&mut self) {
        let interval = Duration::from_secs(self.interval_s.into());
        self.due = Instant::now().saturating_add(interval);
    }
}
