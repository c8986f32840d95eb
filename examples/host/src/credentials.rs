//! `wanlink credentials`: what a device logs in with, for other clients and for the console.

use wanlink_transports::{ClientId, Credentials, HmacMd5, HmacSha1, HmacSha256, SecureMode, Sign};

use crate::cli::{CredentialsArgs, IdentityArgs, SecureModeArg, SignMethod, Usage};
use crate::exit::Exit;

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
    let identity = args.identity.device.identity(device_name(&args.identity)?)?.signed_by::<A>();
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
    let key = identity.product_key();
    let (host, port) = args.identity.place().address(key)?;
    Ok(Built { credentials: Credentials::new(&identity, form, mode), host, port })
}

/// The name as it was given: no module is asked here.
fn device_name(args: &IdentityArgs) -> Result<&str, Usage> {
    match args.device.device_name.as_str() {
        name if name.starts_with('@') => {
            Err(Usage("@imei and @iccid are read from a module: give the number itself here".to_owned()))
        }
        name => Ok(name),
    }
}
