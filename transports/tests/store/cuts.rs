//! The power goes at every step: in each word that is written, in each page that is erased, in all that is made of
//! them.

use wanlink_emulator::{Nor, NorError, SplitMix64, Torn};
use wanlink_transports::store::{FlashError, Store, StoreError};

use crate::story::{Call, State, call, load, story, with};

/// The flash, and what it holds, before each call; and the steps of the call.
fn uncut<const W: usize, const P: usize>(pages: usize) -> Vec<(Nor<W, P>, State, Call, u32)> {
    let (mut nor, mut state, mut all) = (Nor::<W, P>::new(pages), State::default(), Vec::new());
    for next in story() {
        let before = nor.clone();
        call(&mut nor, next).unwrap();
        all.push((before.clone(), state, next, nor.steps - before.steps));
        state = state.after(next);
        assert_eq!(load(&mut nor), Ok(state));
    }
    assert!(nor.erased >= 3, "the story is too short for this flash: {} pages were erased", nor.erased);
    all
}

/// After a restart there is the old or the new state, and it stays; the same call then works, and so do all others.
fn survive<const W: usize, const P: usize>(nor: &mut Nor<W, P>, old: State, cut: Call, what: &str) {
    assert!(nor.is_off(), "{what}");
    nor.power_on();
    let found = load(nor).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(found == old || found == old.after(cut), "{what}: {old:?} became {found:?}");
    assert_eq!(load(nor), Ok(found), "{what}");
}

fn every_cut<const W: usize, const P: usize>(pages: usize, kinds: &[Torn], seeds: u64) {
    let (mut cuts, mut twice) = (0, 0);
    for (before, old, cut, steps) in uncut::<W, P>(pages) {
        for step in 0..steps {
            for &torn in kinds {
                for seed in 0..if torn.is_drawn() { seeds } else { 1 } {
                    let what = format!("{cut:?}, step {step} of {steps}, {torn:?}, seed {seed}");
                    let mut nor = before.clone();
                    nor.cut(step, torn, seed);
                    call(&mut nor, cut).expect_err(&what);
                    survive(&mut nor, old, cut, &what);
                    cuts += 1;
                    if cuts % 4 == 0 {
                        twice += cut_again(nor, old, cut, seed ^ u64::from(step) << 8, &what);
                    }
                }
            }
        }
    }
    println!("words of {W}, {pages} pages of {P} bytes: {cuts} cuts, {twice} of them followed by more");
    assert!(cuts > 500);
}

/// The repair is cut, too, and its repair, at steps of chance; then the device goes on for good.
fn cut_again<const W: usize, const P: usize>(mut nor: Nor<W, P>, old: State, cut: Call, seed: u64, what: &str) -> u32 {
    let mut random = SplitMix64::new(seed);
    let mut again = false;
    for _ in 0..3 {
        let torn = Torn::ALL[random.below(7) as usize];
        nor.cut(random.below(60) as u32, torn, random.next_u64());
        let result = call(&mut nor, cut);
        if !nor.is_off() {
            result.unwrap_or_else(|error| panic!("{what}: {error}"));
            break;
        }
        again = true;
        survive(&mut nor, old, cut, &format!("{what}, and again {torn:?}"));
    }
    nor.power_on();
    let mut state = old;
    for next in [cut, Call::HttpsToken(100), Call::Identity(101), Call::HttpsToken(102), Call::DeviceToken(103)] {
        call(&mut nor, next).unwrap_or_else(|error| panic!("{what}, then {next:?}: {error}"));
        state = state.after(next);
    }
    assert_eq!(load(&mut nor), Ok(state), "{what}");
    u32::from(again)
}

#[test]
fn words_of_4_bytes() {
    every_cut::<4, 512>(2, &Torn::ALL, 1);
}

#[test]
fn words_of_4_bytes_and_four_pages() {
    every_cut::<4, 256>(4, &Torn::ALL, 1);
}

#[test]
fn words_of_1_byte() {
    every_cut::<1, 512>(2, &[Torn::Bits], 1);
}

#[test]
fn words_of_8_bytes() {
    every_cut::<8, 512>(2, &Torn::ALL, 1);
}

#[test]
fn words_of_32_bytes() {
    every_cut::<32, 1024>(2, &Torn::ALL, 4);
}

/// Nothing may be asked back when everything is to go, and what was cut is asked for again.
#[test]
fn clearing() {
    let last = |mut nor: Nor<4, 1024>| {
        for next in story() {
            call(&mut nor, next).unwrap();
        }
        nor
    };
    let full = last(Nor::new(2));
    fn clear(nor: &mut Nor<4, 1024>) -> Result<(), StoreError<FlashError<NorError>>> {
        with(nor, async |store| store.clear().await)
    }
    let mut nor = full.clone();
    clear(&mut nor).unwrap();
    assert_eq!(load(&mut nor), Ok(State::default()));
    assert!(!nor.bytes.windows(11).any(|bytes| bytes == b"a1B2c3D4e5F"), "bytes of a record are left");
    let steps = nor.steps - full.steps;
    for step in 0..steps {
        for (torn, seed) in Torn::ALL.into_iter().flat_map(|torn| (0..4).map(move |seed| (torn, seed))) {
            let mut nor = full.clone();
            nor.cut(step, torn, seed);
            clear(&mut nor).unwrap_err();
            nor.power_on();
            clear(&mut nor).unwrap_or_else(|error| panic!("step {step}, {torn:?}, seed {seed}: {error}"));
            assert_eq!(load(&mut nor), Ok(State::default()));
            call(&mut nor, Call::Identity(1)).unwrap();
        }
    }
}
