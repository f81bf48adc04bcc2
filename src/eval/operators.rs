//! Binary operators.

use jiff::SignedDuration;

use super::{Evaluated, Evaluator, Scope};
use crate::expr::{BinaryOp, Expr};
use crate::value::Value;

impl Evaluator<'_> {
    pub(super) fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Evaluated {
        match op {
            BinaryOp::Or => Ok(Value::Flag(self.truth(left, scope)? || self.truth(right, scope)?)),
            BinaryOp::And => Ok(Value::Flag(self.truth(left, scope)? && self.truth(right, scope)?)),
            _ => {
                let (left, right) = (self.value(left, scope), self.value(right, scope));
                let (left, right) = super::both(left, right)?;
                Ok(apply(op, &left, &right))
            }
        }
    }
}

/// An operator on two values. With an absent side every comparison is false and every sum is absent.
fn apply(op: BinaryOp, left: &Value, right: &Value) -> Value {
    if left.is_none() || right.is_none() {
        return if is_comparison(op) { Value::Flag(false) } else { Value::None };
    }
    match op {
        BinaryOp::Equal => Value::Flag(left == right),
        BinaryOp::NotEqual => Value::Flag(left != right),
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
            Value::Flag(order(left, right).is_some_and(|order| match op {
                BinaryOp::Less => order.is_lt(),
                BinaryOp::LessEqual => order.is_le(),
                BinaryOp::Greater => order.is_gt(),
                _ => order.is_ge(),
            }))
        }
        BinaryOp::Add => add(left, right, 1),
        BinaryOp::Subtract => add(left, right, -1),
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => multiply(op, left, right),
        BinaryOp::Or | BinaryOp::And => Value::None,
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
    )
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// `left + sign * right` for numbers, durations and times; out of range is absent.
fn add(left: &Value, right: &Value, sign: i64) -> Value {
    let value = match (left, right) {
        (Value::Number(a), Value::Number(b)) => number(if sign < 0 { a - b } else { a + b }),
        (Value::Duration(a), Value::Duration(b)) => {
            b.checked_mul(sign).and_then(|b| a.checked_add(b)).map(Value::Duration)
        }
        (Value::Time(a), Value::Duration(b)) => {
            b.checked_mul(sign).and_then(|b| a.checked_add(SignedDuration::from_millis(b)).ok()).map(Value::Time)
        }
        (Value::Time(a), Value::Time(b)) if sign < 0 => {
            i64::try_from(a.duration_since(*b).as_millis()).ok().map(Value::Duration)
        }
        _ => None,
    };
    value.unwrap_or_default()
}

/// Products and quotients of numbers, and of a duration with a number; by zero is absent.
fn multiply(op: BinaryOp, left: &Value, right: &Value) -> Value {
    let compute = |a: f64, b: f64| match op {
        BinaryOp::Multiply => Some(a * b),
        BinaryOp::Divide => (b != 0.0).then(|| a / b),
        _ => (b != 0.0).then(|| a.rem_euclid(b)),
    };
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => compute(*a, *b).and_then(number).unwrap_or_default(),
        (Value::Duration(a), Value::Number(b)) => compute(millis(*a), *b).map_or(Value::None, duration),
        (Value::Number(a), Value::Duration(b)) if op == BinaryOp::Multiply => duration(a * millis(*b)),
        _ => Value::None,
    }
}

/// A number that can be written down; what is too large for one is absent, like what is out of range elsewhere.
fn number(number: f64) -> Option<Value> {
    number.is_finite().then_some(Value::Number(number))
}

#[expect(clippy::cast_precision_loss, reason = "a call is far shorter than 2^53 ms")]
fn millis(millis: i64) -> f64 {
    millis as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from float to integer saturates")]
fn duration(millis: f64) -> Value {
    Value::Duration(millis.round() as i64)
}
