//! Who has which name.

use std::collections::HashMap;

use super::super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::Word;

fn twice(word: &Word, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("`{}` is declared twice", word.text))
        .at(word.span, "again")
        .at(first, "first")
        .help("rename one of them")
}

fn shared(word: &Word, kind: &str, first: Span, first_kind: &str) -> Diagnostic {
    Diagnostic::new(
        Code::SharedName,
        format!("`{}` would be the name of {} and of {}", word.text, a(kind), a(first_kind)),
    )
    .at(word.span, kind)
    .at(first, first_kind)
    .help("settings, phrases and music are overridden by their names: rename one of them")
}

fn of_the_language(word: &Word) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("`{}` is a name of the language", word.text))
        .at(word.span, "")
        .help("choose another name")
}

/// Names that mean something everywhere.
pub(in super::super) const GIVEN: [&str; 2] = ["call", "now"];

fn a(kind: &str) -> String {
    match kind {
        "music" | "hours" => kind.to_owned(),
        other => format!("a {other}"),
    }
}

/// Where names must be distinct.
#[derive(Debug, Clone, Copy)]
pub(super) enum Space {
    Type,
    /// Whatever a bare name in an expression or in a text can mean; with what it is.
    Value(&'static str),
    Query,
    Scene,
}

/// The names that are taken.
pub(super) struct Names<'a> {
    report: &'a Report,
    taken: HashMap<(u8, String), (Span, &'static str)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report, taken: HashMap::new() }
    }

    /// Takes a name; says so and answers false if it is taken already.
    pub(super) fn take(&mut self, space: Space, word: &Word) -> bool {
        let (number, kind) = match space {
            Space::Type => (0, "type"),
            Space::Value(kind) => (1, kind),
            Space::Query => (2, "query"),
            Space::Scene => (3, "scene"),
        };
        if number == 1 && GIVEN.contains(&word.text.as_str()) {
            self.report.add(of_the_language(word));
            return false;
        }
        let key = (number, word.text.clone());
        if let Some((first, first_kind)) = self.taken.get(&key) {
            let same = kind == *first_kind;
            self.report.add(if same { twice(word, *first) } else { shared(word, kind, *first, first_kind) });
            return false;
        }
        self.taken.insert(key, (word.span, kind));
        true
    }

    /// Where findings go.
    pub(super) fn report(&self) -> &'a Report {
        self.report
    }

    /// Says that a name belongs to the language.
    pub(super) fn refuse(&self, word: &Word) {
        self.report.add(of_the_language(word));
    }
}
