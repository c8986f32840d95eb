use std::os::unix::fs::symlink;

use embassy_futures::block_on;
use wanlink_transports::Identity;
use wanlink_transports::store::HttpsToken;

use super::*;
use crate::exit::Exit;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A folder of one test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("wanlink-store-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("device.store")
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn identity() -> Identity {
    Identity::new("a1B2c3D4e5F", "meter-0042", SECRET).unwrap()
}

fn load(path: &Path) -> Result<Option<Identity>, Error> {
    block_on(FileStore::new(path).load())
}

fn save(path: &Path) -> Result<(), Error> {
    block_on(FileStore::new(path).save(&identity()))
}

fn saved(folder: &Folder) -> PathBuf {
    save(&folder.file()).unwrap();
    folder.file()
}

#[test]
fn what_is_saved_is_there_for_the_next_program() {
    let folder = Folder::new("kept");
    let path = folder.file();
    assert!(load(&path).unwrap().is_none());
    save(&path).unwrap();
    block_on(FileStore::new(&path).save(&HttpsToken::new("t0ken", 7).unwrap())).unwrap();
    let loaded = load(&path).unwrap().unwrap();
    assert_eq!(loaded.sign(&["x"]).as_str(), identity().sign(&["x"]).as_str());
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(folder.names(), ["device.store"]);

    block_on(FileStore::new(&path).erase(Name::Identity)).unwrap();
    assert!(load(&path).unwrap().is_none());
    let token: HttpsToken = block_on(FileStore::new(&path).load()).unwrap().unwrap();
    assert_eq!((token.reveal(), token.given_s()), ("t0ken", 7));
    assert!(!fs::read(&path).unwrap().windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()));

    block_on(FileStore::new(&path).clear()).unwrap();
    block_on(FileStore::new(&path).clear()).unwrap();
    assert!(folder.names().is_empty());
}

/// The old file stays whole until the new one takes its name: they are two files, and what a crash leaves beside it
/// does not matter.
#[test]
fn the_file_is_replaced_at_once() {
    let folder = Folder::new("replaced");
    let path = saved(&folder);
    let mut old = File::open(&path).unwrap();
    let before = fs::read(&path).unwrap();
    fs::write(folder.0.join("device.store.1-0.new"), b"cut").unwrap();
    block_on(FileStore::new(&path).save(&Identity::new("a1B2c3D4e5F", "meter-0042", "other").unwrap())).unwrap();
    let mut kept = Vec::new();
    old.read_to_end(&mut kept).unwrap();
    assert_eq!(kept, before, "the old file was written to");
    assert_ne!(fs::read(&path).unwrap(), before);
    assert_eq!(folder.names(), ["device.store", "device.store.1-0.new"]);
}

#[test]
fn the_same_record_is_not_written_again() {
    let folder = Folder::new("same");
    let path = saved(&folder);
    let inode = fs::metadata(&path).unwrap().ino();
    save(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
}

#[test]
fn files_that_are_not_ours_stay() {
    let folder = Folder::new("foreign");
    let ours = fs::read(saved(&folder)).unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = ours.clone();
        bytes[at] = byte;
        bytes
    };
    let cases = [
        (b"PIN=1234\n".to_vec(), StoreError::Foreign),
        (vec![0; LONGEST as usize + 1], StoreError::Foreign),
        (ours[..10].to_vec(), StoreError::Foreign),
        (with(14, b'2'), StoreError::Version(b'2')),
        (ours[..ours.len() - 1].to_vec(), StoreError::Damaged),
        (ours[..18].to_vec(), StoreError::Damaged),
        (with(ours.len() - 10, b'x'), StoreError::Damaged),
    ];
    for (bytes, error) in cases {
        fs::write(folder.file(), &bytes).unwrap();
        assert_eq!(load(&folder.file()).unwrap_err(), error);
        assert_eq!(save(&folder.file()), Err(error.clone()));
        assert_eq!(fs::read(folder.file()).unwrap(), bytes, "the file was changed");
        let cure = cure(&error);
        assert!(cure.exit == Exit::File && !cure.meaning.is_empty() && !cure.cure.is_empty());
        // On request it goes.
        block_on(FileStore::new(folder.file()).clear()).unwrap();
        save(&folder.file()).unwrap();
    }
}

#[test]
fn an_empty_file_is_a_place_for_a_store() {
    let folder = Folder::new("empty");
    OpenOptions::new().write(true).create_new(true).mode(MODE).open(folder.file()).unwrap();
    assert!(load(&folder.file()).unwrap().is_none());
    save(&folder.file()).unwrap();
    assert!(load(&folder.file()).unwrap().is_some());
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let folder = Folder::new("exposed");
    let path = saved(&folder);
    for mode in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = FileError::Exposed { path: path.clone(), mode };
        assert_eq!(load(&path).unwrap_err(), StoreError::Medium(error.clone()));
        assert_eq!(save(&path), Err(StoreError::Medium(error.clone())));
        assert_eq!(error.to_string(), format!("{} has the rights {mode:03o}", path.display()));
        assert!(cure(&StoreError::Medium(error)).cure.contains("chmod 600"));
    }
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(load(&path).unwrap().is_some());
}

#[test]
fn links_stay_links() {
    let folder = Folder::new("link");
    let path = saved(&folder);
    let link = folder.0.join("link");
    symlink(&path, &link).unwrap();
    block_on(FileStore::new(&link).save(&HttpsToken::new("t", 1).unwrap())).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(block_on(FileStore::new(&path).load::<HttpsToken>()).unwrap().is_some());
}

#[test]
fn paths_that_cannot_be() {
    let folder = Folder::new("paths");
    let nowhere = folder.0.join("absent").join("device.store");
    assert!(load(&nowhere).unwrap().is_none());
    let error = save(&nowhere).unwrap_err();
    assert!(error.to_string().contains("cannot write") && cure(&error).exit == Exit::File, "{error}");
    assert_eq!(load(&folder.0).unwrap_err(), StoreError::Foreign, "a folder");
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn debug_and_errors_show_no_secret() {
    let folder = Folder::new("debug");
    let path = saved(&folder);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[end - 1] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = load(&path).unwrap_err();
    assert!(!format!("{:?} {error:?} {error}", FileStore::new(path)).contains(SECRET));
}
