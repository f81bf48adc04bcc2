//! Parse tree to tree.
//!
//! Every builder takes the node of its rule. The grammar decides what stands inside, so a builder that misses something
//! returns `None`, and its caller reports the whole as not understood: nothing is lost in silence.

mod act;
mod entry;
mod expr;
mod item;
mod scenario;
mod service;
mod step;
mod text;
mod ty;

use super::edits::Edits;
use super::faults;
use super::grammar::{Kids, Pair, Rule};
use super::overview::Overview;
use super::recover;
use super::scenario::Tests;
use super::tree::{Count, Item, Path, Time, Word};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};

/// Findings after which a text is not worth more: it is no flow, or one mistake is repeated all over.
pub(super) const ENOUGH: usize = 100;

/// What all builders share.
pub(super) struct Builder<'t> {
    id: SourceId,
    text: &'t str,
    overview: &'t Overview,
    /// Length of the text as the user wrote it; a repaired text may be longer.
    written: usize,
    /// How the text was changed so that it is understood: places are those of the text before.
    edits: &'t Edits,
    diagnostics: Diagnostics,
    /// What was skipped, with what was expected there; in the text as it is read.
    pub(super) skipped: Vec<recover::Found>,
    /// Where the last item that was understood begins.
    pub(super) item: usize,
    /// Beginnings of strings without closing quote that are consequences of something else.
    excused: Vec<u32>,
    /// Whether something that declares names was lost.
    pub(super) incomplete: bool,
}

impl<'t> Builder<'t> {
    /// A builder for one text, of which the user wrote the first `written` bytes before `edits` changed it.
    pub(super) fn new(id: SourceId, text: &'t str, written: usize, overview: &'t Overview, edits: &'t Edits) -> Self {
        let (diagnostics, skipped, excused) = (Diagnostics::new(), Vec::new(), Vec::new());
        Self { id, text, overview, written, edits, diagnostics, skipped, item: 0, excused, incomplete: false }
    }

    /// Every comment.
    pub(super) fn comments(&self) -> Vec<Span> {
        self.overview.comments.spans(self.id).into_iter().map(|span| self.edits.span(span)).collect()
    }

    /// All findings, once the tree is built.
    pub(super) fn findings(&mut self) -> Diagnostics {
        let (id, text, overview) = (self.id, self.text, self.overview);
        for fault in overview.faults.iter().filter_map(|fault| faults::fault(id, text, *fault)) {
            let excused = |span: Span| fault.code == Code::OpenString && self.excused.contains(&span.start);
            if !fault.span().is_some_and(excused) {
                let fault = self.edits.diagnostic(fault);
                self.report(fault);
            }
        }
        std::mem::take(&mut self.diagnostics)
    }

    /// The place of a node, without the blanks and comments that pest counts to its end.
    fn span(&self, pair: &Pair<'_>) -> Span {
        let span = pair.as_span();
        self.place(span.start(), self.overview.comments.trim_end(self.text, span.end()).max(span.start()))
    }

    /// The place of a node of which every byte counts: a piece of a string.
    fn exact(&self, pair: &Pair<'_>) -> Span {
        self.place(pair.as_span().start(), pair.as_span().end())
    }

    /// The place, in what the user wrote, of bytes of the text that is read.
    fn place(&self, start: usize, end: usize) -> Span {
        let Span { source, start, end } = self.edits.span(Span::new(self.id, start, end));
        let written = u32::try_from(self.written).unwrap_or(u32::MAX);
        Span { source, start: start.min(written), end: end.min(written) }
    }

    /// The documentation above what begins at a place.
    fn doc(&self, place: Span) -> Option<String> {
        self.overview.comments.doc(self.text, self.edits.after(place.start as usize))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.iter().len() < ENOUGH {
            self.diagnostics.push(diagnostic);
        }
    }

    /// A node that the grammar accepts and the builder does not: never expected, never silent.
    fn lost(&mut self, span: Span) {
        self.report(Diagnostic::new(Code::NotUnderstood, "this was not understood").at(span, ""));
        self.incomplete = true;
    }

    /// Reports a `bad_…` node. `before` is the neighbour in front of it, `after` reads that neighbour and one more of
    /// its kind, `one` reads one.
    fn bad(&mut self, bad: &Pair<'_>, before: Option<usize>, after: Rule, one: Rule) -> Span {
        let span = self.span(bad);
        if self.diagnostics.iter().len() >= ENOUGH {
            return span;
        }
        let start = bad.as_span().start();
        let place = recover::Place { text: self.text, comments: &self.overview.comments, start, before, after, one };
        let found = recover::explain(self.id, &place);
        let mut caused = false;
        for string in open_strings(bad) {
            // The string that swallowed what was expected is the mistake; one that begins later on the same line is a
            // consequence.
            let between = |from: usize, to: usize| self.text.get(from..to).unwrap_or("x\n");
            if string.end <= found.at {
                caused |= between(string.end, found.at).trim().is_empty();
            } else if !between(found.at, string.start).contains('\n') {
                self.excused.push(u32::try_from(string.start).unwrap_or(u32::MAX));
            }
        }
        if !caused && !self.is_consequence(&found) {
            self.report(self.edits.diagnostic(found.diagnostic.clone()));
        }
        self.skipped.push(found);
        span
    }

    /// Whether what was found is probably nothing but a consequence of something that was skipped before.
    fn is_consequence(&self, found: &recover::Found) -> bool {
        let Some(before) = self.skipped.iter().map(|before| before.at).filter(|at| *at <= found.at).max() else {
            return false;
        };
        match found.weight {
            recover::Weight::Sure => false,
            recover::Weight::Weak => {
                self.text.get(before..found.at).is_some_and(|between| !between.contains(['\n', ';']))
            }
            recover::Weight::Displaced => before >= self.item,
        }
    }

    fn word(&self, pair: &Pair<'_>) -> Word {
        Word { text: pair.as_str().to_owned(), span: self.span(pair) }
    }

    /// The next node as a word, whatever kind of word it is.
    fn next_word(&self, kids: &mut Kids<'_>) -> Option<Word> {
        kids.next().map(|pair| self.word(&pair))
    }

    fn path(&self, pair: Pair<'_>) -> Path {
        let span = self.span(&pair);
        Path { words: Kids::of(pair).map(|word| self.word(&word)).collect(), span }
    }

    fn count(&mut self, pair: &Pair<'_>) -> Count {
        let value = pair.as_str().parse().unwrap_or_else(|_| {
            self.too_large(pair);
            u32::MAX
        });
        Count { value, span: self.span(pair) }
    }

    /// A bound of a span or range.
    fn bound(&mut self, pair: &Pair<'_>) -> i64 {
        pair.as_str().parse().unwrap_or_else(|_| {
            self.too_large(pair);
            i64::MAX
        })
    }

    fn too_large(&mut self, pair: &Pair<'_>) {
        let span = self.span(pair);
        self.report(
            Diagnostic::new(Code::Malformed, format!("`{}` is too large a number", pair.as_str()))
                .at(span, "")
                .help("write a smaller number"),
        );
    }

    /// A `duration`; a `malformed` one has been reported and is no time at all.
    fn time(&mut self, pair: &Pair<'_>) -> Time {
        let span = self.span(pair);
        let written = pair.as_str();
        let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit: u64 = match written.trim_start_matches(|c: char| c.is_ascii_digit()) {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        let millis = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
        if millis.is_none() && pair.as_rule() == Rule::duration {
            self.report(
                Diagnostic::new(Code::Malformed, format!("`{written}` is too long a duration"))
                    .at(span, "")
                    .help("write a shorter duration"),
            );
        }
        Time { millis: millis.unwrap_or(0), span }
    }

    /// Puts an option into its slot; a second one of the same name is reported.
    fn once<T>(&mut self, slot: &mut Option<T>, value: T, span: Span, name: &str) {
        if slot.is_some() {
            self.report(
                Diagnostic::new(Code::NotUnderstood, format!("`{name}` is written twice here"))
                    .at(span, "the second one")
                    .help("keep one of them"),
            );
        } else {
            *slot = Some(value);
        }
    }
}

/// Everything in the node of a flow.
pub(super) fn flow(builder: &mut Builder<'_>, root: Pair<'_>) -> Vec<Item> {
    builder.items(root)
}

/// Everything in the node of a test file.
pub(super) fn tests(builder: &mut Builder<'_>, root: Pair<'_>) -> Tests {
    builder.tests(root)
}

/// The strings without closing quote in a node.
fn open_strings(pair: &Pair<'_>) -> impl Iterator<Item = std::ops::Range<usize>> {
    let strings = pair.clone().into_inner().flatten().filter(|node| node.as_rule() == Rule::string);
    strings
        .filter(|string| string.clone().into_inner().any(|part| part.as_rule() == Rule::open_string))
        .map(|string| string.as_span().start()..string.as_span().end())
}

#[cfg(test)]
mod tests;
