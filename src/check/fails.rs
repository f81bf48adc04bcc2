//! How something can fail, and where that comes from.

use crate::failure::FailureKind;
use crate::source::Span;

/// A set of kinds of failures, with the first thing that brings one in.
#[derive(Debug, Clone, Default)]
pub(super) struct Fails {
    kinds: u32,
    from: Option<(Span, String)>,
}

impl Fails {
    /// `what` at `span` fails in these ways.
    pub(super) fn of(span: Span, what: impl Into<String>, kinds: &[FailureKind]) -> Self {
        Self { kinds: kinds.iter().fold(0, |all, kind| all | bit(*kind)), from: Some((span, what.into())) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kinds == 0
    }

    pub(super) fn add(&mut self, other: Self) {
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
