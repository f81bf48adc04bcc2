//! What was asked for, on stdout.

use std::io::{ErrorKind, Write as _};

use super::messages::Complaint;

/// Prints a text. Whoever closes a pipe has read enough.
pub(super) fn print(text: &str) -> Result<(), Complaint> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Complaint::plain(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}
