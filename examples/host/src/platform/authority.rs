//! The authority of `--ca-cert` and `--ca-key`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use wanlink_platform::tls::{Authority, KeyType};
use zeroize::Zeroizing;

use crate::cli::PlatformArgs;
use crate::cure;
use crate::failure::Failure;

/// Far above what a chain or a key needs.
const LONGEST: u64 = 64 * 1024;

/// The authority that is kept, if one is named.
pub(super) fn read(args: &PlatformArgs) -> Result<Option<Authority>, Failure> {
    let (Some(cert), Some(key)) = (&args.ca_cert, &args.ca_key) else { return Ok(None) };
    let root_pem = text(cert, false)?;
    let key_pem = text(key, true)?;
    // ECDSA, which more clients know than Ed25519, as of an authority that is made.
    let authority = Authority::from_pem(&root_pem, &key_pem, KeyType::EcdsaP256).map_err(|error| {
        let message = format!("--ca-cert {} and --ca-key {}: {error}", cert.display(), key.display());
        Failure::new(message, cure::AUTHORITY)
    })?;
    Ok(Some(authority))
}

/// What is in a file, which others may not read if it is `secret`. No error shows any of it.
fn text(path: &Path, secret: bool) -> Result<Zeroizing<String>, Failure> {
    let cannot =
        |reason: &dyn std::fmt::Display| Failure::new(format!("cannot read {}: {reason}", path.display()), cure::FILE);
    let about = fs::metadata(path).map_err(|error| cannot(&error))?;
    // Nothing is opened that may wait, as a pipe does.
    if !about.is_file() || about.len() > LONGEST {
        return Err(cannot(&"it is no file of PEM"));
    }
    if secret && about.mode() & 0o077 != 0 {
        let message = format!("{} has the rights {:03o}", path.display(), about.mode() & 0o777);
        return Err(Failure::new(message, cure::EXPOSED_KEY));
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(|error| cannot(&error))
}
