//! Slots of texts: resolved where the text lands, and encoded for that place (section 11 of the language).

use super::checker::Checker;
use super::exprs::{Found, Typed};
use super::exprs::{means_nothing, no_value, secret_outside};
use super::wording::Attempt;
use super::world::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Form, Slot, Speech, Template, Test};
use crate::source::Span;
use crate::template::{Helper, Hole, HoleKind, usage};
use crate::types::{Name, Type};

fn unknown(name: &str, span: Span, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownInText, format!("unknown name `{name}` in this text"))
        .at(span, "")
        .help(near.unwrap_or_else(|| "a text may use what is in scope where it stands".into()))
}

fn misused_helper(name: &str, span: Span, usage: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownInText, format!("`{name}` is a helper, and no value"))
        .at(span, "")
        .help(format!("write it like `{usage}`"))
}

fn phrase_without(phrase: &str, variable: &str, slot: Span, place: Span, near: Option<String>) -> Diagnostic {
    let pass = format!("pass `{variable}` to the scene, or word the phrase without it");
    let help = match near {
        Some(near) => format!("{near} Otherwise {pass}"),
        None => pass,
    };
    Diagnostic::new(Code::UnknownInPhrase, format!("phrase `{phrase}` is spoken where `{variable}` does not exist"))
        .at(slot, format!("uses `{variable}`"))
        .at(place, format!("no `{variable}` here"))
        .help(help)
}

fn may_be_absent(path: &str, ty: &str, hidden: bool, span: Span) -> Diagnostic {
    let why = if hidden { ": a caller can hide the number" } else { "" };
    Diagnostic::new(Code::MayBeAbsent, format!("`{path}` may be absent{why}"))
        .at(span, ty)
        .help(format!("write `{{{{#if {path}}}}} … {{{{/if}}}}` around it, or test it before"))
}

fn not_speakable(path: &str, ty: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::NotSpeakable, format!("`{path}` cannot be spoken"))
        .at(span, format!("{ty} has no spoken form"))
        .help("speak one of its parts, or give its type a field `spoken`")
}

fn pending(path: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::StillPending, format!("`{path}` is not there yet"))
        .at(span, "pending")
        .help("wait for it: `let … = wait for … every 5s up to 4min else { … }`")
}

fn wrong_helper(helper: &str, ty: &str, span: Span, want: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("`{helper}` wants {want}"))
        .at(span, ty)
        .help("use another helper, or none")
}

fn no_condition(path: &str, ty: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("`{path}` is no condition"))
        .at(span, ty)
        .help("`#if` takes a flag, or a value that may be absent")
}

fn only_spoken(span: Span, instead: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::ForbiddenTemplate, "helpers stand in words that are spoken only")
        .at(span, "")
        .help(instead.unwrap_or_else(|| "write the value without a helper".to_owned()))
}

/// What a helper does that a function does as well, outside of words.
fn without_helper(path: &str, helper: &Helper) -> Option<String> {
    match helper {
        Helper::Short(most) => Some(format!("bind it before: `let few = {path}.short({most})`")),
        _ => None,
    }
}

fn no_text_form(path: &str, ty: &str, span: Span, place: &str, spoken: bool) -> Diagnostic {
    let help = if spoken {
        format!("its words are a field: write `{{{{{path}.spoken}}}}`")
    } else {
        "put a text, a number, a phone or a time there".to_owned()
    };
    Diagnostic::new(Code::WrongType, format!("`{path}` cannot stand in {place}")).at(span, ty).help(help)
}

/// Where a text lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Landing {
    /// In a text value.
    Plain,
    /// In the caller's ear.
    Spoken,
    /// In the path or the query of a request.
    Url,
    /// In a header or a credential.
    Header,
    /// In keys that are sent.
    Keys,
}

impl Landing {
    fn place(self) -> &'static str {
        match self {
            Self::Plain => "a text value",
            Self::Spoken => "words that are spoken",
            Self::Url => "a URL",
            Self::Header => "a header",
            Self::Keys => "keys that are sent",
        }
    }
}

impl Checker<'_> {
    /// A text with its slots resolved here.
    pub(super) fn template(&mut self, attempt: &Attempt, landing: Landing) -> Template {
        let mut slots: Vec<Slot> = Vec::new();
        for hole in &attempt.holes {
            let before = self.flow.facts.clone();
            for guard in &hole.guards {
                if let Some(condition) = slots.get(guard.condition) {
                    self.flow.facts.assume(&condition.value, guard.holds);
                }
            }
            let slot = self.hole(hole, attempt.span_of(hole), landing);
            slots.push(slot);
            self.flow.facts = before;
        }
        Template { pattern: attempt.pattern.clone(), slots }
    }

    fn hole(&mut self, hole: &Hole, span: Span, landing: Landing) -> Slot {
        match &hole.kind {
            HoleKind::Break(millis) => {
                if landing != Landing::Spoken {
                    self.report.add(only_spoken(span, None));
                }
                Slot { value: Expr::none(), ty: Type::None, form: Form::Spoken(Speech::Break(*millis)) }
            }
            HoleKind::Condition { path } => self.truth(path, span),
            HoleKind::Value { path, helper } => {
                let typed = self.path(path, span);
                let path = path.join(".");
                if let Some(helper) = helper.as_ref().filter(|_| landing != Landing::Spoken) {
                    self.report.add(only_spoken(span, without_helper(&path, helper)));
                    return Slot { value: typed.expr, ty: typed.ty, form: Form::Plain };
                }
                if landing == Landing::Spoken {
                    self.spoken(typed, helper.as_ref(), &path, span)
                } else {
                    self.written(typed, &path, span, landing)
                }
            }
        }
    }

    /// The value of a path in a text.
    pub(super) fn path(&mut self, path: &[String], span: Span) -> Typed {
        let words: Vec<(&str, Span)> = path.iter().map(|word| (word.as_str(), span)).collect();
        let Some(((root, _), rest)) = words.split_first() else { return Typed::unknown() };
        if *root == "call" && self.room.call() && self.locals.get(root).is_none() && !rest.is_empty() {
            return self.of_call(rest, None);
        }
        let problem = match self.find(root) {
            Found::Value(typed) => return self.fields(typed, rest),
            Found::Hazy => return Typed::unknown(),
            Found::Secret(id) => secret_outside(span, self.world.setting_by(id).map_or(span, |setting| setting.span)),
            Found::Elsewhere => means_nothing(root, span),
            Found::NoValue(what, help) if *root == "call" => no_value(root, span, what, help),
            _ if let Some((phrase, place)) = &self.speaking => {
                phrase_without(phrase, root, span, *place, self.nearest_value(root))
            }
            _ if let Some(usage) = usage(root).filter(|_| rest.is_empty()) => misused_helper(root, span, usage),
            Found::Phrase | Found::NoValue(..) | Found::NotHere(_) | Found::Nothing => {
                unknown(root, span, self.comes_later(root).or_else(|| self.nearest_value(root)))
            }
        };
        self.report.add(problem);
        Typed::unknown()
    }

    /// "did you mean …?" among what a text may use here.
    fn nearest_value(&self, name: &str) -> Option<String> {
        let settings = self.world.settings.iter().filter(|setting| !setting.secret).map(|setting| &*setting.name);
        did_you_mean(name, self.locals.names().chain(settings))
    }

    /// `{{#if path}}`: a flag, or whether the value is there.
    fn truth(&mut self, path: &[String], span: Span) -> Slot {
        let typed = self.path(path, span);
        let ty = typed.ty.clone();
        let value = match &typed.ty {
            Type::Flag | Type::Unknown => typed.expr,
            Type::Optional(_) => Expr::Not(Box::new(Expr::Is(Test::None, Box::new(typed.expr)))),
            other => {
                // Known to be there already: the test is superfluous, and harmless.
                if !self.flow.facts.is_present(&typed.expr) {
                    self.report.add(no_condition(&path.join("."), &self.show(other), span));
                }
                Expr::Not(Box::new(Expr::Is(Test::None, Box::new(typed.expr))))
            }
        };
        Slot { value, ty, form: Form::Truth }
    }

    fn spoken(&mut self, typed: Typed, helper: Option<&Helper>, path: &str, span: Span) -> Slot {
        let Some(typed) = self.settled(typed, path, span) else { return nothing() };
        let shown = self.show(&typed.ty);
        let text = |ty: &Type| matches!(ty, Type::Text | Type::Enum(_));
        let number = |ty: &Type| matches!(ty, Type::Number | Type::Span { .. });
        let phone = |ty: &Type| matches!(ty, Type::Phone | Type::TypedPhone);
        let (speech, wanted) = match helper {
            None => return self.spoken_plainly(typed, path, span),
            Some(Helper::Spell) => {
                let fits = text(&typed.ty) || number(&typed.ty) || phone(&typed.ty);
                (Speech::Spelled, (!fits).then_some(("spell", "a text, a number or a phone")))
            }
            Some(Helper::Date) => (Speech::Date, (typed.ty != Type::Time).then_some(("date", "a time"))),
            Some(Helper::Time) => (Speech::Clock, (typed.ty != Type::Time).then_some(("time", "a time"))),
            Some(Helper::Short(most)) => (Speech::Short(*most), (!text(&typed.ty)).then_some(("short", "a text"))),
            Some(Helper::Plural { one, many }) => {
                let speech = Speech::Plural { one: Name::from(one.as_str()), many: Name::from(many.as_str()) };
                (speech, (!number(&typed.ty)).then_some(("plural", "a number")))
            }
        };
        if let Some((helper, want)) = wanted
            && typed.ty != Type::Unknown
        {
            self.report.add(wrong_helper(helper, &shown, span, want));
        }
        Slot { value: typed.expr, ty: typed.ty, form: Form::Spoken(speech) }
    }

    fn spoken_plainly(&mut self, typed: Typed, path: &str, span: Span) -> Slot {
        let speech = match &typed.ty {
            Type::Text | Type::Enum(_) | Type::Unknown => Speech::AsIs,
            Type::Number | Type::Span { .. } => Speech::Number,
            Type::Phone | Type::TypedPhone => Speech::Spelled,
            Type::Time => Speech::DateAndClock,
            Type::Duration => Speech::Duration,
            Type::Record(_) | Type::Row(_) if self.world.types.field(&typed.ty, "spoken").is_some() => {
                let ty = typed.ty.clone();
                let spoken = self.fields(typed, &[("spoken", span)]);
                let path = format!("{path}.spoken");
                // A record in `spoken` could go round in circles.
                if let Type::Record(_) | Type::Row(_) = spoken.ty {
                    self.report.add(not_speakable(&path, &self.show(&spoken.ty), span));
                    return nothing();
                }
                return Slot { ty, ..self.spoken(spoken, None, &path, span) };
            }
            other => {
                self.report.add(not_speakable(path, &self.show(other), span));
                return nothing();
            }
        };
        Slot { value: typed.expr, ty: typed.ty, form: Form::Spoken(speech) }
    }

    /// A slot of a text that is no speech.
    fn written(&mut self, typed: Typed, path: &str, span: Span, landing: Landing) -> Slot {
        let Some(typed) = self.settled(typed, path, span) else { return nothing() };
        if landing == Landing::Url
            && let Some(form) = self.url_form(&typed, span)
        {
            return Slot { value: typed.expr, ty: typed.ty, form };
        }
        let form = match landing {
            Landing::Plain | Landing::Spoken => Form::Plain,
            Landing::Url => Form::UrlPart,
            Landing::Header => Form::Header,
            Landing::Keys => Form::Keys,
        };
        let fits = match typed.ty {
            Type::Unknown | Type::Text | Type::Number | Type::Span { .. } | Type::Enum(_) => true,
            Type::Phone | Type::TypedPhone | Type::Time | Type::Url => landing != Landing::Keys,
            Type::Flag => landing == Landing::Url,
            Type::Path => landing == Landing::Header,
            _ => false,
        };
        if !fits {
            let spoken = self.world.types.field(&typed.ty, "spoken").is_some_and(|field| field == Type::Text);
            self.report.add(no_text_form(path, &self.show(&typed.ty), span, landing.place(), spoken));
        }
        Slot { value: typed.expr, ty: typed.ty, form }
    }

    /// A value that is there.
    fn settled(&self, typed: Typed, path: &str, span: Span) -> Option<Typed> {
        match &typed.ty {
            Type::Optional(_) | Type::None => {
                let hidden = matches!(typed.expr, Expr::Call(crate::expr::CallField::From));
                self.report.add(may_be_absent(path, &self.show(&typed.ty), hidden, span));
                None
            }
            Type::Pending(_) => {
                self.report.add(pending(path, span));
                None
            }
            _ => Some(typed),
        }
    }
}

/// Stands for a slot that is wrong.
fn nothing() -> Slot {
    Slot { value: Expr::none(), ty: Type::Unknown, form: Form::Plain }
}
