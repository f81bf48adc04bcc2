//! Whatever is read: no panic, no hang, no stack that runs over, and every finding points into the text.
//!
//! Budgets are small and always the same; `PROPTEST_CASES` enlarges the random ones, `IVRC_ROBUST=all` makes giants of
//! a megabyte and a hundred thousand parts.
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

use proptest::test_runner::{Config, RngSeed, TestRunner};

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
