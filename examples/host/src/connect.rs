//! `wanlink connect`: a device on the platform, through a module at a serial port.

mod enrolment;
mod patience;
mod plan;
mod stored;
mod teller;
mod watch;
mod work;

use wanlink_core::ErrorKind;
use wanlink_transports::Pace;

use crate::cli::{ConnectArgs, Secret, Usage};
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::note;
use crate::online::{Describe, Device, Online, Setting};
use crate::pairing::{Pair, Room};
use crate::place::Authority;
use crate::port;
use crate::redact::Redactor;
use crate::register::Credential;

use self::enrolment::Enrolment;
use self::plan::{DeviceName, Number, Plan};
use self::watch::Watch;

/// Runs the command. Whatever goes wrong is an event, too, and `done` comes last.
pub(crate) fn run(args: &ConnectArgs) -> Result<Exit, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let watch = Watch::new(args.json, args.path, Interrupts::new()?);
    let result = runtime.block_on(connect(args, &watch));
    let traced = watch.tap().finish().map_err(|error| cannot_trace(args, &error));
    Ok(watch.teller.close(result.and(traced)))
}

fn cannot_trace(args: &ConnectArgs, error: &std::io::Error) -> Failure {
    let path = args.trace.as_deref().unwrap_or("the trace".as_ref()).display();
    Failure::new(format!("cannot write {path}: {error}"), cure::FILE)
}

async fn connect(args: &ConnectArgs, watch: &Watch) -> Result<(), Failure> {
    let plan = Plan::new(args)?;
    let pair = Pair::find(args.module, args.path)?;
    plan.check(pair)?;
    let authority = Authority::read(args.ca.as_deref())?;
    let place = args.place(&authority)?;
    let enrolment = Enrolment::of(args, &plan, &authority)?;
    let mut kept = stored::load(args, &plan).await?;
    trace(args, watch)?;
    watch.teller.head(args);
    let mut board = work::bounded(&plan, watch, port::open(&args.port, args.baud, watch.tap())).await?;
    let mut pace = Pace::new();
    if let (Some(enrolment), None) = (enrolment, &kept) {
        let registered = enrolment.run(args, &plan, watch, &mut board).await?;
        (kept, pace) = (Some(registered.credential), registered.pace);
    }
    watch.tap().note(|_| note::driver(args.module.label(), args.path.name()));
    let setting = Setting {
        ear: watch,
        observer: &|event| watch.event(event),
        place,
        sign: args.identity.sign,
        network: plan.network,
        seed: seed(),
        pace,
    };
    let is_kept = kept.is_some();
    let mut result = Ok(());
    let credential = async |module: &mut dyn Describe| {
        let name = device_name(&plan, watch, module).await?;
        let credential = match kept {
            Some(kept) => stored::check(args, &kept, &name).map(|()| kept)?,
            None => Credential::Identity(args.identity.device.identity(&name)?),
        };
        let (product_key, device_name) = credential.names();
        let (host, _) = place.address(product_key).map_err(Usage::from)?;
        watch.teller.names(product_key, device_name, &host);
        Ok(credential)
    };
    let story = async |session: &mut dyn Online| result = work::run(&plan, watch, session).await;
    pair.run(&mut board, Room::Large, None, Device { setting, credential, store: stored::store(args), story }).await?;
    result.map_err(|failure| if is_kept { stored::explain(args, failure) } else { failure })
}

/// Begins the trace, if one is asked for.
fn trace(args: &ConnectArgs, watch: &Watch) -> Result<(), Failure> {
    let Some(path) = &args.trace else { return Ok(()) };
    let product_secret = args.register.product_secret.as_ref().map(Secret::reveal);
    let secrets = args.identity.device.given_secret().into_iter().chain(product_secret).map(str::to_owned);
    let redactor = Redactor::new(args.module.profile(), secrets.collect());
    watch.tap().trace_to(path, redactor).map_err(|error| cannot_trace(args, &error))
}

/// The name that is given, or that the module tells.
async fn device_name(plan: &Plan<'_>, watch: &Watch, module: &mut dyn Describe) -> Result<String, Failure> {
    match plan.device_name {
        DeviceName::Given(name) => Ok(name.to_owned()),
        DeviceName::Read(number) => work::bounded(plan, watch, read(number, module)).await,
    }
}

/// Asks the module for the number that is the device's name.
async fn read(number: Number, module: &mut dyn Describe) -> Result<String, Failure> {
    let mut result = module.start().await;
    if matches!(&result, Err(error) if error.kind == ErrorKind::Retry) {
        result = module.start().await;
    }
    result?;
    let info = module.describe().await?;
    let (name, digits) = match number {
        Number::Imei => ("IMEI", info.imei()),
        Number::Iccid => ("ICCID", info.iccid()),
    };
    if digits.is_empty() {
        return Err(Failure::new(format!("the module does not tell its {name}"), cure::NO_NUMBER));
    }
    Ok(digits.to_owned())
}

/// Another one in each run, so that devices that begin together do not come back together.
fn seed() -> u64 {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
    now ^ u64::from(std::process::id()) << 32
}
