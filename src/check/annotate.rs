//! Types as written -> types.

use std::cell::RefCell;

use super::habits;
use super::report::{Report, Thing};
use super::unbuilt::unbuilt;
use super::world::{World, did_you_mean};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Bounds, TyKind, Word};
use crate::types::{Field, Length, Name, RecordId, Type};

/// The types that need no declaration, besides `phone`.
const BUILT_IN: [(&str, Type); 8] = [
    ("text", Type::Text),
    ("number", Type::Number),
    ("flag", Type::Flag),
    ("time", Type::Time),
    ("duration", Type::Duration),
    ("url", Type::Url),
    ("path", Type::Path),
    ("json", Type::Json),
];

fn unknown(word: &Word, near: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::UnknownType, format!("unknown type `{}`", word.text)).at(word.span, "");
    let here = habits::type_of(&word.text).map(|ty| format!("write `{ty}`"));
    diagnostic.help(
        here.or(near).unwrap_or_else(|| "declare it by `type`, `enum` or `table`, or use one of the language".into()),
    )
}

fn empty_bounds(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "no value lies within these bounds")
        .at(span, "the first is greater than the second")
        .help("write the smaller bound first")
}

fn no_length(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "a list cannot have this length")
        .at(span, "")
        .help("a length is written `[1..9]`, `[1..]` or `[..9]`, and not negative")
}

fn value_twice(word: &Word, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("the value `{}` stands here twice", word.text))
        .at(word.span, "again")
        .at(first, "first")
        .help("leave one of them out")
}

fn field_twice(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("the field `{name}` stands here twice"))
        .at(span, "again")
        .at(first, "first")
        .help("leave one of them out")
}

/// Whether a name is taken by a type of the language.
pub(super) fn is_built_in(name: &str) -> bool {
    name == "phone" || BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// Turns written types into types.
pub(super) struct Annotator<'a, 't> {
    pub(super) report: &'a Report,
    /// The type whose fields are being looked at.
    pub(super) within: RefCell<Option<Name>>,
    /// Fields with defaults, which can be checked only when everything is declared.
    pub(super) defaults: RefCell<Vec<(RecordId, &'t tree::Field)>>,
}

impl<'t> Annotator<'_, 't> {
    /// The type that was written.
    pub(super) fn annotate(&self, world: &World, ty: &'t tree::Ty) -> Type {
        match &ty.kind {
            TyKind::Bad => Type::Unknown,
            TyKind::Span(bounds) => span(self.report, *bounds),
            TyKind::Record(fields) => self.inline(world, fields),
            TyKind::Phone { typed, country } => {
                if *typed {
                    unbuilt(self.report, ty.span, "`typed phone`");
                } else if country.is_some() {
                    unbuilt(self.report, ty.span, "`phone` with a country");
                }
                if *typed { Type::TypedPhone } else { Type::Phone }
            }
            TyKind::Name(word) => self.named(world, word),
            TyKind::Choice(words) => Type::Enum(world.types.choice(values(self.report, words))),
            TyKind::Pending(of) => Type::Pending(Box::new(self.annotate(world, of))),
            TyKind::Optional(of) => self.annotate(world, of).optional(),
            TyKind::List(of, bounds) => {
                let of = self.annotate(world, of);
                let length = bounds.map_or(Length::default(), |bounds| length(self.report, bounds));
                Type::List(Box::new(of), length)
            }
        }
    }

    fn named(&self, world: &World, word: &Word) -> Type {
        if let Some((_, ty)) = BUILT_IN.iter().find(|(name, _)| *name == word.text) {
            return ty.clone();
        }
        if word.text == "phone" {
            return Type::Phone;
        }
        if let Some((ty, _)) = world.type_names.get(word.text.as_str()) {
            // A type that only names itself is not used.
            if self.within.borrow().as_deref() != Some(word.text.as_str()) {
                self.report.uses(Thing::Type(word.text.as_str().into()));
            }
            return ty.clone();
        }
        if !world.incomplete {
            let known = world.type_names.keys().map(|name| &**name).chain(BUILT_IN.iter().map(|(name, _)| *name));
            self.report.add(unknown(word, did_you_mean(&word.text, known.chain(["phone"]))));
        }
        Type::Unknown
    }

    /// `{ name: text }`. One with defaults is of its own, others are the same if their fields are.
    fn inline(&self, world: &World, fields: &'t [tree::Field]) -> Type {
        if fields.iter().all(|field| field.default.is_none()) {
            let fields = self.fields(world, fields, None);
            return world.types.anonymous("", fields);
        }
        let id = world.types.declare_record("".into());
        let fields = self.fields(world, fields, Some(id));
        world.types.set_fields(id, fields);
        Type::Record(id)
    }

    /// The fields of a record, still without their defaults: those may need what is declared later.
    pub(super) fn fields(&self, world: &World, fields: &'t [tree::Field], of: Option<RecordId>) -> Vec<Field> {
        let mut known: Vec<(Field, Span)> = Vec::new();
        for field in fields {
            let ty = self.annotate(world, &field.ty);
            if let Some(id) = of.filter(|_| field.default.is_some()) {
                self.defaults.borrow_mut().push((id, field));
            }
            for path in &field.names {
                let name = field_name(path);
                if let Some((_, first)) = known.iter().find(|(field, _)| field.name == name) {
                    self.report.add(field_twice(&name, path.span, *first));
                    continue;
                }
                known.push((Field { name, ty: ty.clone(), default: None }, path.span));
            }
        }
        known.into_iter().map(|(field, _)| field).collect()
    }
}

/// `absences.data`.
pub(super) fn field_name(path: &tree::Path) -> Name {
    let words: Vec<&str> = path.words.iter().map(|word| word.text.as_str()).collect();
    words.join(".").into()
}

fn span(report: &Report, bounds: Bounds) -> Type {
    if bounds.min.zip(bounds.max).is_some_and(|(min, max)| min > max) {
        report.add(empty_bounds(bounds.span));
        return Type::Unknown;
    }
    Type::Span { min: bounds.min, max: bounds.max }
}

fn length(report: &Report, bounds: Bounds) -> Length {
    let number = |bound: i64| u32::try_from(bound).ok();
    let min = bounds.min.map_or(Some(0), number);
    let max = bounds.max.map_or(Some(None), |max| number(max).map(Some));
    match (min, max) {
        (Some(min), Some(max)) if max.is_none_or(|max| min <= max) => Length { min, max },
        _ => {
            report.add(no_length(bounds.span));
            Length::default()
        }
    }
}

/// The values of an enum, each once.
pub(super) fn values(report: &Report, words: &[Word]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for (n, word) in words.iter().enumerate() {
        if let Some(first) = words.iter().take(n).find(|first| first.text == word.text) {
            report.add(value_twice(word, first.span));
        } else {
            names.push(word.text.as_str().into());
        }
    }
    names
}
