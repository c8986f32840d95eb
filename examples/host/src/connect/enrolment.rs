//! The first part of a run with `--register` whose store has nothing yet.

use wanlink_transports::registration::Applicant;

use super::plan::{Plan, Source};
use super::watch::Watch;
use super::{device_name, stored, work};
use crate::board::Board;
use crate::cli::{ConnectArgs, PathArg, RegisterArg, Usage};
use crate::failure::Failure;
use crate::note;
use crate::online::Describe;
use crate::pairing::{Pair, Room};
use crate::place::{Authority, Desk};
use crate::register::{Register, Registered, Request, entropy};

/// How the device is to be registered.
pub(super) struct Enrolment<'a> {
    pair: Pair,
    desk: Desk<'a>,
    product_secret: &'a str,
}

impl<'a> Enrolment<'a> {
    /// What the options ask for, if they do.
    pub(super) fn of(args: &'a ConnectArgs, plan: &Plan<'a>, authority: &'a Authority) -> Result<Option<Self>, Usage> {
        let Source::Registered { way, product_secret } = plan.source else { return Ok(None) };
        let path = match (way, args.path) {
            (RegisterArg::Https, _) => PathArg::Https,
            (RegisterArg::Mqtt | RegisterArg::MqttNwl, PathArg::Tcp) => PathArg::Tcp,
            (RegisterArg::Mqtt | RegisterArg::MqttNwl, _) => PathArg::Mqtt,
        };
        let pair = Pair::find(args.module, path).map_err(|Usage(why)| Usage(format!("--register: {why}")))?;
        Ok(Some(Self { pair, desk: args.desk(way, authority)?, product_secret }))
    }

    /// Registers the device, and keeps what the platform gives before anything else is done with it.
    pub(super) async fn run(
        self,
        args: &ConnectArgs,
        plan: &Plan<'_>,
        watch: &Watch,
        board: &mut Board,
    ) -> Result<Registered, Failure> {
        let Self { pair, desk, product_secret } = self;
        watch.tap().note(|_| note::driver(args.module.label(), pair.names().1.name()));
        let request = Request {
            ear: watch,
            progress: &|progress| watch.teller.progress(progress),
            network: plan.network,
            sign: args.identity.sign,
            desk,
            entropy: entropy(),
        };
        let applicant = async |module: &mut dyn Describe| {
            let name = device_name(plan, watch, module).await?;
            Ok(Applicant::new(&args.identity.device.product_key, &name, product_secret).map_err(Usage::from)?)
        };
        let register = Register { request, applicant, store: stored::store(args) };
        let registered = work::bounded(plan, watch, pair.run(board, Room::Large, None, register)).await?;
        watch.teller.registered(registered.credential.names().1);
        Ok(registered)
    }
}
