//! Dead air that the author can do something about (IVR905): long pauses, waiting without words, services that are slow
//! while nothing has been said.

use super::bound::{Bound, time};
use super::hold::starts;
use super::place;
use super::quiet::{Silences, asking, sounds};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::graph::ways::Way;
use crate::graph::{MAIN, Node, NodeId, Op};
use crate::limits::server;
use crate::source::Span;

fn dead_air(span: Span, millis: u64, label: impl Into<String>) -> Diagnostic {
    let long = time(millis);
    Diagnostic::new(Code::DeadAir, format!("the caller may hear nothing for {long}")).at(span, label)
}

fn long_pause(span: Span, millis: u64) -> Diagnostic {
    dead_air(span, millis, "silence").help("say or play something in between, or pause for less")
}

fn silent_wait(span: Span, millis: u64) -> Diagnostic {
    dead_air(span, millis, "its block may say nothing").help("say something in every round: `{ say \"One moment.\" }`")
}

fn rare_rounds(span: Span, millis: u64) -> Diagnostic {
    dead_air(span, millis, "between two rounds").help("look more often: `every 5s`")
}

/// Of a request that takes so long behind others that took `before`.
fn slow(span: Span, quiet: u64, before: u64, takes: u64) -> Diagnostic {
    let after = if before > 0 { format!(" after {} of others", time(before)) } else { String::new() };
    let label = format!("may take {}{after}, and nothing is said before it", time(takes));
    dead_air(span, quiet, label).help("say something before it: that is spoken when the answer takes long")
}

/// Every silence that can be shortened.
pub(super) fn check(silences: &Silences<'_>, order: &[NodeId]) -> Diagnostics {
    let graph = silences.machine.graph;
    let mut found = Diagnostics::new();
    let heard: Vec<NodeId> = silences.heard().collect();
    for id in &heard {
        let Some(node) = graph.node(*id) else { continue };
        let at = place::of(node);
        match &node.op {
            Op::Pause { millis, .. } if *millis > server::DEAD_AIR => found.push(long_pause(at, *millis)),
            Op::Wait(wait) if wait.longest > server::DEAD_AIR && silences.is_silent(wait.body) => {
                found.push(silent_wait(at, wait.longest));
            }
            Op::Wait(wait) if wait.every > server::DEAD_AIR => found.push(rare_rounds(at, wait.every)),
            _ => {}
        }
    }
    let mut quiet = So::far(silences);
    for id in order.iter().rev() {
        if let (Some(node), Some(before)) = (graph.node(*id), quiet.at(*id)) {
            found.extend(visit(&mut quiet, *id, node, before));
        }
    }
    found
}

/// Looks at a node to which a way leads on which services have been asked for `before` milliseconds in this turn, and
/// nothing has been said.
fn visit(quiet: &mut So<'_>, id: NodeId, node: &Node, before: u64) -> Diagnostics {
    let mut found = Diagnostics::new();
    let takes = asking(quiet.silences.machine, node);
    let total = before.saturating_add(takes);
    // Between two looks of a `wait` there are words.
    let late = before <= server::PATIENCE && total > server::PATIENCE;
    if late && takes > 0 && !matches!(node.op, Op::Wait(_)) {
        found.push(slow(place::of(node), total.min(server::SILENCE), before, takes));
    }
    quiet.pass_on(id, node, total);
    found
}

/// By node, how long services have been asked at most in this turn on a way on which nothing was said.
struct So<'a> {
    silences: &'a Silences<'a>,
    far: Vec<Option<u64>>,
}

impl<'a> So<'a> {
    /// Turns begin behind what callers do. Before `main` nothing can be said: what is asked there counts for nothing.
    fn far(silences: &'a Silences<'a>) -> Self {
        let graph = silences.machine.graph;
        let mut so = Self { silences, far: vec![None; graph.nodes.len()] };
        let main = graph.scenes.iter().find(|scene| &*scene.name == MAIN).map(|scene| scene.entry);
        let behind = starts(silences.machine).into_iter().filter(|start| start.by.is_some()).map(|start| start.at);
        let rules = super::machine::ids(graph).filter(|id| silences.machine.is_counted_rule(*id));
        for at in behind.chain(main).chain(rules) {
            so.reach(at, 0);
        }
        so
    }

    fn at(&self, id: NodeId) -> Option<u64> {
        self.far.get(id.0 as usize).copied().flatten()
    }

    fn reach(&mut self, id: NodeId, millis: u64) {
        if let Some(far) = self.far.get_mut(id.0 as usize) {
            *far = (*far).max(Some(millis));
        }
    }

    fn pass_on(&mut self, id: NodeId, node: &Node, total: u64) {
        let silences = self.silences;
        if sounds(silences.machine.graph, &node.op) {
            return;
        }
        for (way, to) in silences.machine.exits(id) {
            let onward = match (&node.op, way) {
                (Op::HangUp { .. }, _) => None,
                (Op::Pick(pick), Way::Alone) => (!silences.speaks(pick.alone.as_ref())).then_some(total),
                // The caller has been listened to, or has held: the next turn begins.
                (Op::Menu(_) | Op::Pick(_) | Op::Record(_) | Op::Dial { .. } | Op::Escalate(_), _) => Some(0),
                (Op::Do { scene, .. }, Way::Next | Way::Absent) => {
                    silences.through(*scene).map(|through| total.saturating_add(millis(through)))
                }
                _ => Some(total),
            };
            if let Some(onward) = onward {
                self.reach(*to, onward);
            }
        }
    }
}

fn millis(bound: Bound) -> u64 {
    bound.number().unwrap_or(u64::MAX)
}
