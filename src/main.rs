//! The `ivrc` command.

use std::process::Termination;

fn main() -> impl Termination {
    ivrc::cli::run()
}
