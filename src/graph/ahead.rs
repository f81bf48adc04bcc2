//! What lies ahead of a node without the caller.

use std::collections::{HashMap, HashSet};

use super::{Node, NodeId, Op, Scene};

/// Where the scenes that are run by `do` come back to, by their `return`s.
#[derive(Debug, Default)]
pub struct Returns(HashMap<NodeId, Vec<NodeId>>);

impl Returns {
    /// Of these nodes.
    #[must_use]
    pub fn of(nodes: &[Node], scenes: &[Scene]) -> Self {
        let mut back: HashMap<usize, Vec<NodeId>> = HashMap::new();
        for node in nodes {
            if let Op::Do { scene, next, absent, .. } = &node.op {
                back.entry(*scene).or_default().extend([Some(*next), *absent].into_iter().flatten());
            }
        }
        let mut returns: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for (scene, back) in back {
            let Some(scene) = scenes.get(scene) else { continue };
            for id in within(nodes, scene.entry) {
                if matches!(nodes.get(id.0 as usize).map(|node| &node.op), Some(Op::Return { .. })) {
                    returns.entry(id).or_default().extend(&back);
                }
            }
        }
        Self(returns)
    }

    fn from(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.0.get(&id).into_iter().flatten().copied()
    }
}

/// The nodes of a scene: everything that can be reached without entering another one.
fn within(nodes: &[Node], entry: NodeId) -> HashSet<NodeId> {
    let mut seen = HashSet::new();
    let mut open = vec![entry];
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(id.0 as usize).filter(|_| seen.insert(id)) else { continue };
        if !matches!(node.op, Op::Rule { .. }) {
            open.extend(node.op.ways(id).into_iter().map(|(_, to)| to));
            open.push(node.failed);
        }
    }
    seen
}

/// Whether a `send` can be reached from one of these nodes without passing a step that needs the caller. A scene run
/// by `do` is entered, and where it comes back is followed.
#[must_use]
pub fn sends(nodes: &[Node], scenes: &[Scene], returns: &Returns, from: &[NodeId]) -> bool {
    let mut seen = HashSet::new();
    let mut open = from.to_vec();
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(id.0 as usize) else { continue };
        if !seen.insert(id) || node.op.needs_caller() {
            continue;
        }
        match &node.op {
            Op::Send { .. } => return true,
            Op::Do { scene, .. } => {
                open.extend(scenes.get(*scene).map(|scene| scene.entry));
                open.push(node.failed);
                continue;
            }
            Op::Jump { scene, .. } => open.extend(scenes.get(*scene).map(|scene| scene.entry)),
            Op::Return { .. } => open.extend(returns.from(id)),
            _ => {}
        }
        open.extend(node.op.ways(id).into_iter().map(|(_, to)| to));
        open.push(node.failed);
    }
    false
}
