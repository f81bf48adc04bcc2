//! Conditions and expressions.

use ivrc::syntax::tree::{BinaryOp, Expr, ExprKind};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for condition in &flow.pieces.conditions {
        let negated = format!("not ({})", &flow.text[range(condition.span)]);
        edits.push(Edit::new("negate a condition", range(condition.span), negated));
        let with_word = flow.tokens.with_word_before(range(condition.span));
        let filter = flow.text[with_word.clone()].starts_with("where");
        edits.extend(filter.then(|| Edit::drop("drop half a condition", with_word)));
    }
    flow.pieces.exprs.iter().for_each(|expr| edits.extend(operators(flow, expr)));
    for args in &flow.pieces.args {
        let pairs = args.windows(2).map(|pair| (range(pair[0].span), range(pair[1].span)));
        edits.extend(pairs.map(|(a, b)| Edit::swap("swap two arguments", flow.text, a, b)));
        let last = args.last().map(|last| flow.tokens.element(range(last.span)));
        edits.extend(last.map(|last| Edit::drop("drop an argument", last)));
    }
    edits
}

fn operators(flow: &Flow<'_>, expr: &Expr) -> Vec<Edit> {
    let between = |a: &Expr, b: &Expr| a.span.end as usize..b.span.start as usize;
    match &expr.kind {
        ExprKind::Binary { op, op_span, left, right } => {
            let change = Edit::new("change an operator", range(*op_span), other(*op));
            let mut edits = vec![change];
            if matches!(op, BinaryOp::And | BinaryOp::Or) {
                let behind = left.span.end as usize..right.span.end as usize;
                edits.push(Edit::drop("drop half a condition", behind));
                edits.push(Edit::drop("drop half a condition", left.span.start as usize..right.span.start as usize));
            }
            edits
        }
        ExprKind::In { negated, item, list } => {
            let with = if *negated { " in " } else { " not in " };
            vec![Edit::new("change an operator", between(item, list), with)]
        }
        ExprKind::Is { negated, of, what } => {
            let is = of.span.end as usize..what.span.start as usize;
            let with = if *negated { " is " } else { " is not " };
            let other = if what.text == "none" { "empty" } else { "none" };
            vec![Edit::new("change an operator", is, with), Edit::new("change an operator", range(what.span), other)]
        }
        ExprKind::If { yes, no, .. } => {
            vec![Edit::swap("swap two values", flow.text, range(yes.span), range(no.span))]
        }
        ExprKind::Else { value, otherwise } => {
            vec![Edit::drop("drop an else", value.span.end as usize..otherwise.span.end as usize)]
        }
        _ => Vec::new(),
    }
}

fn other(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "and",
        BinaryOp::And => "or",
        BinaryOp::Equal => "!=",
        BinaryOp::NotEqual => "==",
        BinaryOp::Less => "<=",
        BinaryOp::LessEqual => "<",
        BinaryOp::Greater => ">=",
        BinaryOp::GreaterEqual => ">",
        BinaryOp::Add => "-",
        BinaryOp::Subtract => "+",
        BinaryOp::Multiply => "/",
        BinaryOp::Divide | BinaryOp::Remainder => "*",
    }
}
