//! `wanlink demo`: the real driver and link against an emulated module and the platform stand-in, in one process.
//!
//! Time is virtual: the module's minutes pass as fast as the machine computes them, or in time lapse on a terminal.

mod flash;
mod stage;
mod story;

use std::cell::RefCell;
use std::io::IsTerminal;
use std::rc::Rc;

use wanlink_emulator::{Emulator, Options, Stuck, World};
use wanlink_platform::tls::{Certificates, Front, KeyType};
use wanlink_platform::{Config, Platform, Product};
use wanlink_scene::Scene;

use crate::cli::{DemoArgs, Usage};
use crate::exit::Exit;
use crate::pairing::Pair;
use crate::report::Report;

use self::flash::Flash;
use self::stage::{Paced, Stage};

/// The demo's product and its device. Their secrets open nothing outside this process.
pub(crate) const PRODUCT_KEY: &str = "a1wanlinkDm";
pub(crate) const PRODUCT_SECRET: &str = "aK7pQ2xV9mT4sW8z";
pub(crate) const DEVICE_NAME: &str = "meter-0042";
/// What the platform gives the device. The platform is another one in each run, and what it gave is always the same: so it
/// knows a device that registered in an earlier run.
pub(crate) const DEVICE_SECRET: &str = "6f1d0c8b2a4e4c7d9b3f5a7e1c2d4b6a";

/// Seconds of the module's time in one of ours on a terminal.
const TIME_LAPSE: u32 = 15;

pub(crate) fn run(args: &DemoArgs) -> Result<Exit, Usage> {
    let pair = Pair::find(args.module, args.path)?;
    let flash = match Flash::open(args) {
        Ok(flash) => flash,
        Err(failure) => return Ok(stage::end(&Report::new(args.json), &failure)),
    };
    let speed = args.speed.unwrap_or(if std::io::stdout().is_terminal() && !args.json { TIME_LAPSE } else { 0 });
    let options = Options::default();
    let front = platform(options.utc_at_start, flash.has_identity())?;
    let root = front.certificates().root_pem().to_owned();
    let mut module = Emulator::new(args.module.profile(), options, args.seed);
    module.slow(45_000);
    let scene = Rc::new(RefCell::new(Scene::new(module, front)));
    let mut world = World::new(args.seed);
    let stage = Stage::new(scene.clone(), pair, flash, args.json);
    let halves = world.halves();
    let result = world.run(&mut Paced::new(scene, speed), story::tell(halves, &stage, &root, args.seed));
    if let Some(path) = &args.trace
        && let Err(error) = std::fs::write(path, world.trace().to_string())
    {
        anstream::eprintln!("error: cannot write {}: {error}", path.display());
        return Ok(Exit::File);
    }
    Ok(match result {
        Ok(exit) => exit,
        Err(Stuck { reason, seed, .. }) => {
            anstream::eprintln!("error: the demo got stuck ({reason:?}) with seed {seed}; this is a bug");
            Exit::Broken
        }
    })
}

/// The platform, with certificates that are made anew for each run. Of earlier runs it knows whether the device
/// registered.
fn platform(utc_s: u64, is_registered: bool) -> Result<Front, Usage> {
    let config = Config::default();
    let certificates = Certificates::new(&config, &[], utc_s, KeyType::EcdsaP256)?;
    let mut platform = Platform::new(config);
    let product = Product::new(PRODUCT_KEY, PRODUCT_SECRET);
    platform.add_product(if is_registered {
        product.device(DEVICE_NAME, DEVICE_SECRET)
    } else {
        product.reserved(DEVICE_NAME, DEVICE_SECRET)
    });
    Ok(Front::new(platform, certificates))
}
