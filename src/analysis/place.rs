//! Where a node stands: the word its step begins with, not all that is in it.

use crate::graph::{Node, Op};
use crate::source::Span;

/// The place of a node for messages.
pub(super) fn of(node: &Node) -> Span {
    let word = match &node.op {
        Op::Menu(_) => "menu",
        Op::Pick(_) => "pick",
        Op::Record(_) => "record",
        Op::Wait(_) => "wait",
        Op::Escalate(_) => "escalate",
        Op::Dial { .. } => "dial",
        Op::Match { .. } => "match",
        Op::For { .. } => "for",
        // `admit` has no step of its own: it stands for the scene it lets in to.
        Op::Branch { .. } if &*node.name != "admit" => "if",
        _ => return node.span,
    };
    let end = node.span.start.saturating_add(u32::try_from(word.len()).unwrap_or_default());
    Span { end: end.min(node.span.end), ..node.span }
}
