//! The root on its way to the module: once, dropped, cut off, deleted.

use embassy_futures::join::join;
use embassy_futures::select::select;
use wanlink_at::driver::Buffers;
use wanlink_core::{Error as _, ErrorKind, Tls};
use wanlink_emulator::{Options, PortOptions, Split, polled};
use wanlink_scene::bench::{SharedScene, count, module, pass_ms, running};

use crate::bench::TlsBench;
use crate::opening::{BySocket, Opening, open_and_talk, uploads};
use crate::rig::{Rig, attach, root};
use crate::subject::Subject;

fn verified() -> Tls<'static> {
    Tls::verified(root())
}

/// The root as the module keeps it.
fn kept<B: TlsBench>(scene: &SharedScene) -> Option<Vec<u8>> {
    scene.borrow().module.file(&B::root_file()).map(<[u8]>::to_vec)
}

/// As the module keeps it when nothing disturbs.
fn whole<B: TlsBench, O: Opening<B>>() -> Option<Vec<u8>> {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        O::open(modem, &verified()).await.unwrap();
        let whole = kept::<B>(scene);
        assert!(whole.as_ref().is_some_and(|root| root.len() > 200));
        whole
    })
}

/// The name carries a hash of the content: what is there by name is there, also in another life of the microcontroller.
pub fn a_root_that_is_there_is_not_uploaded_again<B: TlsBench, O: Opening<B>>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
        attach(modem).await.unwrap();
        open_and_talk::<B, O>(modem, &verified()).await.unwrap();
        open_and_talk::<B, O>(modem, &verified()).await.unwrap();
    });
    assert_eq!(uploads(&rig), 1);
    rig.run(async |modem, _| {
        attach(modem).await.unwrap();
        open_and_talk::<B, O>(modem, &verified()).await.unwrap();
    });
    assert_eq!(uploads(&rig), 1);
}

/// Where the root fits the transmit buffer behind its command.
pub fn dropped_at_every_poll<B: TlsBench, O: Opening<B>>() {
    let polls = drops::<B, O, 1280>(&whole::<B, O>());
    println!("opening with an upload: dropped at {polls} polls");
    assert!(polls > 50);
}

/// Where the root does not fit the transmit buffer.
pub fn dropped_at_every_poll_of_pieces<B: TlsBench>() {
    let polls = drops::<B, BySocket, 384>(&whole::<B, BySocket>());
    println!("opening with an upload in pieces: dropped at {polls} polls");
    assert!(polls > 50);
}

fn drops<B: TlsBench, O: Opening<B>, const T: usize>(whole: &Option<Vec<u8>>) -> usize {
    let ended = |polls: &usize| {
        let port = PortOptions { split: Split::At(7), gap_us: 50, transmit_buffer: Some(16), ..PortOptions::default() };
        let mut rig = Rig::<B>::with_port(running(), port, 1);
        rig.run_with(&mut Buffers::<256, T, 1160>::new(), async |modem, scene| {
            attach(modem).await.unwrap();
            let ended = polled(O::open(modem, &verified()), *polls).await;
            open_and_talk::<B, O>(modem, &verified()).await.unwrap();
            assert_eq!(kept::<B>(scene), *whole, "{polls}");
            ended.map(|result| result.map(drop).unwrap()).is_some()
        })
    };
    (0..).step_by(B::STRIDE).find(ended).unwrap()
}

/// A line of a real speed, on which a root takes its time.
fn slow() -> PortOptions {
    PortOptions { baud: Some(115_200), ..PortOptions::default() }
}

/// When something happens to an upload, in milliseconds behind its command.
const MOMENTS_MS: std::ops::Range<u64> = 0..100;

/// Waits until so long behind the beginning of the upload.
async fn upload_began<B: TlsBench>(scene: &SharedScene, ms: u64) {
    let (line, nth) = B::UPLOAD;
    let command = line.split('=').next().unwrap();
    while count(scene, command) < nth {
        pass_ms(1).await;
    }
    pass_ms(ms).await;
}

/// What came may stay as a file.
pub fn cut_off_by_a_restart_of_the_module<B: TlsBench, O: Opening<B>>() {
    let whole = whole::<B, O>();
    let mut cut = 0;
    for (half_file_after_restart, ms) in
        [false, true].into_iter().flat_map(|half| MOMENTS_MS.step_by(20).map(move |ms| (half, ms)))
    {
        let options = Options { half_file_after_restart, ..running() };
        Rig::<B>::with_port(options, slow(), 1).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let tls = verified();
            let opening = async { O::open(modem, &tls).await.map(drop) };
            let reset = async {
                upload_began::<B>(scene, ms).await;
                module(scene).reset();
            };
            let (result, ()) = join(opening, reset).await;
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Restart, "{ms} ms");
            cut += u32::from(kept::<B>(scene) != whole);
            attach(modem).await.unwrap();
            open_and_talk::<B, O>(modem, &verified()).await.unwrap();
            assert_eq!(kept::<B>(scene), whole);
        });
    }
    assert!(cut > 2, "{cut}");
}

/// The next life ends the data entry of the one before, or waits for its end, and finds the content wrong.
pub fn cut_off_by_a_restart_of_the_microcontroller<B: TlsBench, O: Opening<B>>() {
    let whole = whole::<B, O>();
    let mut cut = 0;
    for ms in MOMENTS_MS.step_by(20) {
        let mut rig = Rig::<B>::with_port(running(), slow(), 1);
        rig.run_with(&mut Buffers::<256, 384, 1160>::new(), async |modem, scene| {
            attach(modem).await.unwrap();
            let tls = verified();
            let opening = async { O::open(modem, &tls).await.map(drop) };
            select(opening, upload_began::<B>(scene, ms)).await;
            cut += u32::from(kept::<B>(scene) != whole);
        });
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            open_and_talk::<B, O>(modem, &verified()).await.unwrap();
            assert_eq!(kept::<B>(scene), whole);
        });
    }
    assert!(cut > 1, "{cut}");
}

/// Somebody else deleted it: it is looked up before each opening, not remembered.
pub fn a_root_that_went_missing<B: TlsBench, O: Opening<B>>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        open_and_talk::<B, O>(modem, &verified()).await.unwrap();
        let whole = kept::<B>(scene);
        for line in B::delete_by_hand() {
            modem.send(&line).await.unwrap();
        }
        assert!(kept::<B>(scene).is_none_or(|root| root.is_empty()));
        open_and_talk::<B, O>(modem, &verified()).await.unwrap();
        assert_eq!(kept::<B>(scene), whole);
    });
}
