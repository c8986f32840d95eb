//! A device that has its identity from a store, or gets one and keeps it.

use wanlink_core::__private::is_mutant;
use wanlink_core::{Body, ContentType, HttpsAt, Post, Server, Tls};
use zeroize::Zeroizing;

use super::applicant::{Applicant, Random};
use super::device_error::DeviceError;
use super::form::{HTTPS_FORM, HTTPS_PATH};
use crate::endpoint::Endpoint;
use crate::identity::Identity;
use crate::pace::Pace;
use crate::sign::{HmacSha256, Sign};
use crate::store::{Name, Record, Store};

/// Room for the reply over HTTPS. Those of the facts have some 150 bytes; a page of a gateway, which may have more, is no
/// reply.
const REPLY: usize = 512;

/// A device that asks the platform for an identity **only when its store has none**, and keeps it before it is used.
///
/// ```
/// # use wanlink_core::HttpsAt;
/// use wanlink_core::Tls;
/// use wanlink_transports::registration::{self, Applicant, Device, DeviceError, Random};
/// use wanlink_transports::store::Store;
/// use wanlink_transports::{Endpoint, Identity, Region, roots};
///
/// # async fn start<M: HttpsAt, S: Store>(
/// #     modem: &mut M, store: &mut S, applicant: Applicant, entropy: u64,
/// # ) -> Result<Identity, DeviceError<M::Error, S::Error>> {
/// let host = registration::https_host(Region::Shanghai);
/// let endpoint = Endpoint::custom(host.as_str(), 443, Tls::verified(roots::GLOBALSIGN_R6));
/// let mut device = Device::new(applicant, store);
/// let identity = device.identity_over_https(modem, endpoint, &Random::from_bits(entropy)).await?;
/// # Ok(identity) }
/// ```
///
/// What holds for all of its methods:
/// * The store is read first, so that one that is damaged or holds something else is told before a request.
/// * What the store has is returned without a request, **whatever became of it**: a secret that the platform refuses at a
///   later login never leads to a registration by itself. Whoever wants one resets the device in the console and calls
///   [`Store::erase`].
/// * An identity of another product or device is [`DeviceError::OtherDevice`], and stays. So does a token where an
///   identity is asked for, and the other way round: [`DeviceError::OtherCredential`].
/// * A refusal stores nothing.
/// * Requests over MQTT are logins, and the platform takes five in a minute: the next one waits, also behind those of an
///   earlier session ([`paced`](Self::paced)), as long as they are asked for by one value.
/// * *Dropped*, or power lost: the device has been registered or not, and the store holds all of the result or nothing.
///   As long as it has not logged in, the device registers again, and what it got before is void.
#[derive(Debug)]
pub struct Device<S, A: Sign = HmacSha256> {
    pub(super) applicant: Applicant<A>,
    pub(super) store: S,
    pub(super) pace: Pace,
    /// A socket of the module that a call left open which was dropped.
    #[cfg(feature = "tcp")]
    pub(super) left_open: Option<wanlink_core::Socket>,
}

impl<S: Store, A: Sign> Device<S, A> {
    /// A device with a store, which may be borrowed (`&mut store`). Asks for nothing yet.
    pub const fn new(applicant: Applicant<A>, store: S) -> Self {
        Self {
            applicant,
            store,
            pace: Pace::new(),
            #[cfg(feature = "tcp")]
            left_open: None,
        }
    }

    /// Counts the logins of before, too: those of an earlier session of the same device.
    #[must_use]
    pub fn paced(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// The logins so far, for the session that comes behind: [`Session::paced`](crate::Session::paced).
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// The store, to erase what the platform was told to forget.
    pub const fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// The identity that is kept, or a new one by a form over HTTPS to [`https_host`](super::https_host), port 443.
    /// Needs a module with a data context.
    ///
    /// # Errors
    /// [`AlreadyActive`](DeviceError::AlreadyActive) when the device logged in before and its secret is not in the
    /// store. Of kind [`Retry`](wanlink_core::ErrorKind::Retry) when the platform was throttled or busy, or its answer
    /// was lost: call again after a pause.
    pub async fn identity_over_https<M: HttpsAt>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        random: &Random,
    ) -> Result<Identity<A>, DeviceError<M::Error, S::Error>> {
        if let Some(identity) = self.kept(Applicant::is).await? {
            return Ok(identity);
        }
        let host = endpoint.host(self.applicant.product_key())?;
        let server = Server::new(host.as_str(), endpoint.port(), *endpoint.security());
        let mut room = Zeroizing::new([0; HTTPS_FORM]);
        let form = self.applicant.https_form(random, &mut *room)?;
        let post = Post { path: HTTPS_PATH, content: ContentType::Form, headers: &[] };
        M::HTTPS.check(&server, &post, form.len())?;
        let mut room = Zeroizing::new([0; REPLY]);
        let reply = module.post(&server, &post, Body::Bytes(form.as_bytes()), &mut *room).await;
        let identity = self.applicant.https_reply(reply.map_err(DeviceError::Module)?.body)?;
        if !is_mutant("a secret is used before it is kept") {
            self.store.save(&identity).await?;
        }
        Ok(identity)
    }

    /// The record that is kept, when it is of this device. The device is registered by either kind of record.
    pub(super) async fn kept<R: Record, E>(
        &mut self,
        is_own: impl FnOnce(&Applicant<A>, &R) -> bool,
    ) -> Result<Option<R>, DeviceError<E, S::Error>> {
        match self.store.load::<R>().await?.filter(|_| !is_mutant("what is kept is not looked for")) {
            Some(record) if is_own(&self.applicant, &record) => Ok(Some(record)),
            Some(_) => Err(DeviceError::OtherDevice),
            None => {
                let other = if matches!(R::NAME, Name::Identity) { Name::DeviceToken } else { Name::Identity };
                let mut is_there = false;
                self.store.read(other, &mut |_| is_there = true).await?;
                if is_there { Err(DeviceError::OtherCredential) } else { Ok(None) }
            }
        }
    }
}
