//! The blocks of a chart, and how the ways between them are shown.

use std::collections::{HashMap, HashSet};

use super::chains::Chains;
use super::{Block, Chart, Exit, Line, rows};
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId, Op};
use crate::program::Program;
use crate::prose::Prose;

/// The chart of a flow.
pub(super) fn chart<'a>(program: &'a Program, graph: &'a Graph) -> Chart<'a> {
    let chains = Chains::of(graph);
    let prose = Prose::of(program);
    let mut chart = Chart {
        graph,
        groups: chains.groups,
        blocks: Vec::new(),
        anywhere: Vec::new(),
        prose,
        block_of: chains.block_of,
    };
    chart.anywhere = graph.anywhere.iter().filter_map(|(key, to)| Some((*key, chart.block_of(*to)?))).collect();
    chart.blocks = chains.blocks.iter().map(|(nodes, group)| plain(&chart, nodes, *group, &chains.entries)).collect();
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
