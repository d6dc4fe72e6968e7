//! A program that ends when we do, however we end.
//!
//! A shell stands between: it starts the program, says so, and then reads from a pipe whose other end only this process
//! holds. The pipe closes on a normal drop, on a panic, on ctrl-c and on kill -9 alike, and the shell cleans up. So there
//! is one way to stop and no signal handling of ours.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The line by which a script says that its program runs; what stands before it on standard output is shown.
pub const RUNNING: &str = "running";
/// The line by which a script says that it did what [`Watched::order`] asked for.
pub const DONE: &str = "done";

/// Put before every script: ctrl-c reaches the whole foreground group, but cleaning up must not be interrupted by it.
const PATIENCE: &str = "set -eu\ntrap '' INT TERM HUP\n";

pub struct Watched {
    shell: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watched {
    /// Runs a script that starts a program, prints [`RUNNING`], reads orders until there is no more to read, and cleans up.
    /// `user` is whom to become for it; `arguments` are the script's `$1`, `$2`…
    pub fn start(user: Option<&str>, script: &str, arguments: &[&str]) -> Result<Watched> {
        let mut command = Command::new(if user.is_some() { "setpriv" } else { "sh" });
        if let Some(user) = user {
            // Not su or runuser: they stay as a parent with ideas of their own about signals.
            command.args(["--reuid", user, "--regid", user, "--init-groups", "sh"]);
        }
        let script = format!("{PATIENCE}{script}");
        command.args(["-c", &script, "sh"]).args(arguments).current_dir(std::env::temp_dir());
        let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start a shell")?;
        let lines = BufReader::new(shell.stdout.take().expect("standard output was piped above")).lines();
        let mut watched = Watched { shell, lines };
        watched.wait_for(RUNNING)?;
        Ok(watched)
    }

    /// Hands the script one line and waits until it was carried out.
    pub fn order(&mut self, order: &str) -> Result<()> {
        writeln!(self.shell.stdin.as_mut().expect("standard input is piped until the end"), "{order}").context("the shell is gone")?;
        self.wait_for(DONE)
    }

    fn wait_for(&mut self, expected: &str) -> Result<()> {
        for line in self.lines.by_ref() {
            match line.context("cannot read from the shell")? {
                line if line == expected => return Ok(()),
                other => println!("{other}"),
            }
        }
        bail!("it ended before it was {expected}; its reasons stand above")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        if let Err(error) = self.shell.wait() {
            eprintln!("a program that was started may still run: {error}");
        }
    }
}
