//! The longest hold: how long a caller who does nothing can be kept before a person, a recording or a goodbye.
//!
//! The clock starts when the call begins, and whenever the caller has done something: pressed a key, spoken, finished a
//! talk. It stops when a person is on the line, when a recording begins, or when the call ends. In between everything
//! takes as long as it can: words, listening with all its tries, services, waiting, ringing.

use super::bound::Bound;
use super::longest::{Inner, Longest, Measure, Stretch, through};
use super::machine::Machine;
use super::scenes::Scenes;
use super::words::{Speaker, elements, known};
use crate::graph::ways::Way;
use crate::graph::{Escalate, Graph, Hearing, Node, NodeId, Op};
use crate::limits::server;
use crate::value::Value;

/// The provider is asked so long to phone somebody, and adds some seconds of its own to the ringing.
const PLACING: u64 = 20_000;
/// Audio is taken to last so long: nobody knows.
pub(super) const AUDIO: u64 = 60_000;

/// What a provider adds to the ringing of a `dial` (<https://www.twilio.com/docs/voice/twiml/dial#timeout>).
const DIALLING: u64 = 5_000;

/// Milliseconds held.
pub(super) struct Held<'a> {
    pub(super) machine: &'a Machine<'a>,
}

impl Measure for Held<'_> {
    fn stay(&self, node: &Node, inner: &Inner<'_>) -> Bound {
        let Machine { graph, outside, .. } = self.machine;
        let speaker = Speaker::of(graph);
        let asked = Bound::Within(outside.asking(node.op.evaluates()));
        let more = match &node.op {
            Op::Say { words, .. } => Bound::Within(speaker.longest(words)),
            Op::Play { .. } => Bound::Within(AUDIO),
            Op::Pause { millis, .. } => Bound::Within(*millis),
            Op::For { list, most, body, .. } => through(inner, *body).times(elements(graph, list, *most)),
            Op::Send { operation, .. } => Bound::Within(outside.sending(*operation)),
            Op::Menu(menu) => tries(&menu.hearing, inner, |n| speaker.menu(menu, n)),
            Op::Pick(pick) => {
                let alone = pick.alone.as_ref().map_or(0, |words| speaker.longest(words));
                tries(&pick.hearing, inner, |n| speaker.pick(pick, n)).max(Bound::Within(alone))
            }
            Op::Record(record) => Bound::Within(speaker.longest(&record.words)),
            // A last round may begin when the time is all but up, and after it one more look is taken.
            Op::Wait(wait) => Bound::Within(wait.longest).plus(through(inner, wait.body)).plus(asked),
            Op::Escalate(escalate) => self.looking(escalate, inner),
            Op::Dial { ringing, .. } => Bound::Within(ringing + DIALLING),
            _ => Bound::NONE,
        };
        asked.plus(more)
    }

    fn ends(&self, op: &Op, way: Way) -> bool {
        matches!((op, way), (Op::Record(_), _) | (Op::Dial { .. }, Way::Over) | (Op::HangUp { .. }, Way::After))
    }
}

impl Held<'_> {
    /// Looking for a person among so many: announced, phoned, asked, and told about.
    fn looking(&self, escalate: &Escalate, inner: &Inner<'_>) -> Bound {
        let leg = PLACING + escalate.ringing + server::RINGING_GRACE + server::LEG_ANSWER + server::JOINING;
        let arms = escalate.outcomes.iter().filter_map(|(_, arm)| inner(*arm)).max().unwrap_or(Bound::NONE);
        let each = Bound::Within(leg)
            .plus(through(inner, escalate.caller_hears))
            .plus(through(inner, escalate.callee_hears))
            .plus(arms);
        each.times(people(self.machine.graph, escalate))
    }
}

/// How many people an `escalate` phones at most.
pub(super) fn people(graph: &Graph, escalate: &Escalate) -> Bound {
    let most = escalate.most.as_ref().and_then(|most| match most {
        crate::expr::Expr::Setting(id) => graph.settings.get(usize::from(id.0)).and_then(Value::as_number),
        crate::expr::Expr::Literal(value) => value.as_number(),
        _ => None,
    });
    let listed = known(graph, &escalate.list).map(|people| people.len() as u64);
    let counts = [most.map(whole), listed, escalate.bound.map(u64::from)];
    counts.into_iter().flatten().min().map_or(Bound::Open, Bound::Within)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float to integer saturates")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// Listening until the last try has failed.
fn tries(hearing: &Hearing, inner: &Inner<'_>, prompt: impl Fn(u32) -> u64) -> Bound {
    /// Later tries hear the last text: of so many tries each is looked at.
    const LOOKED_AT: u32 = 20;
    let looked_at = hearing.tries.min(LOOKED_AT);
    let first: u64 = (1..=looked_at).map(&prompt).fold(0, u64::saturating_add);
    let rest = prompt(LOOKED_AT).saturating_mul(u64::from(hearing.tries - looked_at));
    let listening = hearing.within.saturating_mul(u64::from(hearing.tries));
    let complaints = hearing.silence.into_iter().chain(hearing.invalid).filter_map(inner).max().unwrap_or(Bound::NONE);
    let spoken = Bound::Within(first.saturating_add(rest).saturating_add(listening));
    spoken.plus(complaints.times(Bound::Within(u64::from(hearing.tries.saturating_sub(1)))))
}

/// A place where the clock starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// What the caller has just done; none when the call begins.
    pub(super) by: Option<(NodeId, Way)>,
    /// Where that leads.
    pub(super) at: NodeId,
}

/// Where the clock starts: at the beginning of the call, and behind everything a caller does.
pub(super) fn starts(machine: &Machine<'_>) -> Vec<Start> {
    let graph = machine.graph;
    let mut starts = vec![Start { by: None, at: graph.entry }];
    for id in super::machine::ids(graph) {
        let Some(node) = graph.node(id).filter(|node| !node.callee) else { continue };
        let done = |way: &Way| {
            matches!(
                (&node.op, way),
                (Op::Menu(_) | Op::Record(_), Way::Arm(_))
                    | (Op::Pick(_), Way::Picked)
                    | (Op::Record(_), Way::Kept | Way::Short | Way::Limit | Way::GiveUp)
                    | (Op::Escalate(_), Way::Joined)
                    | (Op::Dial { .. }, Way::Over)
            )
        };
        let by = |(way, to): (Way, NodeId)| Start { by: Some((id, way)), at: to };
        // A recording that is tried again is where it was.
        starts.extend(graph.ways(id).into_iter().filter(|(way, to)| done(way) && *to != id).map(by));
    }
    starts.extend(graph.anywhere.iter().map(|(key, to)| Start { by: Some((*to, Way::Anywhere(*key))), at: *to }));
    starts
}

/// A hold: where the clock started, for how long at most, and where the time goes.
pub(super) type Hold = (Start, Bound, Vec<Stretch>);

/// The longest hold from every place where the clock starts, the longest first.
pub(super) fn holds(machine: &Machine<'_>, scenes: &Scenes, order: &[NodeId]) -> Vec<Hold> {
    let longest = Longest::of(machine, scenes, order, Held { machine });
    let from = |start: Start| {
        let (bound, stretches) = longest.from(start.at)?;
        Some((start, bound, stretches))
    };
    let mut holds: Vec<Hold> = starts(machine).into_iter().filter_map(from).collect();
    holds.sort_by_key(|(_, bound, _)| std::cmp::Reverse(*bound));
    holds
}
