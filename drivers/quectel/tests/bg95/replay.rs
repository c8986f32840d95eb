//! Transcripts and the calls that they answer.

use std::pin::Pin;

use wanlink_conformance::replay;
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_quectel::{Buffers, NoPins, Quectel};

use crate::model::Model;

pub(crate) type Driver<'b> = Quectel<'b, Model, PortReader, PortWriter, NoPins>;
pub(crate) type Story = for<'a> fn(&'a mut Driver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A transcript and the calls that it answers.
macro_rules! stories {
    ($($file:literal, |$modem:ident| $calls:block)*) => {
        &[$((
            $file,
            include_str!(concat!("../transcripts/", $file)),
            (|$modem| Box::pin(async move $calls)) as crate::replay::Story,
        )),*]
    };
}
pub(crate) use stories;

/// Each of them, in every form.
pub(crate) fn every_form(stories: &[(&str, &str, Story)]) {
    let mut replays = 0;
    for (file, text, story) in stories {
        println!("{file}");
        replays += replay::every_form(text, "+QIND: SMS DONE", async |reader, writer| {
            let mut buffers: Buffers = Buffers::new();
            story(&mut Quectel::new(reader, writer, NoPins, &mut buffers)).await;
        });
    }
    println!("{} transcripts, {replays} replays", stories.len());
}
