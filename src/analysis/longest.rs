//! The longest way through what happens by itself, weighed by some measure: time held, steps taken.
//!
//! On the ways of [`Machine`] there is no cycle, so the longest way from a node is found from those behind it. What is
//! counted instead of cut comes on top, as often as it can:
//!
//! * tries, rounds, people and the elements of a `for` are weighed by the measure at their step;
//! * `do` leads through its scene and goes on behind it;
//! * a `retry` with a bound leads back that often while its scene lasts. A way from `e` that takes some of them falls
//!   into pieces: from `e` to a `retry`, from the step it leads back to on to another, and at last to the end. Each
//!   piece is no longer than the longest of its kind, and the step led back to lies on every way to its `retry`;
//! * `on error` is entered twice at most before the third failure in a row ends the call: there is a level for each
//!   failure that may still happen.

use std::collections::HashSet;

use super::bound::Bound;
use super::machine::{Machine, ids};
use super::scenes::Scenes;
use crate::graph::ways::Way;
use crate::graph::{Node, NodeId, Op};
use crate::limits::server::MOST_ERRORS;

/// What a way is weighed by.
pub(super) trait Measure {
    /// What being at a node counts, until one of its exits is taken. `inner` gives the longest way through a part of
    /// it, if there is one: what is said after a wrong key, in a round of waiting, on the phone of somebody.
    fn stay(&self, node: &Node, inner: &Inner<'_>) -> Bound;

    /// Whether what is measured ends when this exit is taken.
    fn ends(&self, op: &Op, way: Way) -> bool;
}

/// The longest way through a part of a node, if any way leads through it.
pub(super) type Inner<'a> = dyn Fn(NodeId) -> Option<Bound> + 'a;

/// The longest way through a part of a node; nothing if no way leads through it.
pub(super) fn through(inner: &Inner<'_>, part: NodeId) -> Bound {
    inner(part).unwrap_or(Bound::NONE)
}

/// How a way goes on from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Onward {
    /// It ends here.
    End,
    /// By this exit.
    By(Way, NodeId),
    /// By an exit that fails into `on error`, one level further down.
    Error(NodeId),
    /// Through a scene and on behind the `do`.
    Through(usize, Way, NodeId),
}

/// The longest way from a node to somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    bound: Bound,
    onward: Onward,
}

/// The longest ways from a node.
#[derive(Debug, Clone, Copy, Default)]
struct Ways {
    /// To where what is measured ends.
    end: Option<Reach>,
    /// To the end of the part or scene it is in, from where that goes on.
    back: Option<Reach>,
    /// To a `retry` with a bound.
    retry: Option<Reach>,
    /// To the end of the body of the `for` around it.
    each: Option<Reach>,
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    End,
    Back,
    Retry,
    Each,
}

impl Ways {
    fn to(&self, goal: Goal) -> Option<Reach> {
        match goal {
            Goal::End => self.end,
            Goal::Back => self.back,
            Goal::Retry => self.retry,
            Goal::Each => self.each,
        }
    }

    fn set(&mut self, goal: Goal, reach: Option<Reach>) {
        let place = match goal {
            Goal::End => &mut self.end,
            Goal::Back => &mut self.back,
            Goal::Retry => &mut self.retry,
            Goal::Each => &mut self.each,
        };
        *place = reach;
    }
}

/// A stretch of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) node: NodeId,
    pub(super) bound: Bound,
    /// Led back by a `retry` so often at most.
    pub(super) again: Option<u32>,
}

/// The longest ways of a graph by a measure.
pub(super) struct Longest<'a, M> {
    machine: &'a Machine<'a>,
    scenes: &'a Scenes,
    measure: M,
    /// By level, how many more failures may enter `on error`, and by node.
    levels: Vec<Vec<Ways>>,
    stays: Vec<Vec<Bound>>,
}

impl<'a, M: Measure> Longest<'a, M> {
    /// `order` has every node behind those it leads to.
    pub(super) fn of(machine: &'a Machine<'a>, scenes: &'a Scenes, order: &[NodeId], measure: M) -> Self {
        let counted = ids(machine.graph).any(|id| machine.is_counted_rule(id));
        let levels = if counted { MOST_ERRORS as usize } else { 1 };
        let mut longest = Self { machine, scenes, measure, levels: Vec::new(), stays: Vec::new() };
        // The body of a `for` leads back to it: what it weighs is found out before, from the inside to the outside.
        let bodies = scenes.bodies(order);
        for _ in 0..levels {
            longest.levels.push(vec![Ways::default(); machine.graph.nodes.len()]);
            longest.stays.push(vec![Bound::NONE; machine.graph.nodes.len()]);
            for id in bodies.iter().chain(order) {
                longest.visit(*id);
            }
        }
        longest
    }

    /// The longest way from a node to the end of what is measured, if there is one.
    pub(super) fn bound(&self, entry: NodeId) -> Option<Bound> {
        self.total(self.levels.len().checked_sub(1)?, entry, Goal::End)
    }

    /// The same with its stretches.
    pub(super) fn from(&self, entry: NodeId) -> Option<(Bound, Vec<Stretch>)> {
        let level = self.levels.len().checked_sub(1)?;
        let total = self.total(level, entry, Goal::End)?;
        let mut stretches = Vec::new();
        self.trace(level, entry, Goal::End, &mut stretches);
        Some((total, stretches))
    }

    fn visit(&mut self, id: NodeId) {
        let Some(level) = self.levels.len().checked_sub(1) else { return };
        let Some(node) = self.machine.graph.node(id) else { return };
        let inner = |part: NodeId| self.part(level, node, part);
        let stay = self.measure.stay(node, &inner);
        let ways = self.ways(level, id, node, stay);
        if let Some(place) = self.stays.get_mut(level).and_then(|stays| stays.get_mut(id.0 as usize)) {
            *place = stay;
        }
        if let Some(place) = self.levels.get_mut(level).and_then(|level| level.get_mut(id.0 as usize)) {
            *place = ways;
        }
    }

    /// The longest way through a part of a node.
    fn part(&self, level: usize, node: &Node, part: NodeId) -> Option<Bound> {
        let goal = if matches!(node.op, Op::For { .. }) { Goal::Each } else { Goal::Back };
        self.to(level, part, goal).map(|reach| reach.bound)
    }

    /// What being at a node counts, where every failure may still happen.
    #[cfg(test)]
    pub(super) fn stay_at(&self, id: NodeId) -> Bound {
        self.stays.last().and_then(|stays| stays.get(id.0 as usize)).copied().unwrap_or(Bound::NONE)
    }

    /// Whether what is measured ends when an exit is taken.
    #[cfg(test)]
    pub(super) fn ends_at(&self, op: &Op, way: Way) -> bool {
        self.measure.ends(op, way)
    }

    /// Whether a way leads from a node to the end of the part it is in.
    pub(super) fn leads_back(&self, from: NodeId) -> bool {
        self.levels.len().checked_sub(1).is_some_and(|level| self.to(level, from, Goal::Back).is_some())
    }

    /// The longest way through a scene that is run by `do`, if any way leads through it.
    pub(super) fn through(&self, scene: usize) -> Option<Bound> {
        let entry = self.machine.graph.scenes.get(scene)?.entry;
        self.total(self.levels.len().checked_sub(1)?, entry, Goal::Back)
    }

    fn to(&self, level: usize, id: NodeId, goal: Goal) -> Option<Reach> {
        self.levels.get(level)?.get(id.0 as usize)?.to(goal)
    }

    fn ways(&self, level: usize, id: NodeId, node: &Node, stay: Bound) -> Ways {
        let mut ways = last(node);
        for goal in [Goal::End, Goal::Back, Goal::Retry, Goal::Each] {
            let onward = self.exits(level, id, node, goal);
            let longer =
                onward.max_by_key(|reach| reach.bound).map(|reach| Reach { bound: stay.plus(reach.bound), ..reach });
            let best = [ways.to(goal), longer].into_iter().flatten().max_by_key(|reach| reach.bound);
            ways.set(goal, best);
        }
        ways
    }

    /// How it can go on from a node towards a goal.
    fn exits(&self, level: usize, id: NodeId, node: &Node, goal: Goal) -> impl Iterator<Item = Reach> {
        let own = self.machine.exits(id).iter().filter_map(move |exit| self.exit(level, (id, node), *exit, goal));
        let rule = self.machine.error_of(id).filter(|_| goal == Goal::End);
        own.chain(rule.and_then(|rule| self.error(level, rule)))
    }

    fn exit(&self, level: usize, (id, node): (NodeId, &Node), exit: (Way, NodeId), goal: Goal) -> Option<Reach> {
        let (way, to) = exit;
        if self.measure.ends(&node.op, way) {
            return (goal == Goal::End).then_some(Reach { bound: Bound::NONE, onward: Onward::End });
        }
        let by = Onward::By(way, to);
        let plainly = || self.to(level, to, goal).map(|reach| Reach { bound: reach.bound, onward: by });
        let wholly = || self.total(level, to, goal).map(|bound| Reach { bound, onward: by });
        match (&node.op, way) {
            // A scene of its own: it does not come back here, and brings its own `retry`s.
            (Op::Jump { .. } | Op::Do { .. }, Way::Enter) => (goal == Goal::End).then(wholly).flatten(),
            (Op::Do { scene, .. }, Way::Next | Way::Absent) => {
                let through = self.machine.graph.scenes.get(*scene)?.entry;
                let through = self.total(level, through, Goal::Back)?;
                let behind = self.to(level, to, goal)?;
                Some(Reach { bound: through.plus(behind.bound), onward: Onward::Through(*scene, way, to) })
            }
            (Op::Rule { .. }, _) => (goal == Goal::End).then(plainly).flatten(),
            // Parts of a step end in it: they are weighed there, unless they leave.
            (Op::Wait(_), Way::Round) | (Op::Escalate(_), Way::CallerHears | Way::Outcome(_)) => {
                (goal == Goal::End).then(plainly).flatten()
            }
            _ if self.scenes.for_around(id) == Some(to) => {
                (goal == Goal::Each).then_some(Reach { bound: Bound::NONE, onward: Onward::End })
            }
            _ => plainly(),
        }
    }

    /// A failure that reaches `on error`: at the last level the call ends with the apology.
    fn error(&self, level: usize, rule: NodeId) -> Option<Reach> {
        let (below, to) = match level.checked_sub(1) {
            Some(below) => (below, rule),
            None => (0, self.machine.graph.apology),
        };
        self.total(below, to, Goal::End).map(|bound| Reach { bound, onward: Onward::Error(to) })
    }

    /// The longest way with whatever the `retry`s of the scene can lead back to.
    fn total(&self, level: usize, from: NodeId, goal: Goal) -> Option<Bound> {
        let plain = self.to(level, from, goal).map(|reach| reach.bound);
        let looped = self.looped(level, from, goal);
        plain.max(looped)
    }

    fn looped(&self, level: usize, from: NodeId, goal: Goal) -> Option<Bound> {
        let mut total = self.to(level, from, Goal::Retry)?.bound;
        let mut last: Option<Bound> = None;
        for (_, times, target) in self.scenes.retries(from) {
            total = total.plus(self.pieces(level, *target, *times));
            last = last.max(self.last_piece(level, *target, goal));
        }
        Some(total.plus(last?))
    }

    /// What leading back to a step counts, each time until it comes to a `retry` again.
    fn pieces(&self, level: usize, target: NodeId, times: u32) -> Bound {
        let piece = self.to(level, target, Goal::Retry).map_or(Bound::NONE, |reach| reach.bound);
        piece.times(Bound::Within(u64::from(times)))
    }

    /// By how much more it counts if the last time it comes to the goal instead.
    fn last_piece(&self, level: usize, target: NodeId, goal: Goal) -> Option<Bound> {
        let piece = self.to(level, target, Goal::Retry).map_or(Bound::NONE, |reach| reach.bound);
        self.to(level, target, goal).map(|end| end.bound.beyond(piece))
    }

    /// The stretches of the longest way.
    fn trace(&self, level: usize, from: NodeId, goal: Goal, found: &mut Vec<Stretch>) {
        let plain = self.to(level, from, goal).map(|reach| reach.bound);
        if self.looped(level, from, goal) > plain {
            return self.trace_loops(level, from, goal, found);
        }
        self.trace_plainly(level, from, goal, found);
    }

    fn trace_loops(&self, level: usize, from: NodeId, goal: Goal, found: &mut Vec<Stretch>) {
        self.trace_plainly(level, from, Goal::Retry, found);
        let mut last: Option<(Bound, NodeId)> = None;
        for (retry, times, target) in self.scenes.retries(from) {
            found.push(Stretch { node: *retry, bound: self.pieces(level, *target, *times), again: Some(*times) });
            last = last.max(self.last_piece(level, *target, goal).map(|bound| (bound, *target)));
        }
        if let Some((bound, node)) = last {
            found.push(Stretch { node, bound, again: None });
        }
    }

    fn trace_plainly(&self, level: usize, from: NodeId, goal: Goal, found: &mut Vec<Stretch>) {
        let (mut level, mut at, mut seen) = (level, from, HashSet::new());
        // No way comes to a node twice on one level.
        while seen.insert((level, at)) {
            let Some(reach) = self.to(level, at, goal) else { return };
            let stay = self.stays.get(level).and_then(|stays| stays.get(at.0 as usize)).copied().unwrap_or(Bound::NONE);
            if stay > Bound::NONE {
                found.push(Stretch { node: at, bound: stay, again: None });
            }
            match reach.onward {
                Onward::End => return,
                Onward::By(Way::Enter, to) => return self.trace(level, to, goal, found),
                Onward::By(_, to) => at = to,
                Onward::Error(to) => {
                    level = level.saturating_sub(1);
                    return self.trace(level, to, goal, found);
                }
                Onward::Through(scene, _, to) => {
                    if let Some(scene) = self.machine.graph.scenes.get(scene) {
                        self.trace(level, scene.entry, Goal::Back, found);
                    }
                    at = to;
                }
            }
        }
    }
}

/// What ends at a node itself.
fn last(node: &Node) -> Ways {
    let here = Some(Reach { bound: Bound::NONE, onward: Onward::End });
    let mut ways = Ways::default();
    match &node.op {
        Op::Return { .. }
        | Op::Again
        | Op::Round
        | Op::Hold
        | Op::NextLeg
        | Op::Joined
        | Op::Connect
        | Op::LegOver(_) => ways.back = here,
        Op::HangUp { .. } | Op::End => ways.end = here,
        Op::Retry { most: Some(_), .. } => ways.retry = here,
        _ => {}
    }
    ways
}
