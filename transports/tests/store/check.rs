//! One property of what is kept in flash, for proptest and for the fuzz target: whatever the flash holds, nothing panics or
//! spins, what is not ours stays, and what was saved with success can be loaded.

use std::iter::repeat;

use embassy_futures::block_on;
use wanlink_emulator::Nor;
use wanlink_transports::Identity;
use wanlink_transports::outbox::{self, Queue};
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::store::{Flash, HttpsToken, Store, StoreError};

const PAGE: usize = 256;
const PAGES: usize = 2;
type Medium = Nor<4, PAGE>;

/// The first byte says which heads are right; the others are what the flash holds.
pub(crate) fn check(data: &[u8]) {
    let Some((&control, bytes)) = data.split_first() else { return };
    let label: &[u8; 4] = if control & 4 == 0 { b"wls\x01" } else { b"wlq\x01" };
    let mut nor = Medium::found(bytes.iter().copied().chain(repeat(0xFF)).take(PAGES * PAGE).collect());
    for page in (0..PAGES).filter(|page| control >> page & 1 == 1) {
        let head = &mut nor.bytes[page * PAGE..][..12];
        head.copy_from_slice(&[*label, [0xFF; 4], *label].concat());
    }
    if control & 4 == 0 { store(nor) } else { queue(nor) }
}

fn store(mut nor: Medium) {
    let (before, is_ours) = (nor.bytes.clone(), nor.bytes.chunks(PAGE).any(has_head));
    let mut room = [0; Flash::ROOM];
    let (found, loaded) = block_on(async {
        let mut store = Flash::new(&mut nor, 0..(PAGES * PAGE) as u32, &mut room).unwrap();
        let _ = store.load::<Identity>().await;
        let _ = store.load::<DeviceToken>().await;
        let found = store.load::<HttpsToken>().await.err();
        (found, store.release().bytes.clone())
    });
    let is_foreign = matches!(found, Some(StoreError::Foreign | StoreError::Version(_)));
    assert!(is_ours || loaded == before, "loading changed what is not ours");
    let saved = block_on(async {
        let mut store = Flash::new(&mut nor, 0..(PAGES * PAGE) as u32, &mut room).unwrap();
        store.save(&HttpsToken::new("t0ken", 7).unwrap()).await?;
        assert_eq!(store.load::<HttpsToken>().await.unwrap().unwrap().given_s(), 7, "it was read back");
        Ok::<_, StoreError<_>>(())
    });
    // That of the flash and that of the record alone: both are left to the program that wrote them.
    assert!(!is_foreign || saved.is_err() && nor.bytes == loaded, "what is not ours was written over");
}

/// Whether a page has the head of a store, of whatever version.
fn has_head(page: &[u8]) -> bool {
    page[..3] == *b"wls" && page[8..11] == *b"wls" && page[3] == page[11]
}

fn queue(mut nor: Medium) {
    let mut room = [0; PAGE];
    block_on(async {
        let mut queue = outbox::Flash::new(&mut nor, 0..(PAGES * PAGE) as u32, &mut room).unwrap();
        let mut record = [0; PAGE];
        for index in 0..queue.count().await.unwrap_or(0) {
            let _ = queue.peek(index, &mut record).await;
        }
        // Over what somebody else wrote nothing is kept for sure; but it comes to an end.
        let _ = queue.pop().await;
        let _ = queue.push(b"a record").await;
        let mut left = queue.count().await.unwrap_or(0);
        while left > 0 && queue.pop().await.is_ok() {
            left -= 1;
        }
    });
}
