//! The supply of the microcontroller, and its flash, which outlives a loss of power.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};

use embassy_futures::block_on;
use embassy_time::Timer;
use embedded_storage_async::nor_flash::{ErrorType, MultiwriteNorFlash, NorFlash, ReadNorFlash};
use wanlink_emulator::{FlashStep, Nor, NorError, SplitMix64, Torn};
use wanlink_transports::outbox;
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::store::{Flash, FlashError, HttpsToken, Name, Store, StoreError};
use wanlink_transports::{Identity, Signature};

/// Words and pages of the flash, in bytes. Small pages, so that one registration may fill one.
const WORD: usize = 4;
const PAGE: usize = 512;

/// Pages of the outbox, and how many there are: a message stands in one.
const QUEUE_PAGE: usize = 1024;
const QUEUE_PAGES: u32 = 4;

/// How long its work takes, in microseconds, as data sheets have it.
const WRITE_US: u64 = 60;
const ERASE_US: u64 = 30_000;

/// What is in the store.
pub(super) struct Kept {
    pub(super) identity: Option<Identity>,
    pub(super) device_token: Option<DeviceToken>,
    pub(super) https_token: Option<HttpsToken>,
}

impl Kept {
    /// Whether the device can log in with it.
    pub(super) fn is_enough(&self) -> bool {
        self.identity.is_some() || self.device_token.is_some()
    }
}

/// The supply of a microcontroller, and its flash.
pub(super) struct Supply {
    nor: RefCell<Nor<WORD, PAGE>>,
    /// That of the outbox.
    queue: RefCell<Nor<WORD, QUEUE_PAGE>>,
    pages: u32,
    is_lost: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Supply {
    /// With flash that was used before, as that of a device which was tested.
    pub(super) fn new(random: &mut SplitMix64) -> Rc<Self> {
        let pages = 2 + random.below(3) as u32;
        let mut nor = Nor::new(pages as usize);
        let mut room = [0; Flash::ROOM];
        let mut store = Flash::new(&mut nor, 0..pages * PAGE as u32, &mut room).expect("the pages are a store");
        block_on(use_up(&mut store, random.below(40))).expect("there is power");
        drop(store);
        let queue = RefCell::new(Nor::rewritable(QUEUE_PAGES as usize));
        Rc::new(Self { nor: RefCell::new(nor), queue, pages, is_lost: Cell::new(false), waiting: RefCell::default() })
    }

    /// The store of the life that begins.
    pub(super) fn store<'r>(self: &Rc<Self>, room: &'r mut [u8]) -> Flash<'r, StoreChip> {
        let chip = Chip { supply: self.clone(), nor: |supply| &supply.nor };
        Flash::new(chip, 0..self.len(), room).expect("the pages are a store")
    }

    /// The outbox's queue of the life that begins.
    pub(super) fn queue<'r>(self: &Rc<Self>, room: &'r mut [u8]) -> outbox::Flash<'r, QueueChip> {
        let chip = Chip { supply: self.clone(), nor: |supply| &supply.queue };
        outbox::Flash::new(chip, 0..QUEUE_PAGES * QUEUE_PAGE as u32, room).expect("the pages are a queue")
    }

    /// What the outbox's flash went through: bytes written, pages erased.
    pub(super) fn wear(&self) -> (u64, u64) {
        let queue = self.queue.borrow();
        (u64::from(queue.steps - queue.erased) * WORD as u64, u64::from(queue.erased))
    }

    /// What a store finds after a restart at this moment.
    pub(super) fn kept(&self) -> Result<Kept, StoreError<FlashError<NorError>>> {
        let mut nor = self.nor.borrow().clone();
        nor.power_on();
        let mut room = [0; Flash::ROOM];
        let mut store = Flash::new(nor, 0..self.len(), &mut room).expect("the pages are a store");
        block_on(async {
            Ok(Kept {
                identity: store.load().await?,
                device_token: store.load().await?,
                https_token: store.load().await?,
            })
        })
    }

    fn len(&self) -> u32 {
        self.pages * PAGE as u32
    }

    /// Has the power go in the middle of this step of the flash's work, counted from 0: that of the store and that of the
    /// outbox by itself.
    pub(super) fn cut(&self, step: FlashStep, at: u32, torn: Torn, seed: u64) {
        self.nor.borrow_mut().cut_within(step, at, torn, seed);
        self.queue.borrow_mut().cut_within(step, at, torn, seed);
    }

    /// No loss of power is to come.
    pub(super) fn call_off(&self) {
        call_off(&mut self.nor.borrow_mut());
        call_off(&mut self.queue.borrow_mut());
    }

    /// The power goes.
    pub(super) fn lose(&self) {
        self.is_lost.set(true);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Waits for the power to go.
    pub(super) async fn lost(&self) {
        poll_fn(|context| {
            if self.is_lost.get() {
                return Poll::Ready(());
            }
            *self.waiting.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The power is back. In the middle of which step of the flash's work it went, if it did there.
    pub(super) fn restore(&self) -> Option<FlashStep> {
        self.is_lost.set(false);
        restore(&mut self.nor.borrow_mut()).or(restore(&mut self.queue.borrow_mut()))
    }
}

fn call_off<const P: usize>(nor: &mut Nor<WORD, P>) {
    if !nor.is_off() {
        nor.power_on();
    }
}

fn restore<const P: usize>(nor: &mut Nor<WORD, P>) -> Option<FlashStep> {
    let torn = nor.torn();
    if torn.is_some() {
        nor.power_on();
    }
    torn
}

/// Fills pages with records that do not count any more.
async fn use_up<S: Store>(store: &mut S, records: u64) -> Result<(), StoreError<S::Error>> {
    for number in 0..records {
        store.save(&HttpsToken::new("of-a-test", number).expect("a text")).await?;
    }
    store.erase(Name::HttpsToken).await
}

/// What an identity signs, so that two can be compared: neither shows its secret.
pub(super) fn signature(identity: &Identity) -> Signature {
    identity.sign(&["any"])
}

/// The flash as a driver has it. Without power nothing comes of a call: the program is dead.
pub(super) struct Chip<const P: usize> {
    supply: Rc<Supply>,
    nor: fn(&Supply) -> &RefCell<Nor<WORD, P>>,
}

/// That of the store.
pub(super) type StoreChip = Chip<PAGE>;

/// That of the outbox.
pub(super) type QueueChip = Chip<QUEUE_PAGE>;

impl<const P: usize> Chip<P> {
    fn nor(&self) -> &RefCell<Nor<WORD, P>> {
        (self.nor)(&self.supply)
    }

    async fn end<T>(&self, result: Result<T, NorError>) -> Result<T, NorError> {
        match result {
            Err(_) if self.nor().borrow().is_off() => {
                self.supply.lose();
                pending().await
            }
            result => result,
        }
    }
}

impl<const P: usize> ErrorType for Chip<P> {
    type Error = NorError;
}

impl<const P: usize> ReadNorFlash for Chip<P> {
    const READ_SIZE: usize = WORD;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorError> {
        let result = self.nor().borrow().read_words(offset, bytes);
        self.end(result).await
    }

    fn capacity(&self) -> usize {
        self.nor().borrow().bytes.len()
    }
}

impl<const P: usize> NorFlash for Chip<P> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = P;

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorError> {
        for (index, word) in bytes.chunks(WORD).enumerate() {
            Timer::after_micros(WRITE_US).await;
            let result = self.nor().borrow_mut().write_word(offset + (index * WORD) as u32, word);
            self.end(result).await?;
        }
        Ok(())
    }

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NorError> {
        for page in (from..to).step_by(P) {
            Timer::after_micros(ERASE_US).await;
            let result = self.nor().borrow_mut().erase_page(page);
            self.end(result).await?;
        }
        Ok(())
    }
}

impl MultiwriteNorFlash for QueueChip {}
