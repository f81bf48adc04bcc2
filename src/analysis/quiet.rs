//! Silence: how long a caller can hear nothing.
//!
//! Silent are pauses, requests, rounds of a `wait` without words, and holding without music. Listening is not: there it
//! is the caller's turn. What is asked of services in one turn comes before its words, wherever they stand: they are
//! heard when all of it is done, or when the webhook has waited [`server::PATIENCE`]. After [`server::SILENCE`] the
//! caller is asked for patience.

use super::bound::Bound;
use super::hold::Held;
use super::longest::{Inner, Longest, Measure, Stretch};
use super::machine::{Machine, ids};
use super::scenes::Scenes;
use super::words::Speaker;
use crate::expr::Words;
use crate::graph::ways::Way;
use crate::graph::{Graph, Node, NodeId, Op};
use crate::limits::server;

/// Services are waited for in silence no longer than this: an interim answer comes every so often, and the first after
/// [`server::SILENCE`] has words.
const SERVICES: u64 = server::SILENCE.div_ceil(ROUND) * ROUND;
/// From one interim answer to the next.
const ROUND: u64 = server::PATIENCE + server::INTERIM;

/// Milliseconds of silence until something is surely heard, apart from what services take in the first turn.
struct Quiet<'a> {
    machine: &'a Machine<'a>,
    turns: &'a Turns<'a>,
}

impl Measure for Quiet<'_> {
    fn stay(&self, node: &Node, inner: &Inner<'_>) -> Bound {
        let after = |next: NodeId| self.turns.silence(next).max(self.turns.silence(node.failed));
        match &node.op {
            Op::Pause { millis, .. } => Bound::Within(*millis),
            // A way leads through a round without a word.
            Op::Wait(wait) if inner(wait.body).is_some() => {
                let look = Bound::Within(asking(self.machine, node).min(SERVICES));
                Bound::Within(wait.longest).plus(look).plus(after(wait.next))
            }
            Op::Escalate(escalate) if escalate.music.is_none() => {
                Held { machine: self.machine }.stay(node, inner).plus(after(escalate.next))
            }
            _ => Bound::NONE,
        }
    }

    fn ends(&self, op: &Op, way: Way) -> bool {
        match op {
            Op::Menu(_) | Op::Pick(_) | Op::Record(_) | Op::Dial { .. } | Op::HangUp { .. } => {
                !alone(op, way) || sounds_alone(self.machine.graph, op)
            }
            Op::Wait(_) => way == Way::Round,
            Op::Escalate(escalate) => escalate.music.is_some(),
            op => sounds(self.machine.graph, op),
        }
    }
}

/// Milliseconds that services may take in one turn.
struct Asking<'a> {
    machine: &'a Machine<'a>,
    /// Only until something is said.
    until_words: bool,
}

impl Measure for Asking<'_> {
    fn stay(&self, node: &Node, _: &Inner<'_>) -> Bound {
        Bound::Within(asking(self.machine, node))
    }

    fn ends(&self, op: &Op, way: Way) -> bool {
        let graph = self.machine.graph;
        match op {
            Op::Menu(_) | Op::Pick(_) => !alone(op, way) || self.until_words && sounds_alone(graph, op),
            Op::Record(_) | Op::Dial { .. } | Op::HangUp { .. } | Op::Escalate(_) => true,
            Op::Wait(_) => way == Way::Round,
            op => self.until_words && sounds(graph, op),
        }
    }
}

/// Whether a pick has a single element, and nobody is asked.
fn alone(op: &Op, way: Way) -> bool {
    matches!((op, way), (Op::Pick(_), Way::Alone))
}

/// Whether the only element of a pick is surely told.
fn sounds_alone(graph: &Graph, op: &Op) -> bool {
    matches!(op, Op::Pick(pick) if pick.alone.as_ref().is_some_and(|words| Speaker::of(graph).certain(words)))
}

/// What a node asks of services, in milliseconds.
pub(super) fn asking(machine: &Machine<'_>, node: &Node) -> u64 {
    match &node.op {
        Op::Send { operation, .. } => machine.outside.sending(*operation),
        op => machine.outside.asking(op.evaluates()),
    }
}

/// Whether something is surely heard at a node.
pub(super) fn sounds(graph: &Graph, op: &Op) -> bool {
    match op {
        Op::Say { words, .. } => Speaker::of(graph).certain(words),
        Op::Play { .. } => true,
        _ => false,
    }
}

/// The longest silence, with where it comes from.
pub(super) type Silence = (Bound, Vec<Stretch>);

/// What services take in the turn that begins at a node.
pub(super) struct Turns<'a> {
    whole: Longest<'a, Asking<'a>>,
    until_words: Longest<'a, Asking<'a>>,
}

impl<'a> Turns<'a> {
    pub(super) fn of(machine: &'a Machine<'a>, scenes: &'a Scenes, order: &[NodeId]) -> Self {
        let asking = |until_words| Longest::of(machine, scenes, order, Asking { machine, until_words });
        Self { whole: asking(false), until_words: asking(true) }
    }

    /// How long the silence lasts: all that is asked in the turn comes before its words, but words that are ready are
    /// heard when the webhook has waited for [`server::PATIENCE`], and something is heard after [`SERVICES`].
    fn silence(&self, at: NodeId) -> Bound {
        let whole = self.whole.bound(at).unwrap_or(Bound::NONE);
        whole.min(self.heard_after(at)).min(Bound::Within(SERVICES))
    }

    /// When words are heard that are ready as late as they can be: at the end of a [`ROUND`].
    fn heard_after(&self, at: NodeId) -> Bound {
        let until = self.until_words.bound(at).and_then(Bound::number).unwrap_or(SERVICES);
        let rounds = until.saturating_sub(server::PATIENCE).div_ceil(ROUND);
        Bound::Within(rounds.saturating_mul(ROUND).saturating_add(server::PATIENCE))
    }

    /// Where that time goes.
    fn stretches(&self, at: NodeId) -> Vec<Stretch> {
        let whole = self.whole.bound(at).unwrap_or(Bound::NONE);
        let told = if self.heard_after(at) < whole { &self.until_words } else { &self.whole };
        let stretches = told.from(at).map(|(_, stretches)| stretches).unwrap_or_default();
        let capped = |stretch: Stretch| Stretch { bound: stretch.bound.min(Bound::Within(SERVICES)), ..stretch };
        stretches.into_iter().map(capped).collect()
    }
}

/// What is known about the silences of a flow.
pub(super) struct Silences<'a> {
    pub(super) machine: &'a Machine<'a>,
    turns: &'a Turns<'a>,
    quiet: Longest<'a, Quiet<'a>>,
}

impl<'a> Silences<'a> {
    pub(super) fn of(machine: &'a Machine<'a>, scenes: &'a Scenes, order: &[NodeId], turns: &'a Turns<'a>) -> Self {
        Self { machine, turns, quiet: Longest::of(machine, scenes, order, Quiet { machine, turns }) }
    }

    /// The longest silence that a caller can meet. Of services more may be told than counts: in one turn no more than
    /// [`SERVICES`].
    pub(super) fn longest(&self) -> Option<Silence> {
        let heard: Vec<NodeId> = self.heard().collect();
        let before = |id: NodeId| {
            let node = self.machine.graph.node(id)?;
            // Behind the words of a round comes its pause, and then the next look.
            let pause = match &node.op {
                Op::Wait(wait) if !self.is_silent(wait.body) => Bound::Within(wait.every),
                _ => Bound::NONE,
            };
            Some((self.quiet.bound(id)?.plus(self.turns.silence(id)).plus(pause), pause, id))
        };
        let (total, pause, id) = heard.into_iter().filter_map(before).max()?;
        let mut stretches = vec![Stretch { node: id, bound: pause, again: None }];
        stretches.extend(self.turns.stretches(id));
        stretches.extend(self.quiet.from(id).map(|(_, stretches)| stretches).unwrap_or_default());
        Some((total, stretches))
    }

    /// The nodes at which somebody hears the caller's leg: those behind a hang-up are heard by nobody.
    pub(super) fn heard(&self) -> impl Iterator<Item = NodeId> {
        let graph = self.machine.graph;
        let mut seen = vec![false; graph.nodes.len()];
        let mut open = vec![graph.entry];
        while let Some(id) = open.pop() {
            let Some(place) = seen.get_mut(id.0 as usize).filter(|seen| !**seen) else { continue };
            *place = true;
            open.extend(graph.ways(id).into_iter().filter(|(way, _)| *way != Way::After).map(|(_, to)| to));
        }
        let callee = |id: &NodeId| graph.node(*id).is_some_and(|node| node.callee);
        ids(graph).zip(seen).filter(move |(id, seen)| *seen && !callee(id)).map(|(id, _)| id)
    }

    /// Whether a round of waiting with this block may pass without a word.
    pub(super) fn is_silent(&self, body: NodeId) -> bool {
        self.quiet.leads_back(body)
    }

    /// Whether words are surely heard, if there are some.
    pub(super) fn speaks(&self, words: Option<&Words>) -> bool {
        words.is_some_and(|words| Speaker::of(self.machine.graph).certain(words))
    }

    /// How long a scene that is run by `do` can be silent, if it can be silent throughout.
    pub(super) fn through(&self, scene: usize) -> Option<Bound> {
        self.quiet.through(scene)
    }
}
