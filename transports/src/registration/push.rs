//! Registration by a login, and by the message that follows it (aliyun-iot, 3.2), over any link that speaks MQTT.

use embassy_time::{Duration, Instant, with_deadline};
use wanlink_core::{Error, ErrorKind, ErrorType, Inbound, Refusal};

use super::applicant::Applicant;
use super::code::RegistrationCode;
use super::device::Device;
use super::device_error::DeviceError;
use super::error::RegistrationError;
use super::reply::is_push;
use super::request::{AuthType, MqttRequest};
use super::token::DeviceToken;
use crate::error::{LinkError, Lost};
use crate::identity::Identity;
use crate::link::{Connect, Downlink};
use crate::pace::Pace;
use crate::sign::Sign;
use crate::store::{Record, Store};

/// So long after its CONNACK the platform closes the connection (aliyun-iot, 3.2).
const PATIENCE: Duration = Duration::from_secs(15);

/// Longer than the connection lives, so that no PINGREQ is due.
pub(super) const KEEP_ALIVE_S: u16 = 60;

/// What stands before the payload of a PUBLISH: fixed header, topic with its length, identifier.
#[cfg(feature = "tcp")]
const PUBLISH: usize = 3 + 2 + "/ext/register".len() + 2;

/// What a registration gives, which says how it is asked for.
pub(super) trait Outcome<A: Sign>: Record {
    /// The request that gives it.
    const AUTH: AuthType;

    /// Bytes of the longest PUBLISH that brings it, when nothing in it is escaped or stands apart.
    #[cfg(feature = "tcp")]
    const PUSH: usize;

    /// Whether it is that of this device.
    fn is_of(&self, applicant: &Applicant<A>) -> bool;

    /// Reads it from the message that brings it.
    fn read(applicant: &Applicant<A>, payload: &[u8]) -> Result<Self, RegistrationError>;
}

impl<A: Sign> Outcome<A> for Identity<A> {
    const AUTH: AuthType = AuthType::Register;
    #[cfg(feature = "tcp")]
    const PUSH: usize = PUBLISH + r#"{"productKey":"","deviceName":"","deviceSecret":""}"#.len() + 20 + 32 + 64;

    fn is_of(&self, applicant: &Applicant<A>) -> bool {
        applicant.is(self)
    }

    fn read(applicant: &Applicant<A>, payload: &[u8]) -> Result<Self, RegistrationError> {
        applicant.mqtt_secret(payload)
    }
}

impl<A: Sign> Outcome<A> for DeviceToken {
    const AUTH: AuthType = AuthType::Regnwl;
    #[cfg(feature = "tcp")]
    const PUSH: usize = PUBLISH
        + r#"{"productKey":"","deviceName":"","clientId":"","deviceToken":""}"#.len()
        + 20
        + 32
        + 2 * super::token::TOKEN;

    fn is_of(&self, applicant: &Applicant<A>) -> bool {
        applicant.has(self)
    }

    fn read(applicant: &Applicant<A>, payload: &[u8]) -> Result<Self, RegistrationError> {
        applicant.mqtt_token(payload)
    }
}

impl<S: Store, A: Sign> Device<S, A> {
    /// What is kept; when that is nothing, the request has to be one for it.
    pub(super) async fn kept_for<R: Outcome<A>, E>(
        &mut self,
        request: &MqttRequest<'_>,
    ) -> Result<Option<R>, DeviceError<E, S::Error>> {
        match self.kept(|applicant, kept: &R| kept.is_of(applicant)).await? {
            None if request.auth() != R::AUTH => Err(DeviceError::AuthType),
            kept => Ok(kept),
        }
    }
}

impl<E: Error, S> DeviceError<E, S> {
    /// An error of the link that logs in to be registered: a return code of the broker is the platform's answer.
    pub(super) fn of_link(error: LinkError<E>) -> Self {
        if let ErrorKind::Refused(Refusal::Connack(code)) = error.kind() {
            return RegistrationError::Refused(RegistrationCode::Connack(code)).into();
        }
        match error {
            LinkError::Module(error) => Self::Module(error),
            LinkError::TooLong(error) => Self::TooLong(error),
            other => Self::Link(other),
        }
    }
}

/// Error of the driver below a link.
type Below<L> = <<L as Connect>::Module as ErrorType>::Error;

/// Logs in by a link of [`Asking`](super::request::Asking) as soon as the pace allows it, takes what is pushed, keeps it,
/// and ends the connection whatever came.
pub(super) async fn ask<L: Connect + Downlink, A: Sign, S: Store, R: Outcome<A>>(
    link: &mut L,
    applicant: &Applicant<A>,
    store: &mut S,
    pace: &mut Pace,
) -> Result<R, DeviceError<Below<L>, S::Error>> {
    link.check().map_err(DeviceError::of_link)?;
    pace.wait().await;
    let connected = link.connect().await;
    pace.end(Instant::now());
    let pushed = match connected {
        Ok(()) => pushed(link, |payload| R::read(applicant, payload)).await,
        // A module that takes its time for the login is told of its end and of what was pushed at once: it was given.
        Err(error) => match link.front() {
            Some(Inbound::Message(message)) if is_push(message.topic()) => {
                R::read(applicant, message.payload).map_err(DeviceError::from)
            }
            _ => Err(DeviceError::of_link(error)),
        },
    };
    let result = match pushed {
        Ok(record) => store.save(&record).await.map(|()| record).map_err(DeviceError::Store),
        Err(error) => Err(error),
    };
    // That the module restarted meanwhile is told by the next call.
    let _ = link.disconnect().await;
    result
}

/// What the platform pushes behind the login. Messages of an earlier session may stand before it.
async fn pushed<E: Error, L, R, S>(
    link: &mut L,
    read: impl Fn(&[u8]) -> Result<R, RegistrationError>,
) -> Result<R, DeviceError<E, S>>
where
    L: Downlink + ErrorType<Error = LinkError<E>>,
{
    let until = Instant::now().saturating_add(PATIENCE);
    let mut lost = None;
    while Instant::now() < until {
        match with_deadline(until, link.ready()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(lost.map_or_else(|| DeviceError::of_link(error), DeviceError::Lost)),
            Err(_) => break,
        }
        match link.front() {
            Some(Inbound::Message(message)) if is_push(message.topic()) => return Ok(read(message.payload)?),
            Some(Inbound::Lost { count, longest }) if count > 0 => lost = Some(Lost::new(count, longest)),
            _ => {}
        }
    }
    Err(lost.map_or(DeviceError::Silent, DeviceError::Lost))
}
