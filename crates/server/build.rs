//! A release holds the built web app in itself, so it is built anew when that was. Cargo cannot see this by itself: it
//! knows the files that were there last time, not those that came since. While developing the files are read when asked for.

use std::path::Path;

fn main() {
    let built = Path::new("../../ui/dist");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    // A folder that is not there would count as changed each time; its parent changes when it comes.
    let watched = match (is_release, built.exists()) {
        (true, true) => "../../ui/dist",
        (true, false) => "../../ui",
        (false, _) => "build.rs",
    };
    println!("cargo::rerun-if-changed={watched}");
}
