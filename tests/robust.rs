//! Whatever is read: no panic, no hang, no stack that runs over, and every finding points into the text.
//!
//! Budgets are small and always the same. `PROPTEST_CASES` enlarges the random ones. `IVRC_ROBUST=all` makes giants and
//! nests of three thousand parts and puts every strange character everywhere; `IVRC_ROBUST=slots` does so for the
//! giants and nests with this in their names only.
//!
//! ```text
//! fixtures   every text of the repository that ivrc reads     feed      all of it that reads texts
//! bytes      random bytes in fixtures                         deep      everything inside of itself
//! unicode    strange characters between all tokens            giant     much of everything
//! deeds      people who do anything, services that say anything
//! ```

mod bytes;
mod deeds;
mod deep;
mod feed;
mod fixtures;
mod giant;
mod unicode;

use feed::{Texts, feed};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// What a run was asked for, if more than usual.
fn wanted() -> Option<String> {
    std::env::var("IVRC_ROBUST").ok()
}

/// Feeds texts one after the other; who asks for more is told how long each took.
fn feed_each(all: Vec<(&'static str, Texts)>) {
    let wanted = wanted();
    let chosen = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == "all" || name.contains(wanted));
    for (name, texts) in all.into_iter().filter(|(name, _)| chosen(name)) {
        let began = std::time::Instant::now();
        feed(&texts);
        if wanted.is_some() {
            println!("{:8.2} s  {name}", began.elapsed().as_secs_f64());
        }
    }
}

/// A runner with so many cases, unless the environment says otherwise; always the same ones.
fn runner(cases: u32) -> TestRunner {
    let set = |name| std::env::var_os(name).is_some();
    let usual = Config::default();
    TestRunner::new(Config {
        cases: if set("PROPTEST_CASES") { usual.cases } else { cases },
        rng_seed: if set("PROPTEST_RNG_SEED") { usual.rng_seed } else { RngSeed::Fixed(11) },
        failure_persistence: None,
        ..Config::default()
    })
}
