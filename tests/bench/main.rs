//! How much of a bare web server's speed is left when it answers telephone calls.
//!
//! `cargo bench` starts the release server on `flows/xmatters.ivr`, once with its calls in memory and once in a durable
//! SQLite file, sends it signed webhooks over loopback, and sends as many to a bare actix-web handler that checks the
//! same signature and returns a body of the same size on as many workers. What counts are the ratios of one run.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark stops at what it did not expect"
)]

mod bare;
mod load;
mod process;

use std::time::Duration;

use load::{Measured, Shot};
use process::Process;

/// Calls that are parked at the menu before anything is timed: what their memory is taken of, and what warms up both
/// sides.
const PARKED: usize = 10_000;
/// Webhooks per measurement.
const WEBHOOKS: usize = 10_000;
/// Webhooks under way at a time.
const CONNECTIONS: usize = 256;
/// The best of so many runs counts, on both sides: what disturbs a run makes it slower, never faster.
const RUNS: usize = 12;
/// The same for both sides, so that it is the servers that are compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Signs the webhooks.
pub(crate) const TOKEN: &str = "bench-token";

fn main() {
    if let Some(size) = std::env::args().skip_while(|arg| arg != "--bare").nth(1) {
        bare::serve(size.parse().expect("a size in bytes"));
        return;
    }
    println!("{WEBHOOKS} webhooks, {CONNECTIONS} at a time, after {PARKED} parked calls; best of {RUNS} runs\n");
    println!("{:<34}{:>10}{:>10}{:>10}{:>8}{:>8}", "", "req/s", "p50 ms", "p99 ms", "ratio", "noise");
    for (durable, place, wanted) in [(false, "in memory", 0.5), (true, "durable SQLite", 0.25)] {
        let runs: Vec<Run> = (0..RUNS).map(|_| Run::of(durable)).collect();
        for (what, which) in [("menu", 0), ("menu choice", 1)] {
            let [ours, bare] = [0, 1].map(|side| Series::of(runs.iter().map(|run| &run.pairs[which][side])));
            line(&format!("{what}, {place}"), &ours, Some(ours.best.rate / bare.best.rate));
            line("  bare handler, same size", &bare, None);
        }
        let memory = runs.iter().map(|run| run.memory).max().unwrap_or_default() / PARKED;
        println!("memory per parked call, {place}: {memory} bytes; wanted ratio {wanted}\n");
    }
}

/// One run on a fresh server: for the menu and for the choice what we do, and at once what the bare handler does.
struct Run {
    pairs: [[Measured; 2]; 2],
    /// Bytes that the [`PARKED`] calls take.
    memory: usize,
}

impl Run {
    fn of(durable: bool) -> Self {
        let server = Process::ivrc(durable);
        let before = server.resident();
        load::run(server.port, begin(server.port, 0..PARKED));
        let memory = server.resident().saturating_sub(before);
        let measured = PARKED..PARKED + WEBHOOKS;
        let (menu, documents) = load::run(server.port, begin(server.port, measured.clone()));
        let bare = |like: &Measured| {
            let bare = Process::bare(like.body);
            load::run(bare.port, begin(bare.port, 0..PARKED));
            load::run(bare.port, begin(bare.port, measured.clone())).0
        };
        let bare_menu = bare(&menu);
        let (choice, _) = load::run(server.port, choose(server.port, &documents));
        let bare_choice = bare(&choice);
        Self { pairs: [[menu, bare_menu], [choice, bare_choice]], memory }
    }
}

/// What several runs of the same showed.
struct Series<'a> {
    best: &'a Measured,
    /// By how much the slowest run was slower than the fastest: what the machine did besides.
    noise: f64,
}

impl<'a> Series<'a> {
    fn of(runs: impl Iterator<Item = &'a Measured>) -> Self {
        let mut runs: Vec<&Measured> = runs.collect();
        runs.sort_by(|a, b| b.rate.total_cmp(&a.rate));
        let (best, worst) = (runs[0], runs[runs.len() - 1]);
        Self { best, noise: 1.0 - worst.rate / best.rate }
    }
}

fn line(what: &str, series: &Series, ratio: Option<f64>) {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
    let (best, noise) = (series.best, series.noise * 100.0);
    println!("{what:<34}{:>10.0}{:>10.2}{:>10.2}{ratio:>8}{noise:>7.0}%", best.rate, ms(best.p50), ms(best.p99));
}

/// Webhooks that begin calls.
fn begin(port: u16, calls: std::ops::Range<usize>) -> Vec<Shot> {
    calls.map(|n| Shot::signed(port, "/xmatters", &parameters(n, None))).collect()
}

/// Webhooks that press 1 in the menus of these documents.
fn choose(port: u16, documents: &[String]) -> Vec<Shot> {
    let action = |document: &String| {
        let action = document.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a menu");
        let path = action.split_once("//").and_then(|(_, rest)| rest.split_once('/')).expect("an absolute URL").1;
        format!("/{}", path.split('#').next().unwrap_or(path))
    };
    let calls = documents.iter().zip(PARKED..);
    calls.map(|(document, n)| Shot::signed(port, &action(document), &parameters(n, Some("1")))).collect()
}

/// What Twilio sends with every webhook.
fn parameters(n: usize, digits: Option<&str>) -> Vec<(&'static str, String)> {
    let mut list = vec![
        ("AccountSid", "AC00000000000000000000000000000001".to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("CallSid", format!("CA{n:032x}")),
        ("CallStatus", if digits.is_some() { "in-progress" } else { "ringing" }.to_owned()),
        ("Called", "+15550100100".to_owned()),
        ("CalledCity", String::new()),
        ("CalledCountry", "US".to_owned()),
        ("Caller", "+15551110000".to_owned()),
        ("CallerCity", String::new()),
        ("CallerCountry", "US".to_owned()),
        ("Direction", "inbound".to_owned()),
        ("From", "+15551110000".to_owned()),
        ("FromCity", String::new()),
        ("FromCountry", "US".to_owned()),
        ("To", "+15550100100".to_owned()),
        ("ToCity", String::new()),
        ("ToCountry", "US".to_owned()),
    ];
    list.extend(digits.map(|digits| ("Digits", digits.to_owned())));
    list
}
