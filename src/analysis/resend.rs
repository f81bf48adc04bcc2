//! Sending twice: a `send` whose request may have arrived, and which happens again without anybody (IVR913).
//!
//! From the failure of a `send` every way is followed that needs no person, a `retry` with a bound among them, as long
//! as the failure can still be `uncertain` or `reply`: a test of `error.kind` that excludes both leads nobody further.
//! If the same is sent again on such a way, with the same arguments, whatever it does may happen twice.

use std::collections::HashSet;

use super::machine::{Machine, ids};
use super::place;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::expr::{BinaryOp, Expr, Matcher};
use crate::failure::FailureKind;
use crate::graph::ways::Way;
use crate::graph::{Node, NodeId, Op};
use crate::source::Span;
use crate::value::Value;

fn sent_again(name: &str, first: Span, again: Span) -> Diagnostic {
    let message = format!("`{name}` may be sent twice");
    let diagnostic = Diagnostic::new(Code::SentAgain, message).at(first, "this may fail although it has arrived");
    let diagnostic = if again == first { diagnostic } else { diagnostic.at(again, "and is sent again here") };
    diagnostic.help("ask before sending again, or only after `if error.kind in [uncertain, reply] { … }` has left")
}

/// Every `send` that may do the same thing twice.
pub(super) fn check(machine: &Machine<'_>) -> Diagnostics {
    let graph = machine.graph;
    let mut found = Diagnostics::new();
    for id in ids(graph) {
        let Some(Node { op: Op::Send { operation, args, .. }, failed, span, .. }) = graph.node(id) else { continue };
        let same =
            |node: &Node| matches!(&node.op, Op::Send { operation: o, args: a, .. } if o == operation && a == args);
        let again = follow(machine, *failed, same);
        if let Some(node) = again.and_then(|again| graph.node(again)) {
            let name = graph.operations.get(usize::from(operation.0)).map_or("?", |operation| &*operation.name);
            found.push(sent_again(name, *span, place::of(node)));
        }
    }
    found
}

/// The first node that is looked for on the ways that need no person, the failure being uncertain.
fn follow(machine: &Machine<'_>, from: NodeId, wanted: impl Fn(&Node) -> bool) -> Option<NodeId> {
    let (mut open, mut seen) = (vec![from], HashSet::new());
    while let Some(id) = open.pop() {
        let Some(node) = machine.graph.node(id).filter(|_| seen.insert(id)) else { continue };
        if wanted(node) {
            return Some(id);
        }
        // A person is asked, speaks or is spoken to.
        if matches!(node.op, Op::Menu(_) | Op::Record(_) | Op::Dial { .. } | Op::Escalate(_)) {
            continue;
        }
        if let Op::Retry { most: Some(_), to, .. } = &node.op {
            open.push(*to);
        }
        let exits = machine.exits(id).iter().copied().chain(machine.error_of(id).map(|rule| (Way::Failed, rule)));
        open.extend(exits.filter(|(way, _)| possible(&node.op, *way)).map(|(_, to)| to));
    }
    None
}

/// Whether a way can be taken if the failure is `uncertain` or `reply`.
fn possible(op: &Op, way: Way) -> bool {
    match (op, way) {
        (Op::Branch { condition, .. }, Way::Yes) => holds(condition) != Some(false),
        (Op::Branch { condition, .. }, Way::No) => holds(condition) != Some(true),
        (Op::Match { subject, cases, .. }, Way::Case(n)) if is_kind(subject) => {
            cases.get(usize::from(n)).is_none_or(|(matchers, _)| matchers.iter().any(may_fit))
        }
        (Op::Match { subject, cases, .. }, Way::Otherwise) if is_kind(subject) => {
            let both = |kind: FailureKind| cases.iter().flat_map(|(m, _)| m).any(|m| m.fits(&Value::text(kind.word())));
            !DOUBTFUL.into_iter().all(both)
        }
        _ => true,
    }
}

const DOUBTFUL: [FailureKind; 2] = [FailureKind::Uncertain, FailureKind::Reply];

/// What a test of `error.kind` says about both doubtful kinds, if it says the same.
fn holds(condition: &Expr) -> Option<bool> {
    match condition {
        Expr::Not(of) => holds(of).map(|holds| !holds),
        Expr::In { item, list, negated } if is_kind(item) => {
            let Expr::List(items) = &**list else { return None };
            let listed = |kind: FailureKind| items.iter().any(|item| *item == Expr::Literal(Value::text(kind.word())));
            both(DOUBTFUL.map(listed)).map(|listed| listed != *negated)
        }
        Expr::Binary(op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right) => {
            let other = if is_kind(left) {
                right
            } else if is_kind(right) {
                left
            } else {
                return None;
            };
            let Expr::Literal(value) = &**other else { return None };
            let equal = both(DOUBTFUL.map(|kind| *value == Value::text(kind.word())))?;
            Some(equal == (*op == BinaryOp::Equal))
        }
        Expr::Binary(BinaryOp::And, left, right) => match (holds(left), holds(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Expr::Binary(BinaryOp::Or, left, right) => match (holds(left), holds(right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn both([a, b]: [bool; 2]) -> Option<bool> {
    (a == b).then_some(a)
}

/// `error.kind`.
fn is_kind(expr: &Expr) -> bool {
    matches!(expr, Expr::Field(of, field) if &**field == "kind" && matches!(&**of, Expr::Local(name) if &**name == "error"))
}

fn may_fit(matcher: &Matcher) -> bool {
    DOUBTFUL.into_iter().any(|kind| matcher.fits(&Value::text(kind.word())))
}
