//! How a command ends.

use std::process::{ExitCode, Termination};

/// How a command ended. The numbers are part of the promise: 0, 1, 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[must_use]
pub enum Exit {
    /// It did what it was asked to do, and found nothing.
    Clean = 0,
    /// `check` found something, `fmt` a text that has mistakes or is not in the style.
    Findings = 1,
    /// It could not be done: a flow that does not compile, a file, the environment, a port.
    Impossible = 2,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}
