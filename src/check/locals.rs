//! Local names: bound once, to the end of their block, without shadowing.

use super::checker::Checker;
use super::declare::GIVEN_NAMES;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::Word;
use crate::types::{Name, Type};

fn bound_twice(word: &Word, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("`{}` is bound already", word.text))
        .at(word.span, "again")
        .at(first, "bound here")
        .help("a name is bound once: choose another one")
}

fn shadows(word: &Word, what: &str) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("`{}` would hide {what}", word.text))
        .at(word.span, "")
        .help("choose another name")
}

fn shares(word: &Word, what: &str, first: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::SharedName, format!("`{}` would hide the {what} of that name", word.text))
        .at(word.span, "bound here");
    let diagnostic = match first {
        Some(span) => diagnostic.at(span, what),
        None => diagnostic,
    };
    diagnostic.help("choose another name")
}

fn hides_given(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("`{name}` means something of its own further down"))
        .at(span, format!("the language binds `{name}` in a step below"))
        .help("choose another name")
}

/// A local name.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) name: Name,
    pub(super) ty: Type,
    /// Where it is bound; none if the language binds it.
    pub(super) span: Option<Span>,
    /// The waiting step that binds it: where `retry NAME` leads.
    pub(super) step: Option<Span>,
    pub(super) used: bool,
}

/// The names in scope, innermost last.
#[derive(Debug, Default)]
pub(super) struct Locals {
    list: Vec<Local>,
}

impl Locals {
    pub(super) fn depth(&self) -> usize {
        self.list.len()
    }

    /// Forgets the names beyond `depth` and gives them.
    pub(super) fn leave(&mut self, depth: usize) -> Vec<Name> {
        self.list.drain(depth.min(self.list.len())..).map(|local| local.name).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Local> {
        self.list.iter().rev().find(|local| &*local.name == name)
    }

    /// The type of a name that is being used.
    pub(super) fn use_name(&mut self, name: &str) -> Option<Type> {
        let local = self.list.iter_mut().rev().find(|local| &*local.name == name)?;
        local.used = true;
        Some(local.ty.clone())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|local| &*local.name)
    }

    pub(super) fn is_used(&self, name: &str) -> bool {
        self.get(name).is_some_and(|local| local.used)
    }
}

impl Checker<'_> {
    /// Binds a name the author chose.
    pub(super) fn bind(&mut self, word: &Word, ty: Type, step: Option<Span>) {
        let problem = self.conflict(word);
        // Whichever of the two is meant from here on, nothing is said about its type.
        let ty = if problem.is_some() { Type::Unknown } else { ty };
        if let Some(problem) = problem {
            self.report.add(problem);
        }
        self.flow.facts.forget(&word.text);
        let name = word.text.as_str().into();
        self.locals.list.push(Local { name, ty, span: Some(word.span), step, used: false });
    }

    /// Binds a name of the language: `it`, `digit`, `round`, `error`, …
    pub(super) fn bind_given(&mut self, name: &str, ty: Type) {
        if let Some(span) = self.locals.get(name).and_then(|local| local.span) {
            self.report.add(hides_given(name, span));
        }
        self.flow.facts.forget(name);
        self.locals.list.push(Local { name: name.into(), ty, span: None, step: None, used: false });
    }

    fn conflict(&self, word: &Word) -> Option<Diagnostic> {
        let name = word.text.as_str();
        if let Some(local) = self.locals.get(name) {
            return Some(match local.span {
                Some(first) => bound_twice(word, first),
                None => shadows(word, "a name that the language binds here"),
            });
        }
        if GIVEN_NAMES.contains(&name) {
            return Some(shadows(word, "a name of the language"));
        }
        if let Some((_, setting)) = self.world.setting(name) {
            return Some(shares(word, "setting", Some(setting.span)));
        }
        if let Some(phrase) = self.world.phrases.get(name) {
            return phrase.span.map(|span| shares(word, "phrase", Some(span)));
        }
        if self.world.tables.contains_key(name) {
            return Some(shadows(word, "a table"));
        }
        self.world.services.contains_key(name).then(|| shadows(word, "a service"))
    }
}
