//! What may stand in a variable, as far as the settings tell.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::eval::{self, Context, Nothing, Scope};
use crate::expr::{Expr, Form, Function, Quantifier, Slot, Speech, Template};
use crate::template::Pattern;
use crate::types::{Name, Type};
use crate::value::{Fields, Value};

/// Values that an expression can have.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Possible {
    /// Those that are known.
    pub(super) values: Vec<Value>,
    /// Whether there are no others.
    pub(super) all: bool,
}

impl Possible {
    fn only(values: Vec<Value>) -> Self {
        Self { values, all: true }
    }

    /// These or those.
    pub(super) fn or(mut self, other: Self) -> Self {
        for value in other.values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        self.all &= other.all;
        self
    }

    fn map(self, change: impl Fn(Value) -> Value) -> Self {
        let mut mapped = Self { values: Vec::new(), all: self.all };
        for value in self.values {
            mapped = mapped.or(Self::only(vec![change(value)]));
        }
        mapped
    }

    /// The elements of lists.
    fn elements(self) -> Self {
        let lists = self.values.into_iter().map(|list| Self::only(list.elements()));
        lists.fold(Self { values: Vec::new(), all: self.all }, Self::or)
    }
}

/// What is known about names.
#[derive(Debug, Default)]
pub(super) struct Examples<'a> {
    settings: &'a [Value],
    locals: HashMap<Name, Possible>,
}

impl<'a> Examples<'a> {
    pub(super) fn new(settings: &'a [Value]) -> Self {
        Self { settings, locals: HashMap::new() }
    }

    /// Forgets all local names: another scene begins.
    pub(super) fn begin(&mut self, params: HashMap<Name, Possible>) {
        self.locals = params;
    }

    pub(super) fn bind(&mut self, name: &Name, values: Possible) {
        self.locals.insert(name.clone(), values);
    }

    /// Binds a name to an element of a list.
    pub(super) fn bind_element(&mut self, name: &Name, list: &Expr) {
        let elements = self.of(list).elements();
        self.bind(name, elements);
    }

    /// What an expression can be.
    pub(super) fn of(&self, expr: &Expr) -> Possible {
        match expr {
            Expr::Literal(value) => Possible::only(vec![value.clone()]),
            Expr::Setting(id) => match self.settings.get(usize::from(id.0)) {
                Some(value) => Possible::only(vec![value.clone()]),
                None => Possible::default(),
            },
            Expr::Local(name) => self.locals.get(name).cloned().unwrap_or_default(),
            Expr::Field(of, name) => self.of(of).map(|value| value.field(name)),
            Expr::Index(of, _) | Expr::Function(Function::First | Function::Last | Function::Cycle, of, _) => {
                self.of(of).elements()
            }
            Expr::Function(Function::UpTo | Function::Unique, of, _) => self.of(of),
            Expr::Quantified { quantifier: Quantifier::First, list, .. } => self.of(list).elements(),
            Expr::Comprehension { name, list, value, .. } => match &**value {
                Expr::Local(local) if local == name => self.of(list),
                _ => Possible::default(),
            },
            Expr::If(_, one, other) | Expr::Else(one, other) => self.of(one).or(self.of(other)),
            _ => Possible::default(),
        }
    }

    /// How the known values of a slot sound, each once.
    pub(super) fn spoken(&self, slot: &Slot, most: usize) -> Vec<String> {
        let Form::Spoken(speech) = &slot.form else { return Vec::new() };
        let mut spoken: Vec<String> = Vec::new();
        for value in self.of(&slot.value).values {
            let text = sound(value, speech);
            if !text.trim().is_empty() && !spoken.contains(&text) {
                spoken.push(text);
            }
        }
        spoken.truncate(most);
        spoken
    }
}

/// How a value is spoken in this form.
fn sound(value: Value, speech: &Speech) -> String {
    let Ok((pattern, _)) = Pattern::parse("{{value}}") else { return String::new() };
    let slot = Slot { value: Expr::Literal(value), ty: Type::Unknown, form: Form::Spoken(speech.clone()) };
    let template = Template { pattern: pattern.into(), slots: vec![slot] };
    let context =
        Context { settings: &[], call: None, now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC, outside: &Nothing };
    eval::text(&template, &Scope::of(Fields::new()), &context).unwrap_or_default()
}
