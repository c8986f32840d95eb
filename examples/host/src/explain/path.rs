//! Which operations a device runs on a path, in their order.

use wanlink_at::Verdict;
use wanlink_at::driver::sockets::Hook;
use wanlink_at::driver::{
    DriverModel, Family, Found, HttpsFamily, MqttFamily, NativeFamily, Operation, SocketFamily, Times,
};
use wanlink_at::tables::{probes, signal};
use wanlink_core::{Info, Rung};

use super::calls::{self, Calls};
use super::fate::{Fate, Hears};
use super::section::{Section, Shown, Step, ms};
use super::{Explanation, lines};
use crate::dialect::Dialect;

type Of<M> = <M as DriverModel>::Family;

pub(crate) fn mqtt<M: DriverModel<Family: Dialect + MqttFamily>>() -> Explanation {
    let connects = [
        show::<M>("connect, in TLS", const { &<Of<M> as MqttFamily>::CONNECT_TLS }, calls::login_in_tls),
        show::<M>("connect, without TLS", const { &<Of<M> as MqttFamily>::CONNECT }, calls::login),
    ];
    explain::<M>(connects.into_iter().chain(session::<M>()), &[])
}

pub(crate) fn native<M: DriverModel<Family: Dialect + NativeFamily>>() -> Explanation {
    let signs_in = [
        show::<M>("sign in, in TLS", const { &<Of<M> as NativeFamily>::SIGN_IN_TLS }, calls::identity_in_tls),
        show::<M>("sign in, without TLS", const { &<Of<M> as NativeFamily>::SIGN_IN }, calls::identity),
    ];
    explain::<M>(signs_in.into_iter().chain(session::<M>()), &[])
}

/// What goes over a session.
fn session<M: DriverModel<Family: Dialect + MqttFamily>>() -> Vec<Section> {
    let mut sections = vec![show::<M>("subscribe", const { &<Of<M> as MqttFamily>::SUBSCRIBE }, calls::filter)];
    if let Some(topic) = const { &<Of<M> as MqttFamily>::TOPIC } {
        sections.push(show::<M>("publish, topic", topic, calls::filter));
    }
    sections.extend([
        show::<M>("publish", const { &<Of<M> as MqttFamily>::PUBLISH }, calls::message),
        show::<M>("receive", <Of<M> as MqttFamily>::RECEIVE, calls::nothing),
        show::<M>("unsubscribe", const { &<Of<M> as MqttFamily>::UNSUBSCRIBE }, calls::filter),
        show::<M>("disconnect", <Of<M> as MqttFamily>::DISCONNECT, calls::nothing),
    ]);
    sections
}

pub(crate) fn tcp<M: DriverModel<Family: Dialect + SocketFamily>>() -> Explanation {
    let found: Hears = |note, answer| Of::<M>::resolve(&mut Found::Nothing, note, answer);
    let sections = [
        socket::<M>("sockets that are in use", Of::<M>::LIST, calls::socket),
        socket::<M>("open, in TLS", const { &<Of<M> as SocketFamily>::OPEN_TLS }, calls::open_in_tls),
        socket::<M>("open, without TLS", const { &<Of<M> as SocketFamily>::OPEN }, calls::open),
        socket::<M>("write", Of::<M>::WRITE, calls::socket),
        socket::<M>("read", Of::<M>::READ, calls::socket),
        socket::<M>("close", Of::<M>::CLOSE, calls::socket),
        heard::<M>("resolve", const { &<Of<M> as SocketFamily>::RESOLVE }, calls::name, found),
    ];
    explain::<M>(sections, Of::<M>::BLOCKS)
}

pub(crate) fn https<M: DriverModel<Family: Dialect + HttpsFamily>>() -> Explanation {
    explain::<M>(Of::<M>::POSTS.iter().map(|(name, operation)| show::<M>(name, operation, calls::post)), &[])
}

/// A path's own operations, between those of every path. `blocks`: lines with counted bytes, beside the dialect's.
fn explain<M: DriverModel<Family: Dialect>>(
    own: impl IntoIterator<Item = Section>,
    blocks: &'static [wanlink_at::Block],
) -> Explanation {
    let described: Hears = |note, answer| Of::<M>::describe(&mut Info::default(), note, answer);
    let told: Hears = |_, answer| Of::<M>::clock(&mut None, answer);
    let mut sections = vec![
        show::<M>("start", Of::<M>::START, calls::nothing),
        heard::<M>("describe", Of::<M>::DESCRIBE, calls::nothing, described),
        show::<M>("attach", Of::<M>::ATTACH, calls::network),
        show::<M>("signal", const { &signal() }, calls::nothing),
        heard::<M>("clock", Of::<M>::CLOCK, calls::nothing, told),
    ];
    sections.extend(own);
    sections.push(show::<M>("idle", Of::<M>::LISTEN, calls::nothing));
    let rungs =
        [("context", Rung::Context), ("radio", Rung::Radio), ("restart", Rung::Restart), ("reset", Rung::Reset)];
    sections
        .extend(rungs.map(|(rung, of)| show::<M>(&format!("recover, {rung}"), Of::<M>::recover(of), calls::nothing)));
    let saving = Of::<M>::SAVING.iter();
    sections.extend(saving.map(|(name, operation)| show::<M>(name, operation, calls::saving)));
    sections.push(show::<M>("stop", Of::<M>::STOP, calls::nothing));
    sections.push(questions());
    let dialect = Of::<M>::DIALECT;
    Explanation {
        command_gap_ms: M::GAP_MS,
        prompt_gap_ms: dialect.prompt_gap_ms,
        sections,
        lines: lines::of(dialect, blocks),
    }
}

fn show<M: DriverModel>(name: &str, operation: &'static Operation<Of<M>>, calls: Calls<Of<M>>) -> Section {
    shown::<M>(name, operation, calls).section()
}

fn heard<M: DriverModel>(
    name: &str,
    operation: &'static Operation<Of<M>>,
    calls: Calls<Of<M>>,
    hears: Hears,
) -> Section {
    Shown { hears, ..shown::<M>(name, operation, calls) }.section()
}

/// One that has to do with sockets.
fn socket<M: DriverModel<Family: SocketFamily>>(
    name: &str,
    operation: &'static Operation<Of<M>>,
    calls: Calls<Of<M>>,
) -> Section {
    Shown { hook: Some(Hook::OF), ..shown::<M>(name, operation, calls) }.section()
}

fn shown<M: DriverModel>(name: &str, operation: &'static Operation<Of<M>>, calls: Calls<Of<M>>) -> Shown<Of<M>> {
    let times = const {
        &Times { key_ms: M::KEY_ON_MS, reset_ms: M::RESET_MS, boot_ms: 100 * M::BOOT_DS as u32, quirks: M::QUIRKS }
    };
    Shown { name: name.to_owned(), operation, calls, hears: |_, _| Verdict::Default, times, hook: None }
}

/// What the engine asks by itself.
fn questions() -> Section {
    let (texts, bound_ds) = probes();
    let steps = texts.into_iter().zip(1..).map(|(text, number)| Step {
        number,
        command: Some(format!("AT{text}")),
        when: None,
        waits: vec![format!("information {}", text.trim_end_matches('?')), "OK".to_owned()],
        bound_ms: Some(ms(bound_ds.into())),
        result_ms: None,
        tries: 0,
        gap_ms: 0,
        begins: None,
        on_content: None,
        on_error: None,
        on_silence: Fate::of(vec!["asks the next, and ends behind the third".to_owned()], None),
        chapter: None,
        #[cfg(test)]
        row: 0,
    });
    Section {
        name: "behind an answer that is missing, before the next command".to_owned(),
        steps: steps.collect(),
        #[cfg(test)]
        table: &[],
    }
}
