//! The root that the firmware with TLS is built for is the one that its stand-in makes of the kept key.

use wanlink_platform::tls::Authority;

#[test]
fn the_firmware_trusts_its_stand_in() {
    let kept = include_str!("../../firmware/mps2/root.pem");
    let key = include_str!("../../firmware/mps2/root.key");
    let authority = Authority::of_key("wanlink test root", 1_767_225_600, key).unwrap();
    assert_eq!(authority.root_pem().replace("\r\n", "\n"), kept);
}
