//! Texts as they are written: parsed, not yet resolved.

use std::sync::Arc;

use super::report::Report;
use super::world::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{Literal, Piece, Texts};
use crate::template::{HELPERS, Hole, Pattern, TemplateError};

fn forbidden(span: Span, error: &TemplateError) -> Diagnostic {
    let near = error.unknown.as_ref().and_then(|(_, name)| did_you_mean(name, HELPERS));
    let forms = || "a slot is `{{path}}`, `{{helper path}}`, or `{{#if path}} … {{else}} … {{/if}}`".to_owned();
    Diagnostic::new(Code::ForbiddenTemplate, format!("{} cannot stand in a text", error.part))
        .at(span, "not allowed here")
        .help(near.or_else(|| error.help.clone()).unwrap_or_else(forms))
}

fn single_brace(span: Span, written: &str, name: &str) -> Diagnostic {
    Diagnostic::new(Code::SingleBrace, format!("`{written}` is no slot: it stays as it is written"))
        .at(span, "")
        .help(format!("write `{{{{{name}}}}}`"))
}

/// A text, perhaps counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wording {
    /// One for each try; never empty.
    pub(super) tries: Vec<Attempt>,
    /// The whole.
    pub(super) span: Span,
    /// Who says it.
    pub(super) by: Author,
}

/// Who says a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// The flow.
    Flow,
    /// The language: it has no place in the flow.
    Language,
    /// An override: its slots have no places of their own.
    Override,
}

/// The text of one try.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attempt {
    pub(super) pattern: Arc<Pattern>,
    pub(super) holes: Vec<Hole>,
    /// Where each `{{ }}` stands.
    slots: Vec<Span>,
    /// The whole.
    pub(super) span: Span,
}

impl Wording {
    /// The texts of a phrase or of a place that speaks.
    pub(super) fn of(texts: &Texts, report: &Report) -> Self {
        let tries = texts.tries.iter().map(|literal| Attempt::of(literal, report)).collect();
        Self { tries, span: texts.span, by: Author::Flow }
    }

    /// Texts that replace others.
    pub(super) fn overriding(texts: &[&str], span: Span, report: &Report) -> Self {
        let tries = texts.iter().map(|text| Attempt::overriding(text, span, report)).collect();
        Self { tries, span, by: Author::Override }
    }

    /// A text that has no place: of the language itself, known to be right.
    pub(super) fn built_in(text: &str) -> Self {
        Self { by: Author::Language, ..Self::overriding(&[text], Span::default(), &Report::default()) }
    }

    /// Whether the n-th try hears the n-th of several texts.
    pub(super) fn is_counted(&self) -> bool {
        self.tries.len() > 1
    }

    /// Whether the language says it.
    pub(super) fn is_of_the_language(&self) -> bool {
        self.by == Author::Language
    }

    /// Whether a variable of this name occurs.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.tries.iter().flat_map(|attempt| &attempt.holes).any(|hole| hole.root() == Some(name))
    }
}

impl Attempt {
    /// Of a string in the flow.
    pub(super) fn of(literal: &Literal, report: &Report) -> Self {
        literal.pieces.iter().for_each(|piece| single_braces(piece, report));
        let slots: Vec<Span> = literal
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Slot { span, .. } => Some(*span),
                Piece::Chars { .. } => None,
            })
            .collect();
        Self::parse(&literal.template(), slots, literal.span, report)
    }

    fn overriding(text: &str, span: Span, report: &Report) -> Self {
        Self::parse(text, slots_in(text, span), span, report)
    }

    fn parse(text: &str, slots: Vec<Span>, span: Span, report: &Report) -> Self {
        let (pattern, holes) = Pattern::parse(text).unwrap_or_else(|error| {
            report.add(forbidden(blamed(&slots, &error).unwrap_or(span), &error));
            (Pattern::plain(text), Vec::new())
        });
        Self { pattern: Arc::new(pattern), holes, slots, span }
    }

    /// Where a hole stands.
    pub(super) fn span_of(&self, hole: &Hole) -> Span {
        self.slots.get(hole.slot).copied().unwrap_or(self.span)
    }
}

/// The slot that is refused, or the word in it that is wrong.
fn blamed(slots: &[Span], error: &TemplateError) -> Option<Span> {
    let slot = *slots.get(error.slot)?;
    let Some((at, word)) = &error.unknown else { return Some(slot) };
    let start = slot.start as usize + "{{".len() + at;
    Some(Span::new(slot.source, start, start + word.len()))
}

/// Where the slots of a text from outside stand, if it stands there as it is, in quotes or without.
fn slots_in(text: &str, span: Span) -> Vec<Span> {
    let quote = match (span.end as usize).checked_sub(span.start as usize + text.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return Vec::new(),
    };
    let begin = span.start as usize + quote;
    let slot = |(at, _): (usize, &str)| {
        let length = text.get(at..).and_then(|rest| rest.find("}}")).map(|length| length + "}}".len())?;
        Some(Span::new(span.source, begin + at, begin + at + length))
    };
    text.match_indices("{{").map_while(slot).collect()
}

/// Warns of what is a slot in other languages: `{name}`, `${name}`.
fn single_braces(piece: &Piece, report: &Report) {
    let Piece::Chars { text, span } = piece else { return };
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        rest = behind;
        let Some((name, _)) = behind.split_once('}').filter(|(name, _)| is_path(name)) else { continue };
        let dollar = usize::from(before.ends_with('$'));
        let end = text.len() - behind.len() + name.len() + 1;
        let start = text.len() - behind.len() - 1 - dollar;
        let written = text.get(start..end).unwrap_or_default();
        // Without escapes, which are pieces of their own, places in the text are places in the file.
        let at = span.start as usize;
        report.lint(single_brace(Span::new(span.source, at + start, at + end), written, name));
    }
}

/// Whether this could be a path of names: `group.name`.
fn is_path(text: &str) -> bool {
    text.split('.').all(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
