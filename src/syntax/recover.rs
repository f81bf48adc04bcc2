//! What was not understood, in words.

use super::grammar::{self, Failure, Rule, describe};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// A stretch of text that the grammar gave up on.
pub(super) struct Place<'t> {
    /// The whole text.
    pub(super) text: &'t str,
    /// Where the stretch begins.
    pub(super) start: usize,
    /// Where the neighbour in front of it begins, if that was understood.
    pub(super) before: Option<usize>,
    /// Reads the neighbour and what may follow it.
    pub(super) after: Rule,
    /// Reads what may stand here.
    pub(super) one: Rule,
}

/// Says what is wrong with the place.
pub(super) fn explain(id: SourceId, place: &Place<'_>) -> Diagnostic {
    let (from, rule) = match place.before {
        Some(before) => (before, place.after),
        None => (place.start, place.one),
    };
    let rest = place.text.get(from..).unwrap_or("");
    let (at, names) = match grammar::parse(rule, rest) {
        Err(Failure::Expected { at, rules }) => {
            (from + at, rules.into_iter().map(describe).collect::<Vec<_>>().join(", "))
        }
        _ => (place.start, String::new()),
    };
    Diagnostic::new(Code::NotUnderstood, "this was not understood")
        .at(Span::new(id, at, at + 1), format!("expected {names}"))
}
