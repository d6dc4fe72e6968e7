//! The programs a check needs beside cargo: found, or installed where that is possible (Debian, as root), or named.

use crate::command;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Oldest PostgreSQL that the product supports.
const POSTGRES_VERSION_MIN: u32 = 15;

/// How to find a program.
type Find = fn() -> Option<PathBuf>;

/// What can be installed, with the names of the packages.
const INSTALLABLE: [(Find, &str); 2] = [(chromium, "chromium"), (postgres, "postgresql")];

/// Sees to it that every program is there.
pub fn provide() -> Result<()> {
    for name in ["cc", "node", "npm"] {
        if on_path(name).is_none() {
            bail!("{name} is missing: a C compiler and Node with npm have to be installed first");
        }
    }
    for name in ["fmt", "clippy"] {
        if !command::has_cargo(name) {
            bail!("cargo {name} is missing: rustup component add rustfmt clippy");
        }
    }
    let missing: Vec<&str> = INSTALLABLE.iter().filter(|(find, _)| find().is_none()).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)?;
    match INSTALLABLE.iter().find(|(find, _)| find().is_none()) {
        Some((_, package)) => bail!("{package} was installed but is nowhere to be found"),
        None => Ok(()),
    }
}

fn install(packages: &[&str]) -> Result<()> {
    if on_path("apt-get").is_none() || !is_root()? {
        bail!("missing: {}. They can be installed from here only by root with apt-get", packages.join(", "));
    }
    println!("installing {}", packages.join(", "));
    let apt = |words: &[&str]| command::run(Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

/// The browser of the browser tests.
pub fn chromium() -> Option<PathBuf> {
    match std::env::var_os("CHROMIUM") {
        Some(path) => Some(PathBuf::from(path)),
        None => ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path),
    }
}

/// The folder with the newest server programs of PostgreSQL. Debian keeps them off the path, one folder per version.
pub fn postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(version, folder): &(u32, PathBuf)| POSTGRES_VERSION_MIN <= *version && folder.join("initdb").exists())
        .max();
    match newest {
        Some((_, folder)) => Some(folder),
        None => Some(on_path("initdb")?.parent()?.to_path_buf()),
    }
}

pub fn is_root() -> Result<bool> {
    Ok(command::output(Command::new("id").arg("-u").stdin(Stdio::null()))?.trim() == "0")
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder: PathBuf| folder.join(name)).find(|file: &PathBuf| Path::is_file(file))
}
