//! The order in which a conversation reaches scenes.

use std::collections::BTreeSet;

use crate::graph::ways::Way;
use crate::graph::{Graph, Op};

/// The scenes that a call can come to, in the order in which it first can: a scene before those it leads to. What
/// rules lead to comes last.
pub(super) fn scenes(graph: &Graph) -> Vec<usize> {
    let (mut order, mut seen, mut rules) = (Vec::new(), BTreeSet::new(), Vec::new());
    let mut open = vec![graph.entry];
    loop {
        while let Some(id) = open.pop() {
            let Some(node) = graph.node(id).filter(|_| seen.insert(id)) else { continue };
            match &node.op {
                Op::Rule { next, .. } => rules.push(*next),
                Op::Jump { scene, .. } | Op::Do { scene, .. } if !order.contains(scene) => order.push(*scene),
                _ => {}
            }
            if !matches!(node.op, Op::Rule { .. }) {
                let mut ways = graph.ways(id);
                // A scene that comes back, and the rounds of a `wait`, are heard before what follows.
                ways.sort_by_key(|(way, _)| !matches!(way, Way::Enter | Way::Round));
                // The last to be put there is the first to be looked at.
                open.extend(ways.into_iter().map(|(_, to)| to).rev());
            }
        }
        open = std::mem::take(&mut rules);
        if open.is_empty() {
            return order;
        }
    }
}
