//! Requests, with the vectors G5 and G6 and the forms of aliyun-iot, 3.1 to 3.3.

use wanlink_transports::registration::{
    Applicant, AuthType, DeviceToken, HTTPS_FORM, HTTPS_PATH, MqttRequest, Random, https_host,
};
use wanlink_transports::{HmacMd5, HmacSha1, Region, SecureMode};

const G6_SIGN: &str = "d3b560d5be0c9c19749470e85d912b65685fa4b20edcbd179ccfe98fcca23d5e";

/// The one of G6, an official log.
fn g6() -> (Applicant, Random) {
    (
        Applicant::new("a1ExpAkj9Hi", "Example_dyn1", "ffFnFlKQW3HYjjPR").unwrap(),
        Random::new("7y4Jg5xdKCy9W2i").unwrap(),
    )
}

#[test]
fn g5_form_of_a_live_log() {
    let applicant =
        Applicant::new("k1hipglLdjU", "868488076506128", "8LQwOYSZMwp3DFBd").unwrap().signed_by::<HmacMd5>();
    let mut room = [0; HTTPS_FORM];
    let form = applicant.https_form(&Random::new("123456").unwrap(), &mut room).unwrap();
    assert_eq!(
        form,
        "productKey=k1hipglLdjU&deviceName=868488076506128&random=123456\
         &sign=20558baadb2a0b04847767980f0ee67b&signMethod=hmacmd5"
    );
}

#[test]
fn g6_form_of_an_official_log() {
    let (applicant, random) = g6();
    let mut room = [0; HTTPS_FORM];
    assert_eq!(
        applicant.https_form(&random, &mut room).unwrap(),
        format!(
            "productKey=a1ExpAkj9Hi&deviceName=Example_dyn1&random=7y4Jg5xdKCy9W2i&sign={G6_SIGN}&signMethod=hmacsha256"
        )
    );
    assert_eq!(HTTPS_PATH, "/auth/register/device");
    assert_eq!(https_host(Region::Shanghai).as_str(), "iot-auth.cn-shanghai.aliyuncs.com");
}

/// The form's rule, and what two official SDKs do; the signature is over the plain name.
#[test]
fn marks_of_a_name_are_encoded_in_the_form_and_not_in_the_signature() {
    let applicant = Applicant::new("pk", "a:b@c.d-e_f", "secret").unwrap().signed_by::<HmacSha1>();
    let random = Random::new("1").unwrap();
    let mut room = [0; HTTPS_FORM];
    let form = applicant.https_form(&random, &mut room).unwrap();
    // Computed with Python's `hmac` over `deviceNamea:b@c.d-e_fproductKeypkrandom1`.
    let sign = "7210bb98d9a1bcb4aa05cee16590bb52a409df32";
    assert_eq!(form, format!("productKey=pk&deviceName=a%3Ab%40c.d-e_f&random=1&sign={sign}&signMethod=hmacsha1"));
    let login = applicant.mqtt_login(&MqttRequest::new(AuthType::Register), &random);
    assert_eq!(login.login(0, true).password, sign);
}

#[test]
fn logins_that_ask_for_registration() {
    let (applicant, random) = g6();
    let client_id = |request| applicant.mqtt_login(&request, &random).login(60, true).client_id.to_owned();
    let end = "random=7y4Jg5xdKCy9W2i,signmethod=hmacsha256";
    let register = MqttRequest::new(AuthType::Register);
    assert_eq!(client_id(register), format!("Example_dyn1|securemode=2,authType=register,{end}|"));
    let regnwl = MqttRequest::new(AuthType::Regnwl);
    assert_eq!(client_id(regnwl), format!("Example_dyn1|securemode=-2,authType=regnwl,{end}|"));
    let other = regnwl.secure_mode(SecureMode::Tls).instance("iot-06z00abcdefghij").unwrap();
    let expected = format!("Example_dyn1|securemode=2,authType=regnwl,{end},instanceId=iot-06z00abcdefghij|");
    assert_eq!(client_id(other), expected);

    let built = applicant.mqtt_login(&register, &random);
    let login = built.login(60, true);
    assert_eq!((login.user, login.password), ("Example_dyn1&a1ExpAkj9Hi", G6_SIGN));
    assert_eq!((login.keep_alive_s, login.clean_session), (60, true));
    assert!(!format!("{built:?}").contains(G6_SIGN));
}

#[test]
fn a_login_with_a_device_token() {
    let token = DeviceToken::new("a1ExpAkj9Hi", "Example_dyn1", "c0ffee", "^1^1574668").unwrap();
    let built = token.mqtt_login();
    let login = built.login(300, false);
    assert_eq!(login.client_id, "c0ffee|securemode=-2,authType=connwl|");
    assert_eq!((login.user, login.password), ("Example_dyn1&a1ExpAkj9Hi", "^1^1574668"));
}
