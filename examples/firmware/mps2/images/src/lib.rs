//! A BG95 that talks MQTT to the platform: all that a product links, and as little of its own as can be.
//!
//! It brings a session up, publishes each tenth of a second, and ends when the command `stop` comes. The images differ in
//! path and endpoint; those of `poster` and `peers` do less, those of `story` are whole products. `count` counts instructions.
//!
//! Functions that reach the driver are generic or inlined, so that each image compiles its own. One that this library
//! compiled would be linked by none and make them 4 % larger: its parts are shared, and the inliner leaves them apart.

#![no_std]

#[cfg(feature = "_count")]
pub mod count;
#[cfg(any(feature = "mqtt", feature = "tcp"))]
pub mod peers;
#[cfg(feature = "https")]
pub mod poster;
#[cfg(feature = "_story")]
pub mod story;

use board::{Board, OutputLine, UartReader, UartWriter};
use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use embedded_hal::digital::OutputPin;
use wanlink_core::{Error, ErrorKind, Network, Qos, Root};
use wanlink_quectel::{Bg95, Buffers, PowerPins, Quectel};
use wanlink_transports::{Connect, Downlink, Identity, Session, Uplink, topic};

const PERIOD: Duration = Duration::from_millis(100);

/// The root of the stand-in that a run meets: that of `examples/scene/authority`.
pub const ROOT: Root<'static> = Root::new("wl-29f67351.pem", include_bytes!("../../../../scene/authority/root.pem"));

/// What a product reads from its flash: the optimiser must not see it.
struct Settings {
    product_key: &'static str,
    device_name: &'static str,
    secret: &'static str,
    apn: &'static str,
    pin: Option<&'static str>,
}

static SETTINGS: Settings = Settings {
    product_key: "a1B2c3D4e5F",
    device_name: "meter-0042",
    secret: "0123456789abcdef0123456789abcdef",
    apn: "cmiot",
    pin: None,
};

/// The board has no STATUS line.
pub struct Pins {
    key: OutputLine,
    reset: OutputLine,
}

impl PowerPins for Pins {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        Some(self.key.set_state((!pressed).into()).is_ok())
    }

    fn reset(&mut self, asserted: bool) -> Option<bool> {
        Some(self.reset.set_state((!asserted).into()).is_ok())
    }

    fn is_on(&mut self) -> Option<bool> {
        None
    }
}

/// Runs the device by the module's MQTT client, and ends the run. Inlined, since the parts of an endpoint that are
/// replaced (its root, here) stay linked where the compiler does not see that.
#[cfg(feature = "mqtt")]
#[inline(always)]
pub fn run_mqtt<S: wanlink_core::Security + Copy>(endpoint: wanlink_transports::Endpoint<'static, S>) -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    let (mut buffers, identity): (Buffers, _) = (Buffers::new(), identity());
    let mut modem = modem(board, &mut buffers);
    serve(wanlink_transports::mqtt::Link::new(&mut modem, &identity, endpoint))
}

/// Runs the device over a socket of the module, and ends the run. Inlined as `run_mqtt` is.
#[cfg(feature = "tcp")]
#[inline(always)]
pub fn run_tcp<S>(endpoint: wanlink_transports::Endpoint<'static, S>) -> !
where
    S: for<'m, 'b> wanlink_core::Opens<&'m mut Modem<'b>>,
{
    use wanlink_transports::tcp;

    let Some(board) = Board::take() else { board::exit(1) };
    // Messages of 1 KiB wait in the link's buffers, so the driver's inbox holds no more than one read. Up go packets of
    // 320 bytes, for which the login needs most of the room.
    let (mut buffers, identity): (Buffers<256, 352, 256>, _) = (Buffers::new(), identity());
    let mut packets: tcp::Buffers<1104, 320> = tcp::Buffers::new();
    let mut modem = modem(board, &mut buffers);
    serve(tcp::Link::new(&mut modem, &identity, endpoint, &mut packets))
}

/// The driver of the images.
pub type Modem<'b> = Quectel<'b, Bg95, UartReader, UartWriter, Pins>;

/// The driver at this board.
pub fn modem<const R: usize, const T: usize, const I: usize>(
    board: Board,
    buffers: &mut Buffers<R, T, I>,
) -> Modem<'_> {
    Quectel::new(board.reader, board.writer, Pins { key: board.power_key, reset: board.reset }, buffers)
}

/// The identity of the device.
pub fn identity() -> Identity {
    let settings = core::hint::black_box(&SETTINGS);
    let Ok(identity) = Identity::new(settings.product_key, settings.device_name, settings.secret) else {
        board::exit(4)
    };
    identity
}

/// How the network is reached.
#[inline(always)]
pub fn network() -> Network<'static> {
    let settings = core::hint::black_box(&SETTINGS);
    let mut network = Network::apn(settings.apn);
    network.pin = settings.pin;
    network
}

/// Runs the device over a link, and ends the run.
pub fn serve(mut link: impl Connect + Downlink) -> ! {
    end(board::block_on(work(&mut link)))
}

#[inline(always)]
fn end(result: Result<(), ErrorKind>) -> ! {
    match result {
        Ok(()) => board::finish(0),
        Err(kind) => board::finish(if kind.can_heal() { 3 } else { 4 }),
    }
}

/// By reference: what a future is given stands in it twice.
async fn work(link: &mut (impl Connect + Downlink)) -> Result<(), ErrorKind> {
    let mut session = Session::new(link, network(), Instant::now().as_ticks());
    session.subscribe(topic::user("get")).await.map_err(|error| error.kind())?;
    let mut due = Instant::now();
    loop {
        match select(session.receive(), Timer::at(due)).await {
            Either::First(Ok(message)) if message.payload == b"stop" => return Ok(()),
            Either::First(Ok(_)) => {}
            Either::First(Err(error)) if error.kind().can_heal() => {}
            Either::First(Err(error)) => return Err(error.kind()),
            Either::Second(()) => {
                due = due.saturating_add(PERIOD);
                session
                    .publish(topic::user("update"), b"21.5", Qos::AtLeastOnce)
                    .await
                    .map_err(|error| error.kind())?;
            }
        }
    }
}
