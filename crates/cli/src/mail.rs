//! `regulars mail …`: takes in what came back to the bounce address.

use crate::opening::{Opening, write};
use crate::print;
use anyhow::Context;
use clap::Subcommand;
use server::mail::{bounces, mails};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Take in mails that came to the bounce address: delivery reports and complaints. The same one twice is taken once.
    Bounces {
        /// An mbox file, a maildir, one mail, or - for a mail from a pipe.
        source: PathBuf,
    },
}

/// A larger file is no mail that came back.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

pub async fn run(command: Mail, opening: &Opening) -> anyhow::Result<()> {
    let Mail::Bounces { source } = command;
    let files = read(&source)?;
    let app = opening.app().await?;
    let mut taken = bounces::Taken::default();
    for mail in files.iter().flat_map(|file| mails(file)) {
        // One unit for each: one that cannot be taken costs the others nothing, and the command can be run again.
        taken = taken.plus(write(&app, move |work| bounces::take_mail(work, &mail)).await?);
    }
    if opening.json {
        return print::json(&taken);
    }
    let counts = [taken.hard, taken.soft, taken.complaints, taken.known, taken.ignored].map(|count| count.to_string());
    print::table(["hard", "soft", "complaints", "known", "ignored"], &[counts])
}

/// The files of a maildir, one file, or standard input.
fn read(source: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    if source == Path::new("-") {
        let mut mail = Vec::new();
        std::io::stdin().take(FILE_BYTES_MAX).read_to_end(&mut mail).context("cannot read standard input")?;
        return Ok(vec![mail]);
    }
    let named = |path: &Path| format!("cannot read {}", path.display());
    if !source.is_dir() {
        let file = std::fs::File::open(source).with_context(|| named(source))?;
        let mut mails = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut mails).with_context(|| named(source))?;
        return Ok(vec![mails]);
    }
    let mut mails = Vec::new();
    for folder in ["new", "cur"].map(|part| source.join(part)) {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&folder).with_context(|| named(&folder))? {
            paths.push(entry.with_context(|| named(&folder))?.path());
        }
        paths.sort();
        for path in paths {
            mails.push(std::fs::read(&path).with_context(|| named(&path))?);
        }
    }
    Ok(mails)
}
