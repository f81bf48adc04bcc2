//! Types: others, optional or not, secret or not; what is declared with them.

use ivrc::source::Span;
use ivrc::syntax::tree::{ItemKind, Ty, TyKind};

use super::{Edit, Flow};
use crate::mutants::text::{Shape, range};

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    // A parameter that may be absent is absent only if somebody passes nothing: the same flow, if it is one.
    let params: Vec<&Ty> = flow.pieces.params.iter().flat_map(|params| *params).map(|param| &param.ty).collect();
    let of_param = |ty: &Ty| params.iter().any(|param| param.span == ty.span);
    let mut edits: Vec<Edit> = flow.pieces.types.iter().flat_map(|ty| of(flow, ty, of_param(ty))).collect();
    for fields in &flow.pieces.fields {
        for field in *fields {
            let end = field.default.as_ref().map_or(field.ty.span, |default| default.span);
            let whole = field.names.first().map_or(end, |name| name.span.to(end));
            edits.push(Edit::drop("drop a field", flow.tokens.element(range(whole))));
            edits.extend(field.default.iter().map(|default| without_default(field.ty.span, default.span)));
        }
    }
    for params in &flow.pieces.params {
        for param in *params {
            let end = param.default.as_ref().map_or(param.ty.span, |default| default.span);
            edits.push(Edit::drop("drop a parameter", flow.tokens.element(range(param.name.span.to(end)))));
            edits.extend(param.default.iter().map(|default| without_default(param.ty.span, default.span)));
        }
    }
    edits.extend(settings(flow));
    edits
}

fn of(flow: &Flow<'_>, ty: &Ty, of_param: bool) -> Vec<Edit> {
    let end = ty.span.end as usize;
    match &ty.kind {
        TyKind::Optional(of) => vec![Edit::drop("make required", of.span.end as usize..end)],
        TyKind::Pending(of) => vec![Edit::drop("change a type", ty.span.start as usize..of.span.start as usize)],
        TyKind::List(of, _) => {
            let mut edits = vec![Edit::drop("change a type", of.span.end as usize..end)];
            edits.extend((!of_param).then(|| Edit::new("make optional", end..end, "?")));
            edits
        }
        TyKind::Name(name) => {
            let other = if name.text == "text" { "number" } else { "text" };
            let mut edits = vec![Edit::new("change a type", range(name.span), other)];
            // Not the type of an element, nor one that is optional already.
            let whole = !of_param && !flow.text[end..].starts_with(['?', '[']);
            edits.extend(whole.then(|| Edit::new("make optional", end..end, "?")));
            edits
        }
        TyKind::Phone { .. } => vec![Edit::new("change a type", range(ty.span), "text")],
        TyKind::Choice(values) => {
            let drop = |value: &ivrc::syntax::tree::Word| {
                let n = flow.tokens.from(value.span.start as usize);
                let (first, last) = if flow.tokens.at(n + 1) == "|" { (n, n + 1) } else { (n - 1, n) };
                Edit::drop("drop a value", flow.tokens.range(first, last))
            };
            values.iter().map(drop).collect()
        }
        TyKind::Span(_) | TyKind::Record(_) | TyKind::Bad => Vec::new(),
    }
}

fn without_default(ty: Span, default: Span) -> Edit {
    Edit::drop("drop a default", ty.end as usize..default.end as usize)
}

fn settings(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for item in &flow.tree.items {
        match &item.kind {
            ItemKind::Settings(settings) => {
                for setting in settings {
                    edits.push(Edit::drop("drop a setting", range(setting.span)));
                    let start = setting.span.start as usize;
                    let secret = flow.tokens.from(start);
                    edits.push(if setting.secret {
                        Edit::drop("make secret, or not", flow.tokens.range(secret, secret))
                    } else {
                        Edit::new("make secret, or not", start..start, "secret ")
                    });
                    let typed = setting.ty.as_ref().zip(setting.default.as_ref());
                    edits.extend(typed.map(|(ty, default)| without_default(ty.span, default.span)));
                }
            }
            ItemKind::Enum { values, .. } => {
                let dropped = values.iter().map(|value| flow.tokens.element(range(value.span)));
                edits.extend(dropped.map(|value| Edit::drop("drop a value", value)));
            }
            ItemKind::Table { rows, .. } => {
                for row in rows {
                    edits.push(Edit::drop("drop a row", flow.tokens.element(range(row.span))));
                    edits.extend(row.cells.iter().skip(1).map(|cell| cell_changed(flow, range(cell.span).start)));
                }
                let cells = rows.iter().skip(1).map(|row| row.cells.first());
                edits.extend(cells.flatten().map(|cell| cell_changed(flow, range(cell.span).start)));
            }
            _ => {}
        }
    }
    edits
}

fn cell_changed(flow: &Flow<'_>, byte: usize) -> Edit {
    let n = flow.tokens.from(byte);
    let with = match flow.tokens.shape(n) {
        Some(Shape::Number) => format!("{}1", flow.tokens.at(n)),
        Some(Shape::String) => format!("\"X{}", &flow.tokens.at(n)[1..]),
        _ => format!("{}X", flow.tokens.at(n)),
    };
    Edit::new("change a cell", flow.tokens.range(n, n), with)
}
