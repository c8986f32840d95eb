//! What a module has been through before.

use super::bench::web::{Web, response};
use super::bench::{Bench, running};
use super::refusals::Before;
use super::simcom::{acquired, connected, entered, lpwa, ok, sm_connected, sm_ready, started};
use wanlink_emulator::{Options, Profile};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum After {
    Start,
    RadioOff,
    NoSim,
    SimBusy,
    /// The network wants another APN.
    WrongApn,
    /// Family 1: the CMQTT service is started; client 0 acquired; connected; topic and payload typed; a publish waits.
    Started,
    Acquired,
    Connected,
    Entered,
    Waiting,
    /// Family 1: the network is open; link 0 is, with reception by command, and without.
    NetOpened,
    Link,
    Pushed,
    /// Family 1: the CCH service is started; session 0 is open.
    CchStarted,
    Session,
    /// Family 1: HTTP is initialised; a request waits; its answer is there.
    HttpReady,
    HttpWaits,
    HttpAnswered,
    /// Family 2: the application network is up; socket 0 is connected; the other end has closed it.
    Online,
    CaOpen,
    CaClosed,
    /// Family 2: the MQTT client has its settings; is connected.
    SmReady,
    SmConnected,
    /// Family 2: HTTP has its settings; is connected; a request waits.
    ShReady,
    ShConnected,
    ShWaits,
    /// Family 2: between CFSINIT and CFSTERM.
    FilesOpen,
}

/// A bench with a module after that.
pub(crate) fn bench(profile: &'static Profile, after: After) -> Bench {
    let small = profile.name == "sim7000";
    match after {
        After::Start => Before::Start.bench(profile),
        After::RadioOff => Before::RadioOff.bench(profile),
        After::NoSim => Before::NoSim.bench(profile),
        After::SimBusy => Before::SimBusy.bench(profile),
        After::WrongApn => Bench::quiet_of(profile, Options { accepted_apn: Some("other".into()), ..running() }),
        After::Started => started(profile, running()),
        After::Acquired => acquired(profile, running()),
        After::Connected => connected(profile, running()),
        After::Entered => {
            let mut bench = connected(profile, running());
            entered(&mut bench);
            bench
        }
        After::Waiting => {
            let mut bench = bench(profile, After::Entered);
            bench.broker.mute = true;
            ok(&mut bench, "AT+CMQTTPUB=0,1,60");
            bench
        }
        After::NetOpened => {
            let mut bench = Bench::quiet_of(profile, running());
            bench.broker.raw = true;
            bench.until("AT+NETOPEN", "+NETOPEN");
            bench
        }
        After::Link => {
            let mut bench = bench(profile, After::NetOpened);
            ok(&mut bench, "AT+CIPRXGET=1");
            bench.send("AT+CIPOPEN=0,\"TCP\",\"h\",1");
            bench
        }
        After::Pushed => {
            let mut bench = bench(profile, After::NetOpened);
            bench.send("AT+CIPOPEN=0,\"TCP\",\"h\",1");
            bench
        }
        After::CchStarted => {
            let mut bench = Bench::quiet_of(profile, running());
            ok(&mut bench, "AT+CCHSET=1,1");
            bench.until("AT+CCHSTART", "+CCHSTART");
            bench
        }
        After::Session => {
            let mut bench = bench(profile, After::CchStarted);
            bench.broker.raw = true;
            bench.send("AT+CCHOPEN=0,\"h\",1,1");
            bench
        }
        After::HttpReady => {
            let mut bench = Bench::quiet_of(profile, running());
            ok(&mut bench, "AT+HTTPINIT");
            bench
        }
        After::HttpWaits => {
            let mut bench = bench(profile, After::HttpReady);
            bench.broker.raw = true;
            ok(&mut bench, "AT+HTTPPARA=\"URL\",\"http://h/\"");
            ok(&mut bench, "AT+HTTPACTION=0");
            bench
        }
        After::HttpAnswered => {
            let mut bench = bench(profile, After::HttpReady);
            bench.broker.web = Some(Web::answering(&[&response("200 OK", "hi")]));
            ok(&mut bench, "AT+HTTPPARA=\"URL\",\"http://h/\"");
            bench.send("AT+HTTPACTION=0");
            bench
        }
        After::Online => lpwa(profile, running()),
        After::CaOpen => {
            let mut bench = lpwa(profile, running());
            bench.broker.raw = true;
            bench.send(if small { "AT+CAOPEN=0,\"h\",1" } else { "AT+CAOPEN=0,0,\"TCP\",\"h\",1" });
            bench
        }
        After::CaClosed => {
            let mut bench = bench(profile, After::CaOpen);
            let now = bench.now_us;
            bench.broker.hang_up(now);
            assert_eq!(bench.wait(0), "\r\n+CASTATE: 0,0\r\n");
            bench
        }
        After::SmReady => sm_ready(running()),
        After::SmConnected => sm_connected(running()),
        After::ShReady => {
            let mut bench = lpwa(profile, running());
            bench.broker.raw = true;
            for value in ["\"URL\",\"http://h\"", "\"BODYLEN\",1024", "\"HEADERLEN\",350"] {
                ok(&mut bench, &format!("AT+SHCONF={value}"));
            }
            bench
        }
        After::ShConnected => {
            let mut bench = bench(profile, After::ShReady);
            ok(&mut bench, "AT+SHCONN");
            bench
        }
        After::ShWaits => {
            let mut bench = bench(profile, After::ShConnected);
            ok(&mut bench, "AT+SHREQ=\"/\",1");
            bench
        }
        After::FilesOpen => {
            let mut bench = Bench::quiet_of(profile, running());
            ok(&mut bench, "AT+CFSINIT");
            bench
        }
    }
}
