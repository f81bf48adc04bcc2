//! What the compiler takes: whole processes, as an editor or CI starts them.
//!
//! `cargo bench --bench compiler` runs the release build on the shipped flow, and on generated flows of growing size: what
//! it costs to check a scene must not depend on how many there are.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark stops at what it did not expect"
)]

mod scenes;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const IVRC: &str = env!("CARGO_BIN_EXE_ivrc");
const FLOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/xmatters.ivr");
/// Of so many runs of the shipped flow the median counts.
const RUNS: usize = 31;
/// Scenes of the generated flows.
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// Of so many runs of a generated flow the fastest counts: what disturbs a run makes it slower, never faster.
const GENERATED_RUNS: usize = 5;

fn main() {
    println!("{:<40}{:>12}{:>12}", "flows/xmatters.ivr, whole process", "median ms", "wanted");
    let check = shipped("check", &["check", FLOW], "15");
    shipped("test, all of its tests", &["test", FLOW], "1000");
    shipped("test --coverage", &["test", FLOW, "--coverage"], "");
    let fmt = shipped("fmt --check", &["fmt", "--check", FLOW], "");
    let ratio = fmt.as_secs_f64() / check.as_secs_f64();
    println!("{:<40}{ratio:>12.2}{:>12}\n", "fmt --check / check", "1");
    let directory = std::env::temp_dir().join(format!("ivrc-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let flows: Vec<(usize, PathBuf)> =
        std::iter::once(&1).chain(&SIZES).map(|n| (*n, written(&directory, *n))).collect();
    for args in [&["check"][..], &["fmt", "--check"], &["graph"], &["script"], &["settings"]] {
        growth(args, &flows);
    }
    let _ = std::fs::remove_dir_all(&directory);
}

fn shipped(what: &str, args: &[&str], wanted: &str) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| timed(args)).collect();
    times.sort();
    let median = times[RUNS / 2];
    println!("{what:<40}{:>12.1}{wanted:>12}", millis(median));
    median
}

/// What a scene costs in flows of different sizes, and by how much more than in the flow of a tenth of the size. What
/// the process itself takes is measured with the first flow, of a single scene, and taken off.
fn growth(args: &[&str], flows: &[(usize, PathBuf)]) {
    println!("{:<40}{:>12}{:>12}{:>8}", format!("ivrc {}, whole process", args.join(" ")), "ms", "µs a scene", "ratio");
    let (mut start, mut before) = (None, None);
    for (scenes, path) in flows {
        let args: Vec<&str> = args.iter().copied().chain(path.to_str()).collect();
        let time = (0..GENERATED_RUNS).map(|_| timed(&args)).min().unwrap_or_default();
        let Some(start) = start else {
            println!("{:<40}{:>12.1}", "1 scene", millis(time));
            start = Some(time);
            continue;
        };
        let each = time.saturating_sub(start).as_secs_f64() * 1e6 / *scenes as f64;
        let ratio = before.map_or(String::new(), |before| format!("{:.2}", each / before));
        println!("{:<40}{:>12.1}{each:>12.1}{ratio:>8}", format!("{scenes} scenes"), millis(time));
        before = Some(each);
    }
    println!();
}

fn written(directory: &Path, scenes: usize) -> PathBuf {
    let path = directory.join(format!("of{scenes}.ivr"));
    std::fs::write(&path, scenes::flow(scenes)).expect("a file");
    // As it is when it is checked by CI.
    let status = Command::new(IVRC).arg("fmt").arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("a process").success(), "{} is formatted", path.display());
    path
}

fn timed(args: &[&str]) -> Duration {
    let began = Instant::now();
    let mut command = Command::new(IVRC);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().expect("a process").success(), "`ivrc {}` is content", args.join(" "));
    began.elapsed()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
