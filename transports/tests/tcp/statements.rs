//! The normative statements of MQTT 3.1.1 (its appendix B), each with the test that shows it, or the reason why it is
//! none of a client's or none of this one's. A test checks that no statement is forgotten and each test exists.

use Proof::{No, Server, Test};

/// How many statements each section has.
#[rustfmt::skip]
const SECTIONS: [(&str, u8); 39] = [
    ("1.5.3", 3), ("2.2.2", 2), ("2.3.1", 7), ("3.1.0", 2), ("3.1.2", 24), ("3.1.3", 11), ("3.1.4", 5), ("3.2.0", 1),
    ("3.2.2", 6), ("3.3.1", 12), ("3.3.2", 3), ("3.3.4", 1), ("3.3.5", 2), ("3.6.1", 1), ("3.8.1", 1), ("3.8.3", 4),
    ("3.8.4", 6), ("3.9.3", 2), ("3.10.1", 1), ("3.10.3", 2), ("3.10.4", 6), ("3.12.4", 1), ("3.14.1", 1),
    ("3.14.4", 3), ("4.1.0", 2), ("4.3.1", 1), ("4.3.2", 2), ("4.3.3", 2), ("4.4.0", 1), ("4.5.0", 2), ("4.6.0", 6),
    ("4.7.1", 3), ("4.7.2", 1), ("4.7.3", 4), ("4.8.0", 2), ("6.0.0", 4), ("7.0.0", 2), ("7.1.1", 1),
    ("7.1.2", 1),
];

enum Proof {
    /// These tests show it, by `file::name`.
    Test(&'static [&'static str]),
    /// It binds servers only.
    Server,
    /// It cannot concern this client, for this reason.
    No(&'static str),
}

const NO_WILL: &str = "no will: the platform has none";
const NO_QOS_2: &str = "no QoS 2: the platform has none, and a PUBLISH of QoS 2 ends the connection";
const NO_WEBSOCKET: &str = "no WebSocket";
const ALWAYS_BOTH: &str = "user name and password are always there";

#[rustfmt::skip]
const STATEMENTS: &[(&str, Proof)] = &[
    ("1.5.3-1", Test(&["refusals::topics_that_are_none", "hostile::a_publish_reads_back_as_its_message"])),
    ("1.5.3-2", Test(&["refusals::topics_that_are_none", "packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("1.5.3-3", Test(&["inbound::a_byte_order_mark_stays_in_the_topic"])),
    ("2.2.2-1", Test(&["packets::subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter", "packets::puback_pingreq_and_disconnect_are_exact"])),
    ("2.2.2-2", Test(&["refusals::reserved_flags"])),
    ("2.3.1-1", Test(&["packets::publish_of_qos_1_has_an_identifier_and_no_dup", "delivery::identifiers_are_never_0_and_never_one_in_use"])),
    ("2.3.1-2", Test(&["delivery::identifiers_are_never_0_and_never_one_in_use"])),
    ("2.3.1-3", Test(&["delivery::a_publish_of_a_session_that_is_not_clean_is_sent_again_with_dup_and_its_identifier"])),
    ("2.3.1-4", Server),
    ("2.3.1-5", Test(&["packets::publish_of_qos_0_has_no_identifier_and_no_dup"])),
    ("2.3.1-6", Test(&["inbound::qos_1_is_acknowledged_after_use_and_not_before"])),
    ("2.3.1-7", Server),
    ("3.1.0-1", Test(&["packets::connect_is_first_and_its_bytes_are_exact", "session::nothing_is_sent_before_the_login_is_accepted"])),
    ("3.1.0-2", Server),
    ("3.1.2-1", Server),
    ("3.1.2-2", Server),
    ("3.1.2-3", Server),
    ("3.1.2-4", Test(&["delivery::the_publish_is_kept_through_logins_that_fail"])),
    ("3.1.2-5", Server),
    ("3.1.2-6", Test(&["delivery::a_clean_session_owes_no_publish_but_sends_the_same_again"])),
    ("3.1.2-7", Server),
    ("3.1.2-8", Server),
    ("3.1.2-9", No(NO_WILL)),
    ("3.1.2-10", Server),
    ("3.1.2-11", Test(&["packets::connect_is_first_and_its_bytes_are_exact"])),
    ("3.1.2-12", Server),
    ("3.1.2-13", Test(&["packets::connect_is_first_and_its_bytes_are_exact"])),
    ("3.1.2-14", No(NO_WILL)),
    ("3.1.2-15", Test(&["packets::connect_is_first_and_its_bytes_are_exact"])),
    ("3.1.2-16", Server),
    ("3.1.2-17", Server),
    ("3.1.2-18", No(ALWAYS_BOTH)),
    ("3.1.2-19", Test(&["hostile::a_connect_is_the_fields_that_were_given"])),
    ("3.1.2-20", No(ALWAYS_BOTH)),
    ("3.1.2-21", Test(&["hostile::a_connect_is_the_fields_that_were_given"])),
    ("3.1.2-22", No(ALWAYS_BOTH)),
    ("3.1.2-23", Test(&["session::pings_keep_the_interval_between_packets_within_the_keep_alive"])),
    ("3.1.2-24", Server),
    ("3.1.3-1", Test(&["hostile::a_connect_is_the_fields_that_were_given"])),
    ("3.1.3-2", Server),
    ("3.1.3-3", Test(&["packets::connect_carries_a_client_identifier_of_the_platform"])),
    ("3.1.3-4", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("3.1.3-5", Server),
    ("3.1.3-6", Server),
    ("3.1.3-7", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("3.1.3-8", Server),
    ("3.1.3-9", Server),
    ("3.1.3-10", No(NO_WILL)),
    ("3.1.3-11", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("3.1.4-1", Server),
    ("3.1.4-2", Server),
    ("3.1.4-3", Server),
    ("3.1.4-4", Server),
    ("3.1.4-5", Server),
    ("3.2.0-1", Test(&["refusals::anything_before_the_connack_and_a_second_connack"])),
    ("3.2.2-1", Server),
    ("3.2.2-2", Server),
    ("3.2.2-3", Server),
    ("3.2.2-4", Server),
    ("3.2.2-5", Server),
    ("3.2.2-6", Server),
    ("3.3.1-1", Test(&["delivery::a_publish_of_a_session_that_is_not_clean_is_sent_again_with_dup_and_its_identifier"])),
    ("3.3.1-2", Test(&["packets::publish_of_qos_0_has_no_identifier_and_no_dup", "refusals::reserved_flags"])),
    ("3.3.1-3", Server),
    ("3.3.1-4", Test(&["refusals::qos_2_and_3"])),
    ("3.3.1-5", Server),
    ("3.3.1-6", Server),
    ("3.3.1-7", Server),
    ("3.3.1-8", Server),
    ("3.3.1-9", Server),
    ("3.3.1-10", Server),
    ("3.3.1-11", Server),
    ("3.3.1-12", Server),
    ("3.3.2-1", Test(&["packets::publish_of_qos_0_has_no_identifier_and_no_dup", "refusals::topics_that_are_none"])),
    ("3.3.2-2", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent", "refusals::topics_that_are_none"])),
    ("3.3.2-3", Server),
    ("3.3.4-1", Test(&["inbound::qos_1_is_acknowledged_after_use_and_not_before", "inbound::messages_are_acknowledged_in_their_order"])),
    ("3.3.5-1", Server),
    ("3.3.5-2", Server),
    ("3.6.1-1", No(NO_QOS_2)),
    ("3.8.1-1", Test(&["packets::subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter"])),
    ("3.8.3-1", Test(&["packets::subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter"])),
    ("3.8.3-2", Server),
    ("3.8.3-3", Test(&["packets::subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter"])),
    ("3.8.3-4", Server),
    ("3.8.4-1", Server),
    ("3.8.4-2", Server),
    ("3.8.4-3", Server),
    ("3.8.4-4", Server),
    ("3.8.4-5", Server),
    ("3.8.4-6", Server),
    ("3.9.3-1", Server),
    ("3.9.3-2", Test(&["refusals::reserved_return_codes_of_a_suback"])),
    ("3.10.1-1", Test(&["packets::subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter"])),
    ("3.10.3-1", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("3.10.3-2", Test(&["packets::subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter"])),
    ("3.10.4-1", Server),
    ("3.10.4-2", Server),
    ("3.10.4-3", Server),
    ("3.10.4-4", Server),
    ("3.10.4-5", Server),
    ("3.10.4-6", Server),
    ("3.12.4-1", Server),
    ("3.14.1-1", Server),
    ("3.14.4-1", Test(&["session::after_disconnect_nothing_is_sent_and_the_socket_is_to_be_closed"])),
    ("3.14.4-2", Test(&["session::after_disconnect_nothing_is_sent_and_the_socket_is_to_be_closed"])),
    ("3.14.4-3", Server),
    ("4.1.0-1", Test(&["delivery::the_publish_is_kept_through_logins_that_fail"])),
    ("4.1.0-2", Test(&["delivery::other_packets_pass_a_publish_that_is_in_flight"])),
    ("4.3.1-1", Test(&["packets::publish_of_qos_0_has_no_identifier_and_no_dup"])),
    ("4.3.2-1", Test(&["packets::publish_of_qos_1_has_an_identifier_and_no_dup", "delivery::a_publish_is_in_flight_until_its_own_puback"])),
    ("4.3.2-2", Test(&["inbound::qos_1_is_acknowledged_after_use_and_not_before", "inbound::a_duplicate_is_a_message_like_any_other"])),
    ("4.3.3-1", No(NO_QOS_2)),
    ("4.3.3-2", No(NO_QOS_2)),
    ("4.4.0-1", Test(&["delivery::a_publish_of_a_session_that_is_not_clean_is_sent_again_with_dup_and_its_identifier"])),
    ("4.5.0-1", Server),
    ("4.5.0-2", Test(&["inbound::a_topic_that_was_never_subscribed_is_delivered_and_acknowledged", "inbound::a_message_up_to_the_last_byte_of_room_is_kept_and_a_larger_one_is_skipped_and_told"])),
    ("4.6.0-1", No("one publish is in flight at a time")),
    ("4.6.0-2", Test(&["inbound::messages_are_acknowledged_in_their_order"])),
    ("4.6.0-3", No(NO_QOS_2)),
    ("4.6.0-4", No(NO_QOS_2)),
    ("4.6.0-5", Server),
    ("4.6.0-6", Server),
    ("4.7.1-1", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("4.7.1-2", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("4.7.1-3", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("4.7.2-1", Server),
    ("4.7.3-1", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent", "refusals::topics_that_are_none"])),
    ("4.7.3-2", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent", "refusals::topics_that_are_none"])),
    ("4.7.3-3", Test(&["packets::texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent"])),
    ("4.7.3-4", Server),
    ("4.8.0-1", Test(&["refusals::packets_of_clients_and_of_qos_2_and_reserved_types", "refusals::lengths_that_do_not_fit_the_packet", "refusals::identifier_0"])),
    ("4.8.0-2", No("the one transient trouble is an inbox without room: docs/mqtt-client.md says why that keeps the connection")),
    ("6.0.0-1", No(NO_WEBSOCKET)),
    ("6.0.0-2", No(NO_WEBSOCKET)),
    ("6.0.0-3", No(NO_WEBSOCKET)),
    ("6.0.0-4", No(NO_WEBSOCKET)),
    ("7.0.0-1", Server),
    ("7.0.0-2", Test(&["platform::a_session_with_the_platform"])),
    ("7.1.1-1", Server),
    ("7.1.2-1", Test(&["pieces::every_split_in_two_and_byte_by_byte"])),
];

/// The files that the tests are in.
const SOURCES: [(&str, &str); 8] = [
    ("delivery", include_str!("delivery.rs")),
    ("hostile", include_str!("hostile.rs")),
    ("inbound", include_str!("inbound.rs")),
    ("packets", include_str!("packets.rs")),
    ("pieces", include_str!("pieces.rs")),
    ("platform", include_str!("platform.rs")),
    ("refusals", include_str!("refusals.rs")),
    ("session", include_str!("session.rs")),
];

fn exists(path: &str) -> bool {
    let Some((file, name)) = path.split_once("::") else { return false };
    let declared = format!("fn {name}(");
    SOURCES.iter().any(|(source, text)| {
        let before = text.split_once(&declared).map(|(before, _)| before.trim_end());
        *source == file && before.is_some_and(|before| before.ends_with("#[test]"))
    })
}

#[test]
fn each_statement_is_shown_by_a_test_or_does_not_concern_this_client() {
    let wanted: Vec<_> =
        SECTIONS.iter().flat_map(|(section, count)| (1..=*count).map(move |n| format!("{section}-{n}"))).collect();
    let found: Vec<_> = STATEMENTS.iter().map(|(number, _)| *number).collect();
    assert_eq!(found, wanted, "each statement once, in the order of the specification");
    let (mut shown, mut servers, mut others) = (0, 0, 0);
    for (number, proof) in STATEMENTS {
        match proof {
            Test(tests) => {
                assert!(!tests.is_empty());
                for test in *tests {
                    assert!(exists(test), "MQTT-{number}: there is no test {test}");
                }
                shown += 1;
            }
            Server => servers += 1,
            No(reason) => {
                println!("MQTT-{number}: {reason}");
                others += 1;
            }
        }
    }
    println!("{} statements: {shown} shown by tests, {servers} of servers, {others} not of this client", wanted.len());
}
