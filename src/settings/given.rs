//! `given NAME = V` of a test file, as an override.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::overrides::{Origin, Override, Raw, RawKind};
use crate::syntax::scenario::Setup;
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, Pair};

/// The overrides of a test file's head, or of one scenario.
#[must_use]
pub fn given<'a>(lines: impl IntoIterator<Item = &'a Setup>) -> (Vec<Override>, Diagnostics) {
    let mut found = Diagnostics::new();
    let mut list = Vec::new();
    for line in lines {
        let Setup::Given { name, value } = line else { continue };
        match raw(value) {
            Ok(value) => list.push(Override {
                name: name.text.clone(),
                name_span: name.span,
                in_phrases: false,
                value,
                origin: Origin::Test,
            }),
            Err(problem) => found.push(problem),
        }
    }
    (list, found)
}

/// A value written out: texts without slots, numbers, flags, names of enum values, lists, records, `none`.
fn raw(expr: &Expr) -> Result<Raw, Diagnostic> {
    let kind = match &expr.kind {
        ExprKind::None => RawKind::None,
        ExprKind::Flag(flag) => RawKind::Flag(*flag),
        ExprKind::Number(number) => RawKind::Number(*number),
        // A phrase may have slots: they are the phrase's.
        ExprKind::Literal(literal) => RawKind::Text(literal.template()),
        ExprKind::Name(name) => RawKind::Text(name.clone()),
        ExprKind::Negative(of) => match raw(of)?.kind {
            RawKind::Number(number) => RawKind::Number(-number),
            _ => return Err(not_a_value(expr)),
        },
        ExprKind::List(items) => RawKind::List(items.iter().map(raw).collect::<Result<_, _>>()?),
        ExprKind::Record(pairs) => RawKind::Record(pairs.iter().map(pair).collect::<Result<_, _>>()?),
        _ => return Err(not_a_value(expr)),
    };
    Ok(Raw { span: expr.span, kind })
}

fn pair(pair: &Pair) -> Result<(String, crate::source::Span, Raw), Diagnostic> {
    let value = match &pair.value {
        Some(value) => raw(value)?,
        None => Raw { span: pair.name.span, kind: RawKind::Text(pair.name.text.clone()) },
    };
    Ok((pair.name.text.clone(), pair.name.span, value))
}

fn not_a_value(expr: &Expr) -> Diagnostic {
    let what = match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Add, .. } => "a sum",
        ExprKind::Call { .. } => "a call",
        _ => "an expression",
    };
    Diagnostic::new(Code::SettingValue, "`given` wants a value that is written out")
        .at(expr.span, what)
        .help("write the text, number, list or record itself")
}
