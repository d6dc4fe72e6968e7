//! Running other programs, with errors that name the command line.

use anyhow::{Context, Result, anyhow, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// A command line from its words, run in a folder.
pub fn command(folder: &Path, words: &[&str]) -> Command {
    let (program, arguments) = words.split_first().expect("every caller names a program");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// Runs it in the open; an unsuccessful end is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    Ok(())
}

/// Runs it and gives what it prints and complains, and whether it ended well.
pub fn run_quietly(command: &mut Command) -> Result<(Vec<u8>, Result<()>)> {
    let output = command.output().with_context(|| format!("cannot start {}", line(command)))?;
    let result = if output.status.success() { Ok(()) } else { Err(anyhow!("{} ended with {}", line(command), output.status)) };
    Ok(([output.stdout, output.stderr].concat(), result))
}

/// Runs it and takes what it prints; its complaints stay visible.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed something that is not UTF-8", line(command)))
}

/// Whether `cargo <name>` exists here.
pub fn has_cargo(name: &str) -> bool {
    Command::new("cargo").args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|it| it.success())
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
