//! The root that the firmware with TLS is built for is the one that its stand-in makes of the kept key.

#[test]
fn the_firmware_trusts_its_stand_in() {
    let kept = include_str!("../../firmware/mps2/root.pem");
    assert_eq!(wanlink_scene::root_pem().replace("\r\n", "\n"), kept);
}
