//! A folder for files of the moment, gone when we are, however we end.

use crate::watched::Watched;
use anyhow::{Context, Result};
use std::path::PathBuf;

const SCRIPT: &str = r#"
mkdir "$1"
trap 'rm -rf "$1"' EXIT
echo running
while read -r _; do :; done
"#;

pub struct Scratch {
    pub path: PathBuf,
    _shell: Watched,
}

impl Scratch {
    pub fn new(purpose: &str) -> Result<Scratch> {
        let path = std::env::temp_dir().join(format!("regulars-{purpose}-{}", std::process::id()));
        let shell = Watched::start(None, SCRIPT, &[path.to_str().context("a folder that is not UTF-8")?])?;
        Ok(Scratch { path, _shell: shell })
    }
}
