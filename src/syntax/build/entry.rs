//! The lines of `settings` and `phrases`.

use super::Builder;
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::tree::{Phrase, Setting};

impl Builder<'_> {
    /// The lines of `settings`.
    pub(super) fn settings(&mut self, kids: Kids<'_>) -> Vec<Setting> {
        self.entries(kids, (Rule::after_setting, Rule::setting), Self::setting)
    }

    /// The lines of `phrases`.
    pub(super) fn phrases(&mut self, kids: Kids<'_>) -> Vec<Phrase> {
        self.entries(kids, (Rule::after_phrase, Rule::phrase), Self::phrase)
    }

    /// Entries of one kind, without those that were not understood.
    pub(super) fn entries<T>(
        &mut self,
        kids: Kids<'_>,
        (after, one): (Rule, Rule),
        build: fn(&mut Self, Pair<'_>) -> Option<T>,
    ) -> Vec<T> {
        let mut before = None;
        let mut entries = Vec::new();
        for pair in kids {
            match pair.as_rule() {
                Rule::unclosed => {}
                Rule::bad_entry => {
                    self.bad(&pair, before.take(), after, one);
                    self.incomplete = true;
                }
                _ => {
                    before = Some(pair.as_span().start());
                    let span = self.span(&pair);
                    match build(self, pair) {
                        Some(entry) => entries.push(entry),
                        None => self.lost(span),
                    }
                }
            }
        }
        entries
    }

    fn setting(&mut self, pair: Pair<'_>) -> Option<Setting> {
        let span = self.span(&pair);
        let doc = self.doc(span);
        let mut kids = Kids::of(pair);
        let secret = kids.eats(Rule::k_secret);
        let mut names = Vec::new();
        while matches!(kids.peek(), Some(Rule::name | Rule::reserved_name)) {
            names.push(self.next_word(&mut kids)?);
        }
        let ty = kids.eat(Rule::ty).map(|ty| self.ty(ty));
        let default = kids.next().map(|default| self.expr(default));
        Some(Setting { doc, secret, names, ty, default, span })
    }

    fn phrase(&mut self, pair: Pair<'_>) -> Option<Phrase> {
        let span = self.span(&pair);
        let doc = self.doc(span);
        let mut kids = Kids::of(pair);
        let name = self.next_word(&mut kids)?;
        let text = self.text(kids.next()?)?;
        Some(Phrase { doc, name, text, span })
    }
}
