//! Values made of values: lists, records, choices, and what walks through lists.

use super::super::checker::Checker;
use super::super::fits::join;
use super::super::replace::replaced;
use super::super::world::did_you_mean;
use super::{Typed, describe};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Quantifier};
use crate::source::Span;
use crate::syntax::tree::{self, Pair, Word};
use crate::types::{Field, Length, Name, Record, Type};

fn branches(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::new(Code::BranchTypes, "the two values have different types")
        .at(span, format!("{left} or {right}"))
        .help("give values of one type on both ways")
}

fn elements(span: Span, first: &str, this: &str) -> Diagnostic {
    Diagnostic::new(Code::BranchTypes, "the elements of a list have one type")
        .at(span, format!("{this}, after {first}"))
        .help("make a list of values of one type")
}

fn useless_else(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UselessElse, "this `else` is never used")
        .at(span, "it can neither be absent nor fail")
        .help("leave out the `else`")
}

fn no_list(written: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} is no list", describe(written)))
        .at(written.span, ty)
        .help("only lists, and values that may be absent, can be walked through")
}

fn key_twice(word: &Word, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("the field `{}` stands here twice", word.text))
        .at(word.span, "again")
        .at(first, "first")
        .help("leave one of them out")
}

fn no_field(word: &Word, record: &str, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownField, format!("`{}` is no field of `{record}`", word.text))
        .at(word.span, "")
        .help(near.unwrap_or_else(|| "leave it out, or declare it in the type".into()))
}

fn missing_field(name: &str, record: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("the field `{name}` is missing"))
        .at(span, format!("`{record}` wants it"))
        .help(format!("add `{name}: …`"))
}

impl Checker<'_> {
    /// `if C then A else B`.
    pub(super) fn if_value(
        &mut self,
        condition: &tree::Expr,
        yes: &tree::Expr,
        no: &tree::Expr,
        want: Option<&Type>,
    ) -> Typed {
        let condition = self.plainly(|checker| checker.condition(condition));
        let before = self.flow.facts.clone();
        self.flow.facts.assume(&condition, true);
        let a = self.expr(yes, want);
        self.flow.facts = before.clone();
        self.flow.facts.assume(&condition, false);
        let b = self.expr(no, want.or(Some(&a.ty)));
        self.flow.facts = before;
        let ty = self.joined(&a.ty, &b.ty, yes.span.to(no.span));
        Typed::new(Expr::If(Box::new(condition), Box::new(a.expr), Box::new(b.expr)), ty)
    }

    /// `(E else F)`.
    pub(super) fn else_value(
        &mut self,
        value: &tree::Expr,
        otherwise: &tree::Expr,
        want: Option<&Type>,
        span: Span,
    ) -> Typed {
        let (a, fails) = self.failing(|checker| checker.expr(value, want));
        let b = self.expr(otherwise, want.or(Some(&a.ty)));
        if fails.is_empty() && !a.ty.may_be_absent() && a.ty != Type::Unknown {
            self.report.add(useless_else(otherwise.span));
        }
        let ty = if a.ty == Type::None { b.ty } else { self.joined(a.ty.present(), &b.ty, span) };
        Typed::new(Expr::Else(Box::new(a.expr), Box::new(b.expr)), ty)
    }

    /// The type of what is one thing or another.
    pub(in super::super) fn joined(&self, a: &Type, b: &Type, span: Span) -> Type {
        join(&self.world.types, a, b).unwrap_or_else(|| {
            self.report.add(branches(span, &self.show(a), &self.show(b)));
            Type::Unknown
        })
    }

    pub(super) fn list(&mut self, items: &[tree::Expr], want: Option<&Type>) -> Typed {
        let want = match want.map(Type::present) {
            Some(Type::List(of, _)) => Some(of.as_ref().clone()),
            _ => None,
        };
        let mut ty = Type::Unknown;
        let mut values = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let hint = want.clone().or_else(|| (n > 0).then(|| ty.clone()));
            let typed = self.plainly(|checker| checker.expr(item, hint.as_ref()));
            ty = if n == 0 { typed.ty } else { self.element(&ty, &typed.ty, item.span) };
            values.push(typed.expr);
        }
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        Typed::new(Expr::List(values), Type::List(Box::new(ty), Length { min: count, max: Some(count) }))
    }

    fn element(&self, before: &Type, this: &Type, span: Span) -> Type {
        join(&self.world.types, before, this).unwrap_or_else(|| {
            self.report.add(elements(span, &self.show(before), &self.show(this)));
            Type::Unknown
        })
    }

    pub(super) fn record(&mut self, pairs: &[Pair], want: Option<&Type>, span: Span) -> Typed {
        for (n, pair) in pairs.iter().enumerate() {
            if let Some(first) = pairs.iter().take(n).find(|first| first.name.text == pair.name.text) {
                self.report.add(key_twice(&pair.name, first.name.span));
            }
        }
        match want.map(Type::present) {
            Some(ty @ Type::Record(id)) => {
                let record = self.world.types.record(*id);
                self.record_of(&record, ty, pairs, span)
            }
            want => self.free_record(pairs, want.filter(|want| **want == Type::Json)),
        }
    }

    /// A record of no declared type. Where JSON is wanted, each value is looked at where it stands.
    fn free_record(&mut self, pairs: &[Pair], json: Option<&Type>) -> Typed {
        let mut fields = Vec::new();
        let mut values = Vec::new();
        for pair in pairs {
            let mut typed = self.pair(pair, json);
            if json.is_some() {
                let written = pair.value.clone().unwrap_or_else(|| name_of(&pair.name));
                if !self.require(&typed, &Type::Json.optional(), "JSON", &written) {
                    typed.ty = Type::Unknown;
                }
            }
            let name: Name = pair.name.text.as_str().into();
            fields.push(Field { name: name.clone(), ty: typed.ty, default: None });
            values.push((name, typed.expr));
        }
        Typed::new(Expr::Record(values), self.world.types.anonymous("", fields))
    }

    /// The value of a pair; without one, that of the name itself.
    fn pair(&mut self, pair: &Pair, want: Option<&Type>) -> Typed {
        self.plainly(|checker| match &pair.value {
            Some(value) => checker.expr(value, want),
            None => checker.name(&pair.name.text, pair.name.span, want),
        })
    }

    /// A record of a declared type: its fields in their order, those left out by their defaults.
    fn record_of(&mut self, record: &Record, ty: &Type, pairs: &[Pair], span: Span) -> Typed {
        let shown = self.show(ty);
        let mut misnamed = false;
        for pair in pairs {
            if !record.fields.iter().any(|field| *field.name == pair.name.text) {
                misnamed = true;
                let names = record.fields.iter().map(|field| &*field.name);
                self.report.add(no_field(&pair.name, &shown, did_you_mean(&pair.name.text, names)));
            }
        }
        let mut values: Vec<(Name, Expr)> = Vec::new();
        for field in &record.fields {
            if let Some(pair) = pairs.iter().find(|pair| pair.name.text == *field.name) {
                let typed = self.pair(pair, Some(&field.ty));
                let written = pair.value.clone().unwrap_or_else(|| name_of(&pair.name));
                self.require(&typed, &field.ty, &format!("`{}`", field.name), &written);
                values.push((field.name.clone(), typed.expr));
            }
        }
        for field in &record.fields {
            if values.iter().any(|(name, _)| *name == field.name) {
                continue;
            }
            match filled(field, &values) {
                Some(value) => values.push((field.name.clone(), value)),
                // What is missing may be what has the wrong name.
                None if misnamed => {}
                None => self.report.add(missing_field(&field.name, &shown, span)),
            }
        }
        let place = |name: &Name| record.fields.iter().position(|field| field.name == *name);
        values.sort_by_key(|(name, _)| place(name));
        Typed::new(Expr::Record(values), ty.clone())
    }

    /// `any|all|first x in L where C`.
    pub(super) fn quantified(
        &mut self,
        quantifier: Quantifier,
        name: &Word,
        list: &tree::Expr,
        condition: Option<&tree::Expr>,
    ) -> Typed {
        let (list, element, _) = self.walked(list);
        let condition = self.scoped(|checker| {
            checker.bind(name, element.clone(), None);
            condition.map(|condition| Box::new(checker.condition(condition)))
        });
        let ty = match quantifier {
            Quantifier::Any | Quantifier::All => Type::Flag,
            Quantifier::First => element.optional(),
        };
        let name = name.text.as_str().into();
        Typed::new(Expr::Quantified { quantifier, name, list: Box::new(list), condition }, ty)
    }

    /// `[for x in L where C: E]`.
    pub(super) fn comprehension(
        &mut self,
        name: &Word,
        list: &tree::Expr,
        condition: Option<&tree::Expr>,
        value: &tree::Expr,
        want: Option<&Type>,
    ) -> Typed {
        let want = match want.map(Type::present) {
            Some(Type::List(of, _)) => Some(of.as_ref().clone()),
            _ => None,
        };
        let (list, element, _) = self.walked(list);
        let before = self.flow.facts.clone();
        let (condition, value) = self.scoped(|checker| {
            checker.bind(name, element, None);
            let condition = condition.map(|condition| checker.condition(condition));
            if let Some(condition) = &condition {
                checker.flow.facts.assume(condition, true);
            }
            (condition.map(Box::new), checker.plainly(|checker| checker.expr(value, want.as_ref())))
        });
        self.flow.facts = before;
        let name = name.text.as_str().into();
        let ty = value.ty.clone().list();
        Typed::new(Expr::Comprehension { name, list: Box::new(list), condition, value: Box::new(value.expr) }, ty)
    }

    /// Something to walk through, the type of its elements, and how many there are at most, if that is known: a list,
    /// or a value that may be absent.
    pub(in super::super) fn walked(&mut self, list: &tree::Expr) -> (Expr, Type, Option<u32>) {
        let typed = self.plainly(|checker| checker.expr(list, None));
        let (element, most) = match &typed.ty {
            Type::Unknown => (Type::Unknown, None),
            ty => match ty.present() {
                Type::List(element, length) => (element.as_ref().clone(), length.max),
                present if ty.may_be_absent() && *present != Type::None => (present.clone(), Some(1)),
                _ => {
                    self.report.add(no_list(list, &self.show(ty)));
                    (Type::Unknown, None)
                }
            },
        };
        (typed.expr, element, most)
    }
}

fn name_of(word: &Word) -> tree::Expr {
    tree::Expr { span: word.span, kind: tree::ExprKind::Name(word.text.clone()) }
}

/// The value of a field that was left out; none if it must be written.
fn filled(field: &Field, siblings: &[(Name, Expr)]) -> Option<Expr> {
    if let Some(default) = &field.default {
        // A default that is decoded like a value from the wire has no meaning in a record that is written here.
        let decoded = matches!(field.ty.present(), Type::Phone | Type::TypedPhone | Type::Url | Type::Time)
            && matches!(default, Expr::Template(_));
        return (!decoded).then(|| with_siblings(default, siblings));
    }
    match &field.ty {
        Type::Optional(_) | Type::Unknown => Some(Expr::none()),
        Type::List(_, length) if length.min == 0 => Some(Expr::List(Vec::new())),
        _ => None,
    }
}

/// A default with the values of its siblings in place of their names.
fn with_siblings(default: &Expr, siblings: &[(Name, Expr)]) -> Expr {
    replaced(default, &|name| siblings.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
}
