//! Services and their operations.

use ivrc::syntax::tree::{ExprKind, ItemKind, Method, Operation, Service, ServiceOption};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let services = flow.tree.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Service(service) => Some(service),
        _ => None,
    });
    let services: Vec<&Service> = services.collect();
    let mut edits = Vec::new();
    for (n, service) in services.iter().enumerate() {
        let other = services[(n + 1) % services.len()];
        edits.push(Edit::new("change a base", range(service.base.span), &flow.text[range(other.base.span)]));
        service.options.iter().for_each(|option| edits.extend(of_option(flow, option)));
        service.operations.iter().for_each(|operation| edits.extend(of_operation(flow, operation)));
    }
    edits.extend(plain_calls(flow, &services));
    edits
}

fn of_option(flow: &Flow<'_>, option: &ServiceOption) -> Vec<Edit> {
    let drop = |span| Edit::drop("drop an option of a service", flow.tokens.element(range(span)));
    match option {
        ServiceOption::Basic(_, _, span) | ServiceOption::Bearer(_, span) => vec![drop(*span)],
        ServiceOption::Header(name, _, span) => {
            vec![drop(*span), Edit::new("change a header", range(name.span), "\"X-Other\"")]
        }
        ServiceOption::Timeout(_) => Vec::new(),
        ServiceOption::Means(status, value) => {
            vec![drop(status.span.to(value.span)), Edit::new("change a status", range(status.span), "418")]
        }
    }
}

fn of_operation(flow: &Flow<'_>, operation: &Operation) -> Vec<Edit> {
    let method = match operation.method {
        Method::Get => "post",
        Method::Post => "put",
        Method::Put | Method::Delete => "get",
    };
    let path = range(operation.path.span);
    let longer = format!("{}x\"", &flow.text[path.start..path.end - 1]);
    let mut edits = vec![
        Edit::drop("drop an operation", range(operation.span)),
        Edit::new("change a method", range(operation.method_span), method),
        Edit::new("change a path", path, longer),
    ];
    if let Some((_, body)) = &operation.body {
        let word = flow.tokens.from(body.span.start as usize) - 1;
        edits.push(Edit::drop("drop a body", flow.tokens.range(word, word).start..body.span.end as usize));
        edits.push(Edit::new("change how a body is sent", flow.tokens.range(word, word), "form"));
    }
    if let Some((at, ty)) = &operation.gives {
        let first = at.as_ref().map_or(ty.span, |at| at.span);
        let gives = flow.tokens.with_word_before(range(first.to(ty.span)));
        edits.push(Edit::drop("drop what is given", gives));
        if let Some(at) = at {
            edits.push(Edit::new("change where it stands", range(at.span), format!("{}X", &flow.text[range(at.span)])));
            edits.push(Edit::drop("change where it stands", at.span.start as usize..ty.span.start as usize));
        }
    }
    edits.extend(operation.options.iter().flat_map(|option| of_option(flow, option)));
    edits
}

/// `send` in front of calls that read.
fn plain_calls(flow: &Flow<'_>, services: &[&Service]) -> Vec<Edit> {
    let calls = flow.pieces.exprs.iter().filter(|expr| match &expr.kind {
        ExprKind::Member { of, args: Some(_), .. } => match &of.kind {
            ExprKind::Name(name) => services.iter().any(|service| service.name.text == *name),
            _ => false,
        },
        _ => false,
    });
    calls.map(|call| Edit::new("send, or not", range(call.span).start..range(call.span).start, "send ")).collect()
}
