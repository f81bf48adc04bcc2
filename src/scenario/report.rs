//! Verdicts and coverage for machines.

mod html;
mod json;
mod junit;
mod lcov;

pub use html::html;
pub use json::{coverage_json, json};
pub use junit::junit;
pub use lcov::lcov;

use super::{Edge, Run, Verdict};
use crate::diagnostic::render::{Style, render};
use crate::diagnostic::report::Failure;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, Sources, Span};

/// The tests of one flow with the texts they are about.
#[derive(Debug, Clone, Copy)]
pub struct Tested<'a> {
    /// The flow's name.
    pub flow: &'a str,
    /// Its texts.
    pub sources: &'a Sources,
    /// What came of its tests.
    pub run: &'a Run,
    /// What else is wrong with it.
    pub troubles: &'a [Trouble],
}

impl Tested<'_> {
    /// Whether its tests could be played, and reach enough of it.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.troubles.is_empty() && !self.run.found.has_errors()
    }
}

/// What is wrong besides findings and failed tests, and decides how the command ends.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What kind of trouble.
    pub kind: TroubleKind,
    /// What is wrong.
    pub failure: Failure,
}

/// The kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// A file cannot be read.
    Unreadable,
    /// Tests reach too little.
    Uncovered,
}

/// File, line and column of a place.
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

fn place(sources: &Sources, span: Span) -> Option<Place<'_>> {
    let source = sources.get(span.source)?;
    let crate::source::Position { line, column, .. } = source.position(span.start as usize);
    Some(Place { file: &source.name, line, column })
}

/// The errors of a test, as a person would read them, and what happened.
fn told(verdict: &Verdict, sources: &Sources) -> String {
    let errors = verdict.found.iter().filter(|finding| finding.severity == Severity::Error);
    let mut text: String = errors.map(|finding| render(finding, sources, Style::default())).collect();
    for line in verdict.transcript() {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The first error of a test.
fn error(verdict: &Verdict) -> Option<&Diagnostic> {
    verdict.found.iter().find(|finding| finding.severity == Severity::Error)
}

/// The edges of a flow with their lines; those the language makes by itself have none.
fn by_line<'a>(sources: &'a Sources, edges: &'a [Edge]) -> impl Iterator<Item = (Option<usize>, &'a Edge)> {
    edges.iter().map(|edge| (edge.place.and_then(|span| place(sources, span)).map(|place| place.line), edge))
}

/// The flow's own text: the first source.
fn flow_source(sources: &Sources) -> Option<&Source> {
    sources.iter().next().map(|(_, source)| source)
}
