//! `wanlink credentials`: what a device logs in with, for other clients and for the console.

use wanlink_core::{Plain, Security};
use wanlink_transports::{ClientId, Credentials, Endpoint, HmacMd5, HmacSha1, HmacSha256, Identity, SecureMode, Sign};

use crate::cli::{CredentialsArgs, IdentityArgs, SecureModeArg, SignMethod, Usage};
use crate::exit::Exit;

/// The port with a certificate of the platform's own root.
const TLS_PORT: u16 = 8883;

pub(crate) fn run(args: &CredentialsArgs) -> Result<Exit, Usage> {
    let built = match args.identity.sign {
        SignMethod::Hmacsha256 => build::<HmacSha256>(args)?,
        SignMethod::Hmacsha1 => build::<HmacSha1>(args)?,
        SignMethod::Hmacmd5 => build::<HmacMd5>(args)?,
    };
    if args.json {
        let Built { credentials, host, port } = &built;
        println!(
            "{}",
            serde_json::json!({
                "client_id": credentials.client_id(),
                "username": credentials.user(),
                "password": credentials.password(),
                "host": host,
                "port": port,
            })
        );
    } else {
        built.print();
    }
    Ok(Exit::Done)
}

struct Built {
    credentials: Credentials,
    host: String,
    port: u16,
}

impl Built {
    fn print(&self) {
        println!("client id  {}", self.credentials.client_id());
        println!("username   {}", self.credentials.user());
        println!("password   {}", self.credentials.password());
        println!("host       {}", self.host);
        println!("port       {}", self.port);
    }
}

fn build<A: Sign>(args: &CredentialsArgs) -> Result<Built, Usage> {
    let identity = args.identity.identity()?.signed_by::<A>();
    let mut form = match &args.client_id {
        Some(name) => ClientId::named(name)?,
        None => ClientId::FULL,
    };
    if let Some(timestamp) = &args.timestamp {
        form = form.timestamp(timestamp)?;
    }
    let by_tls = if args.identity.tls.is_on() { SecureMode::Tls } else { SecureMode::Plain };
    let mode = match args.securemode {
        None => by_tls,
        Some(SecureModeArg::Tls) => SecureMode::Tls,
        Some(SecureModeArg::Plain) => SecureMode::Plain,
    };
    let endpoint = args.identity.endpoint();
    let host = endpoint.host(identity.product_key())?.as_str().to_owned();
    let port = if args.identity.tls.is_on() { TLS_PORT } else { port_of(&endpoint) };
    Ok(Built { credentials: Credentials::new(&identity, form, mode), host, port })
}

fn port_of<S: Security>(endpoint: &Endpoint<'_, S>) -> u16 {
    endpoint.port()
}

impl IdentityArgs {
    fn endpoint(&self) -> Endpoint<'_, Plain> {
        match &self.instance {
            Some(id) => Endpoint::plain_instance(id),
            None => Endpoint::plain_public(self.region.0),
        }
    }

    /// The identity that the options name.
    fn identity(&self) -> Result<Identity, Usage> {
        if self.device_name.starts_with('@') {
            return Err(Usage("@imei and @iccid are read from a module: give the number itself here".to_owned()));
        }
        let secret = self.device_secret.as_deref().ok_or_else(|| {
            Usage("the device secret is missing: give --device-secret, or set WANLINK_DEVICE_SECRET".to_owned())
        })?;
        Ok(Identity::new(&self.product_key, &self.device_name, secret)?)
    }
}
