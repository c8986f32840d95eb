//! The life of a whole device: what happens to it, and what it has to have done in the end.

use std::io;

use wanlink_emulator::{Emulator, Options, Profile, Start};
use wanlink_platform::{Config, Platform, Product, Pushed};
use wanlink_scene::Scene;

use crate::guest::Guest;
use crate::work::quick;
use crate::{KEY, NAME};

/// As in the images.
const PRODUCT_SECRET: &str = "8LQwOYSZMwp3DFBd";
const READINGS: [u32; 2] = [8, 4];

/// A module without power, and a device that the platform knows by name only.
pub(crate) fn scene() -> Scene {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(KEY, PRODUCT_SECRET).preregistered(NAME));
    Scene::new(Emulator::new(Profile::bg95(), Options { start: Start::Off, ..quick() }, 1), platform)
}

/// What happens to the device, each when the story has come so far.
#[derive(Clone, Copy)]
enum Turn {
    /// Commands come.
    Asked,
    /// The module restarts.
    Restarted,
}

/// A turn comes behind this reading of this life.
const TURNS: [(usize, u32, Turn); 3] = [(0, 2, Turn::Asked), (0, 5, Turn::Restarted), (1, 2, Turn::Asked)];

/// So that an acknowledgement is with the device before anything happens to it.
const AFTER_US: u64 = 300_000;

/// Plays the story until the guest hangs up, and says what was not as it should be.
pub(crate) fn run(mut guest: Guest, obeys: bool) -> io::Result<Vec<String>> {
    let mut turns = TURNS.into_iter().filter(|(.., turn)| obeys || matches!(turn, Turn::Restarted)).peekable();
    let mut due_us = None;
    while guest.turn()? {
        let Some(&(life, reading, turn)) = turns.peek() else { continue };
        let now_us = guest.now_us();
        match due_us {
            None if lives(&guest.published()).get(life).is_some_and(|life| life.contains(&reading)) => {
                due_us = Some(now_us + AFTER_US);
            }
            Some(due) if now_us >= due => {
                turns.next();
                due_us = None;
                act(&mut guest, turn);
            }
            _ => {}
        }
    }
    Ok(complaints(&guest, obeys))
}

fn act(guest: &mut Guest, turn: Turn) {
    match turn {
        Turn::Asked => {
            for command in ["interval 1", "report"] {
                assert_eq!(guest.push(command), Pushed::Sent, "the guest has subscribed");
            }
        }
        Turn::Restarted => guest.scene.module.reset(),
    }
}

/// The numbers of the readings in each life. A message may come twice, as its acknowledgement may be lost.
fn lives(published: &[String]) -> Vec<Vec<u32>> {
    let mut lives: Vec<Vec<u32>> = Vec::new();
    for number in published.iter().filter_map(|text| number(text)) {
        match lives.last_mut() {
            Some(life) if life.last() == Some(&number) => {}
            Some(life) if number != 1 => life.push(number),
            _ => lives.push(vec![number]),
        }
    }
    lives
}

/// The number in `{"seq":1,"value":215}`.
fn number(text: &str) -> Option<u32> {
    text.strip_prefix("{\"seq\":")?.strip_suffix(",\"value\":215}")?.parse().ok()
}

fn complaints(guest: &Guest, obeys: bool) -> Vec<String> {
    let published = guest.published();
    let statistics = guest.scene.platform.record().statistics();
    let answers = published.iter().filter(|text| *text == "interval 1").count();
    let expected = READINGS.map(|last| (1..=last).collect::<Vec<_>>());
    let mut complaints = Vec::new();
    let mut expect = |holds: bool, what: String| {
        if !holds {
            complaints.push(what)
        }
    };
    expect(lives(&published) == expected, format!("not the readings of two lives: {published:#?}"));
    expect(answers == if obeys { 2 } else { 0 }, format!("obeyed {answers} times"));
    expect(statistics.registrations == 1, format!("{} registrations", statistics.registrations));
    expect(statistics.refused == 0, format!("{} refusals", statistics.refused));
    expect(guest.scene.module.boots() == 2, format!("the module started {} times", guest.scene.module.boots()));
    complaints
}
