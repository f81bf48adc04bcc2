//! Which nodes are drawn as one, and in which group.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Group, rows};
use crate::expr::Expr;
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId, Op, order};
use crate::types::Name;

/// Whether a node does nothing that anybody would look for: it is drawn in the block that it leads to.
pub(super) fn is_silent(op: &Op) -> bool {
    match op {
        // Names with a space are those of the compiler.
        Op::Let { bind, value, absent: None, .. } => match (bind, value) {
            (None, value) => *value == Expr::none(),
            (Some(name), Expr::Local(local)) => name.contains(' ') || local.contains(' '),
            (Some(_), _) => false,
        },
        _ => false,
    }
}

/// The nodes of a graph in groups and chains.
pub(super) struct Chains<'a> {
    graph: &'a Graph,
    reachable: BTreeSet<NodeId>,
    /// Where groups are entered, and what that is called.
    pub(super) entries: HashMap<NodeId, String>,
    /// The group of each node that is no silent one.
    group_of: HashMap<NodeId, usize>,
    /// How many ways lead to a node.
    incoming: HashMap<NodeId, usize>,
    /// The nodes of each group in the order of a walk.
    order: Vec<Vec<NodeId>>,
    pub(super) groups: Vec<Group>,
    /// The nodes of each block, with its group.
    pub(super) blocks: Vec<(Vec<NodeId>, usize)>,
    pub(super) block_of: HashMap<NodeId, usize>,
}

impl<'a> Chains<'a> {
    /// Those of a graph, as far as a call can come to them.
    pub(super) fn of(graph: &'a Graph) -> Self {
        let reachable = graph.reachable();
        let mut chains = Self {
            graph,
            reachable,
            entries: HashMap::new(),
            group_of: HashMap::new(),
            incoming: HashMap::new(),
            order: Vec::new(),
            groups: Vec::new(),
            blocks: Vec::new(),
            block_of: HashMap::new(),
        };
        for id in &chains.reachable.clone() {
            if !chains.is_silent(*id) {
                for (_, to) in graph.ways(*id) {
                    *chains.incoming.entry(chains.resolved(to)).or_default() += 1;
                }
            }
        }
        chains.find_groups();
        chains.find_chains();
        chains
    }

    fn is_silent(&self, id: NodeId) -> bool {
        self.graph.node(id).is_some_and(|node| is_silent(&node.op))
    }

    /// The first node from here that is not silent.
    fn resolved(&self, id: NodeId) -> NodeId {
        let mut at = id;
        // Nothing goes round in a circle without doing something.
        for _ in 0..self.graph.nodes.len() {
            match self.graph.node(at).map(|node| &node.op) {
                Some(op @ Op::Let { next, .. }) if is_silent(op) => at = *next,
                _ => break,
            }
        }
        at
    }

    /// Every group with its nodes.
    fn find_groups(&mut self) {
        let graph = self.graph;
        let mut rules = rules(graph);
        rules.retain(|(id, _)| self.reachable.contains(id));
        for (id, title) in &rules {
            self.entries.insert(self.resolved(*id), title.clone());
        }
        self.entries.insert(self.resolved(graph.entry), "a call begins".to_owned());
        let scenes = order::scenes(graph);
        for scene in scenes.iter().filter_map(|scene| graph.scenes.get(*scene)) {
            self.entries.insert(self.resolved(scene.entry), scene.name.to_string());
        }
        self.group("a call begins", None, &[graph.entry]);
        for scene in scenes.iter().filter_map(|scene| graph.scenes.get(*scene)) {
            self.group(&format!("scene {}", scene.name), Some(scene.name.clone()), &[scene.entry]);
        }
        let roots: Vec<NodeId> = rules.into_iter().map(|(id, _)| id).collect();
        self.group("rules", None, &roots);
    }

    /// A group of what can be reached from these nodes without entering another one.
    fn group(&mut self, title: &str, scene: Option<Name>, roots: &[NodeId]) {
        let index = self.groups.len();
        let mut order = Vec::new();
        let roots: Vec<NodeId> = roots.iter().map(|id| self.resolved(*id)).collect();
        let mut open: Vec<NodeId> = roots.iter().rev().copied().collect();
        while let Some(id) = open.pop() {
            let foreign = self.entries.contains_key(&id) && !roots.contains(&id);
            if foreign || self.group_of.contains_key(&id) {
                continue;
            }
            self.group_of.insert(id, index);
            order.push(id);
            let ways = self.graph.ways(id).into_iter().rev();
            let inside = ways.filter(|(way, _)| !matches!(way, Way::Enter | Way::Anywhere(_)));
            open.extend(inside.map(|(_, to)| self.resolved(to)));
        }
        if !order.is_empty() {
            self.order.push(order);
            self.groups.push(Group { title: title.to_owned(), scene, blocks: Vec::new() });
        }
    }

    /// Puts nodes together that follow each other without anything in between.
    fn find_chains(&mut self) {
        let orders = std::mem::take(&mut self.order);
        let follows: HashMap<NodeId, NodeId> =
            orders.iter().flatten().filter_map(|id| Some((*id, self.follower(*id)?))).collect();
        let followers: HashSet<NodeId> = follows.values().copied().collect();
        for (group, order) in orders.iter().enumerate() {
            for first in order.iter().filter(|id| !followers.contains(id)) {
                let chain = std::iter::successors(Some(*first), |id| follows.get(id).copied());
                let block = self.blocks.len();
                let nodes: Vec<NodeId> = chain.collect();
                self.block_of.extend(nodes.iter().map(|id| (*id, block)));
                self.blocks.push((nodes, group));
                self.groups.get_mut(group).into_iter().for_each(|group| group.blocks.push(block));
            }
        }
        // Silent nodes are where they lead to.
        let silent = self.reachable.iter().filter(|id| self.is_silent(**id));
        let there = silent.filter_map(|id| Some((*id, *self.block_of.get(&self.resolved(*id))?)));
        let there: Vec<(NodeId, usize)> = there.collect();
        self.block_of.extend(there);
    }

    /// The node that is drawn below this one in the same block.
    fn follower(&self, id: NodeId) -> Option<NodeId> {
        let node = self.graph.node(id)?;
        if rows::waits(self.graph, id) {
            return None;
        }
        let ways = self.graph.ways(id);
        let mut ways = ways.into_iter().filter(|(way, _)| *way != Way::Enter);
        let ((way, to), None) = (ways.next()?, ways.next()) else { return None };
        let to = self.resolved(to);
        let alone = self.incoming.get(&to) == Some(&1) && !self.entries.contains_key(&to);
        let back = matches!(node.op, Op::Retry { .. } | Op::Keep { .. });
        (way == Way::Next && alone && !back && self.group_of.get(&to) == self.group_of.get(&id)).then_some(to)
    }
}

/// The rules with what they are called, in the order in which they are drawn.
fn rules(graph: &Graph) -> Vec<(NodeId, String)> {
    let mut rules: Vec<(NodeId, String)> = Vec::new();
    let mut add = |id: NodeId, title: String| {
        if rules.iter().all(|(known, _)| *known != id) {
            rules.push((id, title));
        }
    };
    for (_, to) in &graph.anywhere {
        let keys = graph.anywhere.iter().filter(|(_, id)| id == to).map(|(key, _)| key.to_string());
        add(*to, format!("anywhere {}", keys.collect::<Vec<_>>().join(", ")));
    }
    for node in &graph.nodes {
        let hearing = match &node.op {
            Op::Menu(menu) => &menu.hearing,
            Op::Pick(pick) => &pick.hearing,
            _ => continue,
        };
        hearing.silence.into_iter().for_each(|id| add(id, "on silence".to_owned()));
        hearing.invalid.into_iter().for_each(|id| add(id, "on invalid".to_owned()));
    }
    for (n, node) in graph.nodes.iter().enumerate() {
        if matches!(node.op, Op::Rule { .. }) {
            add(NodeId(u32::try_from(n).unwrap_or(u32::MAX)), node.name.to_string());
        }
    }
    rules
}
