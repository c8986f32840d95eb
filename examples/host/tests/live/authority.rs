//! An authority that is kept in files, as firmware with its root built in needs it.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::arguments::{refuses, run};
use crate::program::{Module, Platform, connect};

const ROOT: &str = include_str!("../../../scene/authority/root.pem");
const KEY: &str = include_str!("../../../scene/authority/root.key");

/// A folder, which is removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wanlink-authority-{name}-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Writes a file; its path.
    fn file(&self, name: &str, text: &str, mode: u32) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_device_with_the_root_built_in_is_served() {
    let folder = Folder::new("kept");
    let (root, key) = (folder.file("root.pem", ROOT, 0o644), folder.file("root.key", KEY, 0o600));
    for _ in 0..2 {
        let platform = Platform::start_with(&["--no-limits", "--ca-cert", &root, "--ca-key", &key]);
        assert_eq!(std::fs::read_to_string(&platform.ca).unwrap(), ROOT);
        let module = Module::at(&platform, &[]);
        let ended = connect(&module.port, &["--ca", &root, "--publish", "user/update={seq}"]).end();
        assert_eq!((ended.code, ended.done()), (Some(0), (1, 0, 0)), "{}", ended.stderr);
        assert!(!platform.told().contains(KEY.lines().nth(1).unwrap()));
    }
}

#[test]
fn files_that_are_no_authority() {
    let folder = Folder::new("none");
    let (root, key) = (folder.file("root.pem", ROOT, 0o644), folder.file("root.key", KEY, 0o600));
    let (shown, other) = (folder.file("shown.key", KEY, 0o640), folder.file("other.key", "hello", 0o600));
    let (absent, no_file) = (folder.path("absent"), folder.path(""));
    for (root, key, words) in [
        (&root, &shown, &[shown.as_str(), "640", "chmod 600"][..]),
        (&root, &other, &[other.as_str(), "no key"]),
        (&key, &key, &[key.as_str(), "no certificate"]),
        (&absent, &key, &[absent.as_str()]),
        (&root, &absent, &[absent.as_str()]),
        (&root, &no_file, &["no file of PEM"]),
    ] {
        let ended = run(&["platform", "--product", "K:S", "--ca-cert", root, "--ca-key", key]);
        refuses(&ended, 6, words);
        assert!(!ended.stderr.contains(KEY.lines().nth(1).unwrap()), "{}", ended.stderr);
    }
}
