//! People may loop, machines must count: no cycle without a person or a bound (IVR402).
//!
//! Along the ways of [`Machine`] nobody has pressed or said anything, and nothing counts: what remains of the graph may
//! have no cycle. Then every call ends, unless people keep it going; the proof is in the book (`analyses.md`).

use std::collections::HashMap;

use super::machine::{Machine, ids};
use super::place;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::graph::ways::Way;
use crate::graph::{Node, NodeId, Op};
use crate::source::Span;

/// A way out of a node, on a cycle.
type Step = (NodeId, Way);

/// The nodes in an order in which each comes behind those it leads to, or the cycles that forbid one.
pub(super) fn order(machine: &Machine<'_>) -> Result<Vec<NodeId>, Diagnostics> {
    let mut walk = Walk {
        machine,
        state: vec![Visit::New; machine.graph.nodes.len()],
        open: Vec::new(),
        done: Vec::new(),
        found: Diagnostics::new(),
    };
    // The apology is what everything else may end in, though it is nobody's exit. Then the scenes: what is said about a
    // cycle begins where callers come in.
    let scenes = machine.graph.scenes.iter().map(|scene| scene.entry);
    for id in std::iter::once(machine.graph.apology).chain(scenes).chain(ids(machine.graph)) {
        walk.from(id);
    }
    if walk.found.is_empty() { Ok(walk.done) } else { Err(walk.found) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    /// On the way, at this depth.
    OnPath(usize),
    Done,
}

struct Walk<'a> {
    machine: &'a Machine<'a>,
    state: Vec<Visit>,
    /// The nodes on the way, each with the number of exits that have been followed, the one onwards among them.
    open: Vec<(NodeId, usize)>,
    done: Vec<NodeId>,
    found: Diagnostics,
}

impl Walk<'_> {
    /// Depth first, with a stack of its own: flows may be long.
    fn from(&mut self, start: NodeId) {
        self.enter(start);
        while let Some((id, at)) = self.open.last().copied() {
            match self.machine.onward(id, at) {
                Some(to) => {
                    self.next();
                    match self.visit(to) {
                        Visit::OnPath(depth) => self.cycle(depth),
                        Visit::New => self.enter(to),
                        Visit::Done => {}
                    }
                }
                None => self.leave(),
            }
        }
    }

    fn visit(&self, id: NodeId) -> Visit {
        self.state.get(id.0 as usize).copied().unwrap_or(Visit::Done)
    }

    fn set(&mut self, id: NodeId, visit: Visit) {
        if let Some(state) = self.state.get_mut(id.0 as usize) {
            *state = visit;
        }
    }

    fn enter(&mut self, id: NodeId) {
        if self.visit(id) == Visit::New {
            self.set(id, Visit::OnPath(self.open.len()));
            self.open.push((id, 0));
        }
    }

    fn next(&mut self) {
        if let Some((_, at)) = self.open.last_mut() {
            *at += 1;
        }
    }

    fn leave(&mut self) {
        if let Some((id, _)) = self.open.pop() {
            self.set(id, Visit::Done);
            self.done.push(id);
        }
    }

    fn cycle(&mut self, depth: usize) {
        let way = |(id, at): &(NodeId, usize)| Some((*id, self.machine.exits(*id).get(at.checked_sub(1)?)?.0));
        let steps: Vec<Step> = self.open.iter().skip(depth).filter_map(way).collect();
        let found = endless(self.machine, &steps);
        self.found.push(found);
    }
}

/// The cycle step by step, as far as its steps have places. What closes it is where it goes back to its beginning.
fn endless(machine: &Machine<'_>, steps: &[Step]) -> Diagnostic {
    const SHOWN: usize = 9;
    let mut places: Vec<(Span, String)> = Vec::new();
    let mut known: HashMap<Span, usize> = HashMap::new();
    for (id, way) in steps {
        let Some(node) = machine.graph.node(*id).filter(|node| !node.span.is_empty()) else { continue };
        let (span, text) = (place::of(node), told(machine, node, *way));
        match known.get(&span).and_then(|place| places.get_mut(*place)) {
            // Of several nodes of one step the last one tells how it goes on.
            Some(place) if !text.is_empty() => place.1 = text,
            Some(_) => {}
            None => {
                known.insert(span, places.len());
                places.push((span, text));
            }
        }
    }
    places.retain(|(_, text)| !text.is_empty());
    let count = places.len();
    let message = "this can go round for ever without anybody pressing or saying anything";
    let mut diagnostic = Diagnostic::new(Code::EndlessCycle, message);
    if let Some((span, text)) = places.last() {
        diagnostic = diagnostic.at(*span, numbered(count, count, &format!("{text}, and so on")));
    }
    let shown = places.iter().take(count.saturating_sub(1)).take(SHOWN).enumerate();
    for (n, (span, text)) in shown {
        diagnostic = diagnostic.at(*span, numbered(n + 1, count, text));
    }
    diagnostic.help("let a key lead back, end it with `hang up`, or state a bound: `retry … up to 3 times`")
}

fn numbered(n: usize, of: usize, text: &str) -> String {
    if of == 1 { text.to_owned() } else { format!("{n}: {text}") }
}

/// What happens on a way, in a few words; nothing where it goes without saying.
fn told(machine: &Machine<'_>, node: &Node, way: Way) -> String {
    let scene = |scene: &usize| machine.graph.scenes.get(*scene).map_or("?", |scene| &*scene.name);
    let words = match (&node.op, way) {
        (Op::Jump { scene: to, .. }, Way::Enter) => return format!("goes to `{}`", scene(to)),
        (Op::Do { scene: run, .. }, Way::Enter) => return format!("runs `{}`", scene(run)),
        (Op::Do { scene: run, .. }, Way::Next) => return format!("`{}` comes back", scene(run)),
        (_, Way::Failed) => "it fails",
        (_, Way::Absent) => "nothing is there",
        (_, Way::GiveUp) => "the last try fails",
        (_, Way::Alone) => "a single element: nobody is asked",
        (_, Way::Short) => "too short",
        (_, Way::Limit) => "the full length",
        (Op::Record(_), Way::Kept) => "it is kept without a key",
        (_, Way::Kept) => "it is kept",
        (_, Way::Ready) => "it is there",
        (_, Way::Round) => "a round of waiting",
        (_, Way::Late) => "it is too late",
        (_, Way::Nobody) => "nobody answers",
        (_, Way::Over) => "the talk is over",
        (_, Way::UsedUp) => "the times are used up",
        (_, Way::Yes) => "if it holds",
        (_, Way::No) => "if it does not hold",
        (_, Way::Case(_)) => "in this case",
        (_, Way::Otherwise) => "in no case",
        (_, Way::Outcome(outcome)) => return format!("`{}`", outcome.word()),
        _ => "",
    };
    words.to_owned()
}
