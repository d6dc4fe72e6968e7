//! Where the repository is on this machine.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The folder of the workspace's manifest, found upwards from the current folder. Not taken from the build: a binary may
/// outlive the checkout it was built in.
pub fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    here.ancestors()
        .find(|folder| is_workspace(folder))
        .map(Path::to_path_buf)
        .with_context(|| format!("no workspace at or above {}", here.display()))
}

fn is_workspace(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| text.contains("[workspace]"))
}

/// The program as the development profile builds it.
pub fn development_binary() -> Result<PathBuf> {
    Ok(target()?.join("debug").join("regulars"))
}

/// Where cargo puts what it builds.
pub fn target() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(root()?.join("target")),
    }
}
