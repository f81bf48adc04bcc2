//! Diagnostics as values: one owned shape for the terminal, machine formats and tests.
//!
//! A check makes a diagnostic in a small constructor beside itself; nothing here knows any particular mistake.

pub mod code;
pub mod nearest;
pub mod page;
pub mod render;
pub mod report;

pub use code::{Code, Severity};

use std::collections::HashSet;

use crate::source::Span;

/// A place with a few words beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What is underlined.
    pub span: Span,
    /// What is said about it; may be empty.
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// Error or warning; from the code, unless a flag raised it.
    pub severity: Severity,
    /// What is wrong, in the user's words: lower case, no full stop, user input in backticks.
    pub message: String,
    /// The place, then secondary places. A finding about no text at all has none.
    pub labels: Vec<Label>,
    /// What to do: an action.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding without places yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), message: message.into(), labels: Vec::new(), help: None }
    }

    /// Adds a place; the first one is the primary.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The primary place.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// A list of findings, none of them twice.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    known: HashSet<Key>,
}

/// What makes two findings the same one: code and primary place; without a place, code and message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Place(Code, Span),
    Message(Code, String),
}

impl Key {
    fn of(diagnostic: &Diagnostic) -> Self {
        match diagnostic.span() {
            Some(span) => Self::Place(diagnostic.code, span),
            None => Self::Message(diagnostic.code, diagnostic.message.clone()),
        }
    }
}

impl Diagnostics {
    /// No findings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding unless the same one (code and primary place) is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.known.insert(Key::of(&diagnostic)) {
            self.list.push(diagnostic);
        }
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Self) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
    }

    /// Whether an error is among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of findings of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|d| d.severity == severity).count()
    }

    /// Findings in the order of their places.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.list.sort_by_key(|d| (d.span(), d.code));
        self
    }

    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Diagnostic, Diagnostics};
    use crate::source::{SourceId, Span};

    #[test]
    fn a_finding_is_there_once() {
        let at = |start| Span::new(SourceId(0), start, start + 1);
        let mut found = Diagnostics::new();
        found.push(Diagnostic::new(Code::WrongType, "first").at(at(0), "").at(at(9), ""));
        found.push(Diagnostic::new(Code::WrongType, "the same, in other words").at(at(0), ""));
        found.push(Diagnostic::new(Code::WrongType, "another place").at(at(1), ""));
        found.push(Diagnostic::new(Code::UnknownName, "another code").at(at(0), ""));
        for message in ["no place", "no place", "no place either"] {
            found.push(Diagnostic::new(Code::WrongType, message));
        }
        let mut other = Diagnostics::new();
        other.push(Diagnostic::new(Code::WrongType, "from another list").at(at(1), ""));
        found.extend(other);
        let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["first", "another place", "another code", "no place", "no place either"]);
    }
}
