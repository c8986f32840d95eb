//! The request over HTTPS (aliyun-iot, 3.1).

use wanlink_core::{Argument, TooLong};

use super::applicant::{Applicant, Random};
use crate::endpoint::{HostName, Region};
use crate::sign::{Sign, Signature};
use crate::text::put_all;

/// Where the form is posted to.
pub const HTTPS_PATH: &str = "/auth/register/device";

/// Room for every form: the longest parts, with a device name of nothing but marks that take three bytes each.
pub const HTTPS_FORM: usize =
    "productKey=&deviceName=&random=&sign=&signMethod=hmacsha256".len() + 20 + 3 * 32 + 32 + 64;

/// The host that registers over HTTPS, port 443: one for each region, for public and Enterprise instances alike.
#[must_use]
pub fn https_host(region: Region) -> HostName {
    let mut host = HostName::empty();
    let fits = put_all(Argument::HostName, host.room(), &["iot-auth.", region.id(), ".aliyuncs.com"]);
    debug_assert!(fits.is_ok());
    host
}

impl<A: Sign> Applicant<A> {
    /// Writes the form, of type `application/x-www-form-urlencoded`, into `out`; [`HTTPS_FORM`] bytes are enough.
    ///
    /// # Errors
    /// `out` is too small.
    pub fn https_form<'b>(&self, random: &Random, out: &'b mut [u8]) -> Result<&'b str, TooLong> {
        let mut signature = Signature::new();
        self.sign_into(random, &mut signature);
        let parts = [
            "productKey=",
            self.product_key(),
            "&deviceName=",
            self.device_name(),
            "&random=",
            random.as_str(),
            "&sign=",
            signature.as_str(),
            "&signMethod=",
            A::NAME,
        ];
        let (mut length, limit) = (0, out.len());
        for (at, part) in parts.iter().enumerate() {
            // Every other part is a value.
            for byte in part.bytes() {
                let marked = at % 2 == 1 && matches!(byte, b'@' | b':');
                let bytes: &[u8] = match byte {
                    b'@' if marked => b"%40",
                    b':' if marked => b"%3A",
                    _ => &[byte],
                };
                bytes.iter().zip(out.iter_mut().skip(length)).for_each(|(from, to)| *to = *from);
                length += bytes.len();
            }
        }
        let written = out.get(..length).ok_or(TooLong::new(Argument::Payload, limit, length))?;
        // All parts are ASCII.
        Ok(core::str::from_utf8(written).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::sign::HmacMd5;

    /// Vector G5.
    fn applicant() -> Applicant<HmacMd5> {
        Applicant::new("k1hipglLdjU", "868488076506128", "8LQwOYSZMwp3DFBd").unwrap().signed_by()
    }

    #[test]
    fn a_form_fits_exactly_or_not_at_all() {
        let (mut room, random) = ([0; HTTPS_FORM], Random::new("123456").unwrap());
        let form = applicant().https_form(&random, &mut room).unwrap();
        let length = form.len();
        let mut exact = std::vec![0; length];
        assert_eq!(applicant().https_form(&random, &mut exact).unwrap().len(), length);
        let limit = length - 1;
        let error = applicant().https_form(&random, &mut exact[..limit]).unwrap_err();
        assert_eq!(error, TooLong::new(Argument::Payload, limit, length));
        assert!(applicant().https_form(&random, &mut []).is_err());
    }

    #[test]
    fn the_longest_form_fits() {
        let (key, name, secret) = ("k".repeat(20), "@".repeat(32), "s".repeat(64));
        let longest = Applicant::new(&key, &name, &secret).unwrap();
        let random = Random::new(&"r".repeat(32)).unwrap();
        assert_eq!(longest.https_form(&random, &mut [0; HTTPS_FORM]).unwrap().len(), HTTPS_FORM);
    }

    #[test]
    fn hosts() {
        assert_eq!(https_host(Region::Shanghai).as_str(), "iot-auth.cn-shanghai.aliyuncs.com");
        assert_eq!(https_host(Region::Singapore).as_str(), "iot-auth.ap-southeast-1.aliyuncs.com");
    }
}
