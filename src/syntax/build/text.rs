//! Strings and words that are spoken.

use super::Builder;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::tree::{Literal, Piece, Text, Texts, Word};

impl Builder<'_> {
    /// A `string`.
    pub(super) fn literal(&mut self, pair: Pair<'_>) -> Literal {
        let span = self.span(&pair);
        let pieces = Kids::of(pair).filter_map(|part| self.piece(&part)).collect();
        Literal { pieces, span }
    }

    fn piece(&mut self, part: &Pair<'_>) -> Option<Piece> {
        let written = part.as_str();
        let span = self.exact(part);
        match part.as_rule() {
            Rule::slot => {
                let inner = written.strip_prefix("{{").and_then(|s| s.strip_suffix("}}")).unwrap_or_default();
                Some(Piece::Slot { inner: inner.to_owned(), span })
            }
            Rule::chars => {
                self.speakable(part);
                Some(Piece::Chars { text: written.to_owned(), span })
            }
            Rule::escape => Some(Piece::Chars { text: resolve(written).to_owned(), span }),
            // Reported already: an unknown escape, a slot or a string that does not end.
            _ => None,
        }
    }

    /// Control characters can be neither spoken nor seen. A carriage return is one only before a line break, where the
    /// string has no end.
    fn speakable(&mut self, part: &Pair<'_>) {
        let is_control = |c: &char| c.is_control() && !matches!(c, '\t' | '\r');
        let found = part.as_str().char_indices().find(|(_, c)| is_control(c));
        let Some((at, control)) = found else { return };
        let start = part.as_span().start() + at;
        let message = format!("the control character U+{:04X} stands in a string", u32::from(control));
        let problem = Diagnostic::new(Code::NotUnderstood, message)
            .at(self.place(start, start + control.len_utf8()), "")
            .help("take it out: nobody can hear it");
        self.report(problem);
    }

    /// `texts`: at least one string.
    pub(super) fn texts(&mut self, pair: Pair<'_>) -> Texts {
        let span = self.span(&pair);
        Texts { tries: Kids::of(pair).map(|string| self.literal(string)).collect(), span }
    }

    /// `variants`: a language and its texts, several times.
    pub(super) fn variants(&mut self, pair: Pair<'_>) -> Option<Text> {
        let span = self.span(&pair);
        let list: Option<Vec<(Word, Texts)>> = Kids::of(pair)
            .map(|variant| {
                let mut kids = Kids::of(variant);
                Some((self.next_word(&mut kids)?, self.texts(kids.next()?)))
            })
            .collect();
        Some(Text::Variants(list?, span))
    }

    /// A `text`, a `label`, or what stands inside them.
    pub(super) fn text(&mut self, pair: Pair<'_>) -> Option<Text> {
        match pair.as_rule() {
            Rule::text | Rule::label => self.text(Kids::of(pair).next()?),
            Rule::variants => self.variants(pair),
            Rule::texts => Some(Text::Texts(self.texts(pair))),
            Rule::name => Some(Text::Expr(self.name(&pair))),
            _ => Some(Text::Expr(self.expr(pair))),
        }
    }
}

/// What an escape means; a joined line means nothing.
fn resolve(escape: &str) -> &str {
    match escape {
        "\\n" => "\n",
        "\\\"" => "\"",
        "\\\\" => "\\",
        _ => "",
    }
}
