//! `wanlink platform`: the stand-in of the platform at real sockets.

mod authority;
mod journal;
mod order;

use std::io::BufRead;
use std::thread;
use std::time::Duration;

use serde_json::json;
use wanlink_platform::live::{BindError, Handle, Listen, Server};
use wanlink_platform::{Config, Limits, Platform, Product};

use crate::cli::{PlatformArgs, Secret, Usage};
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::report;

use self::order::Order;

/// How often what happened is told.
const PERIOD: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &PlatformArgs) -> Result<Exit, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let interrupts = Interrupts::new()?;
    let result = runtime.block_on(serve(args, interrupts));
    Ok(result.map_or_else(|failure| failure.tell(), |()| Exit::Done))
}

async fn serve(args: &PlatformArgs, mut interrupts: Interrupts) -> Result<(), Failure> {
    let (platform, listen) = (platform(args)?, listen(args));
    let server = match authority::read(args)? {
        Some(authority) => Server::bind_under(authority, platform, listen).await,
        None => Server::bind(platform, listen).await,
    };
    let server = server.map_err(|error| cannot_listen(&error))?;
    let found = server.addresses();
    let text = |address: Option<std::net::SocketAddr>| address.map(|address| address.to_string());
    let (mqtt, mqtts, https) = (text(found.mqtt), text(found.mqtts), text(found.https));
    report::emit(&json!({"mqtt": mqtt, "mqtts": mqtts, "https": https, "ca": found.root}));
    let handle = server.handle();
    obey(handle.clone());
    let stopped = async {
        interrupts.next().await;
        handle.stop();
        // The server says goodbye to each device and returns.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = server.run() => {}
        () = tell(&handle) => {}
        () = stopped => {}
    }
    tell_news(&handle);
    Ok(())
}

fn platform(args: &PlatformArgs) -> Result<Platform, Usage> {
    let mut config = Config::default();
    if args.no_limits {
        config.limits = Limits::none();
    }
    let mut platform = Platform::new(config);
    let devices = named("--device", &args.device)?;
    for (key, secret) in named("--product", &args.product)? {
        let product = Product::new(key, secret).registration(args.registration.into());
        let product = args.preregistered.iter().fold(product, |product, name| product.preregistered(name));
        platform.add_product(devices.iter().fold(product, |product, (name, secret)| product.device(name, secret)));
    }
    args.fault.iter().for_each(|&fault| platform.schedule(fault));
    Ok(platform)
}

fn named<'a>(option: &str, secrets: &'a [Secret]) -> Result<Vec<(&'a str, &'a str)>, Usage> {
    let named: Option<_> = secrets.iter().map(Secret::named).collect();
    named.ok_or_else(|| Usage(format!("{option}: not of the form NAME:SECRET")))
}

fn listen(args: &PlatformArgs) -> Listen {
    let any = (args.listen.is_none() && args.tls_listen.is_none()).then(|| ([127, 0, 0, 1], 0).into());
    let (mqtt, mqtts) = (args.listen.or(any), args.tls_listen.or(any));
    Listen { mqtt, mqtts, https: args.https_listen, root: args.ca.clone(), ..Listen::default() }
}

fn cannot_listen(error: &BindError) -> Failure {
    match error {
        BindError::RootFile { .. } => Failure::new(error.to_string(), cure::FILE),
        _ => Failure::new(error.to_string(), cure::LISTEN),
    }
}

/// Tells on stderr what happens.
async fn tell(handle: &Handle) {
    loop {
        tell_news(handle);
        tokio::time::sleep(PERIOD).await;
    }
}

/// What was told is forgotten, so that a long run does not grow.
fn tell_news(handle: &Handle) {
    let lines = handle.with(|platform, _| {
        let lines = journal::lines(platform.record());
        platform.record_mut().clear();
        lines
    });
    for line in lines {
        anstream::eprintln!("{line}");
    }
}

/// Obeys the lines on stdin. Its thread waits in a read, and ends with the program.
fn obey(handle: Handle) {
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok).filter(|line| !line.trim().is_empty()) {
            match line.parse::<Order>() {
                Ok(order) => {
                    let result = handle.with(|platform, now| order.carry_out(platform, now));
                    anstream::eprintln!("{result}");
                }
                Err(error) => anstream::eprintln!("warning: `{}`: {error}", line.escape_debug()),
            }
        }
    });
}
