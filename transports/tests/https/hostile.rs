//! Answers of a hostile server: drawn ones, and the kept inputs of the fuzz target.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::check;

const ANSWERS: [&[u8]; 9] = [
    br#"{"code":0,"message":"success","info":{"token":"6944e5bfb92e4d4ea3918d1eda39f1c2"}}"#,
    br#"{"code":0,"message":"success","info":{"messageId":892687627916247040}}"#,
    br#"{"code":0,"info":{"token":"t\r\nHost: b","messageId":1}}"#,
    br#"{"code":0,"info":{"token":"\u000d\u000aX: \u0022"}}"#,
    br#"{"code":20001,"message":"token is expired"}"#,
    br#"{"code":20000,"message":"auth check error"}"#,
    br#"{"code":99999999999999999999}"#,
    b"<html>",
    b"",
];

fn answers() -> impl Strategy<Value = Vec<u8>> {
    let known = (0..ANSWERS.len()).prop_map(|i| ANSWERS[i].to_vec());
    let body = prop_oneof![4 => known, 1 => vec(any::<u8>(), 0..200)];
    let status = prop_oneof![2 => Just(200), 1 => any::<u16>()];
    let one =
        (status, body).prop_map(|(status, body)| [&status.to_be_bytes()[..], &[body.len() as u8], &body].concat());
    vec(one, 0..16).prop_map(|answers| answers.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_of_a_hostile_server(data in answers()) {
        check(&data);
    }
}

#[test]
fn kept_inputs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/https");
    let inputs: Vec<_> = std::fs::read_dir(folder).expect("the folder of kept inputs").collect();
    assert!(inputs.len() >= 3, "the kept inputs are there");
    for entry in inputs {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
    }
}
