//! Registration as a link that does nothing else: so a session starts the module, reaches the network, waits and heals as
//! for any other link, and ends on a refusal.

use embassy_time::Instant;
use wanlink_core::{
    AliyunAt, Delivery, Error as _, ErrorKind, ErrorType, HttpsAt, Module, MqttAt, Qos, Tls, TlsSocket, Trust,
};
use wanlink_emulator::NorError;
use wanlink_transports::registration::{self, Applicant, AuthType, Device, DeviceError, MqttRequest, Random};
use wanlink_transports::store::{Flash, FlashError};
use wanlink_transports::topic::Topic;
use wanlink_transports::{Connect, Endpoint, Event, LinkError, Reason, Region, Request, Session, Uplink, tcp};

use super::checks::Invariant;
use super::rig::root;
use super::seat::Seat;
use super::supply::StoreChip;
use super::{DEVICE_NAME, PRODUCT_KEY, PRODUCT_SECRET};
use crate::cli::RegisterArg;
use crate::cure::Explain;
use crate::online::{Setting, step};
use crate::pairing::{Driver, Errand, Room};
use crate::register::{Credential, Registered};
use crate::witness::Witness;

/// What goes wrong with a registration over a driver whose error is `E`.
type Error<E> = DeviceError<E, FlashError<NorError>>;

/// The errand of a device that has to register, or to find in its store that it did. `None`: the life is over.
pub(super) struct Enrol<'e, 'a> {
    pub(super) way: RegisterArg,
    pub(super) setting: &'e Setting<'e>,
    pub(super) seat: &'e mut Seat<'a>,
}

impl Errand for Enrol<'_, '_> {
    type Output = Option<Registered>;

    async fn mqtt<M: Driver + MqttAt>(self, module: M) -> Option<Registered> {
        let Self { way, setting, seat } = self;
        let mut room = [0; Flash::ROOM];
        let (mut device, mut random) = (device(seat, &mut room), seat.random.fork());
        let request = MqttRequest::new(auth(way));
        let ask = async |module: &mut Witness<'_, M>| {
            let random = &Random::from_bits(random.next_u64());
            Ok(match way {
                RegisterArg::MqttNwl => {
                    Credential::Token(device.token_over_mqtt(module, broker(), &request, random).await?)
                }
                _ => Credential::Identity(device.identity_over_mqtt(module, broker(), &request, random).await?),
            })
        };
        let link = Enrolment { module: Witness::new(module, setting.ear), ask, credential: None };
        let credential = enrol(link, setting, seat).await?;
        Some(Registered { credential, pace: device.pace() })
    }

    async fn tcp<M: Driver + TlsSocket>(self, module: M, _room: Room) -> Option<Registered> {
        let Self { way, setting, seat } = self;
        let mut room = [0; Flash::ROOM];
        let (mut device, mut random) = (device(seat, &mut room), seat.random.fork());
        let request = MqttRequest::new(auth(way));
        let mut buffers = tcp::Buffers::<1152, 3328>::new();
        let ask = async |module: &mut Witness<'_, M>| {
            let (buffers, random) = (&mut buffers, &Random::from_bits(random.next_u64()));
            Ok(match way {
                RegisterArg::MqttNwl => {
                    Credential::Token(device.token_over_tcp(module, broker(), buffers, &request, random).await?)
                }
                _ => Credential::Identity(device.identity_over_tcp(module, broker(), buffers, &request, random).await?),
            })
        };
        let link = Enrolment { module: Witness::new(module, setting.ear), ask, credential: None };
        let credential = enrol(link, setting, seat).await?;
        Some(Registered { credential, pace: device.pace() })
    }

    async fn native<M: Driver + AliyunAt>(self, module: M) -> Option<Registered> {
        self.mqtt(module).await
    }

    async fn https<M: Driver + HttpsAt>(self, module: M) -> Option<Registered> {
        let Self { setting, seat, .. } = self;
        let mut room = [0; Flash::ROOM];
        let (mut device, mut random) = (device(seat, &mut room), seat.random.fork());
        let ask = async |module: &mut Witness<'_, M>| {
            let host = registration::https_host(Region::Shanghai);
            let endpoint = Endpoint::custom(host.as_str(), 443, Tls::verified(root()));
            let random = Random::from_bits(random.next_u64());
            Ok(Credential::Identity(device.identity_over_https(module, endpoint, &random).await?))
        };
        let link = Enrolment { module: Witness::new(module, setting.ear), ask, credential: None };
        let credential = enrol(link, setting, seat).await?;
        Some(Registered { credential, pace: device.pace() })
    }
}

fn device<'r>(seat: &Seat<'_>, room: &'r mut [u8]) -> Device<Flash<'r, StoreChip>> {
    let applicant = Applicant::new(PRODUCT_KEY, DEVICE_NAME, PRODUCT_SECRET).expect("it is well-formed");
    Device::new(applicant, seat.stage.supply.store(room))
}

fn broker() -> Endpoint<'static, Tls<'static>> {
    Endpoint::public(Region::Shanghai).with_trust(Trust::Root(root()))
}

fn auth(way: RegisterArg) -> AuthType {
    if way == RegisterArg::MqttNwl { AuthType::Regnwl } else { AuthType::Register }
}

/// Until there is a result, or the life is over.
async fn enrol<M, A>(link: Enrolment<M, A>, setting: &Setting<'_>, seat: &mut Seat<'_>) -> Option<Credential>
where
    M: Module<Error: Explain>,
    A: AsyncFnMut(&mut M) -> Result<Credential, Error<M::Error>>,
{
    let mut session: Session<'_, _, &dyn Fn(Event)> =
        Session::observed(link, setting.network, setting.seed ^ 1, setting.observer);
    while !seat.is_over() && !seat.is_locked_out() {
        let had = has_kept(seat);
        match seat.attempt(step(session.online())).await {
            Some(Ok(())) => return session.link().credential.take(),
            Some(Err(trouble)) => {
                if let ErrorKind::Refused(_) = trouble.kind {
                    is_refused_for_good(&mut session, seat, had).await;
                }
                seat.failed(&trouble).await;
            }
            None => {}
        }
        session.resume();
        seat.stage.account.borrow_mut().asks.resumed();
    }
    None
}

/// Whether a refusal is the end, until somebody looks at it, and nothing was kept.
async fn is_refused_for_good<L: Connect>(session: &mut Session<'_, L, &dyn Fn(Event)>, seat: &Seat<'_>, had: bool) {
    let stage = seat.stage;
    let calls = || stage.account.borrow().calls;
    let before = calls();
    if session.online().await.is_ok() || calls() > before {
        stage.account.borrow_mut().break_now(Invariant::Refused, "a refused device went on".to_owned());
    }
    if !had && has_kept(seat) {
        stage.account.borrow_mut().break_now(Invariant::Refused, "a refused device kept something".to_owned());
    }
}

fn has_kept(seat: &Seat<'_>) -> bool {
    seat.stage.supply.kept().is_ok_and(|kept| kept.is_enough())
}

/// A link that is connected when the device has what it logs in with.
struct Enrolment<M, A> {
    module: M,
    ask: A,
    credential: Option<Credential>,
}

impl<M: ErrorType, A> ErrorType for Enrolment<M, A> {
    type Error = LinkError<M::Error>;
}

impl<M: ErrorType, A> Uplink for Enrolment<M, A> {
    async fn publish(&mut self, _: Topic<'_>, _: &[u8], _: Qos) -> Result<Delivery, Self::Error> {
        Err(LinkError::Closed(Reason::Offline))
    }
}

impl<M, A> Connect for Enrolment<M, A>
where
    M: Module,
    A: AsyncFnMut(&mut M) -> Result<Credential, Error<M::Error>>,
{
    type Module = M;

    const GIVES_REASON: bool = true;

    const IS_CONNECTED: bool = true;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    fn check(&self) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn perform(&mut self, request: Request<'_>) -> Result<(), Self::Error> {
        let Request::Connect = request else { return Err(LinkError::Closed(Reason::Offline)) };
        self.credential = Some((self.ask)(&mut self.module).await.map_err(of_link)?);
        Ok(())
    }

    fn delivery(&self) -> Delivery {
        Delivery::Sent
    }

    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    async fn disconnect(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// The same as an error of a link: what a session does about it goes by its kind.
fn of_link<E: wanlink_core::Error>(error: Error<E>) -> LinkError<E> {
    match error {
        DeviceError::Module(error) => LinkError::Module(error),
        DeviceError::TooLong(error) => LinkError::TooLong(error),
        error => match error.kind() {
            ErrorKind::Refused(refusal) => LinkError::Refused(refusal),
            ErrorKind::Retry | ErrorKind::Reconnect => LinkError::Closed(Reason::Remote),
            // Of a store that fails, or is of somebody else: this one does not, and is not.
            kind => panic!("no registration ends so here: {kind:?}, {error}"),
        },
    }
}
