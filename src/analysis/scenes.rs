//! What belongs to which scene or rule: its `retry`s with a bound, and the `for` around a node.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::machine::ids;
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId, Op};

/// A `retry` with a bound: its node, how often, the step it leads back to.
pub(super) type Retry = (NodeId, u32, NodeId);

/// The nodes of a graph by scene or rule.
#[derive(Debug)]
pub(super) struct Scenes {
    /// By node: the scene, or behind all scenes the rule.
    group: Vec<Option<usize>>,
    /// By scene or rule.
    retries: Vec<Vec<Retry>>,
    /// By node: the innermost `for` whose body it stands in.
    around: Vec<Option<NodeId>>,
}

impl Scenes {
    pub(super) fn of(graph: &Graph) -> Self {
        let rules = ids(graph).filter(|id| matches!(graph.node(*id).map(|node| &node.op), Some(Op::Rule { .. })));
        let roots: Vec<NodeId> =
            graph.scenes.iter().map(|scene| scene.entry).chain(rules).chain([graph.entry]).collect();
        let mut scenes = Self {
            group: vec![None; graph.nodes.len()],
            retries: vec![Vec::new(); roots.len()],
            around: vec![None; graph.nodes.len()],
        };
        for (n, root) in roots.into_iter().enumerate() {
            scenes.gather(graph, n, root);
        }
        for id in ids(graph) {
            if let Some(Op::For { body, .. }) = graph.node(id).map(|node| &node.op) {
                scenes.surround(graph, id, *body);
            }
        }
        scenes
    }

    /// The `retry`s with a bound in the scene or rule of a node.
    pub(super) fn retries(&self, of: NodeId) -> &[Retry] {
        let group = self.group.get(of.0 as usize).copied().flatten();
        group.and_then(|group| self.retries.get(group)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The `for` whose body a node stands in.
    pub(super) fn for_around(&self, id: NodeId) -> Option<NodeId> {
        self.around.get(id.0 as usize).copied().flatten()
    }

    /// The nodes in bodies of `for`, inner ones first, each body in this order.
    pub(super) fn bodies(&self, order: &[NodeId]) -> Vec<NodeId> {
        let mut bodies: BTreeMap<Reverse<NodeId>, Vec<NodeId>> = BTreeMap::new();
        for id in order {
            if let Some(of) = self.for_around(*id) {
                bodies.entry(Reverse(of)).or_default().push(*id);
            }
        }
        bodies.into_values().flatten().collect()
    }

    fn gather(&mut self, graph: &Graph, group: usize, root: NodeId) {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            let Some(place) = self.group.get_mut(id.0 as usize).filter(|place| place.is_none()) else { continue };
            *place = Some(group);
            if let Some(Op::Retry { most: Some(most), to, .. }) = graph.node(id).map(|node| &node.op)
                && let Some(retries) = self.retries.get_mut(group)
            {
                retries.push((id, *most, *to));
            }
            open.extend(inside(graph, id));
        }
    }

    /// A `for` inside of another one has a higher number: it is looked at later.
    fn surround(&mut self, graph: &Graph, of: NodeId, body: NodeId) {
        let mut open = vec![body];
        while let Some(id) = open.pop() {
            if id == of || self.for_around(id) == Some(of) {
                continue;
            }
            if let Some(place) = self.around.get_mut(id.0 as usize) {
                *place = Some(of);
                open.extend(inside(graph, id));
            }
        }
    }
}

/// Where a node leads to in its scene or rule.
fn inside(graph: &Graph, id: NodeId) -> impl Iterator<Item = NodeId> {
    let stays = |to: &NodeId| !matches!(graph.node(*to).map(|node| &node.op), Some(Op::Rule { .. }));
    graph.ways(id).into_iter().filter(|(way, _)| *way != Way::Enter).map(|(_, to)| to).filter(move |to| stays(to))
}
