//! UART 1 (CMSDK APB UART), as two halves: reception goes on while we write.
//!
//! It is one byte deep each way. QEMU hands over a byte only when the last one was taken, so nothing overruns: a full
//! ring switches the interrupt off and the bytes wait in QEMU's socket. Real hardware would lose them there.

use core::convert::Infallible;
use core::future::{Future, poll_fn};
use core::task::{Context, Poll};

use cortex_m::peripheral::NVIC;
use embassy_sync::waitqueue::AtomicWaker;
use embedded_io_async::{ErrorType, Read, Write};

use crate::interrupt::{self, Interrupt};
use crate::register::Register;
use crate::ring::Ring;

const BASE: usize = 0x4000_5000;
// SAFETY: the registers of UART 1 in the memory map of AN386.
const DATA: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const STATE: Register = unsafe { Register::at(BASE + 0x04) };
// SAFETY: as above.
const CTRL: Register = unsafe { Register::at(BASE + 0x08) };
// SAFETY: as above.
const INTSTATUS: Register = unsafe { Register::at(BASE + 0x0C) };
// SAFETY: as above.
const BAUDDIV: Register = unsafe { Register::at(BASE + 0x10) };

const STATE_TX_FULL: u32 = 1 << 0;
const STATE_RX_FULL: u32 = 1 << 1;
const CTRL_TX_ENABLE: u32 = 1 << 0;
const CTRL_RX_ENABLE: u32 = 1 << 1;
const CTRL_TX_INTERRUPT: u32 = 1 << 2;
const CTRL_RX_INTERRUPT: u32 = 1 << 3;
const INTSTATUS_TX: u32 = 1 << 0;
const INTSTATUS_RX: u32 = 1 << 1;

/// QEMU stores the divider and sends as fast as it can.
const BAUD: u32 = 115_200;

static RECEIVED: Ring<256> = Ring::new();
static READER: AtomicWaker = AtomicWaker::new();
static WRITER: AtomicWaker = AtomicWaker::new();

/// The receiving half.
#[derive(Debug)]
pub struct UartReader(());

/// The sending half.
#[derive(Debug)]
pub struct UartWriter(());

impl UartReader {
    pub(crate) fn start() -> Self {
        BAUDDIV.write(interrupt::CLOCK_HZ / BAUD);
        CTRL.modify(0, CTRL_RX_ENABLE | CTRL_RX_INTERRUPT);
        interrupt::enable(Interrupt::Uart1Receive);
        Self(())
    }
}

impl UartWriter {
    pub(crate) fn start() -> Self {
        BAUDDIV.write(interrupt::CLOCK_HZ / BAUD);
        critical_section::with(|_| CTRL.modify(0, CTRL_TX_ENABLE));
        interrupt::enable(Interrupt::Uart1Transmit);
        Self(())
    }
}

impl ErrorType for UartReader {
    type Error = Infallible;
}

impl ErrorType for UartWriter {
    type Error = Infallible;
}

impl Read for UartReader {
    /// Returns what has arrived, at least one byte. A dropped future has taken nothing.
    fn read(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<usize, Infallible>> {
        poll_fn(move |cx| poll_read(cx, buf))
    }
}

impl Write for UartWriter {
    /// Sends at least one byte. A dropped future has sent nothing.
    fn write(&mut self, buf: &[u8]) -> impl Future<Output = Result<usize, Infallible>> {
        poll_fn(move |cx| poll_write(cx, buf))
    }

    /// A byte is on its way as soon as it is written.
    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn poll_read(cx: &Context<'_>, buf: &mut [u8]) -> Poll<Result<usize, Infallible>> {
    READER.register(cx.waker());
    let mut taken = 0;
    for (place, byte) in buf.iter_mut().zip(core::iter::from_fn(|| RECEIVED.pop())) {
        *place = byte;
        taken += 1;
    }
    if taken == 0 && !buf.is_empty() {
        return Poll::Pending;
    }
    resume_reception();
    Poll::Ready(Ok(taken))
}

/// Undoes what a full ring did. The status bit was cleared then and does not come again for a byte that already waits:
/// hence the interrupt is made pending by hand.
fn resume_reception() {
    if CTRL.read() & CTRL_RX_INTERRUPT == 0 {
        critical_section::with(|_| CTRL.modify(0, CTRL_RX_INTERRUPT));
        NVIC::pend(Interrupt::Uart1Receive);
    }
}

fn poll_write(cx: &Context<'_>, buf: &[u8]) -> Poll<Result<usize, Infallible>> {
    WRITER.register(cx.waker());
    let mut sent = 0;
    for byte in buf {
        if STATE.read() & STATE_TX_FULL != 0 {
            break;
        }
        DATA.write(u32::from(*byte));
        sent += 1;
    }
    if sent > 0 || buf.is_empty() {
        return Poll::Ready(Ok(sent));
    }
    // The byte may have left since: the interrupt for it comes only if it is switched on first.
    critical_section::with(|_| CTRL.modify(0, CTRL_TX_INTERRUPT));
    if STATE.read() & STATE_TX_FULL == 0 {
        cx.waker().wake_by_ref();
    }
    Poll::Pending
}

/// Moves what has arrived into the ring.
pub(crate) extern "C" fn on_receive() {
    // Before the loop: a byte that came after the last look at DATA would have no interrupt otherwise.
    INTSTATUS.write(INTSTATUS_RX);
    while STATE.read() & STATE_RX_FULL != 0 {
        if RECEIVED.is_full() {
            CTRL.modify(CTRL_RX_INTERRUPT, 0);
            break;
        }
        RECEIVED.push(DATA.read() as u8);
    }
    #[cfg(feature = "gather")]
    if crate::gather::is_awaiting_more(RECEIVED.has(128)) {
        return;
    }
    wake_reader();
}

pub(crate) fn wake_reader() {
    READER.wake();
}

/// The byte that blocked the writer has left. Switched off until the next block, else each byte would interrupt.
pub(crate) extern "C" fn on_transmit() {
    INTSTATUS.write(INTSTATUS_TX);
    CTRL.modify(CTRL_TX_INTERRUPT, 0);
    WRITER.wake();
}
