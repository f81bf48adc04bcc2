//! What the words of a phrase may use at every place that speaks it.
//!
//! IVR503 refuses an override whose variables do not exist, or cannot be spoken, at one of those places. To tell an
//! operator beforehand what is allowed, the same check is asked: at every place, each name in scope is put into a text
//! of its own, in the forms a text can have, and what the checker accepts everywhere is what a phrase may use. That
//! takes much longer than a check, so it is done only when somebody asks.

use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;

use super::checker::Checker;
use super::report::Report;
use super::wording::Wording;
use crate::overrides::Overrides;
use crate::source::Span;
use crate::syntax::tree::File;
use crate::types::{Name, Type};

/// Records in records that are looked into: types that contain each other make more paths than anybody reads.
const DEEPEST: usize = 3;

/// A phrase with the places that speak it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spoken {
    /// Where it is spoken; of `apology`, `goodbye` and `one_moment`, which the language speaks by itself, only where
    /// the flow speaks them, too.
    pub places: Vec<Span>,
    /// What its words may use at all of them, in the order in which names are bound. None if nobody speaks it.
    pub variables: Vec<Variable>,
}

/// Something that the words of a phrase may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// What stands between the braces: `group`, `take.seconds`, `call.from`.
    pub path: String,
    /// Its types, after narrowing: one, unless places differ.
    pub types: Vec<String>,
    /// How it may be used.
    pub usage: Usage,
    /// Whether it is in scope wherever words are spoken: a setting, `call.…`, `now`.
    pub global: bool,
}

/// How a variable may be used in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// `{{path}}`.
    Spoken,
    /// `{{#if path}}{{path}}{{/if}}`: it may be absent.
    Guarded,
    /// `{{#if path}}…{{/if}}`: it can be tested, and not be spoken.
    Tested,
}

impl Usage {
    const ALL: [Self; 3] = [Self::Spoken, Self::Guarded, Self::Tested];

    /// A text that uses the variable of this path so.
    #[must_use]
    pub fn text(self, path: &str) -> String {
        match self {
            Self::Spoken => format!("{{{{{path}}}}}"),
            Self::Guarded => format!("{{{{#if {path}}}}}{{{{{path}}}}}{{{{/if}}}}"),
            Self::Tested => format!("{{{{#if {path}}}}}…{{{{/if}}}}"),
        }
    }
}

/// Every phrase of a flow, built-in ones too, with what its words may use. Of a flow with errors, what could be found
/// out.
#[must_use]
pub fn survey(name: &str, file: &File, overrides: &Overrides) -> IndexMap<Name, Spoken> {
    let report = Report::surveying();
    super::run(name, file, overrides, &report);
    let survey = report.into_survey();
    survey.phrases.into_iter().map(|(name, scope)| (name, scope.into_spoken())).collect()
}

/// What has been found out so far.
#[derive(Debug, Default)]
pub(super) struct Survey {
    phrases: IndexMap<Name, Scope>,
    /// Texts that have been parsed: the same names are in scope at many places.
    texts: HashMap<String, Rc<Wording>>,
}

/// A phrase that is being looked at.
#[derive(Debug)]
struct Scope {
    places: Vec<Span>,
    /// What can be used at all places so far.
    known: IndexMap<String, Known>,
}

/// What is known about a path.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    types: Vec<String>,
    usages: Vec<Usage>,
    global: bool,
}

impl Scope {
    fn into_spoken(self) -> Spoken {
        let variables = self.known.into_iter().filter_map(|(path, known)| {
            let usage = known.usages.iter().min().copied()?;
            Some(Variable { path, types: known.types, usage, global: known.global })
        });
        Spoken { places: self.places, variables: variables.collect() }
    }
}

impl Survey {
    fn wording(&mut self, text: &str, report: &Report) -> Rc<Wording> {
        if let Some(wording) = self.texts.get(text) {
            return Rc::clone(wording);
        }
        let wording = Rc::new(Wording::overriding(&[text], Span::default(), report));
        self.texts.insert(text.to_owned(), Rc::clone(&wording));
        wording
    }

    /// Takes down what can be used at one more place.
    fn add(&mut self, phrase: &str, place: Option<Span>, here: IndexMap<String, Known>) {
        let Some(scope) = self.phrases.get_mut(phrase) else {
            let scope = Scope { places: place.into_iter().collect(), known: here };
            self.phrases.insert(phrase.into(), scope);
            return;
        };
        scope.places.extend(place.filter(|place| !scope.places.contains(place)));
        scope.known.retain(|path, known| {
            let Some(other) = here.get(path) else { return false };
            known.usages.retain(|usage| other.usages.contains(usage));
            let new = other.types.iter().filter(|ty| !known.types.contains(ty)).cloned().collect::<Vec<_>>();
            known.types.extend(new);
            !known.usages.is_empty()
        });
    }
}

impl Checker<'_> {
    /// Takes down what a phrase may use here, if that is asked for.
    pub(super) fn survey(&mut self, phrase: &str, place: Span) {
        let Some(survey) = self.report.survey() else { return };
        let mut here = IndexMap::new();
        let locals: Vec<String> = self.locals.names().map(str::to_owned).collect();
        let settings = self.world.settings.iter().filter(|setting| !setting.secret);
        let settings: Vec<String> = settings.map(|setting| setting.name.to_string()).collect();
        let call = ["from", "to", "verified", "sid", "started", "language"].map(|field| format!("call.{field}"));
        for path in locals {
            self.look_at(&path, false, &mut Vec::new(), &mut here);
        }
        for path in settings.into_iter().chain(call).chain(["now".to_owned()]) {
            self.look_at(&path, true, &mut Vec::new(), &mut here);
        }
        let own = self.world.phrases.get(phrase).and_then(|phrase| phrase.span);
        let place = Some(place).filter(|place| !place.is_empty() && Some(*place) != own);
        survey.borrow_mut().add(phrase, place, here);
    }

    /// What can be done with a path and with its fields. `above` are the types it goes through: a type that contains
    /// itself has no end.
    fn look_at(&mut self, path: &str, global: bool, above: &mut Vec<Type>, here: &mut IndexMap<String, Known>) {
        let report = self.report;
        let words: Vec<String> = path.split('.').map(str::to_owned).collect();
        let (typed, _) = report.captured(|| self.path(&words, Span::default()));
        let usages: Vec<Usage> = Usage::ALL.into_iter().filter(|usage| self.accepts(&usage.text(path))).collect();
        if !usages.is_empty() {
            let types = vec![self.show(&typed.ty)];
            here.insert(path.to_owned(), Known { types, usages, global });
        }
        let ty = typed.ty.present();
        if let Type::List(..) = ty {
            self.look_at(&format!("{path}.count"), global, above, here);
        }
        if above.len() == DEEPEST || above.contains(ty) {
            return;
        }
        above.push(ty.clone());
        for (field, _) in self.world.types.fields(ty).unwrap_or_default() {
            // Speaking the whole is speaking it.
            if &*field != "spoken" {
                self.look_at(&format!("{path}.{field}"), global, above, here);
            }
        }
        above.pop();
    }

    /// Whether words of this text could be spoken here.
    fn accepts(&mut self, text: &str) -> bool {
        let report = self.report;
        let Some(survey) = report.survey() else { return false };
        let wording = survey.borrow_mut().wording(text, report);
        let ((), problems) =
            report.captured(|| wording.tries.iter().for_each(|attempt| drop(self.spoken_template(attempt))));
        !problems.has_errors()
    }
}

#[cfg(test)]
mod tests;
