//! All that can go wrong.

use wanlink_emulator::{FlashStep, OpenFailure, Split};
use wanlink_platform::{Away, PacketType, ReturnCode, TlsFault};
use wanlink_scene::Internet;

use super::super::condition::Condition;
use super::super::rig::Rig;
use super::super::{DEVICE_NAME, PRODUCT_KEY};
use super::{Order, SECOND, Verb};

macro_rules! verbs {
    ($($name:literal in $kind:ident of $meets:ident => |$order:ident, $scene:ident| $body:expr;)*) => {
        /// All kinds of faults.
        pub(in super::super) const VERBS: &[Verb] = &[$(Verb {
            name: $name,
            kind: Condition::$kind,
            meets: Rig::$meets,
            order: |$order: &mut Order<'_>| {
                #[allow(unused_mut, unused_variables)]
                let scene = $order.scene.clone();
                #[allow(unused_mut, unused_variables)]
                let $scene = &mut *scene.borrow_mut();
                $body;
            },
        },)*];
    };
}

verbs! {
    "reset" in Restart of any => |order, scene| scene.module.reset();
    "hang" in Hang of any => |order, scene| scene.module.hang();
    "brown-out" in Restart of any => |order, scene| scene.module.brown_out(order.random.below(20 * SECOND));
    "enter-psm" in Restart of any => |order, scene| scene.module.enter_psm();
    "lose-network" in Network of any => |order, scene| {
        scene.module.lose_network();
        order.until(180, |scene, _, _| scene.module.restore_network())
    };
    "lose-context" in Network of any => |order, scene| scene.module.lose_context(1);
    "context-lies" in Network of any => |order, scene| scene.module.context_lies(1);
    "deny" in Network of any => |order, scene| {
        scene.module.deny();
        order.until(120, |scene, _, _| scene.module.admit())
    };
    "sim-out" in Network of any => |order, scene| {
        scene.module.sim_out();
        order.until(60, |scene, _, _| scene.module.sim_in())
    };
    "garble" in Garble of any => |order, scene| scene.module.garble(1 + order.random.below(200) as usize);
    "garble-for" in Garble of any => |order, scene| scene.module.garble_for(order.random.below(2 * SECOND));
    "drop-line" in Garble of any => |order, scene| {
        scene.module.drop_line(order.awaited())
    };
    "drop-nth-line" in Garble of any => |order, scene| scene.module.drop_nth_line(1 + order.random.below(12));
    "duplicate-line" in Garble of any => |order, scene| {
        scene.module.duplicate_line(order.awaited())
    };
    "split-reads" in Garble of any => |order, scene| order.wire.split(Split::Random);
    "delay-prompt" in Garble of any => |order, scene| scene.module.delay_prompt(order.random.below(20 * SECOND));
    "lose-prompt" in Garble of any => |order, scene| scene.module.lose_prompt();
    "lose-final" in Garble of any => |order, scene| scene.module.lose_final();
    "urc-between" in Garble of any => |order, scene| {
        scene.module.urc_between(1 + order.random.below(9), "+QNOBODY: \"knows\",1");
        order.until(60, |scene, _, _| scene.module.urc_between(0, ""))
    };
    "silence" in Garble of any => |order, scene| scene.module.silence(order.random.below(60 * SECOND));
    "starve-block" in Garble of any => |order, scene| scene.module.starve_block();
    "overrun" in Garble of any => |order, scene| order.wire.overrun(1 + order.random.below(50) as usize);
    "framing-error" in Garble of any => |order, scene| order.wire.framing_error(order.now_us);
    "kill-tcp" in Network of any => |order, scene| scene.module.kill_tcp();
    "kill-connection" in Broker of keeps_session => |order, scene| {
        scene.platform.kill_connection(order.now_us, PRODUCT_KEY, DEVICE_NAME);
    };
    "close-silently" in Broker of keeps_session => |order, scene| {
        scene.platform.close_silently(order.now_us, PRODUCT_KEY, DEVICE_NAME);
    };
    "kill-before-puback" in Broker of keeps_session => |order, scene| scene.platform.kill_before_puback(1 + order.random.below(3) as u32);
    "delay-puback" in Broker of keeps_session => |order, scene| {
        scene.platform.delay_puback(order.random.below(60 * SECOND));
        order.until(120, |scene, _, _| scene.platform.delay_puback(0))
    };
    "drop-every-puback" in Broker of keeps_session => |order, scene| {
        scene.platform.drop_puback(1 + order.random.below(3) as u32);
        order.until(120, |scene, _, _| scene.platform.drop_puback(0))
    };
    "cut" in Broker of keeps_session => |order, scene| {
        let packets = [PacketType::Connack, PacketType::Suback, PacketType::Puback, PacketType::Publish];
        scene.platform.cut(packets[order.random.below(4) as usize], order.random.below(6) as usize)
    };
    "kick" in Broker of keeps_session => |order, scene| {
        let after_us = order.random.below(10 * SECOND);
        scene.platform.kick(order.now_us, after_us, 1 + order.random.below(3) as u32)
    };
    "drop-puback" in Garble of keeps_session => |order, scene| scene.module.drop_puback();
    "duplicate-puback" in Garble of keeps_session => |order, scene| scene.module.duplicate_puback();
    "refuse" in Network of any => |order, scene| scene.module.refuse();
    "unreachable" in Network of any => |order, scene| {
        scene.module.fail_opens(OpenFailure::Timeout, Some(1 + order.random.below(4) as u32))
    };
    "wrong-certificate" in Certificate of any => |order, scene| break_tls(order, &mut scene.platform, TlsFault::WrongCertificate);
    "wrong-name" in Certificate of checks_names => |order, scene| break_tls(order, &mut scene.platform, TlsFault::WrongName);
    "expired-certificate" in Certificate of any => |order, scene| break_tls(order, &mut scene.platform, TlsFault::ExpiredCertificate);
    "not-yet-valid-certificate" in Certificate of any => |order, scene| {
        break_tls(order, &mut scene.platform, TlsFault::NotYetValidCertificate)
    };
    "plain-text" in Certificate of any => |order, scene| break_tls(order, &mut scene.platform, TlsFault::PlainText);
    "tls13-only" in Certificate of any => |order, scene| break_tls(order, &mut scene.platform, TlsFault::Tls13Only);
    "cut-handshake" in Certificate of any => |order, scene| break_tls(order, &mut scene.platform, TlsFault::CutHandshake);
    "no-close-notify" in Certificate of any => |order, scene| break_tls(order, &mut scene.platform, TlsFault::NoCloseNotify);
    "refuse-login" in Broker of keeps_session => |order, scene| {
        let codes = [ReturnCode::ServerUnavailable, ReturnCode::BadUserNameOrPassword, ReturnCode::NotAuthorized];
        scene.platform.refuse_connects(codes[order.random.below(3) as usize], 1 + order.random.below(2) as u32)
    };
    "disable" in Broker of any => |order, scene| {
        scene.platform.set_enabled(order.now_us, PRODUCT_KEY, DEVICE_NAME, false);
        order.until(120, |scene, _, now| {
            scene.platform.set_enabled(now, PRODUCT_KEY, DEVICE_NAME, true);
        })
    };
    "slow" in Network of any => |order, scene| {
        scene.module.slow(order.random.below(5 * SECOND));
        order.until(120, |scene, _, _| scene.module.slow(45_000))
    };
    "dns-failure" in Network of any => |order, scene| scene.module.dns_failure();
    "away" in Broker of any => |order, scene| {
        let until = order.now_us + order.random.below(300 * SECOND);
        let how = if order.random.one_in(2) { Away::Closes } else { Away::Silent };
        scene.platform.away(order.now_us, until, how)
    };
    "kill-connections" in Broker of is_short => |order, scene| scene.platform.kill_connections(order.now_us);
    "close-all-silently" in Broker of is_short => |order, scene| scene.platform.close_all_silently(order.now_us);
    "http-error" in Broker of speaks_https => |order, scene| {
        const STATUSES: [u16; 7] = [400, 403, 404, 429, 500, 502, 503];
        scene.platform.fail_requests(order.one_of(&STATUSES), 1 + order.random.below(3) as u32)
    };
    "http-code" in Broker of speaks_https => |order, scene| {
        // Not 10001, which says that the program is wrong.
        const CODES: [u16; 11] = [401, 429, 460, 500, 6100, 10000, 20000, 20001, 20004, 30001, 40000];
        scene.platform.refuse_requests(order.one_of(&CODES), 1 + order.random.below(3) as u32)
    };
    "close-before-answer" in Broker of speaks_https => |order, scene| {
        scene.platform.close_before_answer(1 + order.random.below(3) as u32)
    };
    "cut-response" in Broker of speaks_https => |order, scene| {
        scene.platform.cut(PacketType::Response, order.random.below(300) as usize)
    };
    "delay-answer" in Broker of speaks_https => |order, scene| {
        scene.platform.delay_answers(order.random.below(90 * SECOND));
        order.until(120, |scene, _, _| scene.platform.delay_answers(0))
    };
    "expire-tokens" in Broker of posts => |order, scene| scene.platform.expire_tokens(order.now_us);
    "forget-tokens" in Broker of posts => |order, scene| scene.platform.forget_tokens(order.now_us);
    "token-posts" in Broker of posts => |order, scene| {
        scene.platform.limit_token_posts(1 + order.random.below(3) as u32);
        order.until(300, |scene, _, _| scene.platform.limit_token_posts(0))
    };
    "throttle-registration" in Broker of registers => |order, scene| {
        scene.platform.throttle_registrations(1 + order.random.below(3) as u32)
    };
    "lose-secret" in Broker of registers => |order, scene| {
        scene.platform.lose_secrets(1 + order.random.below(2) as u32);
        order.until(60, |scene, _, _| scene.platform.lose_secrets(0))
    };
    "duplicate-secret" in Broker of is_pushed => |order, scene| {
        scene.platform.duplicate_secrets(1);
        order.until(60, |scene, _, _| scene.platform.duplicate_secrets(0))
    };
    "lose-power" in Restart of has_flash => |order, scene| order.supply.lose();
    "cut-in-word" in Restart of has_flash => |order, scene| order.cut(FlashStep::Word, 60);
    "cut-in-erasure" in Restart of has_flash => |order, scene| order.cut(FlashStep::Erasure, 2);
}

/// Makes TLS go wrong for a while; without effect on a path that has none.
fn break_tls(order: &mut Order<'_>, platform: &mut Internet, fault: TlsFault) {
    platform.break_tls(Some(fault));
    order.until(120, |scene, _, _| scene.platform.break_tls(None));
}
