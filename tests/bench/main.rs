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

/// Calls that are parked at the menu, and so requests per measurement.
const CALLS: usize = 10_000;
/// Webhooks under way at a time.
const CONNECTIONS: usize = 64;
/// The best of so many runs counts: what disturbs a run makes it slower, never faster.
const RUNS: usize = 3;
/// Signs the webhooks.
pub(crate) const TOKEN: &str = "bench-token";

fn main() {
    if let Some(size) = std::env::args().skip_while(|arg| arg != "--bare").nth(1) {
        bare::serve(size.parse().expect("a size in bytes"));
        return;
    }
    println!("{CALLS} calls, {CONNECTIONS} webhooks at a time, best of {RUNS} runs\n");
    println!("{:<34}{:>10}{:>10}{:>10}{:>8}", "", "req/s", "p50 ms", "p99 ms", "ratio");
    for durable in [false, true] {
        let wanted = if durable { 0.25 } else { 0.5 };
        let place = if durable { "durable SQLite" } else { "in memory" };
        let mut best: [Option<(Measured, Measured)>; 2] = [None, None];
        let mut memory = 0;
        for _ in 0..RUNS {
            let server = Process::ivrc(durable);
            let before = server.resident();
            let (menu, documents) = load::run(server.port, begin(server.port));
            memory = memory.max(server.resident().saturating_sub(before));
            let (choice, _) = load::run(server.port, choose(server.port, &documents));
            drop(server);
            for (best, measured) in best.iter_mut().zip([menu, choice]) {
                let bare = Process::bare(measured.body);
                let (baseline, _) = load::run(bare.port, begin(bare.port));
                let better =
                    best.as_ref().is_none_or(|(old, base)| measured.rate / baseline.rate > old.rate / base.rate);
                if better {
                    *best = Some((measured, baseline));
                }
            }
        }
        for (what, best) in ["menu", "menu choice"].iter().zip(&best) {
            let (measured, baseline) = best.as_ref().expect("at least one run");
            line(&format!("{what}, {place}"), measured, Some(measured.rate / baseline.rate));
            line("  bare handler, same size", baseline, None);
        }
        println!("memory per parked call, {place}: {} bytes; wanted ratio {wanted}\n", memory / CALLS);
    }
    check();
}

fn line(what: &str, measured: &Measured, ratio: Option<f64>) {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
    println!("{what:<34}{:>10.0}{:>10.2}{:>10.2}{ratio:>8}", measured.rate, ms(measured.p50), ms(measured.p99));
}

/// `ivrc check` as a whole process.
fn check() {
    let mut times: Vec<Duration> = (0..31).map(|_| Process::check()).collect();
    times.sort();
    println!("ivrc check flows/xmatters.ivr, whole process, median of 31: {:.1} ms", times[15].as_secs_f64() * 1000.0);
}

/// Webhooks that begin calls.
fn begin(port: u16) -> Vec<Shot> {
    (0..CALLS).map(|n| Shot::signed(port, "/xmatters", &parameters(n, None))).collect()
}

/// Webhooks that press 1 in the menus of these documents.
fn choose(port: u16, documents: &[String]) -> Vec<Shot> {
    let action = |document: &String| {
        let action = document.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a menu");
        let path = action.split_once("//").and_then(|(_, rest)| rest.split_once('/')).expect("an absolute URL").1;
        format!("/{}", path.split('#').next().unwrap_or(path))
    };
    documents.iter().enumerate().map(|(n, d)| Shot::signed(port, &action(d), &parameters(n, Some("1")))).collect()
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
