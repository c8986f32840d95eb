//! `wanlink connect`: a device on the platform, through a module at a serial port.

mod patience;
mod plan;
mod teller;
mod watch;
mod work;

use wanlink_core::{Error as _, ErrorKind, HasMqtt as _, Module as _, Security};
use wanlink_emulator::Profile;
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel};
use wanlink_transports::{Endpoint, HmacMd5, HmacSha1, HmacSha256, Identity, Session, Sign, mqtt};

use crate::cli::{ConnectArgs, Module, SignMethod, Usage};
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::note;
use crate::place::Authority;
use crate::port;
use crate::redact::Redactor;
use crate::witness::{Driver, Witness};

use self::plan::{DeviceName, Number, Plan};
use self::watch::Watch;

/// Room for the filters of `--subscribe`, in bytes.
const FILTERS: usize = 8192;

/// Runs the command. Whatever goes wrong is an event, too, and `done` comes last.
pub(crate) fn run(args: &ConnectArgs) -> Result<Exit, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let watch = Watch::new(args.json, args.path.name(), Interrupts::new()?);
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
    plan.check(match args.module {
        Module::Bg95 => &Bg95::MQTT,
    })?;
    let authority = Authority::read(args.ca.as_deref())?;
    if let Some(path) = &args.trace {
        let redactor = Redactor::new(Profile::bg95(), vec![args.identity.device.secret()?.to_owned()]);
        let first = note::driver(&args.module.label(), args.path.name());
        watch.tap().trace_to(path, &first, redactor).map_err(|error| cannot_trace(args, &error))?;
    }
    watch.teller.head(args);
    let (reader, writer) = work::bounded(&plan, watch, port::open(&args.port, args.baud, watch.tap())).await?;
    match args.module {
        Module::Bg95 => {
            let mut buffers: Box<Buffers<1024, 8192, 16_384>> = Box::new(Buffers::new());
            let driver = Quectel::<Bg95, _, _, _>::new(reader, writer, NoPins, &mut buffers);
            secured(args, &plan, &authority, watch, Witness::new(driver, watch)).await
        }
    }
}

/// Chooses the types that stand for protection and signing.
async fn secured<M: Driver>(
    args: &ConnectArgs,
    plan: &Plan<'_>,
    authority: &Authority,
    watch: &Watch,
    module: Witness<'_, M>,
) -> Result<(), Failure> {
    if args.identity.tls.is_on() {
        signed(args, plan, watch, module, args.secured(authority.root())).await
    } else {
        signed(args, plan, watch, module, args.plain()).await
    }
}

async fn signed<M: Driver, S: Security + Copy>(
    args: &ConnectArgs,
    plan: &Plan<'_>,
    watch: &Watch,
    mut module: Witness<'_, M>,
    endpoint: Endpoint<'_, S>,
) -> Result<(), Failure> {
    let identity = match plan.device_name {
        DeviceName::Given(name) => args.identity.device.identity(name)?,
        DeviceName::Read(number) => {
            let name = work::bounded(plan, watch, read(number, &mut module)).await?;
            args.identity.device.identity(&name)?
        }
    };
    match args.identity.sign {
        SignMethod::Hmacsha256 => online::<_, _, HmacSha256>(plan, watch, module, identity.signed_by(), endpoint).await,
        SignMethod::Hmacsha1 => online::<_, _, HmacSha1>(plan, watch, module, identity.signed_by(), endpoint).await,
        SignMethod::Hmacmd5 => online::<_, _, HmacMd5>(plan, watch, module, identity.signed_by(), endpoint).await,
    }
}

/// Asks the module for the number that is the device's name.
async fn read<M: Driver>(number: Number, module: &mut Witness<'_, M>) -> Result<String, Failure> {
    let mut result = module.start().await;
    if matches!(&result, Err(error) if error.kind() == ErrorKind::Retry) {
        result = module.start().await;
    }
    result.map_err(|error| Failure::of(&error))?;
    let info = module.describe().await.map_err(|error| Failure::of(&error))?;
    let (name, digits) = match number {
        Number::Imei => ("IMEI", info.imei()),
        Number::Iccid => ("ICCID", info.iccid()),
    };
    if digits.is_empty() {
        return Err(Failure::new(format!("the module does not tell its {name}"), cure::NO_NUMBER));
    }
    Ok(digits.to_owned())
}

async fn online<M: Driver, S: Security + Copy, A: Sign>(
    plan: &Plan<'_>,
    watch: &Watch,
    module: Witness<'_, M>,
    identity: Identity<A>,
    endpoint: Endpoint<'_, S>,
) -> Result<(), Failure> {
    watch.teller.names(&identity, endpoint.host(identity.product_key()).map_err(Usage::from)?.as_str());
    let link = mqtt::Link::new(module, &identity, endpoint);
    let mut session: Session<'_, _, _, FILTERS> = Session::observed(link, plan.network, seed(), watch);
    work::run(plan, watch, &mut session).await
}

/// Another one in each run, so that devices that begin together do not come back together.
fn seed() -> u64 {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
    now ^ u64::from(std::process::id()) << 32
}
