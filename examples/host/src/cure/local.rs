//! What the program finds out by itself.

use super::Cure;
use crate::exit::Exit;

/// An argument that the model or the platform cannot take. The error's own text says all.
pub(crate) const USAGE: Cure = Cure::new(Exit::Usage, "usage", "", "`--help` lists what there is");

/// Two devices of one identity throw each other out, one by logging in while the other is on line.
pub(crate) const KICKED: Cure = Cure::new(
    Exit::Refused,
    "kicked",
    "each time the login was accepted, and the connection closed within a minute",
    "another device logs in with this identity: find it, or give this one a name and a secret of its own; else the \
     platform restarts again and again",
);

/// As [`KICKED`], but each time while a message was being published.
pub(crate) const PUBLISH_REFUSED: Cure = Cure::new(
    Exit::Refused,
    "refused_publish",
    "each time the login was accepted, and the connection closed on a publish",
    "define the topic in the product with the right to publish; else another device logs in with this identity",
);

/// `--for-s` is over, or a signal came, before the work was done.
pub(crate) const TIME_OVER: Cure = Cure::new(
    Exit::Unreachable,
    "time_over",
    "not everything that was asked for happened",
    "allow more time, and look for the reason of each disconnect",
);

/// The store has nothing of a device that is to log in by it.
pub(crate) const NOTHING_STORED: Cure = Cure::new(
    Exit::Usage,
    "nothing_stored",
    "no earlier run registered the device with this file",
    "register it: --register and --product-secret; or give --device-secret",
);

/// The store is of another device. Its secret may be the only copy.
pub(crate) const OTHER_DEVICE: Cure = Cure::new(
    Exit::File,
    "other_device",
    "a file is for one device, and is never overwritten",
    "give another --store; for @imei and @iccid see whether module or card was changed",
);

/// A device token, where a secret is wanted.
pub(crate) const TOKEN_ONLY: Cure = Cure::new(
    Exit::Usage,
    "token_only",
    "mqtt-nwl registered it; the path https wants a secret, and a token goes out as it is, inside TLS only",
    "take --path mqtt or tcp, without --tls off",
);

/// The port cannot be opened. Message and cure are those of the port.
pub(crate) const PORT: Cure = Cure::new(Exit::Module, "port", "", "check the cable and the path");

/// The search for a network took too long.
pub(crate) const NO_NETWORK: Cure = Cure::new(
    Exit::Module,
    "no_network",
    "the module searched for ten minutes",
    "check the antenna, the coverage, and the bands that the module may use",
);

/// The module says that it is another model than `--module`.
pub(crate) const WRONG_MODULE: Cure = Cure::new(Exit::Usage, "wrong_module", "", "give the model that it is");

/// The module is no model that has a driver, or does not say what it is.
pub(crate) const UNKNOWN_MODULE: Cure = Cure::new(
    Exit::Usage,
    "unknown_module",
    "",
    "compare it with the models of README.md; docs/add-a-model.md says how one is added",
);

/// Everything was answered, and all of it too late to go on.
pub(crate) const SLOW: Cure = Cure::new(
    Exit::Module,
    "slow",
    "it was looked at for ten minutes",
    "check its power supply and the wiring, and switch it off and on",
);

/// `--device-name @imei` or `@iccid`, and the module has none.
pub(crate) const NO_NUMBER: Cure = Cure::new(
    Exit::Module,
    "no_number",
    "so there is no device name",
    "give --device-name, or check the SIM for @iccid",
);

/// A local file.
pub(crate) const FILE: Cure = Cure::new(Exit::File, "file", "", "correct the path, or its permissions");

/// Files that are no authority.
pub(crate) const AUTHORITY: Cure = Cure::new(
    Exit::File,
    "authority",
    "",
    "give the root certificate of an authority and its own key, as `openssl req -x509 -nodes` makes them",
);

/// The key of an authority that others can read.
pub(crate) const EXPOSED_KEY: Cure = Cure::new(
    Exit::File,
    "exposed_key",
    "others can read the key, and sign what its devices trust",
    "`chmod 600` the file; where others may have read it, make a new root",
);

/// An address that cannot be listened on.
pub(crate) const LISTEN: Cure =
    Cure::new(Exit::Usage, "listen", "", "end what listens there, or take port 0 for any free one");

/// The line of an emulated module.
pub(crate) const LINE: Cure = Cure::new(Exit::Module, "line", "", "take --listen instead of --pty, or start anew");

/// A file that is no trace of a driver.
pub(crate) const NO_TRACE: Cure = Cure::new(Exit::File, "no_trace", "", "give a file of `wanlink connect --trace`");
