//! All integration tests: one binary.

mod book;
