//! What can go wrong, by its name.

mod verbs;

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_emulator::{FlashStep, SplitMix64, Torn, Wire};
use wanlink_scene::Scene;

use super::condition::Condition;
use super::rig::Rig;
use super::supply::Supply;

pub(super) use self::verbs::VERBS;

const SECOND: u64 = 1_000_000;

/// Takes a fault back.
pub(super) type Cure = fn(&mut Scene, &Wire, u64);

/// What a verb works on.
pub(super) struct Order<'a> {
    pub(super) scene: &'a Rc<RefCell<Scene>>,
    pub(super) wire: &'a Wire,
    pub(super) supply: &'a Supply,
    pub(super) random: &'a mut SplitMix64,
    pub(super) now_us: u64,
    /// Lines that the driver waits for.
    pub(super) awaited: &'a [&'static str],
    /// When what is taken back.
    pub(super) cures: &'a mut Vec<(u64, Cure)>,
}

impl Order<'_> {
    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.random.below(all.len() as u64) as usize]
    }

    /// One of the lines that the driver waits for.
    fn awaited(&mut self) -> &'static str {
        let awaited = self.awaited;
        self.one_of(awaited)
    }

    /// Takes the fault back after up to `longest_s` seconds.
    fn until(&mut self, longest_s: u64, cure: Cure) {
        let at = self.now_us + self.random.below(longest_s * SECOND);
        self.cures.push((at, cure));
    }

    /// Has the power go in the middle of one of the next `most` steps of this kind.
    fn cut(&mut self, step: FlashStep, most: u64) {
        let (at, torn) = (self.random.below(most) as u32, self.one_of(&Torn::ALL));
        self.supply.cut(step, at, torn, self.random.next_u64());
    }
}

/// A kind of fault.
#[derive(Debug)]
pub(super) struct Verb {
    pub(super) name: &'static str,
    /// Under which condition it is met.
    pub(super) kind: Condition,
    /// Whether it can do harm there.
    pub(super) meets: fn(&Rig) -> bool,
    pub(super) order: fn(&mut Order<'_>),
}

/// Lines that a driver waits for, whatever the path.
pub(super) const AWAITED: &[&str] = &["OK", "ERROR", "+CEREG:", "+QIACT:", "RDY"];

/// Those that can do harm to this rig.
pub(super) fn meeting(rig: &Rig) -> impl Iterator<Item = &'static Verb> {
    VERBS.iter().filter(|verb| (verb.meets)(rig))
}

/// Those of a storm. A module that hangs is away for minutes, in which no other fault would be met.
pub(super) fn storm(rig: &Rig) -> Vec<&'static Verb> {
    meeting(rig).filter(|verb| verb.kind != Condition::Hang).collect()
}

/// The one of this name.
pub(super) fn named(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// The end of all faults: what was to be taken back later is, and what waits for its occasion is called off.
pub(super) fn end_all(order: &mut Order<'_>) {
    for (_, cure) in std::mem::take(order.cures) {
        cure(&mut order.scene.borrow_mut(), order.wire, order.now_us);
    }
    order.supply.call_off();
    let scene = &mut *order.scene.borrow_mut();
    scene.module.call_off();
    scene.platform.call_off(order.now_us);
}
