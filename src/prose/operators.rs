//! Binary operators, and what binds more tightly than what (section 10.3 of the language).

use super::Prose;
use crate::expr::{BinaryOp, Expr};

/// How tightly an expression holds together, from loose to tight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tightness {
    Loose,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Unary,
    Atom,
}

impl Prose<'_> {
    pub(super) fn binary(self, op: BinaryOp, left: &Expr, right: &Expr) -> (String, Tightness) {
        let (sign, own, behind) = sign(op);
        (format!("{} {sign} {}", self.within(left, own), self.within(right, behind)), own)
    }
}

/// The sign of an operator, how tightly it binds, and how tightly what stands behind it must hold together: `a - (b - c)`
/// needs its parentheses, and comparisons are not chained.
fn sign(op: BinaryOp) -> (&'static str, Tightness, Tightness) {
    use Tightness::{And, Comparison, Not, Or, Product, Sum, Unary};
    match op {
        BinaryOp::Or => ("or", Or, And),
        BinaryOp::And => ("and", And, Not),
        BinaryOp::Equal => ("==", Comparison, Sum),
        BinaryOp::NotEqual => ("!=", Comparison, Sum),
        BinaryOp::Less => ("<", Comparison, Sum),
        BinaryOp::LessEqual => ("<=", Comparison, Sum),
        BinaryOp::Greater => (">", Comparison, Sum),
        BinaryOp::GreaterEqual => (">=", Comparison, Sum),
        BinaryOp::Add => ("+", Sum, Product),
        BinaryOp::Subtract => ("-", Sum, Product),
        BinaryOp::Multiply => ("*", Product, Unary),
        BinaryOp::Divide => ("/", Product, Unary),
        BinaryOp::Remainder => ("%", Product, Unary),
    }
}

/// The comparison that holds when this one does not; none for what is no comparison. The checker lets nothing that may
/// be absent stand in an ordered comparison or behind `!=`.
pub(super) fn opposite(condition: &Expr) -> Option<Expr> {
    let Expr::Binary(op, left, right) = condition else { return None };
    let op = match op {
        BinaryOp::Equal => BinaryOp::NotEqual,
        BinaryOp::NotEqual => BinaryOp::Equal,
        BinaryOp::Less => BinaryOp::GreaterEqual,
        BinaryOp::LessEqual => BinaryOp::Greater,
        BinaryOp::Greater => BinaryOp::LessEqual,
        BinaryOp::GreaterEqual => BinaryOp::Less,
        _ => return None,
    };
    Some(Expr::Binary(op, left.clone(), right.clone()))
}
