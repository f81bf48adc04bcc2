//! What happens by itself: the ways that nobody pressed, said or answered.
//!
//! From the graph are taken out: keys of `menu` and `record`, the element of a `pick` that was asked, `anywhere` keys,
//! people who were joined, and whatever is counted: tries, a `retry` with a bound, the elements of a `for`, the rounds
//! of a `wait`, the people of an `escalate`, and the failures that reach `on error`, which three in a row end. `do` is
//! put in place: it leads into its scene, and behind itself only if that scene can come back by itself.

use std::collections::HashSet;

use super::outside::Outside;
use crate::graph::ways::Way;
use crate::graph::{Graph, Menu, NodeId, Op, Pick, RuleKind};

/// The part of a graph that needs no person and is not counted.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    pub(super) graph: &'a Graph,
    /// What services take.
    pub(super) outside: Outside<'a>,
    /// By node.
    exits: Vec<Vec<(Way, NodeId)>>,
    /// By node: `on error`, if it can fail into it.
    errors: Vec<Option<NodeId>>,
    /// By scene: whether it can come back from a `do` by itself.
    comes_back: Vec<bool>,
}

impl<'a> Machine<'a> {
    pub(super) fn of(graph: &'a Graph) -> Self {
        let own: Vec<Vec<(Way, NodeId)>> = ids(graph).map(|id| own_exits(graph, id)).collect();
        let comes_back = comes_back(graph, &own);
        let errors = ids(graph).map(|id| error_of(graph, id)).collect();
        let mut machine = Self { graph, outside: Outside::of(graph), exits: own, errors, comes_back };
        for id in ids(graph) {
            if let Some(Op::Do { scene, next, absent, .. }) = graph.node(id).map(|node| &node.op)
                && machine.comes_back(*scene)
                && let Some(exits) = machine.exits.get_mut(id.0 as usize)
            {
                exits.push((Way::Next, *next));
                exits.extend(absent.map(|to| (Way::Absent, to)));
            }
        }
        machine
    }

    /// The ways out of a node that nobody has to take.
    pub(super) fn exits(&self, id: NodeId) -> &[(Way, NodeId)] {
        self.exits.get(id.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The n-th node that comes behind this one: its exits, and then what is a part of it without being an exit.
    pub(super) fn onward(&self, id: NodeId, n: usize) -> Option<NodeId> {
        let exits = self.exits(id);
        match n.checked_sub(exits.len()) {
            None => exits.get(n).map(|(_, to)| *to),
            Some(n) => parts(&self.graph.node(id)?.op).into_iter().flatten().nth(n),
        }
    }

    /// `on error`, if a failure of this node reaches it.
    pub(super) fn error_of(&self, id: NodeId) -> Option<NodeId> {
        self.errors.get(id.0 as usize).copied().flatten()
    }

    /// Whether a scene that is run by `do` can come back by itself.
    pub(super) fn comes_back(&self, scene: usize) -> bool {
        self.comes_back.get(scene).copied().unwrap_or(false)
    }

    /// Whether a node is `on error`, which is counted.
    pub(super) fn is_counted_rule(&self, id: NodeId) -> bool {
        is_counted_rule(self.graph, id)
    }
}

/// All nodes.
pub(super) fn ids(graph: &Graph) -> impl Iterator<Item = NodeId> + use<> {
    (0..u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
}

fn is_counted_rule(graph: &Graph, id: NodeId) -> bool {
    graph.node(id).is_some_and(|node| matches!(node.op, Op::Rule { kind: RuleKind::Error, .. }))
}

/// What is said after a wrong key or none, and what is heard on the phone of somebody.
fn parts(op: &Op) -> [Option<NodeId>; 2] {
    match op {
        Op::Menu(Menu { hearing, .. }) | Op::Pick(Pick { hearing, .. }) => [hearing.silence, hearing.invalid],
        Op::Escalate(escalate) => [Some(escalate.callee_hears), None],
        _ => [None, None],
    }
}

fn error_of(graph: &Graph, id: NodeId) -> Option<NodeId> {
    let rule = graph.node(id)?.failed;
    let fails = is_counted_rule(graph, rule) && graph.ways(id).iter().any(|(_, to)| *to == rule);
    fails.then_some(rule)
}

/// The ways out of a node, without those behind a `do`.
fn own_exits(graph: &Graph, id: NodeId) -> Vec<(Way, NodeId)> {
    let Some(node) = graph.node(id) else { return Vec::new() };
    let mut exits: Vec<(Way, NodeId)> = match &node.op {
        // Whether it is long enough is known only then: it may be short, or have been the last try.
        Op::Keep { record } => match graph.node(*record).map(|node| &node.op) {
            Some(Op::Record(record)) => {
                let short = record.short.map(|to| (Way::Short, to)).or(Some((Way::GiveUp, record.giveup)));
                std::iter::once((Way::Kept, record.next)).chain(short).collect()
            }
            _ => Vec::new(),
        },
        op => graph.ways(id).into_iter().filter(|(way, to)| by_itself(graph, op, *way) && *to != id).collect(),
    };
    // Whatever puts values together can find that they are too large to be kept.
    if node.failed != id && !matches!(node.op, Op::End) && exits.iter().all(|(_, to)| *to != node.failed) {
        exits.push((Way::Failed, node.failed));
    }
    // Three failures end the call, and so does the apology.
    exits.retain(|(_, to)| *to != graph.apology && !is_counted_rule(graph, *to));
    exits
}

/// Whether a way is taken without anybody, and not counted.
fn by_itself(graph: &Graph, op: &Op, way: Way) -> bool {
    match (op, way) {
        // Behind a `do` it goes on only if its scene comes back: that is added later.
        (Op::Menu(_) | Op::Record(_), Way::Arm(_))
        | (Op::Do { .. }, Way::Next | Way::Absent)
        | (
            _,
            Way::Anywhere(_) | Way::Each | Way::Picked | Way::Silence | Way::Invalid | Way::CalleeHears | Way::Joined,
        ) => false,
        // Without key arms silence keeps it, and without `limit` its full length does.
        (Op::Record(record), Way::Kept) => record.arms.is_empty() || record.limit.is_none(),
        (Op::Pick(pick), Way::Alone) => may_be_single(graph, pick),
        (Op::Retry { most, .. }, Way::Again) => most.is_none(),
        _ => true,
    }
}

/// Whether a list to pick from may have a single element; of a setting it is known.
fn may_be_single(graph: &Graph, pick: &Pick) -> bool {
    use crate::expr::Expr;
    let count = match &pick.list {
        Expr::Setting(id) => graph.settings.get(usize::from(id.0)).map(|value| value.elements().len()),
        Expr::List(items) => Some(items.len()),
        Expr::Literal(value) => Some(value.elements().len()),
        _ => None,
    };
    count.map_or(pick.single, |count| count <= 1)
}

/// Which scenes can come back from a `do` without anybody. A scene that runs others comes back alone if they do; each
/// node is looked at once.
fn comes_back(graph: &Graph, own: &[Vec<(Way, NodeId)>]) -> Vec<bool> {
    let mut back = vec![false; graph.scenes.len()];
    // What waits behind a `do` until its scene is known to come back.
    let mut waiting: Vec<Vec<(NodeId, usize)>> = vec![Vec::new(); graph.scenes.len()];
    let mut seen = HashSet::new();
    let mut open: Vec<(NodeId, usize)> = graph.scenes.iter().enumerate().map(|(n, scene)| (scene.entry, n)).collect();
    while let Some((id, scene)) = open.pop() {
        let Some(node) = graph.node(id).filter(|_| seen.insert(id)) else { continue };
        let exits = own.get(id.0 as usize).map(Vec::as_slice).unwrap_or_default();
        match &node.op {
            Op::Return { .. } => {
                if let Some(back) = back.get_mut(scene) {
                    *back = true;
                }
                open.extend(waiting.get_mut(scene).map(std::mem::take).unwrap_or_default());
            }
            // What is entered there has an end of its own.
            Op::Jump { .. } | Op::Rule { .. } => {}
            Op::Do { scene: run, next, absent, .. } => {
                let behind = [Some(*next), *absent].into_iter().flatten().map(|to| (to, scene));
                match waiting.get_mut(*run) {
                    Some(waiting) if !back.get(*run).copied().unwrap_or(false) => waiting.extend(behind),
                    _ => open.extend(behind),
                }
                open.extend(exits.iter().filter(|(way, _)| *way != Way::Enter).map(|(_, to)| (*to, scene)));
            }
            _ => open.extend(exits.iter().map(|(_, to)| (*to, scene))),
        }
    }
    back
}
