//! Walking over a graph step by step, as the engine would: with frames, counters of `retry`, failures in a row.

use crate::analysis::bound::Bound;
use crate::analysis::longest::{Longest, Measure};
use crate::analysis::machine::Machine;
use crate::graph::ways::Way;
use crate::graph::{NodeId, Op};

/// Where a scene that is run comes back to, and how often its `retry`s have led back.
#[derive(Clone, Default)]
struct Frame {
    back: Vec<NodeId>,
    retries: Vec<(NodeId, u32)>,
}

#[derive(Clone)]
struct Walk {
    at: NodeId,
    frames: Vec<Frame>,
    errors: u32,
    weight: Bound,
}

/// The heaviest walk from a node to where what is measured ends; none if there are too many to try.
pub(super) fn longest<M: Measure>(machine: &Machine<'_>, longest: &Longest<'_, M>, from: NodeId) -> Option<Bound> {
    const MOST: usize = 20_000;
    let mut open = vec![Walk { at: from, frames: vec![Frame::default()], errors: 0, weight: Bound::NONE }];
    let (mut best, mut tried) = (Bound::NONE, 0);
    while let Some(mut walk) = open.pop() {
        tried += 1;
        if tried > MOST {
            return None;
        }
        let node = machine.graph.node(walk.at)?;
        walk.weight = walk.weight.plus(longest.stay_at(walk.at));
        let onward = steps(machine, longest, &walk);
        match onward {
            Some(next) if !matches!(node.op, Op::HangUp { .. } | Op::End) => open.extend(next),
            _ => best = best.max(walk.weight),
        }
    }
    Some(best)
}

/// How a walk can go on; none if what is measured ends.
fn steps<M: Measure>(machine: &Machine<'_>, longest: &Longest<'_, M>, walk: &Walk) -> Option<Vec<Walk>> {
    let graph = machine.graph;
    let node = graph.node(walk.at)?;
    let to = |at: NodeId| Walk { at, ..walk.clone() };
    let mut next = Vec::new();
    match &node.op {
        Op::Return { .. } => {
            let mut rest = walk.clone();
            let frame = rest.frames.pop().unwrap_or_default();
            next.extend(frame.back.into_iter().map(|at| Walk { at, ..rest.clone() }));
        }
        Op::Do { scene, next: behind, absent, .. } => {
            let mut inside = to(graph.scenes[*scene].entry);
            inside.frames.push(Frame { back: std::iter::once(*behind).chain(*absent).collect(), retries: Vec::new() });
            next.push(inside);
        }
        Op::Jump { scene, .. } => next.push(Walk { frames: vec![Frame::default()], ..to(graph.scenes[*scene].entry) }),
        Op::Rule { next: behind, .. } => next.push(Walk { frames: vec![Frame::default()], ..to(*behind) }),
        Op::Retry { most: Some(most), to: back, then } => {
            let mut again = to(*back);
            let frame = again.frames.last_mut()?;
            match frame.retries.iter_mut().find(|(retry, _)| *retry == walk.at) {
                Some((_, used)) if *used < *most => *used += 1,
                Some(_) => again.at = *then,
                None => frame.retries.push((walk.at, 1)),
            }
            next.push(again);
        }
        op => {
            for (way, at) in machine.exits(walk.at) {
                if longest.ends_at(op, *way) {
                    return None;
                }
                // Parts of a step are weighed in it.
                let part = matches!(
                    (op, way),
                    (Op::Wait(_), Way::Round) | (Op::Escalate(_), Way::CallerHears | Way::Outcome(_))
                );
                if !part {
                    next.push(to(*at));
                }
            }
        }
    }
    if let Some(rule) = machine.error_of(walk.at) {
        let errors = walk.errors + 1;
        let at = if errors >= crate::limits::server::MOST_ERRORS { graph.apology } else { rule };
        next.push(Walk { errors, ..to(at) });
    }
    Some(next)
}
