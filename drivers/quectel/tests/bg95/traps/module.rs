//! The wire, power, card, network, context.

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt, Qos, Rung};
use wanlink_emulator::{BusyInput, Options, SimCard};
use wanlink_quectel::SimFault;

use super::whole_way;
use super::{cold, works};
use crate::bench::{APN, Bench, Error, LOGIN, UP, attach, broker, connect, module, pass_ms, running, within_ms};

pub(super) fn text_errors() {
    let sim = SimCard { inserted: false, ..SimCard::default() };
    Bench::new(Options { cme_text_always: true, sim, ..cold() }).run(async |modem, _| {
        assert_eq!(attach(modem).await, Err(Error::Sim(SimFault::Absent)));
    });
    let sim = SimCard { busy_us: 5_000_000, ..SimCard::default() };
    works(Options { cme_text_always: true, sim, ..cold() });
}

pub(super) fn settings_are_lost() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.recover(Rung::Restart).await.unwrap();
        connect(modem).await.unwrap();
        let scene = scene.borrow();
        assert_eq!((scene.module.echo(), scene.module.error_form()), (false, 1));
        assert_eq!(scene.module.mqtt(0).unwrap().keep_alive_s, 300);
    });
}

pub(super) fn busy() {
    for busy_input in [BusyInput::Ignored, BusyInput::Rejected] {
        Bench::new(Options { busy_input, activation_us: 20_000_000, ..running() }).run(async |modem, _| {
            modem.start().await.unwrap();
            // Dropped in the middle of QIACT: the next call waits for its end.
            assert_eq!(within_ms(9_000, modem.attach(&APN, &mut |_| ())).await, None);
            assert!(modem.signal().await.unwrap().rssi_dbm.is_some());
            modem.attach(&APN, &mut |_| ()).await.unwrap();
        });
    }
}

pub(super) fn the_key_toggles() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    assert_eq!(bench.presses(), 0);
}

pub(super) fn app_rdy_is_late() {
    Bench::new(cold()).run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!(modem.idle().await, Ok(wanlink_core::Notice::Registration), "APP RDY is none of its notices");
        assert_eq!(scene.borrow().module.boots(), 1);
    });
}

pub(super) fn restarts_by_itself() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        pass_ms(20_000).await;
        module(scene).reset();
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Restarted, ErrorKind::Restart));
        whole_way(modem, scene).await;
    });
}

pub(super) fn brown_out() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).brown_out(3_000_000);
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Restart | ErrorKind::Reconnect), "{error}");
        pass_ms(20_000).await;
        whole_way(modem, scene).await;
    });
}

pub(super) fn powered_down_on_restart() {
    for powered_down_on_restart in [false, true] {
        Bench::new(Options { powered_down_on_restart, ..running() }).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.recover(Rung::Restart).await.unwrap();
            whole_way(modem, scene).await;
        });
    }
}

pub(super) fn cereg_twice() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        // Between the answer `+CEREG: 2,1,..` and its OK, too.
        module(scene).urc_between(1, "+CEREG: 5,\"5A1C\",\"0B2D3F01\",8");
        whole_way(modem, scene).await;
    });
}

pub(super) fn active_context(options: Options) {
    Bench::new(options).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).drop_line("+QIACT: 1");
        attach(modem).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

pub(super) fn not_registered() {
    Bench::new(cold()).run(async |modem, scene| {
        modem.start().await.unwrap();
        let error = modem.recover(Rung::Context).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reattach, "and attach waits for the registration");
        whole_way(modem, scene).await;
    });
}

pub(super) fn pdpdeact(stat_after_context_loss: bool) {
    Bench::new(Options { stat_after_context_loss, ..running() }).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).lose_context(1);
        assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Reattach);
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

pub(super) fn qiact_lies() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).context_lies(1);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert!(error.kind().can_heal(), "{error}");
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert!(modem.connect(&broker(), &LOGIN).await.is_err(), "attach believes it");
        modem.recover(Rung::Context).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}
