//! Lines from stdin.

use std::io::{self, BufRead as _, IsTerminal as _};

use tokio::sync::mpsc;

/// How many lines may lie ready.
const AHEAD: usize = 16;

/// Whether somebody sits at a keyboard and sees what is printed.
pub(in crate::cli) fn at_keyboard() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The lines of stdin, read by a thread of their own: a read that waits for somebody at a keyboard cannot be taken
/// back, and must not keep the process from ending.
pub(in crate::cli) fn lines_of_stdin() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
