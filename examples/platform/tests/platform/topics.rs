//! Rights on topics, as the wire shows them.

use crate::bench::{Bench, PRODUCT, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Access, Config, ForeignPublish, Judgement, Product, TopicClass};

const FOREIGN: &str = "/a1X2bEnP82z/example2/user/update";

#[test]
fn a_foreign_filter_gets_128_and_its_neighbour_does_not() {
    let mut bench = Bench::connected();
    let filters = ["/a1X2bEnP82z/example1/user/+", FOREIGN, "#"];
    let actions = bench.send(1, &subscribe(3, &filters));
    assert_eq!(actions, [sent(1, &suback(3, &[1, 0x80, 0x80]))]);
    assert_eq!(bench.reasons(Judgement::Refused).len(), 2);
}

#[test]
fn a_foreign_publish_closes() {
    for topic in [FOREIGN, "/sys/a1X2bEnP82z/example1/thing/service/property/set", "x"] {
        for bytes in [publish0(topic, b"x"), publish1(1, topic, b"x")] {
            let mut bench = Bench::connected();
            assert_eq!(bench.send(1, &bytes), [closed(1)], "{topic}");
            assert!(bench.published().is_empty());
        }
    }
}

#[test]
fn a_foreign_publish_can_be_dropped_instead() {
    let mut bench = Bench::connected_with(Config { foreign_publish: ForeignPublish::Drop, ..Config::default() });
    assert_eq!(bench.send(1, &publish0(FOREIGN, b"x")), []);
    let actions = bench.send(1, &publish1(1, FOREIGN, b"x"));
    assert_eq!(actions, [sent(1, &puback(1))]);
    assert!(bench.published().is_empty());
    assert_eq!(bench.reasons(Judgement::Dropped).len(), 2);
}

#[test]
fn custom_topics_follow_their_classes() {
    let mut bench = Bench::new();
    let classes = [TopicClass::new("user/update", Access::Publish), TopicClass::new("user/get", Access::Subscribe)];
    let secret = "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe";
    let product = Product::new(PRODUCT, "").device("example1", secret).topics(&classes);
    bench.platform.add_product(product);
    bench.expect_connect(1, &Connect::example());
    bench.send(1, &publish0(UPDATE, b"x"));
    assert_eq!(bench.published(), [b"x"]);
    let get = UPDATE.replace("update", "get");
    let actions = bench.send(1, &subscribe(1, &[&get, UPDATE]));
    assert_eq!(actions, [sent(1, &suback(1, &[1, 0x80]))]);
    assert_eq!(bench.send(1, &publish0(&get, b"x")), [closed(1)]);
}

#[test]
fn extended_rrpc_needs_its_bit() {
    let filter = "/ext/rrpc/+/a1X2bEnP82z/example1/user/get";
    for (ext, code) in [("ext=0", 0x80), ("ext=1", 1), ("ext=2", 0x80), ("ext=3", 1)] {
        let mut bench = Bench::new();
        bench.expect_connect(1, &Connect::example().client_id("ext=0", ext));
        let actions = bench.send(1, &subscribe(1, &[filter]));
        assert_eq!(actions, [sent(1, &suback(1, &[code]))], "{ext}");
    }
}
