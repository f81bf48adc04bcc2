//! What is known about values at a point of the conversation: narrowing by plain tests (section 10.1).
//!
//! Nothing is mutated in the language, so a fact that holds once holds on every way that leads on from there. Where
//! ways meet, only what holds on all of them is left.

use std::collections::HashMap;

use crate::expr::{BinaryOp, CallField, Expr, Quantifier, SettingId, Test};
use crate::types::{Name, Type};
use crate::value::Value;

/// Something that facts can be about: a name, or a path of fields from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    root: Root,
    fields: Vec<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Root {
    Local(Name),
    Setting(SettingId),
    Call(CallField),
}

/// What is known about one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    /// `is none`, as far as known.
    absent: Option<bool>,
    /// Whether the list is known not to be empty.
    filled: bool,
    /// It is one of these values of its enum.
    only: Option<Vec<Name>>,
    /// It is none of these.
    never: Vec<Name>,
}

/// Everything known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    known: HashMap<Place, Known>,
}

/// A single fact.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fact {
    Absent,
    Present,
    Filled,
    Only(Vec<Name>),
    Never(Vec<Name>),
}

impl Place {
    /// The place an expression denotes, if it is a path.
    pub(super) fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Local(name) => Some(Self { root: Root::Local(name.clone()), fields: Vec::new() }),
            Expr::Setting(id) | Expr::SecretIsSet(id) => Some(Self { root: Root::Setting(*id), fields: Vec::new() }),
            Expr::Call(field) => Some(Self { root: Root::Call(*field), fields: Vec::new() }),
            Expr::Field(of, name) => {
                let mut place = Self::of(of)?;
                place.fields.push(name.clone());
                Some(place)
            }
            _ => None,
        }
    }

    /// The paths it begins with, the whole last.
    fn prefixes(&self) -> impl Iterator<Item = Self> + '_ {
        (0..=self.fields.len())
            .map(|n| Self { root: self.root.clone(), fields: self.fields.iter().take(n).cloned().collect() })
    }
}

impl Facts {
    /// The type of an expression with what is known about it.
    pub(super) fn refine(&self, expr: &Expr, ty: Type) -> Type {
        let Some(known) = Place::of(expr).and_then(|place| self.known.get(&place)) else { return ty };
        let ty = if known.absent == Some(false) { ty.present().clone() } else { ty };
        match ty {
            Type::List(of, mut length) if known.filled => {
                length.min = length.min.max(1);
                Type::List(of, length)
            }
            other => other,
        }
    }

    /// Whether an expression is known to be present.
    pub(super) fn is_present(&self, expr: &Expr) -> bool {
        Place::of(expr).and_then(|place| self.known.get(&place)).is_some_and(|known| known.absent == Some(false))
    }

    /// Of the values of an enum those that the expression may still have.
    pub(super) fn possible(&self, expr: &Expr, values: Vec<Name>) -> Vec<Name> {
        let Some(known) = Place::of(expr).and_then(|place| self.known.get(&place)) else { return values };
        let allowed =
            |value: &Name| known.only.as_ref().is_none_or(|only| only.contains(value)) && !known.never.contains(value);
        values.into_iter().filter(allowed).collect()
    }

    /// Takes down what follows from a condition having been true or false.
    pub(super) fn assume(&mut self, condition: &Expr, truth: bool) {
        match (condition, truth) {
            (Expr::Not(of), _) => self.assume(of, !truth),
            (Expr::Binary(BinaryOp::And, left, right), true) | (Expr::Binary(BinaryOp::Or, left, right), false) => {
                self.assume(left, truth);
                self.assume(right, truth);
            }
            (Expr::Binary(BinaryOp::And, left, right), false) | (Expr::Binary(BinaryOp::Or, left, right), true) => {
                let (mut one, mut other) = (self.clone(), self.clone());
                one.assume(left, truth);
                other.assume(left, !truth);
                other.assume(right, truth);
                *self = one.meet(&other);
            }
            (Expr::Is(Test::None, of), _) => self.learn(of, if truth { Fact::Absent } else { Fact::Present }),
            (Expr::SecretIsSet(_), _) => self.learn(condition, if truth { Fact::Present } else { Fact::Absent }),
            (Expr::Is(Test::Empty, of), false) => self.learn(of, Fact::Filled),
            (Expr::Binary(op, left, right), _) => self.assume_comparison(*op, left, right, truth),
            (Expr::In { item, list, negated }, _) => self.assume_in(item, list, truth != *negated),
            (Expr::Quantified { quantifier: Quantifier::Any, name, list, condition }, true) => {
                self.learn(list, Fact::Filled);
                if let Some(condition) = condition {
                    self.assume(condition, true);
                    self.forget(name);
                }
            }
            _ => {}
        }
    }

    fn assume_comparison(&mut self, op: BinaryOp, left: &Expr, right: &Expr, truth: bool) {
        let equal = match op {
            BinaryOp::Equal => truth,
            BinaryOp::NotEqual => !truth,
            _ => return,
        };
        if equal {
            self.learn(left, Fact::Present);
            self.learn(right, Fact::Present);
        }
        for (one, other) in [(left, right), (right, left)] {
            if let Expr::Literal(Value::Text(value)) = other {
                let value = vec![value.clone()];
                self.learn(one, if equal { Fact::Only(value) } else { Fact::Never(value) });
            }
        }
    }

    fn assume_in(&mut self, item: &Expr, list: &Expr, truth: bool) {
        let values = literal_texts(list);
        if truth {
            self.learn(item, Fact::Present);
            self.learn(list, Fact::Filled);
        }
        if let Some(values) = values {
            self.learn(item, if truth { Fact::Only(values) } else { Fact::Never(values) });
        }
    }

    /// Takes down that an expression equals one of these values (cases of a `match`).
    pub(super) fn assume_one_of(&mut self, expr: &Expr, values: &[Value]) {
        if values.iter().all(Value::is_none) {
            return self.learn(expr, Fact::Absent);
        }
        if !values.iter().any(Value::is_none) {
            self.learn(expr, Fact::Present);
        }
        let texts: Option<Vec<Name>> = values.iter().map(text_of).collect();
        if let Some(texts) = texts {
            self.learn(expr, Fact::Only(texts));
        }
    }

    /// Takes down that an expression equals none of these values.
    pub(super) fn assume_none_of(&mut self, expr: &Expr, values: &[Value]) {
        if values.iter().any(Value::is_none) {
            self.learn(expr, Fact::Present);
        }
        let texts = values.iter().filter_map(text_of).collect();
        self.learn(expr, Fact::Never(texts));
    }

    fn learn(&mut self, expr: &Expr, fact: Fact) {
        let Some(place) = Place::of(expr) else { return };
        if matches!(fact, Fact::Present | Fact::Filled) {
            // A member of something absent is absent.
            for prefix in place.prefixes() {
                self.known.entry(prefix).or_default().absent = Some(false);
            }
        }
        let known = self.known.entry(place).or_default();
        match fact {
            Fact::Absent => known.absent = Some(true),
            Fact::Present => {}
            Fact::Filled => known.filled = true,
            Fact::Only(values) => known.only = Some(values),
            Fact::Never(values) => known.never.extend(values),
        }
    }

    /// Forgets everything about a name that goes out of scope.
    pub(super) fn forget(&mut self, name: &str) {
        self.known.retain(|place, _| !matches!(&place.root, Root::Local(local) if &**local == name));
    }

    /// What holds here and there.
    pub(super) fn meet(&self, other: &Self) -> Self {
        let both = |(place, a): (&Place, &Known)| {
            let known = a.meet(other.known.get(place)?);
            (known != Known::default()).then(|| (place.clone(), known))
        };
        Self { known: self.known.iter().filter_map(both).collect() }
    }
}

impl Known {
    fn meet(&self, other: &Self) -> Self {
        let either = |(a, b): (&Vec<Name>, &Vec<Name>)| {
            let mut all = a.clone();
            all.extend(b.iter().filter(|value| !a.contains(value)).cloned());
            all
        };
        Self {
            absent: self.absent.filter(|absent| other.absent == Some(*absent)),
            filled: self.filled && other.filled,
            only: self.only.as_ref().zip(other.only.as_ref()).map(either),
            never: self.never.iter().filter(|value| other.never.contains(value)).cloned().collect(),
        }
    }
}

fn text_of(value: &Value) -> Option<Name> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The texts of a list that is written out.
fn literal_texts(list: &Expr) -> Option<Vec<Name>> {
    let Expr::List(items) = list else { return None };
    items
        .iter()
        .map(|item| match item {
            Expr::Literal(value) => text_of(value),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Facts;
    use crate::expr::{BinaryOp, CallField, Expr, Quantifier, Test};
    use crate::types::Type;
    use crate::value::Value;

    fn from() -> Expr {
        Expr::Call(CallField::From)
    }

    fn local(name: &str) -> Expr {
        Expr::Local(name.into())
    }

    fn is_none(of: Expr) -> Expr {
        Expr::Is(Test::None, Box::new(of))
    }

    fn and(a: Expr, b: Expr) -> Expr {
        Expr::Binary(BinaryOp::And, Box::new(a), Box::new(b))
    }

    fn or(a: Expr, b: Expr) -> Expr {
        Expr::Binary(BinaryOp::Or, Box::new(a), Box::new(b))
    }

    fn not(a: Expr) -> Expr {
        Expr::Not(Box::new(a))
    }

    fn known(condition: &Expr, truth: bool) -> Facts {
        let mut facts = Facts::default();
        facts.assume(condition, truth);
        facts
    }

    #[test]
    fn connectives_pass_on_what_is_certain() {
        assert!(known(&is_none(from()), false).is_present(&from()));
        assert!(!known(&is_none(from()), true).is_present(&from()));
        assert!(known(&not(is_none(from())), true).is_present(&from()));
        assert!(known(&and(not(is_none(from())), local("x")), true).is_present(&from()));
        assert!(!known(&and(not(is_none(from())), local("x")), false).is_present(&from()));
        assert!(known(&or(is_none(from()), local("x")), false).is_present(&from()));
        assert!(!known(&or(not(is_none(from())), local("x")), true).is_present(&from()));
        let either = or(not(is_none(from())), and(local("x"), not(is_none(from()))));
        assert!(known(&either, true).is_present(&from()));
    }

    #[test]
    fn what_has_a_field_is_there() {
        let digit = Expr::Field(Box::new(local("severity")), "digit".into());
        assert!(known(&is_none(digit.clone()), false).is_present(&local("severity")));
        assert!(!known(&is_none(local("severity")), false).is_present(&digit));
    }

    #[test]
    fn equality_means_presence_and_excludes_values() {
        let equal = |value: &str| {
            Expr::Binary(BinaryOp::Equal, Box::new(local("k")), Box::new(Expr::Literal(Value::text(value))))
        };
        let values = || vec!["A".into(), "B".into(), "C".into()];
        assert!(known(&equal("A"), true).is_present(&local("k")));
        assert!(!known(&equal("A"), false).is_present(&local("k")));
        assert_eq!(known(&or(equal("A"), equal("B")), true).possible(&local("k"), values()), ["A".into(), "B".into()]);
        assert_eq!(known(&or(equal("A"), equal("B")), false).possible(&local("k"), values()), ["C".into()]);
    }

    #[test]
    fn a_found_element_means_a_filled_list_and_what_its_test_says() {
        let test = Expr::In { item: Box::new(from()), list: Box::new(local("numbers")), negated: false };
        let any = Expr::Quantified {
            quantifier: Quantifier::Any,
            name: "u".into(),
            list: Box::new(local("users")),
            condition: Some(Box::new(test)),
        };
        let facts = known(&any, true);
        assert!(facts.is_present(&from()));
        assert_ne!(facts.refine(&local("users"), Type::Text.list()), Type::Text.list());
        assert!(!known(&any, false).is_present(&from()));
    }
}
