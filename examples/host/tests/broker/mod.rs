//! Mosquitto in a process of its own, with a folder of its own.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::Value;

use crate::program::{KEY, NAME, SECRET, wanlink};

const INSTALL: &str = "Mosquitto is missing: install Debian's packages mosquitto and mosquitto-clients";

pub(crate) struct Broker {
    folder: PathBuf,
    process: Child,
    /// Address without TLS.
    pub(crate) plain: String,
    /// Address with TLS.
    pub(crate) tls: String,
}

impl Broker {
    pub(crate) fn start() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("wanlink-mosquitto-{}-{}", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        credentials(&folder);
        certificates(&folder);
        // It cannot find a free port by itself; whoever took ours meanwhile costs one more try.
        for _ in 0..5 {
            let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let (plain, tls) = (free(), free());
            configure(&folder, plain.port(), tls.port());
            let (plain, tls) = (plain.to_string(), tls.to_string());
            if let Some(process) = run(&folder, &plain) {
                return Self { folder, process, plain, tls };
            }
        }
        panic!("Mosquitto does not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
    }

    /// The file with the root of its certificate.
    pub(crate) fn ca(&self) -> String {
        self.folder.join("ca.pem").to_str().unwrap().to_owned()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// At the same ports, with the same log.
    pub(crate) fn restart(&mut self) {
        self.process = run(&self.folder, &self.plain).expect("its ports are still free");
    }

    /// All that it wrote, over all of its lives.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program of the packages: Debian keeps the broker where only the administrator looks.
fn program(name: &str) -> Command {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&paths).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    Command::new(found.expect(INSTALL))
}

fn run(folder: &Path, plain: &str) -> Option<Child> {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut broker = program("mosquitto");
    broker.arg("-c").arg(folder.join("conf")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let mut process = broker.spawn().expect(INSTALL);
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(20) {
        if process.try_wait().unwrap().is_some() {
            return None;
        }
        if TcpStream::connect(plain).is_ok() {
            return Some(process);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = process.kill();
    let _ = process.wait();
    None
}

fn configure(folder: &Path, plain: u16, tls: u16) {
    // Started by the administrator it becomes another user before it reads the key.
    let user = if rustix::process::getuid().is_root() { "user root\n" } else { "" };
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (passwords, ca, certificate, key) = (at("passwords"), at("ca.pem"), at("server.pem"), at("server.key"));
    let text = format!(
        "{user}per_listener_settings false\nallow_anonymous false\npassword_file {passwords}\npersistence false\n\
         log_dest stderr\nlog_type all\nlistener {plain} 127.0.0.1\nlistener {tls} 127.0.0.1\ncafile {ca}\n\
         certfile {certificate}\nkeyfile {key}\n"
    );
    fs::write(folder.join("conf"), text).unwrap();
}

/// The password file, from what the program prints for the device: by TLS and without it the client ids differ, and with
/// them nothing that a password file holds.
fn credentials(folder: &Path) {
    let mut command = wanlink(&["credentials", "--json", "--product-key", KEY, "--device-name", NAME]);
    let output = command.env("WANLINK_DEVICE_SECRET", SECRET).output().unwrap();
    assert!(output.status.success());
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |name: &str| printed[name].as_str().unwrap().to_owned();
    let mut passwd = program("mosquitto_passwd");
    let status = passwd.args(["-b", "-c"]).arg(folder.join("passwords")).args([text("username"), text("password")]);
    assert!(status.status().expect(INSTALL).success());
}

/// A root, and a certificate for the platform's own name and for localhost.
fn certificates(folder: &Path) {
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new([]).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let pem = root.self_signed(&root_key).unwrap().pem();
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let names = vec![format!("{KEY}.iot-as-mqtt.cn-shanghai.aliyuncs.com"), "localhost".to_owned()];
    let server = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("ca.pem"), pem).unwrap();
    fs::write(folder.join("server.pem"), server.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
}
