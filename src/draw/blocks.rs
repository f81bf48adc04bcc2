//! Which nodes are drawn as one, in which group, and how the ways between them are shown.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Block, Chart, Exit, Group, Line, rows};
use crate::expr::Expr;
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId, Op, order};
use crate::program::Program;
use crate::prose::Prose;
use crate::types::Name;

/// The chart of a flow.
pub(super) fn chart<'a>(program: &'a Program, graph: &'a Graph) -> Chart<'a> {
    let mut making = Making::new(graph);
    making.groups();
    making.blocks();
    let prose = Prose::of(program);
    let mut chart = Chart {
        graph,
        groups: making.made,
        blocks: Vec::new(),
        anywhere: Vec::new(),
        prose,
        block_of: making.block_of,
    };
    chart.anywhere = graph.anywhere.iter().filter_map(|(key, to)| Some((*key, chart.block_of(*to)?))).collect();
    let named: Vec<(Vec<NodeId>, usize)> = making.chains;
    chart.blocks = named.iter().map(|(nodes, group)| plain(&chart, nodes, *group, &making.entries)).collect();
    let ways = ways(&chart);
    let back = back(&chart, &ways);
    for (index, ways) in ways.into_iter().enumerate() {
        for (n, way) in ways.into_iter().enumerate() {
            let (inside, back) = (inside(&chart, index, way.to), back.contains(&(index, n)));
            let target = target(&chart, index, way.to);
            let Some(block) = chart.blocks.get_mut(index) else { continue };
            if inside && !back {
                merge(&mut block.lines, way);
            } else {
                let Line { ways, label, failure, to, .. } = way;
                merge(&mut block.exits, Exit { ways, label, failure, to, target, back: inside });
            }
        }
    }
    chart
}

/// Whether a way can be a line: it leads to a block of the same group that is not entered from everywhere.
fn inside(chart: &Chart<'_>, from: usize, to: usize) -> bool {
    let (Some(from), Some(to)) = (chart.block(from), chart.block(to)) else { return false };
    let rule = to.entry.is_some() && chart.groups.get(to.group).is_some_and(|group| group.scene.is_none());
    from.group == to.group && !rule
}

/// Something that several ways can share.
trait Shared {
    /// Whether only the names of the ways differ.
    fn goes_with(&self, other: &Self) -> bool;
    /// The ways, and what is written at them.
    fn parts(&mut self) -> (&mut Vec<(NodeId, Way)>, &mut String);
}

impl Shared for Line {
    fn goes_with(&self, other: &Self) -> bool {
        (self.to, self.failure, self.label.is_empty()) == (other.to, other.failure, other.label.is_empty())
    }

    fn parts(&mut self) -> (&mut Vec<(NodeId, Way)>, &mut String) {
        (&mut self.ways, &mut self.label)
    }
}

impl Shared for Exit {
    fn goes_with(&self, other: &Self) -> bool {
        (self.to, self.failure, self.label.is_empty()) == (other.to, other.failure, other.label.is_empty())
    }

    fn parts(&mut self) -> (&mut Vec<(NodeId, Way)>, &mut String) {
        (&mut self.ways, &mut self.label)
    }
}

fn merge<T: Shared>(list: &mut Vec<T>, mut new: T) {
    match list.iter_mut().find(|known| known.goes_with(&new)) {
        Some(known) => {
            let (ways, label) = known.parts();
            let (more, name) = new.parts();
            ways.append(more);
            if !name.is_empty() {
                label.extend([", ", name]);
            }
        }
        None => list.push(new),
    }
}

/// A block without its ways.
fn plain(chart: &Chart<'_>, nodes: &[NodeId], group: usize, entries: &HashMap<NodeId, String>) -> Block {
    let graph = chart.graph;
    // What waits gives the block its name: that is where logs find a call.
    let waiting = nodes.last().filter(|id| rows::waits(graph, **id));
    let first = waiting.or(nodes.first()).and_then(|id| graph.node(*id));
    let scene = chart.groups.get(group).and_then(|group| group.scene.clone());
    let name = first.map_or("", |node| &*node.name);
    let inner = scene.as_ref().and_then(|scene| name.strip_prefix(&**scene)?.strip_prefix('/'));
    Block {
        nodes: nodes.to_vec(),
        group,
        name: inner.unwrap_or(name).to_owned(),
        kind: rows::kind(graph, nodes),
        callee: first.is_some_and(|node| node.callee || matches!(node.op, Op::LegOver(_))),
        entry: nodes.first().and_then(|id| entries.get(id)).cloned(),
        rows: nodes.iter().flat_map(|id| rows::rows(chart, *id)).collect(),
        lines: Vec::new(),
        exits: Vec::new(),
    }
}

/// The ways out of each block that no row stands for, and that do not stay inside of it.
fn ways(chart: &Chart<'_>) -> Vec<Vec<Line>> {
    let of = |block: &Block| {
        let shown: HashSet<(NodeId, Way)> = block.rows.iter().filter_map(|row| row.way).collect();
        let mut lines = Vec::new();
        for (n, id) in block.nodes.iter().enumerate() {
            for (way, to) in chart.graph.ways(*id) {
                let next = block.nodes.get(n + 1);
                if matches!(way, Way::Anywhere(_)) || shown.contains(&(*id, way)) || next == Some(&to) {
                    continue;
                }
                let Some(to) = chart.block_of(to) else { continue };
                let label = rows::label(chart.graph, *id, way);
                let announced = rows::announced(chart, *id, way);
                lines.push(Line { ways: vec![(*id, way)], label, announced, failure: is_failure(way), to });
            }
        }
        lines
    };
    chart.blocks.iter().map(of).collect()
}

/// Whether a way is taken when something has gone wrong.
fn is_failure(way: Way) -> bool {
    matches!(way, Way::Failed | Way::GiveUp | Way::Silence | Way::Invalid | Way::Late | Way::Nobody)
}

/// How a block is called in another one: by its rule, its scene, or its name.
fn target(chart: &Chart<'_>, from: usize, to: usize) -> String {
    let Some(block) = chart.block(to) else { return String::new() };
    if inside(chart, from, to) {
        return block.name.clone();
    }
    let scene = chart.groups.get(block.group).and_then(|group| group.scene.as_ref());
    match (&block.entry, scene) {
        (Some(entry), _) => entry.clone(),
        (None, Some(scene)) => format!("{scene}/{}", block.name),
        (None, None) => block.name.clone(),
    }
}

/// The ways inside of groups that lead back to where a walk over the group has come from: the block, and the place in
/// its list.
fn back(chart: &Chart<'_>, ways: &[Vec<Line>]) -> HashSet<(usize, usize)> {
    let mut back = HashSet::new();
    let mut state = vec![Visit::New; ways.len()];
    for start in 0..ways.len() {
        let mut open = vec![(start, 0)];
        while let Some((block, step)) = open.pop() {
            let Some(visit) = state.get_mut(block) else { continue };
            if step == 0 && *visit != Visit::New {
                continue;
            }
            let Some(line) = ways.get(block).and_then(|ways| ways.get(step)) else {
                *visit = Visit::Done;
                continue;
            };
            *visit = Visit::OnPath;
            open.push((block, step + 1));
            if !inside(chart, block, line.to) {
                continue;
            }
            if state.get(line.to) == Some(&Visit::OnPath) {
                back.insert((block, step));
            } else {
                open.push((line.to, 0));
            }
        }
    }
    back
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    OnPath,
    Done,
}

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

/// A chart in the making.
struct Making<'a> {
    graph: &'a Graph,
    reachable: BTreeSet<NodeId>,
    /// Where groups are entered, and what that is called.
    entries: HashMap<NodeId, String>,
    /// The group of each node that is no silent one.
    group_of: HashMap<NodeId, usize>,
    /// How many ways lead to a node.
    incoming: HashMap<NodeId, usize>,
    /// The nodes of each group in the order of a walk.
    order: Vec<Vec<NodeId>>,
    made: Vec<Group>,
    /// The nodes of each block, with its group.
    chains: Vec<(Vec<NodeId>, usize)>,
    block_of: HashMap<NodeId, usize>,
}

impl<'a> Making<'a> {
    fn new(graph: &'a Graph) -> Self {
        let reachable = graph.reachable();
        let mut making = Self {
            graph,
            reachable,
            entries: HashMap::new(),
            group_of: HashMap::new(),
            incoming: HashMap::new(),
            order: Vec::new(),
            made: Vec::new(),
            chains: Vec::new(),
            block_of: HashMap::new(),
        };
        for id in &making.reachable.clone() {
            if !making.is_silent(*id) {
                for (_, to) in graph.ways(*id) {
                    *making.incoming.entry(making.resolved(to)).or_default() += 1;
                }
            }
        }
        making
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
    fn groups(&mut self) {
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
        let index = self.made.len();
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
            self.made.push(Group { title: title.to_owned(), scene, blocks: Vec::new() });
        }
    }

    /// Puts nodes together that follow each other without anything in between.
    fn blocks(&mut self) {
        let orders = std::mem::take(&mut self.order);
        let follows: HashMap<NodeId, NodeId> =
            orders.iter().flatten().filter_map(|id| Some((*id, self.follower(*id)?))).collect();
        let followers: HashSet<NodeId> = follows.values().copied().collect();
        for (group, order) in orders.iter().enumerate() {
            for first in order.iter().filter(|id| !followers.contains(id)) {
                let chain = std::iter::successors(Some(*first), |id| follows.get(id).copied());
                let block = self.chains.len();
                let nodes: Vec<NodeId> = chain.collect();
                self.block_of.extend(nodes.iter().map(|id| (*id, block)));
                self.chains.push((nodes, group));
                self.made.get_mut(group).into_iter().for_each(|group| group.blocks.push(block));
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
