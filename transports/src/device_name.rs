//! What a device is called.

use wanlink_core::{Argument, Info};

use crate::identity::{Alphabet, IdentityError, check};

/// Where the name of a device comes from: all devices of a production line can run the same program.
///
/// ```
/// use wanlink_transports::DeviceName;
/// # use wanlink_core::Info;
/// # let info = Info::new(b"BG95-M3", b"R01", b"866349040000017", b"89860320045510000017");
/// assert_eq!(DeviceName::Imei.of(&info)?, "866349040000017"); // `info` is from `Module::describe`
/// # Ok::<(), wanlink_transports::IdentityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceName<'a> {
    /// The module's number. It stays with the device when the SIM is changed.
    Imei,
    /// The number of the SIM card. Whoever changes the card changes the device that the platform sees.
    Iccid,
    /// This name.
    Given(&'a str),
}

impl<'a> DeviceName<'a> {
    /// The name of the device with this module.
    ///
    /// An IMEI has 15 digits and an ICCID 19 or 20; zeros alone are what a module says that was never given a number,
    /// and would make one device of many.
    ///
    /// # Errors
    /// The module gave no such number, or a given name is empty or holds what no device name may hold. Whether it is
    /// too long is found when an identity is made of it.
    pub fn of<'b>(&self, info: &'b Info) -> Result<&'b str, IdentityError>
    where
        'a: 'b,
    {
        let (what, text, digits) = match self {
            Self::Given(name) => {
                check(Argument::DeviceName, name, Alphabet::Name)?;
                return Ok(name);
            }
            Self::Imei => (Argument::Imei, info.imei(), 15..=15),
            Self::Iccid => (Argument::Iccid, info.iccid(), 19..=20),
        };
        check(what, text, Alphabet::Digits)?;
        if !digits.contains(&text.len()) || text.bytes().all(|byte| byte == b'0') {
            return Err(IdentityError::NoNumber(what));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(imei: &str, iccid: &str) -> Info {
        Info::new(b"BG95-M3", b"R01", imei.as_bytes(), iccid.as_bytes())
    }

    #[test]
    fn names_of_each_kind() {
        let info = info("866349040000017", "89860320045510000017");
        assert_eq!(DeviceName::Imei.of(&info), Ok("866349040000017"));
        assert_eq!(DeviceName::Iccid.of(&info), Ok("89860320045510000017"));
        assert_eq!(DeviceName::Given("a-b_c@d.e:f").of(&info), Ok("a-b_c@d.e:f"));
    }

    #[test]
    fn numbers_that_are_none() {
        use IdentityError::{Character, Empty, NoNumber};
        for (imei, error) in [
            ("", Empty(Argument::Imei)),
            ("000000000000000", NoNumber(Argument::Imei)),
            ("86634904000001", NoNumber(Argument::Imei)),
            ("8663490400000171", NoNumber(Argument::Imei)),
            ("86634904000001A", Character { what: Argument::Imei, at: 14 }),
        ] {
            assert_eq!(DeviceName::Imei.of(&info(imei, "")), Err(error), "{imei}");
        }
        for (iccid, error) in [
            ("", Empty(Argument::Iccid)),
            ("898603200455100000", NoNumber(Argument::Iccid)),
            ("00000000000000000000", NoNumber(Argument::Iccid)),
            ("8986032004551000001F", Character { what: Argument::Iccid, at: 19 }),
        ] {
            assert_eq!(DeviceName::Iccid.of(&info("", iccid)), Err(error), "{iccid}");
        }
        assert!(DeviceName::Iccid.of(&info("", "8986032004551000001")).is_ok(), "19 digits");
    }

    #[test]
    fn given_names_have_the_alphabet_of_a_device_name() {
        let info = info("", "");
        assert_eq!(DeviceName::Given("").of(&info), Err(IdentityError::Empty(Argument::DeviceName)));
        let error = IdentityError::Character { what: Argument::DeviceName, at: 1 };
        assert_eq!(DeviceName::Given("a|b").of(&info), Err(error));
    }
}
