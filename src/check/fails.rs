//! How something can fail, and where that comes from.

use crate::failure::FailureKind;
use crate::source::Span;

/// A set of kinds of failures, with the first thing that brings one in.
#[derive(Debug, Clone, Default)]
pub(super) struct Fails {
    kinds: u32,
    /// Something that was wrong, and has been reported, may have failed in any way.
    unknown: bool,
    from: Option<(Span, String)>,
}

impl Fails {
    /// `what` at `span` fails in these ways.
    pub(super) fn of(span: Span, what: impl Into<String>, kinds: &[FailureKind]) -> Self {
        let kinds = kinds.iter().fold(0, |all, kind| all | bit(*kind));
        Self { kinds, unknown: false, from: Some((span, what.into())) }
    }

    /// Of something that has been reported: it may fail, and nobody need handle it.
    pub(super) fn unknown() -> Self {
        Self { unknown: true, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kinds == 0 && !self.unknown
    }

    /// Whether somebody must handle them.
    pub(super) fn count(&self) -> bool {
        self.kinds != 0
    }

    pub(super) fn add(&mut self, other: Self) {
        self.unknown |= other.unknown;
        if other.kinds != 0 {
            self.kinds |= other.kinds;
            self.from = self.from.take().or(other.from);
        }
    }

    /// Where the first of them comes from, and what that is called.
    pub(super) fn from(&self) -> Option<(Span, &str)> {
        self.from.as_ref().map(|(span, what)| (*span, what.as_str()))
    }

    /// The kinds as an author writes them.
    pub(super) fn words(&self) -> String {
        let present = FailureKind::ALL.iter().filter(|(_, kind)| self.kinds & bit(*kind) != 0);
        present.map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
    }
}

fn bit(kind: FailureKind) -> u32 {
    FailureKind::ALL.iter().position(|(_, known)| *known == kind).map_or(0, |place| 1 << place)
}
