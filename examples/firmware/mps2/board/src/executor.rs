//! Runs the one task of an image.
//!
//! Not embassy's thread-mode executor: it sleeps with WFE, which QEMU takes for a yield, and a host core would spin.

use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::sleep;

static WOKEN: AtomicBool = AtomicBool::new(false);

/// The waker carries no data: there is one task, and one flag for it.
const WAKER: RawWaker = RawWaker::new(core::ptr::null(), &RawWakerVTable::new(|_| WAKER, wake, wake, |_| ()));

fn wake(_: *const ()) {
    WOKEN.store(true, Ordering::Release);
}

/// Polls `future` to its end; the core sleeps (WFI) in between.
pub fn block_on<F: Future>(future: F) -> F::Output {
    run(future, cortex_m::asm::wfi)
}

/// As [`block_on`], and counts how long the core sleeps: see [`awake`](crate::awake). Inlined: a call would copy the future.
#[inline(always)]
pub fn block_on_timed<F: Future>(future: F) -> F::Output {
    run(future, || sleep::timed(cortex_m::asm::wfi))
}

#[inline(always)]
fn run<F: Future>(future: F, sleep: fn()) -> F::Output {
    let mut future = pin!(future);
    // SAFETY: no function of the table looks at the data pointer, and any context may call them.
    let waker = unsafe { Waker::from_raw(WAKER) };
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut(), &mut context) {
            return output;
        }
        while !sleep_unless_woken(sleep) {}
    }
}

/// Not within the loop: the compiler would compute the address of each of the future's fields before the loop and keep
/// them all on the stack (400 bytes of code for a session).
#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    future.poll(context)
}

/// With interrupts masked no wake-up can fall between the look at the flag and WFI; a pending interrupt ends WFI all the
/// same and is served when they are unmasked.
fn sleep_unless_woken(sleep: fn()) -> bool {
    critical_section::with(|_| {
        let woken = WOKEN.load(Ordering::Acquire);
        WOKEN.store(false, Ordering::Relaxed);
        if !woken {
            sleep();
        }
        woken
    })
}
