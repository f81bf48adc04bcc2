//! Signatures of services' operations and of queries.

use super::super::annotate::Annotator;
use super::super::world::{Operation, Query, World};
use super::names::{Names, Space};
use super::scenes::params;
use crate::diagnostic::{Code, Diagnostic};
use crate::failure::FailureKind;
use crate::source::Span;
use crate::syntax::tree::{self, Expr, ExprKind, File, ItemKind, Literal, Method, Piece, Service, ServiceOption};
use crate::types::Name;

fn operation_twice(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("the service has two operations `{name}`"))
        .at(span, "again")
        .at(first, "first")
        .help("rename one of them")
}

pub(super) fn declare<'t>(file: &'t File, world: &mut World, names: &mut Names<'_>, annotator: &Annotator<'_, 't>) {
    for item in &file.items {
        match &item.kind {
            ItemKind::Service(service) => {
                if names.take(Space::Value("service"), &service.name) {
                    world.services.insert(service.name.text.as_str().into(), service.name.span);
                }
                for operation in &service.operations {
                    declare_operation(service, operation, world, annotator);
                }
            }
            ItemKind::Query(query) => {
                names.take(Space::Query, &query.name);
                let signature = Query {
                    name: query.name.text.as_str().into(),
                    params: params(&query.params, world, annotator),
                    gives: annotator.annotate(world, &query.gives),
                    bounded: query.depth.is_some(),
                    span: query.name.span,
                };
                world.queries.add(signature.name.clone(), signature);
            }
            _ => {}
        }
    }
}

fn declare_operation<'t>(
    service: &'t Service,
    operation: &'t tree::Operation,
    world: &mut World,
    annotator: &Annotator<'_, 't>,
) {
    let name: Name = format!("{}.{}", service.name.text, operation.name.text).into();
    if let Some((_, first)) = world.operations.named(&name) {
        annotator.report.add(operation_twice(&operation.name.text, operation.name.span, first.span));
    }
    let gives = operation.gives.as_ref().map(|(_, ty)| annotator.annotate(world, ty));
    let may_mean_none =
        operation.options.iter().any(|option| matches!(option, ServiceOption::Means(_, value) if is_none(value)));
    let signature = Operation {
        params: params(&operation.params, world, annotator),
        reply: gives.clone(),
        gives: gives.map(|ty| if may_mean_none { ty.optional() } else { ty }),
        method: operation.method,
        reads: operation.reads || operation.method == Method::Get,
        failures: failures(service, operation, world),
        span: operation.name.span,
        name,
    };
    world.operations.add(signature.name.clone(), signature);
}

fn is_none(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::None)
}

/// How an operation can fail (section 12 of the language).
fn failures(service: &Service, operation: &tree::Operation, world: &World) -> Vec<FailureKind> {
    let reads = operation.reads || operation.method == Method::Get;
    let mut kinds = vec![FailureKind::Http, FailureKind::Timeout, FailureKind::Network];
    if reads && operation.gives.is_some() {
        kinds.push(FailureKind::Shape);
    }
    if has_slots(&operation.path) {
        kinds.push(FailureKind::Path);
    }
    let options = || service.options.iter().chain(&operation.options);
    if options().any(|option| matches!(option, ServiceOption::Header(_, value, _) if !is_constant(value))) {
        kinds.push(FailureKind::Header);
    }
    let secret = |name: &str| world.setting(name).is_some_and(|(_, setting)| setting.secret);
    let in_options = options().any(|option| match option {
        ServiceOption::Basic(user, password, _) => mentions(user, &secret) || mentions(password, &secret),
        ServiceOption::Bearer(value, _) | ServiceOption::Header(_, value, _) => mentions(value, &secret),
        ServiceOption::Timeout(_) | ServiceOption::Means(..) => false,
    });
    let in_body = operation.body.as_ref().is_some_and(|(_, body)| mentions(body, &secret));
    if in_options || in_body || slots_mention(&operation.path, &secret) {
        kinds.push(FailureKind::Unset);
    }
    if !reads {
        kinds.extend([FailureKind::Uncertain, FailureKind::Reply]);
    }
    kinds
}

fn has_slots(literal: &Literal) -> bool {
    literal.plain().is_none()
}

fn is_constant(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Literal(literal) if !has_slots(literal))
}

fn slots_mention(literal: &Literal, secret: &dyn Fn(&str) -> bool) -> bool {
    literal.pieces.iter().any(|piece| match piece {
        Piece::Slot { inner, .. } => inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(secret),
        Piece::Chars { .. } => false,
    })
}

fn mentions(expr: &Expr, secret: &dyn Fn(&str) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => secret(name),
        ExprKind::Literal(literal) => slots_mention(literal, secret),
        ExprKind::Record(pairs) => pairs.iter().any(|pair| match &pair.value {
            Some(value) => mentions(value, secret),
            None => secret(&pair.name.text),
        }),
        ExprKind::List(items) => items.iter().any(|item| mentions(item, secret)),
        _ => false,
    }
}
