//! Operators, and what an absent side does to them.

use super::super::checker::Checker;
use super::super::fits::{comparable, join};
use super::names::name_wins;
use super::{Typed, describe};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{BinaryOp, CallField, Expr, Test};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind};
use crate::types::{Name, Type};

fn absent_side(written: &tree::Expr, typed: &Typed, ty: &str, how: &str) -> Diagnostic {
    let what = describe(written);
    let message = if matches!(typed.expr, Expr::Call(CallField::From)) {
        "a hidden number would pass this test".to_owned()
    } else {
        format!("an absent {} would pass this test", if what == "this" { "value".to_owned() } else { what.clone() })
    };
    let test = if what == "this" {
        "test first that it is not none".to_owned()
    } else {
        format!("test first: `{} is not none and …`", what.trim_matches('`'))
    };
    Diagnostic::new(Code::AbsentComparison, message)
        .at(written.span, format!("{ty}, {how}"))
        .help(format!("an unknown value equals nothing and is in no list, so this would always hold for it; {test}"))
}

fn use_is_none(span: Span, help: String) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "nothing equals `none`").at(span, "").help(help)
}

/// `x != none`: what to write instead.
fn is_none_of(other: &tree::Expr, negated: bool) -> String {
    let what = describe(other);
    let what = if what == "this" { "…" } else { what.trim_matches('`') };
    format!("write `{what} {}`", if negated { "is not none" } else { "is none" })
}

fn not_comparable(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "these cannot be equal")
        .at(span, format!("{left} and {right}"))
        .help("compare values of the same type")
}

fn optional_field(span: Span, field: &Name) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "records with a field that may be absent cannot be compared")
        .at(span, format!("`{field}` may be absent"))
        .help("compare fields of them")
}

fn never_equal(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{ty} cannot be compared"))
        .at(span, "")
        .help("compare values that have a type of their own")
}

fn no_order(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "these have no order")
        .at(span, format!("{left} and {right}"))
        .help("numbers, times and durations can be ordered")
}

fn no_arithmetic(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "these cannot be computed with")
        .at(span, format!("{left} and {right}"))
        .help("numbers can; a time and a duration can be added or subtracted; texts are joined as `\"{{a}} {{b}}\"`")
}

fn no_list(written: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} is no list", describe(written)))
        .at(written.span, ty)
        .help("`in` wants a list on its right")
}

impl Checker<'_> {
    pub(super) fn not(&mut self, of: &tree::Expr) -> Typed {
        let expr = self.turned(|checker| checker.condition(of));
        Typed::new(Expr::Not(Box::new(expr)), Type::Flag)
    }

    /// Runs `work` under one more negation.
    pub(super) fn turned<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.negated = !self.negated;
        let result = work(self);
        self.negated = !self.negated;
        result
    }

    pub(super) fn negative(&mut self, of: &tree::Expr) -> Typed {
        if let ExprKind::Number(number) = of.kind {
            return self.number(-number, of.span, None);
        }
        let number = self.expect(of, &Type::Number, "`-`");
        Typed::new(Expr::Negative(Box::new(number)), Type::Number)
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: &tree::Expr, right: &tree::Expr, span: Span) -> Typed {
        match op {
            BinaryOp::And | BinaryOp::Or => self.connective(op, left, right),
            BinaryOp::Equal | BinaryOp::NotEqual => self.equality(op, left, right, span),
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
                self.order(op, left, right, span)
            }
            _ => self.arithmetic(op, left, right, span),
        }
    }

    /// The right side is looked at only if the left one did not decide, so it knows what that means.
    fn connective(&mut self, op: BinaryOp, left: &tree::Expr, right: &tree::Expr) -> Typed {
        let left = self.condition(left);
        let before = self.flow.facts.clone();
        self.flow.facts.assume(&left, op == BinaryOp::And);
        let right = self.condition(right);
        self.flow.facts = before;
        Typed::new(Expr::Binary(op, Box::new(left), Box::new(right)), Type::Flag)
    }

    fn equality(&mut self, op: BinaryOp, left: &tree::Expr, right: &tree::Expr, span: Span) -> Typed {
        // Whether two conditions are equal can turn both of them around.
        let before = std::mem::replace(&mut self.negated, is_condition(left) || is_condition(right));
        let (a, b) = self.sides(left, right);
        self.negated = before;
        let expr = Expr::Binary(op, Box::new(a.expr.clone()), Box::new(b.expr.clone()));
        let typed = Typed::new(expr, Type::Flag);
        for (written, side, asked, other) in [(left, &a, right, &b), (right, &b, left, &a)] {
            if side.ty == Type::None {
                let negated = op == BinaryOp::NotEqual;
                self.report.add(use_is_none(written.span, is_none_of(asked, negated)));
                // What was meant is clear: behind it is known what `is none` tells.
                let is_none = Expr::Is(Test::None, Box::new(other.expr.clone()));
                return Typed::new(if negated { Expr::Not(Box::new(is_none)) } else { is_none }, Type::Flag);
            }
        }
        if join(&self.world.types, &a.ty, &b.ty).is_none() {
            self.report.add(not_comparable(span, &self.show(&a.ty), &self.show(&b.ty)));
            return typed;
        }
        if !self.can_compare(left, &a) || !self.can_compare(right, &b) {
            return typed;
        }
        // Every comparison with an absent side is false: `!=` says the opposite of what it seems to.
        if op == BinaryOp::NotEqual || self.negated {
            let how = if op == BinaryOp::NotEqual { "compared by `!=`" } else { "negated" };
            self.refuse_absent(left, &a, how);
            self.refuse_absent(right, &b, how);
        }
        typed
    }

    fn can_compare(&self, written: &tree::Expr, side: &Typed) -> bool {
        match comparable(&self.world.types, &side.ty) {
            Ok(()) => true,
            Err(Some(field)) => {
                self.report.add(optional_field(written.span, &field));
                false
            }
            Err(None) => {
                self.report.add(never_equal(written.span, &self.show(&side.ty)));
                false
            }
        }
    }

    /// Both sides; what one of them is gives meaning to bare names and literals on the other.
    fn sides(&mut self, left: &tree::Expr, right: &tree::Expr) -> (Typed, Typed) {
        if takes_meaning(left) && !self.has_meaning(left) {
            let b = self.expr(right, None);
            let a = self.expr(left, Some(&b.ty));
            return (a, b);
        }
        let a = self.expr(left, None);
        let b = self.expr(right, Some(&a.ty));
        self.also_a_value(left, &b.ty);
        (a, b)
    }

    /// Warns of a local name that is also a value of the enum it is compared with.
    fn also_a_value(&self, written: &tree::Expr, ty: &Type) {
        let ExprKind::Name(name) = &written.kind else { return };
        let Some(local) = self.locals.get(name) else { return };
        if self.world.types.values(ty).iter().any(|value| **value == **name) {
            self.report.lint(name_wins(name, written.span, &self.show(ty.present()), local.span));
        }
    }

    /// Whether a bare name means something by itself.
    fn has_meaning(&mut self, expr: &tree::Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.locals.get(name).is_some() || self.world.setting(name).is_some(),
            _ => false,
        }
    }

    fn order(&mut self, op: BinaryOp, left: &tree::Expr, right: &tree::Expr, span: Span) -> Typed {
        let a = self.plain_side(left, None);
        let b = self.plain_side(right, Some(&a.ty));
        let expr = Expr::Binary(op, Box::new(a.expr.clone()), Box::new(b.expr.clone()));
        let ordered =
            |ty: &Type| matches!(ty.present(), Type::Number | Type::Span { .. } | Type::Time | Type::Duration);
        let unknown = a.ty == Type::Unknown || b.ty == Type::Unknown;
        let alike = join(&self.world.types, a.ty.present(), b.ty.present()).is_some();
        if unknown || (ordered(&a.ty) && ordered(&b.ty) && alike) {
            self.refuse_absent(left, &a, "ordered");
            self.refuse_absent(right, &b, "ordered");
        } else {
            self.report.add(no_order(span, &self.show(&a.ty), &self.show(&b.ty)));
        }
        Typed::new(expr, Type::Flag)
    }

    fn plain_side(&mut self, written: &tree::Expr, want: Option<&Type>) -> Typed {
        self.plainly(|checker| checker.expr(written, want))
    }

    fn refuse_absent(&self, written: &tree::Expr, side: &Typed, how: &str) {
        if side.ty.may_be_absent() {
            self.report.add(absent_side(written, side, &self.show(&side.ty), how));
        }
    }

    fn arithmetic(&mut self, op: BinaryOp, left: &tree::Expr, right: &tree::Expr, span: Span) -> Typed {
        let a = self.plain_side(left, None);
        let a = self.present(a, "arithmetic", left);
        let b = self.plain_side(right, None);
        let b = self.present(b, "arithmetic", right);
        let number = |ty: &Type| matches!(ty, Type::Number | Type::Span { .. });
        let ty = match (op, &a.ty, &b.ty) {
            (_, Type::Unknown, _) | (_, _, Type::Unknown) => Type::Unknown,
            (BinaryOp::Add | BinaryOp::Subtract, Type::Time, Type::Duration) => Type::Time,
            (BinaryOp::Add | BinaryOp::Subtract, Type::Duration, Type::Duration)
            | (BinaryOp::Subtract, Type::Time, Type::Time) => Type::Duration,
            (BinaryOp::Divide | BinaryOp::Remainder, a, b) if number(a) && number(b) => {
                let certain = matches!(right.kind, ExprKind::Number(n) if n != 0.0);
                if certain { Type::Number } else { Type::Number.optional() }
            }
            (_, a, b) if number(a) && number(b) => Type::Number,
            (_, a, b) => {
                self.report.add(no_arithmetic(span, &self.show(a), &self.show(b)));
                Type::Unknown
            }
        };
        Typed::new(Expr::Binary(op, Box::new(a.expr), Box::new(b.expr)), ty)
    }

    /// `item in list`.
    pub(super) fn is_in(&mut self, negated: bool, item: &tree::Expr, list: &tree::Expr) -> Typed {
        let element = |ty: &Type| match ty.present() {
            Type::List(of, _) => Some(of.as_ref().clone()),
            _ => None,
        };
        let (a, b) = if takes_meaning(item) && !self.has_meaning(item) {
            let b = self.plain_side(list, None);
            (self.plain_side(item, element(&b.ty).as_ref()), b)
        } else {
            let a = self.plain_side(item, None);
            let b = self.plain_side(list, Some(&a.ty.present().clone().list()));
            self.also_a_value(item, &element(&b.ty).unwrap_or(Type::Unknown));
            (a, b)
        };
        let (left, right) = (Box::new(a.expr.clone()), Box::new(b.expr.clone()));
        let typed = Typed::new(Expr::In { item: left, list: right, negated }, Type::Flag);
        if b.ty == Type::Unknown {
            return typed;
        }
        let Some(of) = element(&b.ty) else {
            self.report.add(no_list(list, &self.show(&b.ty)));
            return typed;
        };
        if a.ty == Type::None {
            self.report.add(use_is_none(item.span, "ask by `is none` or `is not none`".into()));
        } else if join(&self.world.types, &a.ty, &of).is_none() {
            self.report.add(not_comparable(item.span.to(list.span), &self.show(&a.ty), &self.show(&b.ty)));
        } else if self.can_compare(item, &a) && negated != self.negated {
            let how = if negated && !self.negated { "in `not in`" } else { "negated" };
            self.refuse_absent(item, &a, how);
            self.refuse_absent(list, &b, how);
        }
        typed
    }
}

/// Bare names and texts, which mean what the other side makes of them.
fn takes_meaning(expr: &tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Literal(literal) => literal.plain().is_some(),
        _ => false,
    }
}

/// Whether an expression is visibly a comparison or made of some.
fn is_condition(expr: &tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::In { .. } | ExprKind::Quantified { .. } | ExprKind::Not(_) => true,
        ExprKind::Binary { op, .. } => !matches!(
            op,
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder
        ),
        _ => false,
    }
}
