//! What the machine is, how busy it is, and what a process takes of it, as Linux tells.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

const SYNCS: u32 = 300;
/// Ticks in which Linux counts the time of processes; the same on every common platform.
const TICKS_PER_S: f64 = 100.0;

/// One line: processor, cores, memory, kernel, disk.
pub fn describe(folder: &Path) -> Result<String> {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|_| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism()?;
    let memory: f64 = kib(&field("/proc/meminfo", "MemTotal")?)?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let (kind, sync) = (file_system(folder)?, sync_ms(folder)?);
    Ok(format!(
        "{processor}, {cores} cores, {:.0} GiB memory, Linux {}; data on {kind}, where one fdatasync takes {sync:.2} ms",
        memory / f64::from(1 << 20),
        kernel.trim()
    ))
}

/// How many processes wanted to run in the last minute.
pub fn load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    text.split(' ').next().context("an empty load")?.parse().context("a load that is no number")
}

/// The kind of the file system that a folder is on: the longest mount point above it.
pub fn file_system(folder: &Path) -> Result<String> {
    let folder = fs::canonicalize(folder)?;
    let mounts = fs::read_to_string("/proc/mounts")?;
    let above = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (point, kind) = (words.next()?, words.next()?);
        folder.starts_with(point).then_some((point.len(), kind))
    });
    Ok(above.max().context("on no file system")?.1.to_owned())
}

/// The median time until four written kilobytes are on the disk.
fn sync_ms(folder: &Path) -> Result<f64> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        file.rewind()?;
        file.write_all(&[7; 4096])?;
        let began = Instant::now();
        file.sync_data()?;
        times.push(began.elapsed());
    }
    fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times[times.len() / 2].as_secs_f64() * 1e3)
}

/// Processor time that a process has taken so far, all threads together.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    // The name of the program stands in brackets and may hold anything.
    let (_, fields) = text.rsplit_once(") ").context("no name")?;
    let ticks = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().context("no number"));
    Ok(Duration::from_secs_f64(ticks.sum::<Result<f64>>()? / TICKS_PER_S))
}

/// Memory that a process has in use (`VmRSS`), or had at most (`VmHWM`), in MiB.
pub fn memory_mib(pid: u32, which: &str) -> Result<f64> {
    Ok(kib(&field(&format!("/proc/{pid}/status"), which)?)? / 1024.0)
}

fn kib(text: &str) -> Result<f64> {
    text.trim_end_matches(" kB").parse().with_context(|| format!("{text:?} is no size"))
}

/// The value behind `name:` in a file of Linux's.
fn field(path: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let found = fields.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned()).next();
    found.with_context(|| format!("{path} says nothing of {name}"))
}

/// Who took how much of the processors between two instants.
pub struct Meter {
    began: Instant,
    pid: u32,
    server: Duration,
    generator: Duration,
}

impl Meter {
    pub fn start(pid: u32) -> Result<Meter> {
        Ok(Meter { began: Instant::now(), pid, server: cpu_time(pid)?, generator: cpu_time(std::process::id())? })
    }

    /// Cores that the server, and that the load generator, kept busy since the start.
    pub fn cores(&self) -> Result<(f64, f64)> {
        let wall = self.began.elapsed().as_secs_f64();
        let since = |pid: u32, before: Duration| Ok::<f64, anyhow::Error>((cpu_time(pid)? - before).as_secs_f64() / wall);
        Ok((since(self.pid, self.server)?, since(std::process::id(), self.generator)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_and_time() {
        let own = std::process::id();
        let meter = Meter::start(own).unwrap();
        assert!(memory_mib(own, "VmRSS").unwrap() <= memory_mib(own, "VmHWM").unwrap() + 1.0);
        assert!(0.0 <= meter.cores().unwrap().0);
        assert!(0.0 <= load().unwrap());
    }
}
