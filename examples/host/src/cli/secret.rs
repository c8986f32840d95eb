//! A secret of the command line.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Is taken as it is, since an error of the command line shows the value; whoever uses it checks it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// A name and its secret, of `NAME:SECRET`.
    pub(crate) fn named(&self) -> Option<(&str, &str)> {
        // A name may hold a colon, a secret of the platform does not.
        self.0.rsplit_once(':').filter(|(name, secret)| !name.is_empty() && !secret.is_empty())
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_a_colon_and_secrets_are_not_shown() {
        let secret = |text: &str| text.parse::<Secret>().unwrap();
        assert_eq!(secret("a:b:c0ffee").named(), Some(("a:b", "c0ffee")));
        assert!(["a:", ":a", "a", ""].iter().all(|text| secret(text).named().is_none()));
        assert_eq!(format!("{:?}", secret("a:c0ffee")), "***");
    }
}
