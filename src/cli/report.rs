//! What a command found, told in the format that was asked for.

use clap::ValueEnum;

use super::exit::Exit;
use super::messages::{Complaint, Messages};
use super::output;
use crate::diagnostic::render::summary;
use crate::diagnostic::report::{self, Failure, Report};

/// How findings are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people: frames with the lines they are about, on stderr.
    #[default]
    Human,
    /// One JSON object on stdout; its schema is in the book.
    Json,
    /// SARIF 2.1.0 on stdout: for code scanning and editors.
    Sarif,
    /// Workflow commands of GitHub Actions on stdout: notes at the lines of a change.
    Github,
}

/// Tells everything that is in a report, and what it means for the exit status. Complaints about what could not be
/// looked at stand on stderr in every format.
pub(super) fn tell(report: &Report, format: Format, messages: &Messages) -> Exit {
    let printed = match format {
        Format::Human => {
            for_people(report, messages);
            output::print(&known(report))
        }
        Format::Json => output::print(&report.document(report::Format::Json)),
        Format::Sarif => output::print(&report.document(report::Format::Sarif)),
        Format::Github => output::print(&report.document(report::Format::Github)),
    };
    for failure in &report.failures {
        messages.complain(&failure.clone().into());
    }
    if let Err(complaint) = printed {
        messages.complain(&complaint);
        return Exit::Impossible;
    }
    match report {
        _ if !report.failures.is_empty() => Exit::Impossible,
        _ if report.has_errors() => Exit::Findings,
        _ => Exit::Clean,
    }
}

fn for_people(report: &Report, messages: &Messages) {
    for checked in &report.checked {
        messages.findings(&checked.found, &checked.sources);
        messages.line(&format!("{}: {}", checked.file, summary(&checked.found)));
    }
    messages.hint(report.checked.iter().map(|checked| &checked.found));
}

/// What is known about each file, under its name; nothing if nobody asked.
fn known(report: &Report) -> String {
    let told = report.checked.iter().filter_map(|checked| Some((&checked.file, checked.known.as_ref()?)));
    told.fold(String::new(), |text, (file, known)| format!("{text}{file}\n{}", known.text))
}

impl From<Complaint> for Failure {
    fn from(Complaint { message, help }: Complaint) -> Self {
        Self { message, help }
    }
}

impl From<Failure> for Complaint {
    fn from(Failure { message, help }: Failure) -> Self {
        Self { message, help }
    }
}
