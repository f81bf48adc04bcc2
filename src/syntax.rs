//! Text to tree. Parsing never fails: what was not understood is reported and left out of the tree.

mod build;
mod comments;
mod grammar;
mod recover;
pub mod scenario;
pub mod tree;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};
use build::Builder;
use comments::Comments;
use grammar::{Failure, Rule};

/// A flow that was read.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    /// What was understood.
    pub file: tree::File,
    /// What was not.
    pub diagnostics: Diagnostics,
}

/// A test file that was read.
#[derive(Debug, Clone, Default)]
pub struct ParsedTests {
    /// What was understood.
    pub tests: scenario::Tests,
    /// What was not.
    pub diagnostics: Diagnostics,
}

/// Reads a flow. Everything that was not understood is one diagnostic each.
#[must_use]
pub fn parse(id: SourceId, text: &str) -> Parsed {
    match grammar::parse(Rule::file, text) {
        Ok(mut pairs) => {
            let comments = Comments::of(&pairs);
            let mut builder = Builder::new(id, text, text.len(), &comments);
            let items = pairs.next().map(|file| builder.items(file)).unwrap_or_default();
            let file = tree::File { items, comments: comments.spans(id), incomplete: builder.incomplete };
            Parsed { file, diagnostics: builder.diagnostics }
        }
        Err(failure) => {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(hopeless(id, &failure));
            Parsed { file: tree::File { incomplete: true, ..tree::File::default() }, diagnostics }
        }
    }
}

/// Reads a test file. Everything that was not understood is one diagnostic each.
#[must_use]
pub fn parse_tests(id: SourceId, text: &str) -> ParsedTests {
    match grammar::parse(Rule::tests, text) {
        Ok(mut pairs) => {
            let comments = Comments::of(&pairs);
            let mut builder = Builder::new(id, text, text.len(), &comments);
            let mut tests = pairs.next().map(|tests| builder.tests(tests)).unwrap_or_default();
            tests.comments = comments.spans(id);
            ParsedTests { tests, diagnostics: builder.diagnostics }
        }
        Err(failure) => {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(hopeless(id, &failure));
            ParsedTests { tests: scenario::Tests::default(), diagnostics }
        }
    }
}

/// A text that is too long or too deeply nested to be read at all.
fn hopeless(id: SourceId, failure: &Failure) -> Diagnostic {
    let (Failure::Expected { at, .. } | Failure::Limit { at }) = failure;
    Diagnostic::new(Code::NotUnderstood, "this is nested too deeply, or too long, to be understood")
        .at(Span::new(id, *at, *at), "gave up here")
        .help("split it into smaller pieces")
}

#[cfg(test)]
mod tests;
