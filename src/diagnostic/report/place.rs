//! Where a finding is, as programs want to know it.

use crate::diagnostic::Label;
use crate::source::{Position, Source, Sources};

/// The place of a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The text that it is in.
    pub(super) source: &'a Source,
    /// Where it begins.
    pub(super) start: Position,
    /// Where it ends: directly behind its last character.
    pub(super) end: Position,
    /// What is said about it; may be empty.
    pub(super) label: &'a str,
}

impl<'a> Place<'a> {
    /// The place of a label, if it is in one of these texts.
    pub(super) fn of(label: &'a Label, sources: &'a Sources) -> Option<Self> {
        let source = sources.get(label.span.source)?;
        let range = source.shown(label.span);
        let (start, end) = (source.position(range.start), source.position(range.end));
        Some(Self { source, start, end, label: &label.text })
    }

    /// All places of a finding, the primary one first.
    pub(super) fn all(labels: &'a [Label], sources: &'a Sources) -> Vec<Self> {
        labels.iter().filter_map(|label| Self::of(label, sources)).collect()
    }

    /// The file, as the user gave it; none: an environment variable.
    pub(super) fn file(&self) -> Option<&'a str> {
        self.source.variable().is_none().then_some(&*self.source.name)
    }
}
