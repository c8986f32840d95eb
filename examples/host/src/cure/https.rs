//! What the codes of the platform's HTTPS service mean (aliyun-iot, 4 and 5).

use super::Cure;
use crate::exit::Exit;

/// Kind of an answer with a code that refuses.
pub(super) const REFUSED_REQUEST: &str = "refused_request";

/// Codes that say nothing against the same request later.
pub(super) const fn may_pass(code: u32) -> bool {
    matches!(code, 10000 | 500 | 6760 | 20004 | 40000 | 429)
}

/// The platform answered with this code.
pub(super) fn code(code: u16) -> Cure {
    let (meaning, cure) = match code {
        10000 | 500 | 6760 => ("the platform is in trouble", "try again later"),
        10001 | 400 | 460 => (
            "the platform takes a part of the request to be wrong",
            "check --product-key, the device name and the topic; a report with a trace is welcome",
        ),
        20000 => (
            "product key, device name or device secret is wrong, or the device is disabled",
            "compare all three with the console, and --region or --instance; the secret belongs to this one device",
        ),
        20001 | 20003 => (
            "a token that was just given does not count any more",
            "another device signs in with this identity: find it, or give this one a name and a secret of its own",
        ),
        20002 => (
            "the request came without its token",
            "a proxy takes the header `password` away: check --http-host, and take a way without it",
        ),
        20004 => ("the platform could not keep the sign-in", "try again later"),
        30001 => (
            "the platform does not take the message",
            "define the topic in the product with the right to publish; see whether the device is disabled",
        ),
        40000 | 429 => ("too many requests", "wait, and publish less often: --interval-ms"),
        521 | 6100 => ("there is no such device", "enter its name in the product, in the console"),
        522 | 6204 => ("the device is disabled", "enable it in the console"),
        6250 => ("there is no such product", "check --product-key, and --region or --instance"),
        _ => ("the platform does not say more", "see the platform's list of error codes"),
    };
    let kind = if code == 20000 { "refused_sign_in" } else { REFUSED_REQUEST };
    Cure::new(Exit::Refused, kind, meaning, cure).with(code)
}

/// Somebody answered with this status of HTTP, and not as the platform does.
pub(super) fn status(status: u16) -> Cure {
    let cure = if (400..500).contains(&status) {
        Cure::new(
            Exit::Refused,
            "http_refused",
            "the server has nothing at this address, or does not let the device in",
            "check --http-host or --register-host, --region and --instance; a proxy may stand between",
        )
    } else {
        Cure::new(
            Exit::Unreachable,
            "http_answer",
            "it is in trouble, or it is not the platform",
            "try again later; check --http-host or --register-host, and whether a proxy stands between",
        )
    };
    cure.with(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cure::tests::{codes_on_the_page, is_on_the_page};

    #[test]
    fn each_code_has_a_row_in_the_docs() {
        let unknown = code(1).meaning;
        let known: Vec<_> = (0..=u16::MAX).filter(|known| code(*known).meaning != unknown).map(u32::from).collect();
        let (sign_in, request): (Vec<_>, Vec<_>) = known.into_iter().partition(|code| *code == 20000);
        assert_eq!(codes_on_the_page("refused_sign_in"), sign_in);
        assert_eq!(codes_on_the_page(REFUSED_REQUEST), request);
        [code(20000), code(30001), status(404), status(503)].into_iter().for_each(is_on_the_page);
    }

    #[test]
    fn what_passes_is_waited_for() {
        let lasting = |number| crate::cure::is_lasting(code(number));
        assert!([10000, 20004, 40000, 429, 500].into_iter().all(|code| !lasting(code)));
        assert!([30001, 20001, 20003, 521, 65535].into_iter().all(lasting));
        assert!(!crate::cure::is_lasting(status(503)));
    }
}
