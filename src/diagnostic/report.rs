//! Findings for programs: one document for all that a command found.
//!
//! ```text
//! json     one object, described by book/src/reference/check.schema.json
//! sarif    SARIF 2.1.0, one run
//! github   workflow commands of GitHub Actions, a line for each finding
//! ```
//!
//! Every format shows the same places as the frames for people.

mod github;
mod json;
mod place;
mod sarif;

use super::{Diagnostics, Severity};
use crate::source::Sources;

/// A format that programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// What a command found: all of it, in the order in which it looked.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What was looked at.
    pub checked: Vec<Checked>,
    /// What could not be looked at at all.
    pub failures: Vec<Failure>,
}

/// A file that was looked at, with those that belong to it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The file as the user gave it: a flow, with the settings and tests beside it.
    pub file: String,
    /// What was found.
    pub found: Diagnostics,
    /// The texts that it was found in.
    pub sources: Sources,
    /// What is known about it, if that was asked for and nothing is wrong with it.
    pub known: Option<Known>,
}

/// What is known about a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// For people: whole lines, each with a line break.
    pub text: String,
    /// For programs.
    pub data: serde_json::Value,
}

/// Why something could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Report {
    /// The report as one document, with a line break at its end. Nothing found is a document, too; in GitHub's format
    /// it is empty.
    #[must_use]
    pub fn document(&self, format: Format) -> String {
        match format {
            Format::Json => json::document(self),
            Format::Sarif => sarif::document(self),
            Format::Github => github::document(self),
        }
    }

    /// Whether an error was found.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.checked.iter().any(|checked| checked.found.has_errors())
    }

    /// Number of findings of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.checked.iter().map(|checked| checked.found.count(severity)).sum()
    }
}

#[cfg(test)]
mod tests;
