//! What was asked for, on stdout.

use std::io::{ErrorKind, Write as _};

use super::messages::Complaint;

/// Prints a text. Whoever reads it may stop reading before its end.
pub(super) fn print(text: &str) -> Result<(), Complaint> {
    let mut out = std::io::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// What is wrong if something could not be written on stdout.
pub(super) fn written(result: std::io::Result<()>) -> Result<(), Complaint> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Complaint::plain(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}
