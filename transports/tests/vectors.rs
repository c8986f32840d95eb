//! Published and recomputed signatures (aliyun-iot, 1.5).

use wanlink_transports::{ClientId, Credentials, HmacMd5, HmacSha1, HmacSha256, Identity, SecureMode, Sign, sign};

const G4_SECRET: &str = "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe";

fn password<A: Sign>(identity: Identity, client_id: &str, timestamp: &str) -> String {
    let mut form = ClientId::named(client_id).unwrap();
    if !timestamp.is_empty() {
        form = form.timestamp(timestamp).unwrap();
    }
    Credentials::new(&identity.signed_by::<A>(), form, SecureMode::Plain).password().to_owned()
}

fn device() -> Identity {
    Identity::new("pk", "device", "secret").unwrap()
}

#[test]
fn g1_the_documentation_with_sha1() {
    let expected = "FAFD82A3D602B37FB0FA8B7892F24A477F851A14";
    assert!(password::<HmacSha1>(device(), "12345", "789").eq_ignore_ascii_case(expected));
}

#[test]
fn g1b_other_methods() {
    assert_eq!(password::<HmacMd5>(device(), "12345", "789"), "14b198324fe55e1d3c88f2e705e201ee");
    assert_eq!(
        password::<HmacSha256>(device(), "12345", "789"),
        "6074a46a91b1ebb2cc4ea42790ad0e80202c9843859fc292e57c4eb19fad9e57"
    );
}

#[test]
fn g1c_without_timestamp() {
    assert_eq!(password::<HmacMd5>(device(), "12345", ""), "2ce7304ec0ddd548eb1492d65ac0b334");
    assert_eq!(password::<HmacSha1>(device(), "12345", ""), "3504e4df7ce4766d30f796ee973c9ce7fc5425cb");
    assert_eq!(
        password::<HmacSha256>(device(), "12345", ""),
        "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090"
    );
}

#[test]
fn g2_live_log_with_md5() {
    let identity = Identity::new("k1hipglLdjU", "868488076506128", "fef32adf6dad46c2c7cbf335d3a7b021").unwrap();
    assert_eq!(password::<HmacMd5>(identity, "868488076506128", ""), "0f655b12adf519b9a7a2b0a990f398b6");
}

#[test]
fn g3_console_form() {
    let identity = Identity::new("a1ABCDEFGHI", "Temperature01", "0123456789abcdef0123456789abcdef").unwrap();
    let form = ClientId::FULL.timestamp("1719973767245").unwrap();
    let credentials = Credentials::new(&identity, form, SecureMode::Tls);
    assert_eq!(
        credentials.client_id(),
        "a1ABCDEFGHI.Temperature01|securemode=2,signmethod=hmacsha256,timestamp=1719973767245|"
    );
    assert_eq!(credentials.user(), "Temperature01&a1ABCDEFGHI");
    assert_eq!(credentials.password(), "befb8c5743a7d6b7d1d655784f3571fd7b17c67484aaef770cbb01ed4bcb14da");
}

#[test]
fn g4_sdk_form() {
    let identity = Identity::new("a1X2bEnP82z", "example1", G4_SECRET).unwrap();
    let form = ClientId::FULL.timestamp("2524608000000").unwrap();
    assert_eq!(
        Credentials::new(&identity, form, SecureMode::Tls).password(),
        "b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2"
    );
}

#[test]
fn g5_and_g6_dynamic_registration() {
    let content = |name, key, random| ["deviceName", name, "productKey", key, "random", random];
    let g5 = sign::<HmacMd5>("8LQwOYSZMwp3DFBd", &content("868488076506128", "k1hipglLdjU", "123456"));
    assert_eq!(g5.as_str(), "20558baadb2a0b04847767980f0ee67b");
    let g6 = sign::<HmacSha256>("ffFnFlKQW3HYjjPR", &content("Example_dyn1", "a1ExpAkj9Hi", "7y4Jg5xdKCy9W2i"));
    assert_eq!(g6.as_str(), "d3b560d5be0c9c19749470e85d912b65685fa4b20edcbd179ccfe98fcca23d5e");
}

#[test]
fn g7_https_token() {
    let identity = Identity::new("a1X2bEnP82z", "example1", G4_SECRET).unwrap();
    let (key, name) = (identity.product_key(), identity.device_name());
    let signature = identity.sign(&["clientId", key, ".", name, "deviceName", name, "productKey", key]);
    assert_eq!(signature.as_str(), "5dc75bb933cdd4e43f20db3309ffdbc87f38a5290f05bfb25d8bc678060197e2");
}

#[test]
fn g8_to_g10_messages_of_gateways_and_tls_psk() {
    let g8 = ["clientId", "123", "deviceName", "test", "productKey", "123", "timestamp", "1524448722000"];
    assert_eq!(sign::<HmacMd5>("secret", &g8).as_str(), "9797f243469d652b2981c6af7c9623a4");
    assert_eq!(sign::<HmacSha1>("secret", &g8).as_str(), "7b1cbbc8393867c4718c2a48265c70a1221b432b");
    let g9 = ["cleanSessiontrueclientId123deviceNametestproductKey123timestamp123"];
    assert_eq!(sign::<HmacMd5>("secret", &g9).as_str(), "6f683c4b436665f82e8b645d928c45a2");
    let g10 = ["id", "pk", "&", "device", "timestamp", "2524608000000"];
    assert_eq!(
        sign::<HmacSha256>("secret", &g10).as_str(),
        "8b822a077426d2593b379a8b41768d89f550ac70c5926d2bf5b80d4a9a836b27"
    );
}

/// As RFC 4231, test case 6, with a key that is text (computed with Python's `hmac`): it is hashed first.
#[test]
fn a_key_longer_than_a_block() {
    let key = "a".repeat(131);
    let content = ["Test Using Larger Than ", "Block-Size Key - Hash Key First"];
    assert_eq!(
        sign::<HmacSha256>(&key, &content).as_str(),
        "d021303c2f34bf3ae541b4ec9c672691694c6f71c5c0c55781545a66115b14a7"
    );
}

/// RFC 2104, 2: a key of one block is taken as it is, a longer one is hashed; an identity's secret is never longer.
#[test]
fn an_identity_signs_with_the_longest_secret_as_any_key_would() {
    let secret = "s".repeat(64);
    fn same<A: Sign>(identity: Identity<A>, secret: &str) {
        assert_eq!(identity.sign(&["a", "bc"]).as_str(), sign::<A>(secret, &["abc"]).as_str());
    }
    let identity = || Identity::new("pk", "dn", &secret).unwrap();
    same(identity(), &secret);
    same(identity().signed_by::<HmacSha1>(), &secret);
    same(identity().signed_by::<HmacMd5>(), &secret);
}
