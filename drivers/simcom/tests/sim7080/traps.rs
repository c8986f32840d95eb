//! The traps of SIM7080 and SIM7000 that the facts know (`simcom-at`, by section), each met by the driver on the emulated
//! module.

mod net;
mod session;

use core::time::Duration;

use wanlink_conformance::trap::{Trap, meet, trap};
use wanlink_core::{Error as _, ErrorKind, Module, Notice, PowerSaving, Psm, Saving, TcpSocket};
use wanlink_emulator::{Options, SimCard, SimcomOptions, Start};
use wanlink_scene::Service;
use wanlink_simcom::{Error, Sim7000, Sim7080, SimFault};

use crate::bench::{APN, Bench, Driver, Foreign, Tested, attach, module, pass_ms, running, whole_way};

/// Modules are so, and everything works: with a SIM7080 its own MQTT client, with a SIM7000 a socket.
fn works(options: &Options) {
    Bench::<Sim7080>::new(options.clone()).run(whole_way);
    sockets_work::<Sim7000>(options.clone());
}

/// Cold modules are so in this vendor's own ways, and everything works.
fn works_with(set: impl FnOnce(&mut SimcomOptions)) {
    works(&Options { start: Start::Off, ..special(set) });
}

fn cold() -> Options {
    Options::default()
}

/// Options of this vendor's modules, for a module that runs.
fn special(set: impl FnOnce(&mut SimcomOptions)) -> Options {
    let mut options = running();
    set(&mut options.simcom);
    options
}

/// From start to stop with a socket to a server that sends back what it gets.
fn sockets_work<M: Tested>(options: Options) {
    let bench = &mut Bench::<M>::new(options);
    bench.scene.borrow_mut().servers.serve(7, Service::Echo);
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        echo(modem).await;
        modem.stop().await.unwrap();
    });
}

async fn echo<M: Tested>(modem: &mut Driver<'_, M>) {
    let socket = modem.open("h.example", 7).await.unwrap();
    modem.write(socket, b"a\r\nOK\r\n").await.unwrap();
    let mut buf = [0; 7];
    assert_eq!(modem.read(socket, &mut buf).await, Ok(7));
    assert_eq!(&buf, b"a\r\nOK\r\n");
    modem.close(socket).await.unwrap();
}

const OF_THE_MODULE: &[Trap] = &[
    trap("1", "echo is on, the command comes back with its CR", || works(&running())),
    trap("1", "CME errors are texts", || works_with(|it| it.error_form = Some(2))),
    trap("1", "or plain", || works_with(|it| it.error_form = Some(0))),
    trap("1", "URCs inside answers", || works(&Options { urcs_inside_answers: true, ..cold() })),
    trap("1", "the prompt without a blank", || works_with(|it| it.prompt = Some(">"))),
    trap("1, 14", "the prompt with a line end", || works_with(|it| it.prompt = Some(">\r\n"))),
    trap("1", "the port is deaf while data entry starves", || {
        deaf_port::<Sim7080>();
        deaf_port::<Sim7000>();
    }),
    trap("2.1", "the key toggles", || works(&Options { slow_boot_us: 3_000_000, ..cold() })),
    trap("2.2", "boot lines that never come, as without a fixed rate", || works_with(|it| it.boot_lines = false)),
    trap("2.2", "SMS Ready never comes", || works_with(|it| it.sms_lines = false)),
    trap("2.2, 11.5", "SIM errors in the first seconds", || {
        busy_card::<Sim7080>();
        busy_card::<Sim7000>();
    }),
    trap("2.2, 11.7", "a supply dip: boot lines in mid-session", || {
        restarts::<Sim7080>();
        restarts::<Sim7000>();
    }),
    trap("2.3", "CREG says denied for ever on a data card", || works(&Options { creg_stuck: Some(3), ..cold() })),
    trap("2.3", "cells without quotes", || works_with(|it| it.bare_cells = Some(true))),
    trap("2.3, 11.8", "the APN of another card", || {
        old_apn::<Sim7080>();
        old_apn::<Sim7000>();
    }),
    trap("2.5", "the clock tells local time", || works(&Options { time_zone: -20, ..cold() })),
    trap("2.6", "user before password, with a number in front or without", || {
        password::<Sim7080>("AT+CNCFG=0,1,\"cmiot\",\"me\",\"***\",3");
        password::<Sim7000>("AT+CNCFG=1,\"cmiot\",\"me\",\"***\",3");
    }),
    trap("2.6, 11.4", "CNACT after PSM: the application network is down while CGATT says 1", || {
        after_sleep::<Sim7080>(true);
        after_sleep::<Sim7000>(true);
    }),
    trap("2.7", "ENTER PSM comes and EXIT PSM does not, or does", || {
        after_sleep::<Sim7080>(false);
        after_sleep::<Sim7000>(false);
    }),
    trap("2.7", "a registration line with one field more", || works_with(|it| it.long_registration_line = true)),
    trap("11", "set-up commands fail spuriously", || works_with(|it| it.setup_failures = 4)),
    trap("11", "the first lines are not understood without a fixed rate", || works_with(|it| it.lines_until_rate = 2)),
];

#[test]
fn every_trap() {
    meet(OF_THE_MODULE.iter().chain(session::TRAPS).chain(net::TRAPS));
}

/// Somebody announced bytes that never come.
fn deaf_port<M: Tested>() {
    let bench = &mut Bench::<M>::new(running());
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        modem.send(&Foreign::of("AT+CFSINIT")).await.unwrap();
        let entry = Foreign::of("AT+CFSWFILE=3,\"x\",0,1000,10000");
        assert!(crate::bench::within_ms(500, modem.send(&entry)).await.is_none());
    });
    bench.scene.borrow_mut().servers.serve(7, Service::Echo);
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        echo(modem).await;
    });
}

fn busy_card<M: Tested>() {
    for (busy_card, cme_text_always) in [(13, false), (14, true), (313, false)] {
        let sim = SimCard { busy_us: 9_000_000, ..SimCard::default() };
        let mut options = Options { sim, cme_text_always, ..cold() };
        options.simcom.busy_card = busy_card;
        sockets_work::<M>(options);
    }
    let sim = SimCard { busy_us: 90_000_000, ..SimCard::default() };
    Bench::<M>::new(Options { sim, ..cold() }).run(async |modem, _| {
        modem.start().await.unwrap();
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::Sim(SimFault::Failed)));
    });
}

fn restarts<M: Tested>() {
    let bench = &mut Bench::<M>::new(running());
    bench.scene.borrow_mut().servers.serve(7, Service::Echo);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 7).await.unwrap();
        pass_ms(20_000).await;
        module(scene).brown_out(200_000);
        let error = modem.read(socket, &mut [0; 1]).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Restarted, ErrorKind::Restart));
        attach(modem).await.unwrap();
        echo(modem).await;
    });
}

fn old_apn<M: Tested>() {
    let options = Options { accepted_apn: Some("cmiot".to_owned()), ..running() };
    Bench::<M>::new(options).run(async |modem, scene| {
        modem.start().await.unwrap();
        modem.send(&Foreign::of("AT+CGDCONT=1,\"IP\",\"old\"")).await.unwrap();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert_eq!(scene.borrow().module.apn(1), "cmiot");
    });
}

fn password<M: Tested>(line: &str) {
    let accepted_login = Some(("me".to_owned(), "s3cret".to_owned()));
    let mut bench = Bench::<M>::new(Options { accepted_login, ..running() });
    bench.run(async |modem, _| {
        modem.start().await.unwrap();
        modem.attach(&APN.auth("me", "s3cret"), &mut |_| ()).await.unwrap();
    });
    assert!(bench.sent().iter().any(|sent| sent == line), "{:#?}", bench.sent());
}

/// What comes of it as a whole, `asleep` tests.
fn after_sleep<M: Tested>(bearer_down_after_psm: bool) {
    let exit_psm_line = bearer_down_after_psm;
    let options = special(|it| (it.bearer_down_after_psm, it.exit_psm_line) = (bearer_down_after_psm, exit_psm_line));
    let mut bench = Bench::<M>::new(options);
    bench.scene.borrow_mut().servers.serve(7, Service::Echo);
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        let psm = Psm { update: Duration::from_secs(3_600), active: Duration::from_secs(10) };
        modem.save_power(&Saving { psm: Some(psm), edrx: None }).await.unwrap();
        while modem.idle().await.unwrap() != Notice::Asleep {}
        pass_ms(60_000).await;
        modem.start().await.unwrap();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        echo(modem).await;
    });
    activated_twice(&bench.sent());
}

/// The application network was, and the module was not attached again: its radio was off once, for the APN.
fn activated_twice(sent: &[String]) {
    let count = |command: &str| sent.iter().filter(|line| line.starts_with(command)).count();
    let (off, activations) = (count("AT+CFUN=4"), count("AT+CNACT=0,1") + count("AT+CNACT=1,"));
    assert_eq!((off, activations), (1, 2), "{sent:#?}");
}
