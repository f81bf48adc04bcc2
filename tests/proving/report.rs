//! A fixture that failed: where, why, and everything that happened until then.

use std::fmt::Write as _;

use super::fixture::{Fixture, Line};
use super::script::Play;

/// Lines of the server's log that are shown.
const TAIL: usize = 40;

pub(crate) async fn failure(fixture: &Fixture, line: Option<&Line>, why: &str, play: Play) -> String {
    let mut report = format!("──── {} ({})\n", fixture.title, fixture.path);
    let _ = match line {
        Some(line) => writeln!(report, "{}: {}\n  {why}\n", line.place, line.text),
        None => writeln!(report, "at the end:\n  {why}\n"),
    };
    for it in play.stage.network.transcript().await.unwrap_or_default() {
        let _ = writeln!(report, "  {it}");
    }
    report.push('\n');
    for request in play.stage.services.requests() {
        let body = String::from_utf8_lossy(&request.asked.body).into_owned();
        let at = request.at.strftime("%H:%M:%S");
        let _ = writeln!(report, "  {at}  {} {} {body}", request.asked.method, request.asked.target);
    }
    let log = play.stage.server.log();
    let lines: Vec<&str> = log.lines().collect();
    let _ = writeln!(report, "\n  the server, at last:");
    for line in &lines[lines.len().saturating_sub(TAIL)..] {
        let _ = writeln!(report, "  | {line}");
    }
    play.stage.strike().await;
    report
}
