//! Expressions: names resolved, types known.

mod calls;
mod compose;
mod literals;
mod members;
mod names;
mod operators;
mod tests_of;

use super::checker::Checker;
use super::fails::Fails;
use super::fits::{Misfit, fits};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{CallField, Expr};
use crate::source::Span;
use crate::syntax::tree::{self, ActKind, ExprKind};
use crate::types::Type;

pub(super) use calls::word_of;
pub(super) use literals::constant_text;
pub(super) use names::{Found, means_nothing, no_value, secret_outside};

fn may_be_absent(what: &str, hidden: bool, label: String, span: Span) -> Diagnostic {
    let why = if hidden { ": a caller can hide the number" } else { "" };
    Diagnostic::new(Code::MayBeAbsent, format!("{what} may be absent{why}"))
        .at(span, label)
        .help("test it first by `is none`, or say what stands for it: `(… else …)`")
}

fn wrong_type(what: &str, label: String, span: Span, help: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::WrongType, format!("{what} has the wrong type")).at(span, label);
    diagnostic.help(help.unwrap_or_else(|| "give a value of the wanted type".into()))
}

fn still_pending(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::StillPending, format!("{what} is not there yet"))
        .at(span, "pending")
        .help("bind what comes of it first: `let … = wait for … every 5s up to 4min else { … }`")
}

fn misplaced(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedEffect, format!("`{word}` cannot stand inside an expression"))
        .at(span, "")
        .help(format!("bind its value first: `let x = {word} …`"))
}

/// A checked expression.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) ty: Type,
}

impl Typed {
    pub(super) fn new(expr: Expr, ty: Type) -> Self {
        Self { expr, ty }
    }

    /// Stands for something wrong that has been reported.
    pub(super) fn unknown() -> Self {
        Self::new(Expr::none(), Type::Unknown)
    }
}

impl Checker<'_> {
    /// An expression. `want` is the type that is expected, if any: it gives bare names of enum values and literals
    /// their meaning, but is not enforced here.
    pub(super) fn expr(&mut self, expr: &tree::Expr, want: Option<&Type>) -> Typed {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Number(number) => self.number(*number, span, want),
            ExprKind::Duration(millis) => literals::duration(*millis),
            ExprKind::Literal(literal) => self.literal(literal, want),
            ExprKind::Flag(flag) => literals::flag(*flag),
            ExprKind::None => Typed::new(Expr::none(), Type::None),
            ExprKind::Range(from, to) => self.range(*from, *to, span),
            ExprKind::Name(name) => self.name(name, span, want),
            ExprKind::Call { name, args } => self.query_call(name, args, span),
            ExprKind::Member { .. } => self.member(expr),
            ExprKind::Index { of, at } => self.index(of, at),
            ExprKind::Not(of) => self.not(of),
            ExprKind::Negative(of) => self.negative(of),
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right, span),
            ExprKind::In { negated, item, list } => self.is_in(*negated, item, list),
            ExprKind::Is { negated, of, what } => self.is(*negated, of, what),
            ExprKind::If { condition, yes, no } => self.if_value(condition, yes, no, want),
            ExprKind::Else { value, otherwise } => self.else_value(value, otherwise, want, span),
            ExprKind::Quantified { quantifier, name, list, condition } => {
                self.quantified(*quantifier, name, list, condition.as_deref())
            }
            ExprKind::Comprehension { name, list, condition, value } => {
                self.comprehension(name, list, condition.as_deref(), value, want)
            }
            ExprKind::List(items) => self.list(items, want),
            ExprKind::Record(pairs) => self.record(pairs, want, span),
            ExprKind::Misplaced(act) => {
                let word = if matches!(act.kind, ActKind::Do(_)) { "do" } else { "send" };
                self.fails.add(Fails::unknown());
                self.report.add(misplaced(word, act.span));
                Typed::unknown()
            }
            ExprKind::Bad => Typed::unknown(),
        }
    }

    /// An expression that must fit where a `want` is wanted by `who` ("`book`", "a condition").
    pub(super) fn expect(&mut self, expr: &tree::Expr, want: &Type, who: &str) -> Expr {
        let typed = self.expr(expr, Some(want));
        self.require(&typed, want, who, expr);
        typed.expr
    }

    /// Reports a value that does not fit; answers whether it does.
    pub(super) fn require(&self, typed: &Typed, want: &Type, who: &str, written: &tree::Expr) -> bool {
        let Err(misfit) = fits(&self.world.types, &typed.ty, want) else { return true };
        let what = describe(written);
        let label = format!("{}, but {who} wants {}", self.show(&typed.ty), self.show(want));
        self.report.add(match misfit {
            Misfit::Absent => may_be_absent(&what, is_call_from(&typed.expr), label, written.span),
            Misfit::Pending => still_pending(&what, written.span),
            Misfit::Type => wrong_type(&what, label, written.span, self.advice(&typed.ty, want)),
        });
        false
    }

    /// A value that must be there and settled; unknown, with a report, if it may be absent or is pending.
    pub(super) fn present(&self, typed: Typed, who: &str, written: &tree::Expr) -> Typed {
        match typed.ty {
            Type::Optional(_) | Type::None => {
                let label = format!("{}, but {who} needs a value", self.show(&typed.ty));
                self.report.add(may_be_absent(&describe(written), is_call_from(&typed.expr), label, written.span));
                Typed::unknown()
            }
            Type::Pending(_) => {
                self.report.add(still_pending(&describe(written), written.span));
                Typed::unknown()
            }
            _ => typed,
        }
    }

    /// A condition: a flag.
    pub(super) fn condition(&mut self, expr: &tree::Expr) -> Expr {
        self.expect(expr, &Type::Flag, "a condition")
    }

    fn advice(&self, from: &Type, want: &Type) -> Option<String> {
        match (from, want.present()) {
            (Type::Number | Type::Span { .. } | Type::Phone | Type::TypedPhone, Type::Text) => {
                Some("write `.text` behind it".into())
            }
            (Type::Url | Type::Enum(_) | Type::Time, Type::Text) => Some("write it as a text: `\"{{…}}\"`".into()),
            (Type::Text, Type::Enum(_)) => {
                let values = self.world.types.values(want);
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                Some(format!("write one of {} without quotes", values.join(", ")))
            }
            (Type::Number, Type::Span { .. }) => Some("only a value known to lie within the bounds fits".into()),
            (Type::List(..), Type::List(..)) => {
                Some("the list may be too short or too long, or its elements differ".into())
            }
            (Type::Record(_), Type::Record(_)) => self
                .missing_field(from, want.present())
                .map(|name| format!("the field `{name}` is missing or of another type")),
            _ => None,
        }
    }

    fn missing_field(&self, from: &Type, want: &Type) -> Option<crate::types::Name> {
        let has = self.world.types.fields(from)?;
        let wants = self.world.types.fields(want)?;
        let missing = wants.into_iter().find(|(name, ty)| {
            has.iter()
                .find(|(known, _)| known == name)
                .is_none_or(|(_, from)| fits(&self.world.types, from, ty).is_err())
        });
        missing.map(|(name, _)| name)
    }
}

fn is_call_from(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(CallField::From))
}

/// What a message calls an expression: its text if it is a path, "this" otherwise.
pub(super) fn describe(expr: &tree::Expr) -> String {
    path_text(expr).map_or_else(|| "this".to_owned(), |path| format!("`{path}`"))
}

fn path_text(expr: &tree::Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { of, name, args: None } => Some(format!("{}.{}", path_text(of)?, name.text)),
        ExprKind::Call { name, .. } => Some(format!("{}(…)", name.text)),
        ExprKind::Member { of, name, args: Some(_) } => Some(format!("{}.{}(…)", path_text(of)?, name.text)),
        _ => None,
    }
}
