//! Tokens of the HTTPS data path (facts: `aliyun-iot`, section 4).

use crate::device::DeviceId;
use std::collections::BTreeMap;

#[derive(Clone)]
struct Token {
    device: DeviceId,
    expires: u64,
    posts: u32,
}

/// What a token is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is this device's.
    Good(DeviceId),
    Expired,
    /// It was never handed out, or a later one took its place.
    Unknown,
}

/// All tokens by their text. No `Debug`: that is a secret.
#[derive(Default)]
pub(crate) struct Tokens(BTreeMap<String, Token>);

impl Tokens {
    /// Hands out a token, and ends the earlier ones of the device if there may be one only.
    pub(crate) fn issue(&mut self, text: &str, device: &DeviceId, expires: u64, one_token: bool) {
        if one_token {
            self.forget(device);
        }
        self.0.insert(text.into(), Token { device: device.clone(), expires, posts: 0 });
    }

    /// The device that it was handed out to, if it is known.
    pub(crate) fn owner(&self, text: &str) -> Option<DeviceId> {
        self.0.get(text).map(|token| token.device.clone())
    }

    pub(crate) fn standing(&self, now: u64, text: &str) -> Standing {
        match self.0.get(text) {
            None => Standing::Unknown,
            Some(token) if token.expires <= now => Standing::Expired,
            Some(token) => Standing::Good(token.device.clone()),
        }
    }

    /// A message was accepted under this token, which expires behind the `most`th; 0 is never.
    pub(crate) fn count_post(&mut self, text: &str, most: u32) {
        if let Some(token) = self.0.get_mut(text) {
            token.posts += 1;
            if most != 0 && token.posts >= most {
                token.expires = 0;
            }
        }
    }

    pub(crate) fn expire_all(&mut self) {
        self.0.values_mut().for_each(|token| token.expires = 0);
    }

    pub(crate) fn forget(&mut self, device: &DeviceId) {
        self.0.retain(|_, token| token.device != *device);
    }

    pub(crate) fn forget_all(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_until_its_end_or_its_successor() {
        let device = DeviceId::new("pk", "dn");
        let mut tokens = Tokens::default();
        tokens.issue("a", &device, 10, true);
        tokens.issue("x", &DeviceId::new("pk", "other"), 20, true);
        assert_eq!(tokens.standing(9, "a"), Standing::Good(device.clone()));
        assert_eq!(tokens.standing(10, "a"), Standing::Expired);
        tokens.issue("b", &device, 20, true);
        assert_eq!(tokens.standing(9, "a"), Standing::Unknown);
        tokens.issue("c", &device, 20, false);
        for text in ["b", "c"] {
            assert_eq!(tokens.standing(19, text), Standing::Good(device.clone()));
        }
        assert_eq!(tokens.standing(19, "x"), Standing::Good(DeviceId::new("pk", "other")));
        tokens.count_post("b", 2);
        tokens.count_post("c", 0);
        assert_eq!(tokens.standing(0, "b"), Standing::Good(device.clone()));
        tokens.count_post("b", 2);
        assert_eq!(tokens.standing(0, "b"), Standing::Expired);
        tokens.expire_all();
        assert_eq!(tokens.standing(0, "c"), Standing::Expired);
        tokens.forget_all();
        assert_eq!(tokens.standing(0, "c"), Standing::Unknown);
    }
}
