//! All integration tests are one binary: one link, and what they share is built once.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::pedantic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "these are tests"
)]

mod architecture;
mod book;
mod cli;
mod consequences;
mod examples;
mod findings;
mod format;
mod formats;
mod mutants;
mod proving;
mod robust;
