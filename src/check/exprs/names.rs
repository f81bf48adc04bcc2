//! Bare names.

use super::super::checker::Checker;
use super::super::habits;
use super::super::report::Thing;
use super::super::world::did_you_mean;
use super::Typed;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, SettingId};
use crate::source::Span;
use crate::types::{Length, Type};
use crate::value::Value;

fn unknown(name: &str, span: Span, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("unknown name `{name}`")).at(span, "").help(
        habits::value_of(name).map_or_else(
            || {
                near.unwrap_or_else(|| {
                    "bind it by `let`, declare it in `settings`, or put it in quotes if it is a text".into()
                })
            },
            |value| format!("write `{value}`"),
        ),
    )
}

/// A value of an enum where nothing says that one is meant.
fn value_nowhere_wanted(name: &str, span: Span, of: &str) -> Diagnostic {
    let message = format!("`{name}` is a value of `{of}`, which is known only where a `{of}` is expected");
    Diagnostic::new(Code::UnknownName, message)
        .at(span, "nothing is expected here")
        .help(format!("pass it where a `{of}` is expected, or let a scene `-> {of}` give it: `return {name}`"))
}

fn unknown_value(name: &str, span: Span, of: &str, near: Option<String>, values: &[String]) -> Diagnostic {
    Diagnostic::new(Code::UnknownType, format!("`{name}` is no value of {of}"))
        .at(span, "")
        .help(near.unwrap_or_else(|| format!("its values are {}", values.join(", "))))
}

fn value_wins(name: &str, span: Span, of: &str, bound: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::ValueWins, format!("`{name}` is the value of `{of}` here, not the name"))
        .at(span, "the value");
    let diagnostic = match bound {
        Some(bound) => diagnostic.at(bound, "also a name"),
        None => diagnostic,
    };
    diagnostic.help("rename one of the two")
}

/// A name on the left of a comparison means itself.
pub(super) fn name_wins(name: &str, span: Span, of: &str, bound: Option<Span>) -> Diagnostic {
    let message = format!("`{name}` is the name here, not the value of `{of}`");
    let diagnostic = Diagnostic::new(Code::ValueWins, message).at(span, "the name");
    let diagnostic = match bound {
        Some(bound) => diagnostic.at(bound, "bound here"),
        None => diagnostic,
    };
    diagnostic.help("rename one of the two")
}

/// Something that is no value.
pub(in super::super) fn no_value(name: &str, span: Span, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("`{name}` is {what}, and no value")).at(span, "").help(help)
}

fn not_here(name: &str, span: Span, place: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("`{name}` cannot be used {place}"))
        .at(span, "")
        .help("write a value that does not depend on the call")
}

/// A secret where it may not be.
pub(in super::super) fn secret_outside(span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::SecretOutside, "a secret can only be used inside a `service`")
        .at(span, "secret")
        .at(declared, "declared here")
        .help("callers must never hear it, and the state of a call must never hold it")
}

/// A name of the language where it means nothing.
pub(in super::super) fn means_nothing(name: &str, span: Span) -> Diagnostic {
    let help = match name {
        "error" => "it stands in an `else` that follows a failure, and in `on error`",
        "round" => "it stands in the block of a `wait`, and in the parts of an `escalate`",
        "label" => "it stands in the phrase `option`",
        "digit" => "it stands in the label of an arm with a single key, and in `each` of a `pick`",
        _ => "it stands in `each` and `alone` of a `pick`",
    };
    Diagnostic::new(Code::NothingMeant, format!("`{name}` means nothing here")).at(span, "").help(help)
}

/// Names that the language binds in some places.
const SOMETIMES: [&str; 5] = ["it", "digit", "label", "round", "error"];

/// What a bare name is.
#[derive(Debug)]
pub(in super::super) enum Found {
    /// A value.
    Value(Typed),
    /// A secret that may not be used here.
    Secret(SettingId),
    /// A phrase.
    Phrase,
    /// A name that the language binds elsewhere.
    Elsewhere,
    /// Something that is no value: what, and what to do.
    NoValue(&'static str, &'static str),
    /// A setting, `call` or `now` where only constants are.
    NotHere(&'static str),
    /// Unknown, but that may be the fault of something that was not understood.
    Hazy,
    /// Unknown.
    Nothing,
}

impl Checker<'_> {
    /// A bare name where a value is wanted.
    pub(super) fn name(&mut self, name: &str, span: Span, want: Option<&Type>) -> Typed {
        let values = want.map(|want| self.world.types.values(want)).unwrap_or_default();
        if let Some(value) = values.iter().find(|value| &***value == name) {
            let ty = want.map_or(Type::Unknown, |want| want.present().clone());
            if let Some(local) = self.locals.get(name) {
                self.report.lint(value_wins(name, span, &self.show(&ty), local.span));
            }
            return Typed::new(Expr::Literal(Value::Text(value.clone())), ty);
        }
        let problem = match self.find(name) {
            Found::Value(typed) => return typed,
            Found::Hazy => return Typed::unknown(),
            Found::Secret(id) => {
                let declared = self.world.setting_by(id).map_or(span, |setting| setting.span);
                secret_outside(span, declared)
            }
            Found::Phrase => {
                no_value(name, span, "a phrase", "phrases can be spoken; write the text itself where a value is wanted")
            }
            Found::Elsewhere => means_nothing(name, span),
            Found::NoValue(what, help) => no_value(name, span, what, help),
            Found::NotHere(place) => not_here(name, span, place),
            // Whatever is wanted was wrong, and has been reported.
            Found::Nothing if want.is_some_and(|want| *want.present() == Type::Unknown) => return Typed::unknown(),
            Found::Nothing if values.is_empty() => {
                if self.unknown.iter().any(|known| known == name) {
                    return Typed::unknown();
                }
                self.unknown.push(name.to_owned());
                if let Some(of) = self.world.types.enum_with(name) {
                    self.report.add(value_nowhere_wanted(name, span, &of));
                    return Typed::unknown();
                }
                let settings = self.world.settings.iter().map(|setting| &*setting.name);
                let near = || did_you_mean(name, self.locals.names().chain(settings));
                unknown(name, span, self.comes_later(name).or_else(near))
            }
            Found::Nothing => {
                let near = did_you_mean(name, values.iter().map(|value| &**value));
                let of = want.map_or_else(String::new, |want| self.show(want.present()));
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                unknown_value(name, span, &format!("`{of}`"), near, &values)
            }
        };
        self.report.add(problem);
        Typed::unknown()
    }

    /// What a bare name is here; a value counts as used.
    pub(in super::super) fn find(&mut self, name: &str) -> Found {
        if let Some(ty) = self.locals.use_name(name) {
            let expr = Expr::Local(name.into());
            let ty = self.flow.facts.refine(&expr, ty);
            return Found::Value(Typed::new(expr, ty));
        }
        if let Some((id, setting)) = self.world.setting(name) {
            self.report.uses(Thing::Setting(name.into()));
            return self.setting(id, setting.secret, &setting.ty);
        }
        if let Some(id) = self.world.tables.get(name) {
            self.report.uses(Thing::Type(name.into()));
            let rows = self.world.types.rows(*id);
            let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            let length = Length { min: count, max: Some(count) };
            return Found::Value(Typed::new(
                Expr::Literal(Value::list(rows)),
                Type::List(Box::new(Type::Row(*id)), length),
            ));
        }
        match name {
            "now" if !self.room.now() => return Found::NotHere("here"),
            "now" => return Found::Value(Typed::new(Expr::Now, Type::Time)),
            "call" if !self.room.call() => return Found::NotHere("here"),
            "call" => return Found::NoValue("the call", "write one of its fields, `call.from` for instance"),
            _ => {}
        }
        self.find_elsewhere(name)
    }

    fn setting(&self, id: SettingId, secret: bool, ty: &Type) -> Found {
        if secret && !self.room.secrets() {
            return Found::Secret(id);
        }
        if !self.room.settings() {
            return Found::NotHere("in a default");
        }
        let expr = Expr::Setting(id);
        // A secret that is not set makes the request fail; inside it, it is there.
        let ty = if secret { ty.present().clone() } else { self.flow.facts.refine(&expr, ty.clone()) };
        Found::Value(Typed::new(expr, ty))
    }

    fn find_elsewhere(&self, name: &str) -> Found {
        if self.world.phrases.get(name).is_some_and(|phrase| phrase.span.is_some()) {
            Found::Phrase
        } else if self.world.services.contains_key(name) {
            Found::NoValue("a service", "call one of its operations")
        } else if self.world.music.contains_key(name) {
            Found::NoValue("music", "it stands behind `music` of an `escalate`")
        } else if self.world.hours.contains_key(name) || self.hazy {
            Found::Hazy
        } else if SOMETIMES.contains(&name) {
            Found::Elsewhere
        } else {
            Found::Nothing
        }
    }
}
