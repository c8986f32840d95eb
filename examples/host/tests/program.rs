//! The program as a script sees it: its output and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn wanlink(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wanlink"));
    command.args(args).env_remove("WANLINK_DEVICE_SECRET");
    command
}

/// A folder of one test, removed with it, where the program keeps its temporary files.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Runs the program with temporary files here.
    fn run(&self, args: &[&str]) -> Output {
        command(args).env("TMPDIR", &self.0).output().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[test]
fn the_demo_is_the_default_and_ends_well() {
    let folder = Folder::new("default");
    let output = folder.run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for stage in
        ["power", "SIM", "network", "register", "connect", "subscribe", "publish", "command", "lost", "back-off"]
    {
        assert!(stdout(&output).contains(stage), "no {stage} in\n{}", stdout(&output));
    }
    assert!(stdout(&output).contains("lost 0, duplicated 0"));
    assert!(!stdout(&output).contains('\u{1b}'), "no colours in a log");
}

/// The first run registers and no later one does, until what it kept is forgotten.
#[test]
fn the_demo_registers_once_over_all_its_runs() {
    let folder = Folder::new("once");
    let store = folder.file("device.store");
    let registers = |more: &[&str]| {
        let output = folder.run(&[&["demo", "--json"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let names = names(&output);
        assert_eq!(names.last().map(String::as_str), Some("done"));
        names.iter().filter(|name| *name == "registered").count()
    };
    assert_eq!([(); 3].map(|()| registers(&[])), [1, 0, 0]);
    assert_eq!(registers(&["--path", "tcp"]), 0, "whatever the path");
    assert_eq!(registers(&["--path", "https"]), 0);
    assert_eq!([registers(&["--forget"]), registers(&[])], [1, 0]);
    assert_eq!([(); 2].map(|()| registers(&["--path", "https", "--store", &store])), [1, 0]);
    let shown = folder.run(&["demo"]);
    assert!(stdout(&shown).contains("not again") && stdout(&shown).contains("--forget"), "{}", stdout(&shown));
}

#[test]
fn the_demo_leaves_files_of_others_as_they_are() {
    let folder = Folder::new("foreign");
    let (foreign, absent) = (folder.file("foreign"), folder.file("absent/device.store"));
    std::fs::write(&foreign, "hello\n").unwrap();
    for (args, word) in [
        (&["--store", &foreign][..], "another program"),
        (&["--store", &foreign, "--forget"], "another program"),
        (&["--store", &absent], "cannot write"),
    ] {
        let output = folder.run(&[&["demo", "--json"], args].concat());
        assert_eq!(output.status.code(), Some(6), "{args:?}");
        assert!(stderr(&output).contains(word) && stderr(&output).lines().count() == 1, "{}", stderr(&output));
        assert_eq!(names(&output).last().map(String::as_str), Some("done"));
        assert!(!names(&output).contains(&"registered".to_owned()));
    }
    assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "hello\n");
}

fn events(output: &Output) -> Vec<serde_json::Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn names(output: &Output) -> Vec<String> {
    events(output).iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_demo_speaks_json_on_every_path() {
    let folder = Folder::new("json");
    for path in ["mqtt", "tcp", "https"] {
        let output = folder.run(&["demo", "--json", "--path", path, "--store", &folder.file(path)]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let names = names(&output);
        for name in ["module", "attached", "registered", "connected", "published", "disconnected"] {
            assert!(names.contains(&name.to_owned()), "no {name} in {names:?}");
        }
        // Nothing comes down the path https.
        for name in ["subscribed", "received"] {
            assert_eq!(names.contains(&name.to_owned()), path != "https", "{name} in {names:?}");
        }
        let events = events(&output);
        let done = events.last().unwrap();
        assert_eq!((&done["event"], &done["lost"]), (&"done".into(), &0.into()));
        let connected = events.iter().find(|event| event["event"] == "connected").unwrap();
        assert_eq!(connected["path"], path);
        for secret in ["6f1d0c8b2a4e4c7d9b3f5a7e1c2d4b6a", "aK7pQ2xV9mT4sW8z"] {
            assert!(!stdout(&output).contains(secret), "no secret in events");
        }
    }
}

#[test]
fn equal_seeds_tell_equal_stories() {
    let folder = Folder::new("seeds");
    let trace = |seed: &str, name: &str| {
        let path = folder.file(name);
        let store = folder.file(&format!("{name}.store"));
        assert!(folder.run(&["demo", "--seed", seed, "--trace", &path, "--store", &store]).status.success());
        let text = std::fs::read_to_string(&path).unwrap();
        // Readings are real and certificates new, so they differ; commands and times do not.
        let differs = ["uptime", "QMTPUB", "QFUPL", "wl-", "CERTIFICATE"];
        text.lines()
            .filter(|line| !differs.iter().any(|word| line.contains(word)))
            .map(String::from)
            .collect::<Vec<_>>()
    };
    let first = trace("9", "first.at");
    assert_eq!(first, trace("9", "second.at"));
    assert!(first.iter().any(|line| line.contains("QMTCONN") && line.contains("***")), "the password is redacted");
    assert!(first.iter().any(|line| line.contains("deviceSecret\":\"***\"")), "and so is what registration gave");
}

const IDENTITY: [&str; 6] = [
    "--product-key",
    "a1ABCDEFGHI",
    "--device-name",
    "Temperature01",
    "--device-secret",
    "0123456789abcdef0123456789abcdef",
];

/// Golden vector G3 of the platform's facts.
#[test]
fn credentials_are_those_of_the_console() {
    let mut args = vec!["credentials", "--json", "--tls", "off", "--timestamp", "1719973767245"];
    args.extend(IDENTITY);
    let output = wanlink(&args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let printed: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    let expected = serde_json::json!({
        "client_id": "a1ABCDEFGHI.Temperature01|securemode=3,signmethod=hmacsha256,timestamp=1719973767245|",
        "username": "Temperature01&a1ABCDEFGHI",
        "password": "befb8c5743a7d6b7d1d655784f3571fd7b17c67484aaef770cbb01ed4bcb14da",
        "host": "a1ABCDEFGHI.iot-as-mqtt.cn-shanghai.aliyuncs.com",
        "port": 1883,
    });
    assert_eq!(printed, expected);
}

/// Golden vector G1 of the platform's facts, with the secret from the environment.
#[test]
fn credentials_take_the_secret_from_the_environment_and_older_methods() {
    let args =
        "credentials --json --product-key pk --device-name device --client-id 12345 --timestamp 789 --sign hmacsha1";
    let output = Command::new(env!("CARGO_BIN_EXE_wanlink"))
        .args(args.split(' '))
        .env("WANLINK_DEVICE_SECRET", "secret")
        .output()
        .unwrap();
    let printed: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(printed["password"].as_str().unwrap().to_uppercase(), "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
    assert_eq!(printed["client_id"], "12345|securemode=2,signmethod=hmacsha1,timestamp=789|");
    assert_eq!((&printed["port"], &printed["host"]), (&8883.into(), &"pk.iot-as-mqtt.cn-shanghai.aliyuncs.com".into()));
}

#[test]
fn wrong_arguments_end_with_2_and_say_why() {
    let wrong: [(&[&str], &str); 8] = [
        (&["demo", "--module", "bg94"], "bg95"),
        (&["demo", "--speed", "fast"], "fast"),
        (&["nothing"], "nothing"),
        (&["credentials"], "--product-key"),
        (&["credentials", "--product-key", "pk", "--device-name", "d"], "WANLINK_DEVICE_SECRET"),
        (&["credentials", "--product-key", "pk", "--device-name", "a|b", "--device-secret", "s"], "device name"),
        (&["credentials", "--product-key", "pk", "--device-name", "@imei", "--device-secret", "s"], "@imei"),
        (
            &["credentials", "--product-key", "pk", "--device-name", "d", "--device-secret", "s", "--region", "mars"],
            "cn-shanghai",
        ),
    ];
    for (args, word) in wrong {
        let output = wanlink(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(word), "{args:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn a_trace_that_cannot_be_written_ends_with_6() {
    let output = Folder::new("trace").run(&["demo", "--trace", "/nowhere/at/all.at"]);
    assert_eq!(output.status.code(), Some(6));
    assert!(stderr(&output).contains("/nowhere/at/all.at"));
}

#[test]
fn help_does_not_show_a_secret() {
    let output = Command::new(env!("CARGO_BIN_EXE_wanlink"))
        .args(["credentials", "--help"])
        .env("WANLINK_DEVICE_SECRET", "hunter2hunter2")
        .output()
        .unwrap();
    assert!(output.status.success() && !stdout(&output).contains("hunter2"));
}

#[test]
fn the_readme_lists_every_command() {
    let readme = include_str!("../README.md");
    let help = wanlink(&["--help"]);
    let commands =
        stdout(&help).lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<_> =
        commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("`wanlink {name}`")), "{name}");
    }
}
