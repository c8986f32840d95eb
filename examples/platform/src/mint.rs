//! Secrets and tokens that the platform hands out.
//!
//! They come from a count and a secret, not from chance: equal runs hand out equal ones.

use crate::signature::Method;
use std::fmt::Write;

/// Where they come from. No `Debug`: it holds them.
#[derive(Default)]
pub(crate) struct Mint {
    made: u64,
    secrets: Vec<String>,
}

impl Mint {
    /// 32 hexadecimal digits that were never made before: a secret.
    pub(crate) fn secret(&mut self, key: &str, what: &str) -> String {
        let secret = self.name(key, what);
        self.secrets.push(secret.clone());
        secret
    }

    /// The same for what is none.
    pub(crate) fn name(&mut self, key: &str, what: &str) -> String {
        self.made += 1;
        let bytes = Method::HmacMd5.sign(key, &format!("{what}{}", self.made)).unwrap_or_default();
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string never fails.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// All secrets that were made.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_another_one_and_the_same_in_another_run() {
        let run = || {
            let mut mint = Mint::default();
            [("a", "x"), ("a", "x"), ("b", "x")].map(|(key, what)| mint.secret(key, what))
        };
        let made = run();
        assert_eq!(made, run());
        assert!(made[0] != made[1] && made[1] != made[2]);
        assert!(made.iter().all(|text| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
}
