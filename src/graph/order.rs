//! The order in which a conversation reaches scenes.

use std::collections::BTreeSet;

use super::ways::Way;
use super::{Graph, NodeId, Op};

/// The scenes that a call can come to, in the order in which it first can: a scene before those it leads to. What
/// rules lead to comes last.
#[must_use]
pub fn scenes(graph: &Graph) -> Vec<usize> {
    let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open = vec![graph.entry];
    // What stands behind the rules that were met.
    let mut later: Vec<NodeId> = Vec::new();
    loop {
        while let Some(id) = open.pop() {
            let Some(node) = graph.node(id).filter(|_| seen.insert(id)) else { continue };
            match &node.op {
                Op::Rule { next, .. } => {
                    later.push(*next);
                    continue;
                }
                Op::Jump { scene, .. } | Op::Do { scene, .. } if !order.contains(scene) => order.push(*scene),
                _ => {}
            }
            let mut ways = graph.ways(id);
            // A scene that comes back, and the rounds of a `wait`, are heard before what follows.
            ways.sort_by_key(|(way, _)| !matches!(way, Way::Enter | Way::Round));
            // The last to be put there is the first to be looked at.
            open.extend(ways.into_iter().map(|(_, to)| to).rev());
        }
        open.append(&mut later);
        open.extend(graph.hangup.filter(|id| !seen.contains(id)));
        if open.is_empty() {
            return order;
        }
    }
}
