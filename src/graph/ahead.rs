//! What lies ahead of a node without the caller.

use std::collections::HashSet;

use super::{Node, NodeId, Op, Scene};

/// Whether a `send` can be reached from `from` without passing a step that needs the caller. Scenes run by `do` are
/// entered and also passed: what they end with is not followed, their caller's next step is.
#[must_use]
pub fn sends(nodes: &[Node], scenes: &[Scene], from: NodeId) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(id.0 as usize) else { continue };
        if !seen.insert(id) || node.op.needs_caller() {
            continue;
        }
        if matches!(node.op, Op::Send { .. }) {
            return true;
        }
        if let Op::Do { scene, .. } | Op::Jump { scene, .. } = &node.op {
            open.extend(scenes.get(*scene).map(|scene| scene.entry));
        }
        open.extend(node.op.edges().into_iter().map(|(_, to)| to));
        open.push(node.failed);
    }
    false
}
