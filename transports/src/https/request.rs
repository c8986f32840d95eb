//! What is posted (aliyun-iot, 4).

use wanlink_core::{Argument, TooLong};
use zeroize::Zeroizing;

use crate::identity::Identity;
use crate::sign::{Sign, Signature};
use crate::text::{Text, put_all};

/// Where a device signs in.
pub(super) const AUTH: &str = "/auth";

/// Body of a sign-in: its names, two texts of the product key, two of the device name, the method, a signature.
pub(super) type SignIn = Text<252>;

/// Writes the body of a sign-in. Without a timestamp: the platform refuses one that is 15 minutes off, and a module
/// may not know the time.
#[inline(never)]
pub(super) fn write_sign_in<A: Sign>(identity: &Identity<A>, out: &mut Zeroizing<SignIn>) -> Result<(), TooLong> {
    let (product_key, device_name) = (identity.product_key(), identity.device_name());
    let client_id = [product_key, ".", device_name];
    let mut signature = Signature::new();
    let [first, dot, last] = client_id;
    identity.sign_into(
        &["clientId", first, dot, last, "deviceName", device_name, "productKey", product_key],
        &mut signature,
    );
    let parts = [
        r#"{"clientId":""#,
        first,
        dot,
        last,
        r#"","signmethod":""#,
        A::NAME,
        r#"","deviceName":""#,
        device_name,
        r#"","productKey":""#,
        product_key,
        r#"","sign":""#,
        signature.as_str(),
        r#""}"#,
    ];
    put_all(Argument::Body, out.as_mut_view(), &parts)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::sign::HmacSha1;

    #[test]
    fn the_longest_fits() {
        let (key, name) = ("k".repeat(20), "n".repeat(32));
        let identity = Identity::new(&key, &name, "s").unwrap();
        let mut body = Zeroizing::new(SignIn::new());
        write_sign_in(&identity, &mut body).unwrap();
        assert_eq!(body.len(), body.capacity());
    }

    #[test]
    fn its_form() {
        let identity = Identity::new("pk", "dn", "secret").unwrap().signed_by::<HmacSha1>();
        let mut body = Zeroizing::new(SignIn::new());
        write_sign_in(&identity, &mut body).unwrap();
        let sign = identity.sign(&["clientIdpk.dndeviceNamednproductKeypk"]);
        let expected = std::format!(
            r#"{{"clientId":"pk.dn","signmethod":"hmacsha1","deviceName":"dn","productKey":"pk","sign":"{}"}}"#,
            sign.as_str()
        );
        assert_eq!(body.as_str(), expected);
    }
}
