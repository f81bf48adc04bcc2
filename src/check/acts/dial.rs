//! `dial`: hand the caller on.

use super::super::checker::Checker;
use super::super::handling::Misses;
use super::super::slots::Landing;
use super::super::spans::keyword;
use super::super::wording::Attempt;
use super::{Made, fails};
use crate::diagnostic::{Code, Diagnostic};
use crate::failure::FailureKind;
use crate::program::{ActKind, Dial};
use crate::source::Span;
use crate::syntax::tree::{self, Literal, Piece};
use crate::types::Type;

fn deaf(span: Span) -> Diagnostic {
    Diagnostic::new(Code::DeafToKeys, "`anywhere` keys do not work during this `dial`")
        .at(span, "")
        .help("write `star drops` or `star passes`")
}

fn no_key(key: char, span: Span) -> Diagnostic {
    Diagnostic::new(Code::SentKeys, format!("`{key}` cannot be sent as a key"))
        .at(span, "")
        .help("0–9, `*`, `#`, and `w` and `W` for half a second and a second of silence")
}

impl Checker<'_> {
    pub(super) fn dial(&mut self, dial: &tree::Dial, span: Span) -> Made {
        let at = keyword(span, "dial");
        let number = self.expect(&dial.number, &Type::Phone, "`dial`");
        if dial.star_drops.is_none() && !self.world.rules.anywhere.is_empty() {
            self.report.add(deaf(at));
        }
        let ringing = self.ringing(dial.ringing);
        let keys = dial.keys.as_ref().map(|keys| {
            self.sendable(keys);
            let attempt = Attempt::of(keys, self.report);
            self.template(&attempt, Landing::Keys)
        });
        let slots = keys.as_ref().is_some_and(|keys| !keys.slots.is_empty());
        let kinds: &[FailureKind] =
            if slots { &[FailureKind::Nobody, FailureKind::Keys] } else { &[FailureKind::Nobody] };
        Made {
            kind: Some(ActKind::Dial(Dial { number, ringing, keys, star_drops: dial.star_drops == Some(true) })),
            ty: None,
            misses: Misses { fails: fails(at, "dial", kinds), ..Misses::default() },
        }
    }

    fn sendable(&self, keys: &Literal) {
        for piece in &keys.pieces {
            let Piece::Chars { text, span } = piece else { continue };
            if let Some(wrong) = text.chars().find(|key| !(key.is_ascii_digit() || "*#wW".contains(*key))) {
                self.report.add(no_key(wrong, *span));
            }
        }
    }
}
