//! Options that say who the device is and where its platform.

use clap::{Args, ValueEnum};
use wanlink_transports::{Identity, Region};

use super::{OnOff, Secret, Usage};

/// Who the device is.
#[derive(Debug, Args)]
pub(crate) struct DeviceArgs {
    /// Key of the product
    #[arg(long, value_name = "K")]
    pub(crate) product_key: String,
    /// Name of the device
    #[arg(long, value_name = "N")]
    pub(crate) device_name: String,
    /// Secret of the device
    #[arg(long, value_name = "S", env = "WANLINK_DEVICE_SECRET", hide_env_values = true)]
    device_secret: Option<Secret>,
}

impl DeviceArgs {
    /// The secret, if it is given.
    pub(crate) fn given_secret(&self) -> Option<&str> {
        self.device_secret.as_ref().map(Secret::reveal)
    }

    /// The secret.
    pub(crate) fn secret(&self) -> Result<&str, Usage> {
        self.given_secret().ok_or_else(|| {
            Usage("the device secret is missing: give --device-secret, or set WANLINK_DEVICE_SECRET".to_owned())
        })
    }

    /// The identity with this name, which may have been read from a module.
    pub(crate) fn identity(&self, device_name: &str) -> Result<Identity, Usage> {
        Ok(Identity::new(&self.product_key, device_name, self.secret()?)?)
    }
}

/// Who the device is, and where its platform.
#[derive(Debug, Args)]
pub(crate) struct IdentityArgs {
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    /// Region of the public instance
    #[arg(long, default_value = "cn-shanghai", value_parser = region, conflicts_with = "instance")]
    pub(crate) region: RegionArg,
    /// Instance of one's own, such as iot-06z00abcdefghij
    #[arg(long, value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// TLS
    #[arg(long, default_value = "on")]
    pub(crate) tls: OnOff,
    /// Method of signing
    #[arg(long, default_value = "hmacsha256")]
    pub(crate) sign: SignMethod,
}

/// What is to be printed.
#[derive(Debug, Args)]
pub(crate) struct CredentialsArgs {
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    /// Client id before its first bar, instead of `productKey.deviceName`
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Timestamp to sign, in milliseconds
    #[arg(long, value_name = "MS")]
    pub(crate) timestamp: Option<String>,
    /// 2 for TLS, 3 for plain TCP; from --tls when it is not given
    #[arg(long)]
    pub(crate) securemode: Option<SecureModeArg>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Methods of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignMethod {
    /// HMAC-SHA256
    Hmacsha256,
    /// HMAC-SHA1
    Hmacsha1,
    /// HMAC-MD5
    Hmacmd5,
}

/// Values of `securemode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecureModeArg {
    /// TLS
    #[value(name = "2")]
    Tls,
    /// Plain TCP
    #[value(name = "3")]
    Plain,
}

/// A region by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegionArg(pub(crate) Region);

fn region(id: &str) -> Result<RegionArg, String> {
    Region::ALL.into_iter().find(|region| region.id() == id).map(RegionArg).ok_or_else(|| {
        let ids: Vec<_> = Region::ALL.iter().map(|region| region.id()).collect();
        format!("no such region; there are {}", ids.join(", "))
    })
}
