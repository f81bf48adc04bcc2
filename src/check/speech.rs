//! Words that are spoken: phrases and anonymous texts, resolved at every place that speaks them.

use super::checker::Checker;
use super::exprs::{Found, describe, means_nothing, secret_outside};
use super::report::Thing;
use super::slots::Landing;
use super::unbuilt::unbuilt;
use super::wording::{Attempt, Author, Wording};
use super::world::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Form, Slot, Speech, Template, Words};
use crate::limits::{SpeechLimit, TWILIO};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Text};
use crate::template::Pattern;
use crate::types::{Name, Type};

fn no_such_text(name: &str, span: Span, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::NoSuchText, format!("`{name}` is neither a phrase nor a text value"))
        .at(span, "")
        .help(near.unwrap_or_else(|| "declare it in `phrases`, or write the text in quotes".into()))
}

fn no_text(what: &str, ty: &str, span: Span) -> Diagnostic {
    let slot = what.trim_matches('`');
    let slot = if slot == "this" || slot.contains([' ', '…', '(']) { "…" } else { slot };
    Diagnostic::new(Code::NoSuchText, format!("{what} is neither a phrase nor a text value"))
        .at(span, ty)
        .help(format!("write it into a text: `\"{{{{{slot}}}}}\"`"))
}

fn nothing_counts(span: Span, phrase: Option<(&str, Span)>) -> Diagnostic {
    let diagnostic = match phrase {
        Some((name, declared)) => {
            Diagnostic::new(Code::NothingCounts, format!("`{name}` has several texts, and nothing counts here"))
                .at(span, "")
                .at(declared, "several texts")
        }
        None => Diagnostic::new(Code::NothingCounts, "several texts, and nothing counts here").at(span, ""),
    };
    diagnostic.help(
        "tries are counted by the steps that listen, by `on silence` and `on invalid`, and by `wait`: write one text",
    )
}

/// The words from outside, `span`, do not fit where they are spoken, `place`.
fn override_variable(name: &str, problem: &Diagnostic, span: Span, place: Span) -> Diagnostic {
    let within = |slot: &Span| slot.source == span.source && (span.start..span.end).contains(&slot.start);
    // Who writes the words cannot change the flow: of its help, only what was meant is of use.
    let near =
        problem.help.as_deref().and_then(|help| help.split_once('?')).filter(|(near, _)| near.starts_with("did"));
    let help = near.map(|(near, _)| format!("{near}?"));
    Diagnostic::new(
        Code::OverrideVariable,
        format!("the words for `{name}` do not fit everywhere: {}", problem.message),
    )
    .at(problem.span().filter(within).unwrap_or(span), "")
    .at(if place.is_empty() { span } else { place }, "spoken here")
    .help(help.unwrap_or_else(|| "use only what is in scope at every place that speaks the phrase".to_owned()))
}

/// A phrase of the language has no place of its own.
fn at_the_place(name: &str, problem: &Diagnostic, place: Span) -> Diagnostic {
    let label = problem.labels.first().map_or_else(String::new, |label| label.text.clone());
    let diagnostic =
        Diagnostic::new(problem.code, format!("the phrase `{name}` cannot be spoken here: {}", problem.message));
    diagnostic.at(place, label).help(problem.help.clone().unwrap_or_default())
}

fn too_long(span: Span, length: usize, limit: SpeechLimit) -> Diagnostic {
    let (most, unit) = (limit.most, if limit.bytes { "bytes" } else { "characters" });
    Diagnostic::new(Code::TextTooLong, format!("this text has {length} {unit}; the voice can speak {most}"))
        .at(span, "")
        .help("divide it among several `say`")
}

/// Words are put together without waiting for anything.
const IN_WORDS: &str = "in words that are spoken";

/// Whether the n-th try hears the n-th text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// It does.
    Yes,
    /// Nothing counts here.
    No,
}

impl Checker<'_> {
    /// What `say` and its like take.
    pub(super) fn words(&mut self, text: &Text, counted: Counted) -> Words {
        match text {
            Text::Texts(texts) => {
                let wording = Wording::of(texts, self.report);
                self.anonymous(&wording, counted)
            }
            Text::Variants(variants, span) => {
                unbuilt(self.report, *span, "a text in several languages");
                let wording = variants.first().map(|(_, texts)| Wording::of(texts, self.report));
                wording.map_or_else(nothing, |wording| self.anonymous(&wording, counted))
            }
            Text::Expr(Expr { span, kind: ExprKind::Name(name) }) => self.named(name, *span, counted),
            Text::Expr(expr) => self.spoken_value(expr),
        }
    }

    fn anonymous(&mut self, wording: &Wording, counted: Counted) -> Words {
        if wording.is_counted() && counted == Counted::No {
            self.report.add(nothing_counts(wording.span, None));
        }
        let tries = wording.tries.iter().map(|attempt| self.spoken_template(attempt)).collect();
        Words { phrase: None, tries }
    }

    pub(super) fn spoken_template(&mut self, attempt: &Attempt) -> Template {
        self.within_limits(attempt);
        self.without_requests(IN_WORDS, |checker| checker.template(attempt, Landing::Spoken))
    }

    /// A name in a text position: a value that is text, or a phrase.
    fn named(&mut self, name: &str, span: Span, counted: Counted) -> Words {
        let problem = match self.find(name) {
            Found::Value(typed) => {
                let written = Expr { span, kind: ExprKind::Name(name.to_owned()) };
                let typed = self.present(typed, "speech", &written);
                if !matches!(typed.ty, Type::Text | Type::Unknown) {
                    self.report.add(no_text(&describe(&written), &self.show(&typed.ty), span));
                }
                return value_words(typed.expr);
            }
            _ if self.world.phrases.contains_key(name) => return self.phrase(name, span, counted),
            Found::Hazy => return nothing(),
            Found::Secret(id) => secret_outside(span, self.world.setting_by(id).map_or(span, |setting| setting.span)),
            Found::Elsewhere => means_nothing(name, span),
            Found::Phrase | Found::NoValue(..) | Found::NotHere(_) | Found::Nothing => {
                let phrases = self.world.phrases.keys().map(|name| &**name);
                no_such_text(name, span, did_you_mean(name, phrases.chain(self.locals.names())))
            }
        };
        self.report.add(problem);
        nothing()
    }

    fn spoken_value(&mut self, expr: &Expr) -> Words {
        let typed = self.without_requests(IN_WORDS, |checker| checker.expr(expr, Some(&Type::Text)));
        let typed = self.present(typed, "speech", expr);
        if !matches!(typed.ty, Type::Text | Type::Unknown) {
            self.report.add(no_text(&describe(expr), &self.show(&typed.ty), expr.span));
        }
        value_words(typed.expr)
    }

    /// A phrase, spoken at `place`.
    pub(super) fn phrase(&mut self, name: &str, place: Span, counted: Counted) -> Words {
        let world = self.world;
        let Some(phrase) = world.phrases.get(name) else { return nothing() };
        self.report.uses(Thing::Phrase(name.into()));
        self.survey(name, place);
        let wording = &phrase.wording;
        if wording.is_counted() && counted == Counted::No {
            self.report.add(if wording.by == Author::Override {
                nothing_counts(wording.span, None)
            } else {
                nothing_counts(place, Some((name, wording.span)))
            });
        }
        let tries = wording.tries.iter().map(|attempt| self.phrase_template(name, attempt, wording, place)).collect();
        Words { phrase: Some(Name::from(name)), tries }
    }

    /// What is wrong with a phrase here is said at its slot, with the place that speaks it.
    fn phrase_template(&mut self, name: &str, attempt: &Attempt, wording: &Wording, place: Span) -> Template {
        let report = self.report;
        let before = self.speaking.replace((name.into(), place));
        let (template, problems) = report.captured(|| self.spoken_template(attempt));
        self.speaking = before;
        for problem in &problems {
            report.add(Self::at_place(name, problem, wording, place));
        }
        template
    }

    fn at_place(name: &str, problem: &Diagnostic, wording: &Wording, place: Span) -> Diagnostic {
        if problem.code == Code::TextTooLong {
            return problem.clone();
        }
        match wording.by {
            Author::Override => override_variable(name, problem, wording.span, place),
            Author::Language => at_the_place(name, problem, place),
            Author::Flow if problem.code == Code::UnknownInPhrase => problem.clone(),
            Author::Flow => problem.clone().at(place, "spoken here"),
        }
    }

    /// A text must not be longer than the voice can speak at once.
    fn within_limits(&self, attempt: &Attempt) {
        let limit = TWILIO.speech(self.world.voice());
        let length = literal_length(attempt.pattern.text(), limit.bytes);
        if length > limit.most {
            self.report.add(too_long(attempt.span, length, limit));
        }
    }
}

/// How many characters, or bytes, stand outside `{{ }}`.
fn literal_length(text: &str, bytes: bool) -> usize {
    let length = |part: &str| if bytes { part.len() } else { part.chars().count() };
    let mut parts = text.split("{{");
    let first = parts.next().map_or(0, length);
    first + parts.map(|part| part.split_once("}}").map_or(0, |(_, behind)| length(behind))).sum::<usize>()
}

/// The words that speak a text value.
fn value_words(value: crate::expr::Expr) -> Words {
    let slot = Slot { value, ty: Type::Text, form: Form::Spoken(Speech::AsIs) };
    let pattern = Pattern::parse("{{value}}").map_or_else(|_| Pattern::plain(""), |(pattern, _)| pattern);
    Words { phrase: None, tries: vec![Template { pattern: pattern.into(), slots: vec![slot] }] }
}

/// Stands for words that are wrong.
fn nothing() -> Words {
    Words { phrase: None, tries: vec![Template { pattern: Pattern::plain("").into(), slots: Vec::new() }] }
}
