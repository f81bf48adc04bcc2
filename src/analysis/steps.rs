//! How many steps are taken at most: without anybody doing anything, and in one turn (IVR429).

use super::bound::Bound;
use super::hold::people;
use super::longest::{Inner, Longest, Measure, through};
use super::machine::{Machine, ids};
use super::scenes::Scenes;
use super::{place, words};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::graph::ways::Way;
use crate::graph::{Graph, Hearing, Node, NodeId, Op};
use crate::limits::server::MOST_NODES;
use crate::source::Span;

fn too_many(span: Span, count: u64) -> Diagnostic {
    Diagnostic::new(Code::TooManySteps, format!("one turn can come to {count} steps"))
        .at(span, "most of them here")
        .help(format!("a turn takes at most {MOST_NODES} steps: speak about fewer elements"))
}

/// Steps, counting what comes back to one.
pub(super) struct Steps<'a> {
    pub(super) graph: &'a Graph,
}

impl Measure for Steps<'_> {
    fn stay(&self, node: &Node, inner: &Inner<'_>) -> Bound {
        let one = Bound::Within(1);
        let more = match &node.op {
            Op::Menu(menu) => tries(&menu.hearing, inner),
            Op::Pick(pick) => tries(&pick.hearing, inner),
            Op::Record(record) => Bound::Within(u64::from(record.tries)),
            Op::Wait(wait) => {
                let rounds = wait.longest.div_ceil(wait.every.max(1)).saturating_add(1);
                one.plus(through(inner, wait.body)).times(Bound::Within(rounds))
            }
            Op::Escalate(escalate) => {
                let arms = escalate.outcomes.iter().filter_map(|(_, arm)| inner(*arm)).max().unwrap_or(one);
                one.plus(through(inner, escalate.caller_hears)).plus(arms).times(people(self.graph, escalate))
            }
            Op::For { .. } => elements(self.graph, &node.op, inner),
            _ => Bound::NONE,
        };
        one.plus(more)
    }

    fn ends(&self, op: &Op, way: Way) -> bool {
        matches!((op, way), (Op::Dial { .. }, Way::Over))
    }
}

/// Listening again, with what is said before.
fn tries(hearing: &Hearing, inner: &Inner<'_>) -> Bound {
    let complaints = hearing.silence.into_iter().chain(hearing.invalid).filter_map(inner).max().unwrap_or(Bound::NONE);
    complaints.plus(Bound::Within(1)).times(Bound::Within(u64::from(hearing.tries)))
}

/// The body of a `for`, and coming back to it, for each element.
fn elements(graph: &Graph, op: &Op, inner: &Inner<'_>) -> Bound {
    let Op::For { list, most, body, .. } = op else { return Bound::NONE };
    through(inner, *body).plus(Bound::Within(1)).times(words::elements(graph, list, *most))
}

/// Steps of one turn; of lists whose length nobody knows nothing is counted.
struct OneTurn<'a> {
    graph: &'a Graph,
}

impl Measure for OneTurn<'_> {
    fn stay(&self, node: &Node, inner: &Inner<'_>) -> Bound {
        let one = Bound::Within(1);
        match elements(self.graph, &node.op, inner) {
            Bound::Open => one,
            more @ Bound::Within(_) => one.plus(more),
        }
    }

    /// A turn ends where somebody or something is waited for.
    fn ends(&self, op: &Op, way: Way) -> bool {
        let waits = matches!(
            op,
            Op::Menu(_) | Op::Pick(_) | Op::Record(_) | Op::Escalate(_) | Op::Dial { .. } | Op::Send { .. }
        );
        waits && way != Way::Alone
    }
}

/// Reports a turn that would be broken off because it takes too many steps.
pub(super) fn check(machine: &Machine<'_>, scenes: &Scenes, order: &[NodeId]) -> Diagnostics {
    let mut found = Diagnostics::new();
    let longest = Longest::of(machine, scenes, order, OneTurn { graph: machine.graph });
    let most = ids(machine.graph).filter_map(|id| Some((longest.bound(id)?, id))).max();
    let Some((Bound::Within(count), id)) = most.filter(|(bound, _)| *bound > Bound::Within(MOST_NODES as u64)) else {
        return found;
    };
    let heaviest =
        longest.from(id).and_then(|(_, stretches)| stretches.into_iter().max_by_key(|stretch| stretch.bound));
    let node = machine.graph.node(heaviest.map_or(id, |stretch| stretch.node));
    if let Some(node) = node {
        found.push(too_many(place::of(node), count));
    }
    found
}

/// The most steps that a call takes without anybody doing anything, from one of these nodes.
pub(super) fn alone(machine: &Machine<'_>, scenes: &Scenes, order: &[NodeId], from: &[NodeId]) -> Bound {
    let longest = Longest::of(machine, scenes, order, Steps { graph: machine.graph });
    from.iter().filter_map(|id| longest.bound(*id)).max().unwrap_or(Bound::NONE)
}
