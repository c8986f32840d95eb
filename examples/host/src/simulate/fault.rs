//! What can go wrong, by its name.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_emulator::{OpenFailure, Split, SplitMix64, Wire};
use wanlink_platform::{Away, PacketType, ReturnCode, TlsFault};
use wanlink_scene::{Internet, Scene};

use super::{DEVICE_NAME, PRODUCT_KEY};

const SECOND: u64 = 1_000_000;

/// Takes a fault back.
pub(super) type Cure = fn(&mut Scene, &Wire, u64);

/// What a verb works on.
pub(super) struct Order<'a> {
    pub(super) scene: &'a Rc<RefCell<Scene>>,
    pub(super) wire: &'a Wire,
    pub(super) random: &'a mut SplitMix64,
    pub(super) now_us: u64,
    /// Lines that the driver waits for.
    pub(super) awaited: &'a [&'static str],
    /// When what is taken back.
    pub(super) cures: &'a mut Vec<(u64, Cure)>,
}

impl Order<'_> {
    /// One of the lines that the driver waits for.
    fn awaited(&mut self) -> &'static str {
        self.awaited[self.random.below(self.awaited.len() as u64) as usize]
    }

    /// Takes the fault back after up to `longest_s` seconds.
    fn until(&mut self, longest_s: u64, cure: Cure) {
        let at = self.now_us + self.random.below(longest_s * SECOND);
        self.cures.push((at, cure));
    }
}

/// A kind of fault.
pub(super) struct Verb {
    pub(super) name: &'static str,
    pub(super) order: fn(&mut Order<'_>),
}

/// Lines that a driver waits for, whatever the path.
pub(super) const AWAITED: &[&str] = &["OK", "ERROR", "+CEREG:", "+QIACT:", "RDY"];

macro_rules! verbs {
    ($($name:literal => |$order:ident, $module:ident| $body:expr;)*) => {
        /// All kinds of faults.
        pub(super) const VERBS: &[Verb] = &[$(Verb {
            name: $name,
            order: |$order: &mut Order<'_>| {
                #[allow(unused_mut, unused_variables)]
                let scene = $order.scene.clone();
                #[allow(unused_mut, unused_variables)]
                let $module = &mut *scene.borrow_mut();
                $body;
            },
        },)*];
    };
}

verbs! {
    "reset" => |order, scene| scene.module.reset();
    "brown-out" => |order, scene| scene.module.brown_out(order.random.below(20 * SECOND));
    "enter-psm" => |order, scene| scene.module.enter_psm();
    "lose-network" => |order, scene| {
        scene.module.lose_network();
        order.until(180, |scene, _, _| scene.module.restore_network())
    };
    "lose-context" => |order, scene| scene.module.lose_context(1);
    "context-lies" => |order, scene| scene.module.context_lies(1);
    "deny" => |order, scene| {
        scene.module.deny();
        order.until(120, |scene, _, _| scene.module.admit())
    };
    "sim-out" => |order, scene| {
        scene.module.sim_out();
        order.until(60, |scene, _, _| scene.module.sim_in())
    };
    "garble" => |order, scene| scene.module.garble(1 + order.random.below(200) as usize);
    "garble-for" => |order, scene| scene.module.garble_for(order.random.below(2 * SECOND));
    "drop-line" => |order, scene| {
        scene.module.drop_line(order.awaited())
    };
    "drop-nth-line" => |order, scene| scene.module.drop_nth_line(1 + order.random.below(12));
    "duplicate-line" => |order, scene| {
        scene.module.duplicate_line(order.awaited())
    };
    "split-reads" => |order, scene| order.wire.split(Split::Random);
    "delay-prompt" => |order, scene| scene.module.delay_prompt(order.random.below(20 * SECOND));
    "lose-prompt" => |order, scene| scene.module.lose_prompt();
    "lose-final" => |order, scene| scene.module.lose_final();
    "urc-between" => |order, scene| {
        scene.module.urc_between(1 + order.random.below(9), "+QNOBODY: \"knows\",1");
        order.until(60, |scene, _, _| scene.module.urc_between(0, ""))
    };
    "silence" => |order, scene| scene.module.silence(order.random.below(60 * SECOND));
    "starve-block" => |order, scene| scene.module.starve_block();
    "overrun" => |order, scene| order.wire.overrun(1 + order.random.below(50) as usize);
    "framing-error" => |order, scene| order.wire.framing_error(order.now_us);
    "kill-tcp" => |order, scene| scene.module.kill_tcp();
    "kill-connection" => |order, scene| {
        scene.platform.kill_connection(order.now_us, PRODUCT_KEY, DEVICE_NAME);
    };
    "close-silently" => |order, scene| {
        scene.platform.close_silently(order.now_us, PRODUCT_KEY, DEVICE_NAME);
    };
    "kill-before-puback" => |order, scene| scene.platform.kill_before_puback(1 + order.random.below(3) as u32);
    "delay-puback" => |order, scene| {
        scene.platform.delay_puback(order.random.below(60 * SECOND));
        order.until(120, |scene, _, _| scene.platform.delay_puback(0))
    };
    "drop-every-puback" => |order, scene| {
        scene.platform.drop_puback(1 + order.random.below(3) as u32);
        order.until(120, |scene, _, _| scene.platform.drop_puback(0))
    };
    "cut" => |order, scene| {
        let packets = [PacketType::Connack, PacketType::Suback, PacketType::Puback, PacketType::Publish];
        scene.platform.cut(packets[order.random.below(4) as usize], order.random.below(6) as usize)
    };
    "kick" => |order, scene| {
        let after_us = order.random.below(10 * SECOND);
        scene.platform.kick(order.now_us, after_us, 1 + order.random.below(3) as u32)
    };
    "drop-puback" => |order, scene| scene.module.drop_puback();
    "duplicate-puback" => |order, scene| scene.module.duplicate_puback();
    "refuse" => |order, scene| scene.module.refuse();
    "unreachable" => |order, scene| {
        scene.module.fail_opens(OpenFailure::Timeout, Some(1 + order.random.below(4) as u32))
    };
    "wrong-certificate" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::WrongCertificate);
    "wrong-name" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::WrongName);
    "expired-certificate" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::ExpiredCertificate);
    "not-yet-valid-certificate" => |order, scene| {
        break_tls(order, &mut scene.platform, TlsFault::NotYetValidCertificate)
    };
    "plain-text" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::PlainText);
    "tls13-only" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::Tls13Only);
    "cut-handshake" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::CutHandshake);
    "no-close-notify" => |order, scene| break_tls(order, &mut scene.platform, TlsFault::NoCloseNotify);
    "refuse-login" => |order, scene| {
        let codes = [ReturnCode::ServerUnavailable, ReturnCode::BadUserNameOrPassword, ReturnCode::NotAuthorized];
        scene.platform.refuse_connects(codes[order.random.below(3) as usize], 1 + order.random.below(2) as u32)
    };
    "disable" => |order, scene| {
        scene.platform.set_enabled(order.now_us, PRODUCT_KEY, DEVICE_NAME, false);
        order.until(120, |scene, _, now| {
            scene.platform.set_enabled(now, PRODUCT_KEY, DEVICE_NAME, true);
        })
    };
    "slow" => |order, scene| {
        scene.module.slow(order.random.below(5 * SECOND));
        order.until(120, |scene, _, _| scene.module.slow(45_000))
    };
    "dns-failure" => |order, scene| scene.module.dns_failure();
    "away" => |order, scene| {
        let until = order.now_us + order.random.below(300 * SECOND);
        let how = if order.random.one_in(2) { Away::Closes } else { Away::Silent };
        scene.platform.away(order.now_us, until, how)
    };
}

/// Makes TLS go wrong for a while; without effect on a path that has none.
fn break_tls(order: &mut Order<'_>, platform: &mut Internet, fault: TlsFault) {
    platform.break_tls(Some(fault));
    order.until(120, |scene, _, _| scene.platform.break_tls(None));
}

/// Which one happens.
pub(super) fn draw(random: &mut SplitMix64) -> usize {
    random.below(VERBS.len() as u64) as usize
}

/// The end of all faults: what was to be taken back later is, and what waits for its occasion is called off.
pub(super) fn end_all(order: &mut Order<'_>) {
    for (_, cure) in std::mem::take(order.cures) {
        cure(&mut order.scene.borrow_mut(), order.wire, order.now_us);
    }
    let scene = &mut *order.scene.borrow_mut();
    scene.module.call_off();
    scene.platform.call_off(order.now_us);
}
