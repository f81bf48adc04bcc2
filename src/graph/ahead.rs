//! What lies ahead of a node without the caller.

use std::collections::{HashMap, HashSet};

use super::{Node, NodeId, Op, Scene};

/// The nodes from which a `send` can be reached without passing a step that needs the caller. A scene run by `do` is
/// entered, and where it comes back is followed.
#[must_use]
pub fn sends(nodes: &[Node], scenes: &[Scene]) -> HashSet<NodeId> {
    let before = before(nodes, scenes);
    let mut found = HashSet::new();
    let mut open: Vec<NodeId> =
        ids(nodes).filter(|(_, node)| matches!(node.op, Op::Send { .. })).map(|(id, _)| id).collect();
    while let Some(id) = open.pop() {
        let needs_caller = nodes.get(id.0 as usize).is_none_or(|node| node.op.needs_caller());
        if !needs_caller && found.insert(id) {
            open.extend(before.get(id.0 as usize).into_iter().flatten());
        }
    }
    found
}

fn ids(nodes: &[Node]) -> impl Iterator<Item = (NodeId, &Node)> {
    (0..).map(NodeId).zip(nodes)
}

/// By node, the nodes that lead to it.
fn before(nodes: &[Node], scenes: &[Scene]) -> Vec<Vec<NodeId>> {
    let returns = returns(nodes, scenes);
    let mut before: Vec<Vec<NodeId>> = vec![Vec::new(); nodes.len()];
    let mut leads = |from: NodeId, to: NodeId| {
        if let Some(before) = before.get_mut(to.0 as usize) {
            before.push(from);
        }
    };
    for (id, node) in ids(nodes) {
        leads(id, node.failed);
        match &node.op {
            Op::Do { scene, next, absent, .. } => {
                if let Some(scene) = scenes.get(*scene) {
                    leads(id, scene.entry);
                }
                // Behind the `do` it goes on where its scene comes back.
                for from in returns.get(scene).into_iter().flatten() {
                    [Some(*next), *absent].into_iter().flatten().for_each(|to| leads(*from, to));
                }
            }
            op => {
                if let Op::Jump { scene, .. } = op
                    && let Some(scene) = scenes.get(*scene)
                {
                    leads(id, scene.entry);
                }
                op.ways(id).into_iter().for_each(|(_, to)| leads(id, to));
            }
        }
    }
    before
}

/// By scene that is run by `do`, the nodes at which it comes back.
fn returns(nodes: &[Node], scenes: &[Scene]) -> HashMap<usize, Vec<NodeId>> {
    let mut returns: HashMap<usize, Vec<NodeId>> = HashMap::new();
    for node in nodes {
        if let Op::Do { scene, .. } = &node.op
            && let Some(run) = scenes.get(*scene)
        {
            returns.entry(*scene).or_insert_with(|| comes_back(nodes, run));
        }
    }
    returns
}

fn comes_back(nodes: &[Node], scene: &Scene) -> Vec<NodeId> {
    let returns = |id: &NodeId| matches!(nodes.get(id.0 as usize).map(|node| &node.op), Some(Op::Return { .. }));
    within(nodes, scene.entry).into_iter().filter(returns).collect()
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
