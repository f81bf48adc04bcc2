//! `.field`, `.function(…)`, `[i]`, and calls of operations.

use super::super::checker::Checker;
use super::super::world::did_you_mean;
use super::names::Found;
use super::{Typed, describe};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{CallField, Expr, Function};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Word};
use crate::types::{Length, Name, Type};
use crate::value::Value;

fn unknown_field(name: &str, span: Span, of: &str, near: Option<String>, known: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::UnknownField, format!("`{name}` is no field of {of}")).at(span, "");
    let list = || format!("it has {}", known.join(", "));
    diagnostic.help(near.unwrap_or_else(list))
}

fn no_fields(name: &str, span: Span, of: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownField, format!("`{name}` is no field of this: it is {of}"))
        .at(span, "")
        .help("lists have `first`, `last`, `count`, `unique`, `cycle(n)`, `up_to(n)`; texts `short(n)`; numbers and phones `text`")
}

fn needs_args(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::ArgumentCount, format!("`{name}` takes one argument"))
        .at(span, "")
        .help(format!("write `.{name}(n)`"))
}

fn takes_none(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::ArgumentCount, format!("`{name}` takes no arguments"))
        .at(span, "")
        .help(format!("write `.{name}`"))
}

fn still_pending(span: Span) -> Diagnostic {
    Diagnostic::new(Code::StillPending, "this is not there yet")
        .at(span, "pending")
        .help("bind what comes of it first: `let … = wait for … every 5s up to 4min else { … }`")
}

/// The fields of `call`.
const CALL: [(&str, CallField, Type); 6] = [
    ("from", CallField::From, Type::Phone),
    ("to", CallField::To, Type::Phone),
    ("verified", CallField::Verified, Type::Flag),
    ("sid", CallField::Sid, Type::Text),
    ("started", CallField::Started, Type::Time),
    ("language", CallField::Language, Type::Text),
];

/// The functions without an argument.
const PLAIN: [(&str, Function); 5] = [
    ("first", Function::First),
    ("last", Function::Last),
    ("count", Function::Count),
    ("unique", Function::Unique),
    ("text", Function::Text),
];

/// The functions with a number.
const WITH_NUMBER: [(&str, Function); 3] =
    [("cycle", Function::Cycle), ("up_to", Function::UpTo), ("short", Function::Short)];

impl Checker<'_> {
    /// `of.name`, `of.name(…)`: everything that stands behind dots is looked at together, because a field's name may
    /// contain dots.
    pub(super) fn member(&mut self, expr: &tree::Expr) -> Typed {
        let (base, words, call) = unfold(expr);
        if let (ExprKind::Name(service), Some((operation, args))) = (&base.kind, call)
            && words.is_empty()
            && self.locals.get(service).is_none()
            && (self.world.services.contains_key(service.as_str()) || self.calls_unknown_service(service))
        {
            let path = base.span.to(operation.span);
            return self.operation_call(service, operation, args, path);
        }
        let words: Vec<(&str, Span)> = words.iter().map(|word| (word.text.as_str(), word.span)).collect();
        let of = match &base.kind {
            ExprKind::Name(name) if name == "call" && self.room.call() => return self.of_call(&words, call),
            _ => self.expr(base, None),
        };
        let of = self.fields(of, &words);
        match call {
            Some((name, args)) => self.function_call(of, name, args),
            None => of,
        }
    }

    /// `nosuch.operation()`: neither a service nor anything else.
    fn calls_unknown_service(&mut self, name: &str) -> bool {
        matches!(self.find(name), Found::Nothing) && name != "call" && name != "now"
    }

    /// What stands behind `call`.
    pub(in super::super) fn of_call(&mut self, words: &[(&str, Span)], call: Option<(&Word, &[tree::Expr])>) -> Typed {
        let Some(((first, first_span), rest)) = words.split_first() else {
            if let Some((name, _)) = call {
                self.report.add(unknown_field(&name.text, name.span, "`call`", None, &call_fields()));
            }
            return Typed::unknown();
        };
        let Some(typed) = self.call_field(first) else {
            let near = did_you_mean(first, CALL.iter().map(|(name, ..)| *name));
            self.report.add(unknown_field(first, *first_span, "`call`", near, &call_fields()));
            return Typed::unknown();
        };
        let of = self.fields(typed, rest);
        match call {
            Some((name, args)) => self.function_call(of, name, args),
            None => of,
        }
    }

    /// A field of `call`.
    pub(in super::super) fn call_field(&self, name: &str) -> Option<Typed> {
        let (_, field, ty) = CALL.iter().find(|(known, ..)| *known == name)?;
        let expr = Expr::Call(*field);
        let ty = if matches!(field, CallField::From | CallField::To) { ty.clone().optional() } else { ty.clone() };
        let ty = self.flow.facts.refine(&expr, ty);
        Some(Typed::new(expr, ty))
    }

    /// Follows a path of fields and functions without arguments.
    pub(in super::super) fn fields(&mut self, mut of: Typed, words: &[(&str, Span)]) -> Typed {
        let mut rest = words;
        while let Some(((word, span), _)) = rest.split_first() {
            if of.ty == Type::Unknown {
                return of;
            }
            let (next, taken) = match self.longest_field(&of, rest) {
                Some(found) => found,
                None => match self.plain_function(&of, word, *span) {
                    Some(next) => (next, 1),
                    None => return Typed::unknown(),
                },
            };
            of = next;
            rest = rest.get(taken..).unwrap_or_default();
        }
        of
    }

    /// The field with the longest name that the path begins with, and of how many words it is.
    fn longest_field(&self, of: &Typed, words: &[(&str, Span)]) -> Option<(Typed, usize)> {
        let fields = self.world.types.fields(of.ty.present())?;
        (1..=words.len()).rev().find_map(|count| {
            let name: Vec<&str> = words.iter().take(count).map(|(word, _)| *word).collect();
            let name = name.join(".");
            let (name, ty) = fields.iter().find(|(known, _)| **known == *name)?;
            Some((self.field_of(of, name, ty), count))
        })
    }

    fn field_of(&self, of: &Typed, name: &Name, ty: &Type) -> Typed {
        let expr = Expr::Field(Box::new(of.expr.clone()), name.clone());
        let ty = if of.ty.may_be_absent() { ty.clone().optional() } else { ty.clone() };
        let ty = self.flow.facts.refine(&expr, ty);
        Typed::new(expr, ty)
    }

    /// `.first` and its like; reports what is neither field nor function.
    fn plain_function(&mut self, of: &Typed, word: &str, span: Span) -> Option<Typed> {
        if let Type::Pending(_) = of.ty.present() {
            self.report.add(still_pending(span));
            return None;
        }
        if let Some(fields) = self.world.types.fields(of.ty.present()) {
            let near = did_you_mean(word, fields.iter().map(|(name, _)| &**name));
            let known: Vec<String> = fields.iter().map(|(name, _)| format!("`{name}`")).collect();
            let name = format!("`{}`", self.show(of.ty.present()));
            self.report.add(unknown_field(word, span, &name, near, &known));
            return None;
        }
        let function = PLAIN.iter().find(|(name, _)| *name == word).map(|(_, function)| *function);
        let result = function.and_then(|function| Some((function, result_of(function, of.ty.present())?)));
        let Some((function, ty)) = result else {
            self.report.add(match WITH_NUMBER.iter().find(|(name, _)| *name == word) {
                Some(_) => needs_args(word, span),
                None => no_fields(word, span, &self.show(&of.ty)),
            });
            return None;
        };
        Some(applied(function, of.clone(), Vec::new(), ty))
    }

    fn function_call(&mut self, of: Typed, name: &Word, args: &[tree::Expr]) -> Typed {
        if of.ty == Type::Unknown {
            for arg in args {
                self.expr(arg, None);
            }
            return Typed::unknown();
        }
        if let Type::Pending(_) = of.ty.present() {
            self.report.add(still_pending(name.span));
            return Typed::unknown();
        }
        let function = WITH_NUMBER.iter().find(|(known, _)| *known == name.text).map(|(_, function)| *function);
        let result = function.and_then(|function| Some((function, result_of(function, of.ty.present())?)));
        let (Some((function, ty)), [arg]) = (result, args) else {
            self.report.add(if PLAIN.iter().any(|(known, _)| *known == name.text) {
                takes_none(&name.text, name.span)
            } else if function.is_some() && args.len() != 1 {
                needs_args(&name.text, name.span)
            } else {
                no_fields(&name.text, name.span, &self.show(&of.ty))
            });
            return Typed::unknown();
        };
        let count = self.plainly(|checker| checker.expr(arg, None));
        self.require(&count, &Type::Number, &format!("`{}`", name.text), arg);
        let ty = if function == Function::UpTo { up_to(ty, &count) } else { ty };
        applied(function, of, vec![count.expr], ty)
    }

    /// `of[at]`.
    pub(super) fn index(&mut self, of: &tree::Expr, at: &tree::Expr) -> Typed {
        let list = self.expr(of, None);
        let at = self.plainly(|checker| checker.expect(at, &Type::Number, "an index"));
        match list.ty.present() {
            Type::List(element, _) => {
                let ty = element.as_ref().clone().optional();
                Typed::new(Expr::Index(Box::new(list.expr), Box::new(at)), ty)
            }
            Type::Unknown => Typed::unknown(),
            other => {
                self.report.add(
                    Diagnostic::new(Code::WrongType, format!("{} is no list", describe(of)))
                        .at(of.span, self.show(other))
                        .help("only elements of lists are counted"),
                );
                Typed::unknown()
            }
        }
    }
}

fn call_fields() -> Vec<String> {
    CALL.iter().map(|(name, ..)| format!("`{name}`")).collect()
}

/// What stands in front of the dots, the words behind them, and the call at their end.
type Unfolded<'t> = (&'t tree::Expr, Vec<&'t Word>, Option<(&'t Word, &'t [tree::Expr])>);

fn unfold(expr: &tree::Expr) -> Unfolded<'_> {
    let (mut base, mut words, mut call) = (expr, Vec::new(), None);
    if let ExprKind::Member { of, name, args: Some(args) } = &expr.kind {
        (base, call) = (of, Some((name, args.as_slice())));
    }
    while let ExprKind::Member { of, name, args: None } = &base.kind {
        words.push(name);
        base = of;
    }
    words.reverse();
    (base, words, call)
}

/// What a function gives on a value of this type; none if it has no such function.
fn result_of(function: Function, of: &Type) -> Option<Type> {
    match (function, of) {
        (Function::First | Function::Last | Function::Cycle, Type::List(element, length)) => {
            let element = element.as_ref().clone();
            Some(if length.min > 0 { element } else { element.optional() })
        }
        (Function::Count, Type::List(..) | Type::Json) => Some(Type::Number),
        (Function::Unique, Type::List(element, length)) => {
            let length = Length { min: length.min.min(1), max: length.max };
            Some(Type::List(element.clone(), length))
        }
        (Function::UpTo, Type::List(..)) => Some(of.clone()),
        (Function::Short, Type::Text)
        | (Function::Text, Type::Number | Type::Span { .. } | Type::Phone | Type::TypedPhone) => Some(Type::Text),
        _ => None,
    }
}

/// The first `n` of a list. Of a number that may be less than 1 the list may be left empty.
#[expect(clippy::cast_possible_truncation, reason = "a cast from float to integer saturates")]
fn up_to(list: Type, count: &Typed) -> Type {
    let Type::List(element, length) = list else { return list };
    let (least, most) = match (&count.expr, &count.ty) {
        (Expr::Literal(Value::Number(n)), _) => (Some(*n as i64), Some(*n as i64)),
        (_, Type::Span { min, max }) => (*min, *max),
        _ => (None, None),
    };
    let most = most.and_then(|most| u32::try_from(most).ok());
    let max = match (most, length.max) {
        (Some(most), Some(max)) => Some(most.min(max)),
        (most, max) => most.or(max),
    };
    let least = least.map_or(0, |least| u32::try_from(least.max(0)).unwrap_or(u32::MAX));
    Type::List(element, Length { min: length.min.min(least), max })
}

fn applied(function: Function, of: Typed, args: Vec<Expr>, ty: Type) -> Typed {
    let ty = if of.ty.may_be_absent() { ty.optional() } else { ty };
    Typed::new(Expr::Function(function, Box::new(of.expr), args), ty)
}
