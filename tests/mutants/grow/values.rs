//! Literals in expressions: numbers, flags, strings, values of enums, elements, fields of records.

use ivrc::syntax::tree::{Expr, ExprKind, StepKind};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits: Vec<Edit> = flow.pieces.exprs.iter().flat_map(|expr| of(flow, expr)).collect();
    for step in &flow.pieces.steps {
        if let StepKind::Pause(time) = &step.kind {
            edits.push(Edit::new("change a literal", range(time.span), "77s"));
        }
    }
    edits
}

fn of(flow: &Flow<'_>, expr: &Expr) -> Vec<Edit> {
    let at = range(expr.span);
    match &expr.kind {
        ExprKind::Number(number) => vec![Edit::new("change a literal", at, (number + 1.0).to_string())],
        ExprKind::Flag(flag) => vec![Edit::new("change a literal", at, (!flag).to_string())],
        ExprKind::None => vec![Edit::new("change a literal", at, "\"\"")],
        ExprKind::Literal(_) => {
            let other = other_text(&flow.text[at.clone()]);
            vec![Edit::new("change a literal", at, other)]
        }
        ExprKind::Name(name) => {
            flow.other_value(name).map(|other| Edit::new("change an enum value", at, other)).into_iter().collect()
        }
        ExprKind::List(elements) => {
            let dropped = elements.iter().map(|element| flow.tokens.element(range(element.span)));
            dropped.map(|element| Edit::drop("drop an element", element)).collect()
        }
        ExprKind::Record(pairs) => {
            let mut edits = Vec::new();
            for pair in pairs {
                let whole = pair.value.as_ref().map_or(pair.name.span, |value| pair.name.span.to(value.span));
                edits.push(Edit::drop("drop a field", flow.tokens.element(range(whole))));
                let renamed = format!("{}X", pair.name.text);
                edits.extend(pair.value.is_some().then(|| Edit::new("rename a field", range(pair.name.span), renamed)));
            }
            edits
        }
        _ => Vec::new(),
    }
}

/// Without its first character, or with one if there is none to spare.
fn other_text(literal: &str) -> String {
    let mut chars = literal.chars();
    let (quote, first) = (chars.next(), chars.next());
    let spare = chars.as_str().len() > 1 && first.is_some_and(char::is_alphanumeric);
    match quote {
        Some(quote) if spare => format!("{quote}{}", chars.as_str()),
        _ => format!("\"X{}", &literal[1..]),
    }
}
