extern crate std;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

fn parse(text: &str) -> Result<Object<'_>, usize> {
    Object::parse(text.as_bytes()).map_err(|error| error.at)
}

fn text_of(value: Value<'_>) -> Option<String> {
    value.text()?.characters().collect()
}

#[test]
fn what_the_platform_sends() {
    // aliyun-iot, 3.1 and 4, with their oddities.
    let token = parse(r#"{"code":0,"message":"success","Info":{"messageId":892687627916247040,}}"#).unwrap();
    let info = token.get("info").and_then(|info| info.object()).unwrap();
    assert_eq!(info.get("MessageId").and_then(|id| id.number()), Some(892_687_627_916_247_040));
    assert!(token.get("message").unwrap().is("success"));
    assert!(!token.get("message").unwrap().is("Success") && !token.get("message").unwrap().is("succes"));
    assert!(token.get("data").is_none() && token.get("messag").is_none() && token.get("messageId").is_none());
}

#[test]
fn names_and_texts_with_escapes() {
    let object = parse(" { \"c\\u006Fde\" : \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00 é\" } ").unwrap();
    let value = object.get("code").unwrap();
    assert_eq!(text_of(value).unwrap(), "\"\\/\u{8}\u{C}\n\r\té😀 é");
    for half in [r"\ud83d", r"\ude00", r"\ud83dx", r"\ud83d\n", r"\ud83d\ud83d"] {
        let text = format!("{{\"a\":\"{half}\"}}");
        assert_eq!(text_of(parse(&text).unwrap().get("a").unwrap()), None, "{half}");
    }
}

#[test]
fn numbers_are_whole_and_may_stand_in_texts() {
    let number = |text: &str| parse(&format!("{{\"n\":{text}}}")).unwrap().get("n").unwrap().number();
    assert_eq!(number("200"), Some(200));
    assert_eq!(number("\"200\""), Some(200));
    assert_eq!(number("18446744073709551615"), Some(u64::MAX));
    for none in ["18446744073709551616", "-1", "1.0", "1e3", "\"\"", "\" 1\"", "\"0x1\"", "true", "null", "[1]", "{}"] {
        assert_eq!(number(none), None, "{none}");
    }
}

#[test]
fn of_several_members_of_one_name_the_last_counts() {
    let object = parse(r#"{"a":{"a":5},"a":1,"b":[{"a":2}],"A":3}"#).unwrap();
    assert_eq!(object.get("a").unwrap().number(), Some(3));
}

#[test]
fn places_of_errors() {
    for (text, at) in [
        ("", 0),
        ("[]", 0),
        ("\"a\"", 0),
        ("{", 1),
        ("{}x", 2),
        ("{,}", 1),
        ("{\"a\"}", 4),
        ("{\"a\":}", 5),
        ("{\"a\":1,,}", 7),
        ("{\"a\":1 \"b\":2}", 7),
        ("{\"a\":01}", 6),
        ("{\"a\":[1}}", 7),
        ("{\"a\":tru}", 5),
        ("{\"a\":\"\\x\"}", 7),
        ("{\"a\":\"\\u12g4\"}", 10),
        ("{\"a\":\"\n\"}", 6),
        ("{\"a\":\"", 6),
        ("{\"a\":-}", 6),
        ("{\"a\":1.}", 7),
        ("{\"a\":1e}", 7),
        ("{a:1}", 1),
    ] {
        assert_eq!(parse(text).err(), Some(at), "{text}");
    }
    assert_eq!(Object::parse(b"{\"a\":\"\xFF\"}").err(), Some(JsonError { at: 6 }));
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(15)).is_ok());
    assert_eq!(parse(&nested(16)).err(), Some(20));
    assert!(parse(&"{\"a\":".repeat(1_000_000)).is_err());
}

/// Members by one reader and by another.
fn compare(object: Object<'_>, theirs: &serde_json::Map<String, serde_json::Value>) {
    for (name, theirs_value) in theirs {
        // Names that differ only in their case are one name here.
        if theirs.keys().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1 {
            continue;
        }
        let ours = object.get(name).expect("a member that the other reader found");
        match theirs_value {
            serde_json::Value::String(text) => assert_eq!(text_of(ours).as_ref(), Some(text)),
            serde_json::Value::Number(number) => {
                // The other reader takes 1e3 and -0 for whole numbers, too.
                if number.to_string().bytes().all(|byte| byte.is_ascii_digit()) {
                    assert!(ours.number().is_none_or(|own| Some(own) == number.as_u64()));
                }
            }
            serde_json::Value::Object(inner) => compare(ours.object().expect("an object"), inner),
            _ => assert!(ours.object().is_none() && ours.text().is_none() && ours.number().is_none()),
        }
    }
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map("[a-zA-Z\"\\\\é\n]{0,4}", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_what_another_reader_reads(inner in value(), pretty in any::<bool>()) {
        let whole = serde_json::json!({ "v": inner });
        let text = if pretty { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) }.unwrap();
        compare(parse(&text).unwrap(), whole.as_object().unwrap());
    }

    /// One byte of a correct text is changed, put in or left out: what the other reader takes, this one takes, and the
    /// other way round but for commas before a bracket, which go away before the other reader looks.
    #[test]
    fn refuses_what_another_reader_refuses(inner in value(), at in any::<Index>(), byte in 0x20_u8..0x7F, how in 0..3) {
        let mut text = serde_json::to_vec(&serde_json::json!({ "v": inner })).unwrap();
        let at = at.index(text.len());
        match how {
            0 => text[at] = byte,
            1 => text.insert(at, byte),
            _ => drop(text.remove(at)),
        }
        let ours = Object::parse(&text);
        match serde_json::from_slice::<serde_json::Value>(&text) {
            Ok(serde_json::Value::Object(theirs)) => compare(ours.expect("is an object"), &theirs),
            Ok(_) => prop_assert!(ours.is_err()),
            Err(error) => {
                let excused = error.to_string().contains("out of range") || error.to_string().contains("surrogate")
                    || error.to_string().contains("hex escape");
                prop_assert!(ours.is_err() || excused || without_last_commas(&text).is_some(), "{error}");
            }
        }
    }

    #[test]
    fn takes_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = Object::parse(&bytes).map(|object| object.get("a").map(|value| value.number()));
    }
}

/// The text with one comma before a closing bracket taken out, when the other reader takes that.
fn without_last_commas(text: &[u8]) -> Option<Vec<u8>> {
    let before_bracket = |at: &usize| text[*at] == b',' && matches!(text[at + 1..], [b'}' | b']', ..]);
    (0..text.len()).filter(before_bracket).find_map(|at| {
        let without = [&text[..at], &text[at + 1..]].concat();
        serde_json::from_slice::<serde_json::Value>(&without).is_ok().then_some(without)
    })
}

#[test]
fn commas_behind_the_last_element_are_taken() {
    for text in ["{\"a\":1,}", "{\"a\":[1,],}", "{\"a\":{\"b\":1 , } , }"] {
        assert!(parse(text).is_ok(), "{text}");
    }
    for text in ["{\"a\":[,]}", "{\"a\":[1,,]}", "{\"a\":{,}}", "{\"a\":1,,}"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
