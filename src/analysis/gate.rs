//! The gate: nothing behind `admit` is reached without it.
//!
//! A state is a node and whether `main` has been entered. From the `else` of `admit`, not having entered it, every way
//! is followed as the engine takes it: rules of the file, `on error` among them, end in the apology, and `anywhere`
//! keys do nothing, until `main` is entered. The gate holds if it never is.

use std::collections::BTreeSet;

use crate::graph::ways::Way;
use crate::graph::{Graph, MAIN, NodeId, Op, RuleKind};

/// What callers come to who were not admitted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outside {
    /// Whether there is an `admit` at all.
    pub(super) gate: bool,
    /// Whether one of them comes to `main`.
    pub(super) passed: bool,
    /// The nodes they come to.
    pub(super) nodes: BTreeSet<NodeId>,
}

/// Follows those whom `admit` refuses.
pub(super) fn refused(graph: &Graph) -> Outside {
    // Without `admit` a call enters `main` at once.
    if !graph.node(graph.entry).is_some_and(|node| matches!(node.op, Op::Branch { .. })) {
        return Outside::default();
    }
    let mut outside = Outside { gate: true, ..Outside::default() };
    let refusing = graph.ways(graph.entry).into_iter().filter(|(way, _)| *way != Way::Yes);
    let mut open: Vec<NodeId> = refusing.map(|(_, to)| to).collect();
    while let Some(id) = open.pop() {
        let Some(node) = graph.node(id).filter(|_| outside.nodes.insert(id)) else { continue };
        if let Op::Jump { scene, .. } | Op::Do { scene, .. } = &node.op {
            outside.passed |= graph.scenes.get(*scene).is_some_and(|scene| &*scene.name == MAIN);
        }
        if matches!(node.op, Op::Rule { kind: RuleKind::File | RuleKind::Error, .. }) {
            open.push(graph.apology);
            continue;
        }
        let ways = graph.ways(id).into_iter().filter(|(way, _)| !matches!(way, Way::Anywhere(_)));
        open.extend(ways.map(|(_, to)| to));
    }
    outside
}
