//! People may loop, machines must count: no cycle without a person or a bound (IVR402).
//!
//! From the graph are taken out: keys of `menu` and `record`, the element of a `pick` that was asked, `anywhere` keys
//! (they are no edges), people who were joined, a `retry` with a bound, `for` over a list, and `on error`, which three
//! failures in a row end. What remains may have no cycle: along its edges nobody has pressed or said anything, and
//! nothing counts.

use std::collections::HashSet;

use super::{Graph, Node, NodeId, Op, RuleKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// Every cycle found by one walk over the graph.
#[must_use]
pub fn check(graph: &Graph) -> Diagnostics {
    let alone = Alone::of(graph);
    let mut walk =
        Walk { graph, alone, state: vec![Visit::New; graph.nodes.len()], path: Vec::new(), found: Diagnostics::new() };
    for index in 0..graph.nodes.len() {
        walk.from(NodeId(u32::try_from(index).unwrap_or(u32::MAX)));
    }
    walk.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    OnPath,
    Done,
}

struct Walk<'a> {
    graph: &'a Graph,
    alone: Alone,
    state: Vec<Visit>,
    path: Vec<NodeId>,
    found: Diagnostics,
}

impl Walk<'_> {
    /// Depth first, with a stack of its own: flows may be long.
    fn from(&mut self, start: NodeId) {
        let mut open = vec![(start, 0)];
        while let Some((id, step)) = open.pop() {
            if step == 0 {
                match self.visit(id) {
                    Visit::Done => continue,
                    Visit::OnPath => {
                        self.cycle(id);
                        continue;
                    }
                    Visit::New => self.enter(id),
                }
            }
            match successors(self.graph, &self.alone, id).get(step) {
                Some(next) => {
                    open.push((id, step + 1));
                    open.push((*next, 0));
                }
                None => self.leave(id),
            }
        }
    }

    fn visit(&self, id: NodeId) -> Visit {
        self.state.get(id.0 as usize).copied().unwrap_or(Visit::Done)
    }

    fn enter(&mut self, id: NodeId) {
        self.path.push(id);
        if let Some(state) = self.state.get_mut(id.0 as usize) {
            *state = Visit::OnPath;
        }
    }

    fn leave(&mut self, id: NodeId) {
        self.path.pop();
        if let Some(state) = self.state.get_mut(id.0 as usize) {
            *state = Visit::Done;
        }
    }

    fn cycle(&mut self, back: NodeId) {
        let begin = self.path.iter().position(|id| *id == back).unwrap_or_default();
        let nodes: Vec<&Node> = self.path.iter().skip(begin).filter_map(|id| self.graph.node(*id)).collect();
        self.found.push(endless(&nodes));
    }
}

/// Which scenes can come back from a `do` without anybody pressing or saying anything, by index.
#[derive(Debug, Default)]
struct Alone(Vec<bool>);

impl Alone {
    /// A scene that runs others comes back alone if they do: it is found out from the inside to the outside.
    fn of(graph: &Graph) -> Self {
        let mut alone = Self(vec![false; graph.scenes.len()]);
        loop {
            let more: Vec<usize> = (0..graph.scenes.len())
                .filter(|scene| !alone.comes_back(*scene) && alone.reaches_its_end(graph, *scene))
                .collect();
            if more.is_empty() {
                return alone;
            }
            more.into_iter().filter_map(|scene| alone.0.get_mut(scene).map(|alone| *alone = true)).count();
        }
    }

    fn comes_back(&self, scene: usize) -> bool {
        self.0.get(scene).copied().unwrap_or(true)
    }

    fn reaches_its_end(&self, graph: &Graph, scene: usize) -> bool {
        let mut seen = HashSet::new();
        let mut open: Vec<NodeId> = graph.scenes.get(scene).map(|scene| scene.entry).into_iter().collect();
        while let Some(id) = open.pop() {
            let Some(node) = graph.node(id).filter(|_| seen.insert(id)) else { continue };
            match &node.op {
                Op::Return { .. } => return true,
                // What is entered here has an end of its own.
                Op::Jump { .. } => {}
                Op::Do { scene, next, absent, .. } => {
                    open.push(node.failed);
                    if self.comes_back(*scene) {
                        open.extend([Some(*next), *absent].into_iter().flatten());
                    }
                }
                _ => open.extend(successors(graph, self, id)),
            }
        }
        false
    }
}

/// Nodes that can follow without a person or a bound.
fn successors(graph: &Graph, alone: &Alone, id: NodeId) -> Vec<NodeId> {
    let Some(node) = graph.node(id) else { return Vec::new() };
    let mut next: Vec<NodeId> = match &node.op {
        Op::Menu(menu) => vec![menu.hearing.giveup],
        // A single element is not asked for.
        Op::Pick(pick) => vec![pick.next, pick.hearing.giveup],
        Op::Record(record) => {
            let kept = if record.arms.is_empty() { Some(record.next) } else { None };
            let limit = record.limit.or(Some(record.next));
            [record.short, limit, kept, Some(record.giveup)].into_iter().flatten().collect()
        }
        // Only ends that nobody caused lead here: keys are taken out.
        Op::Keep { record } => match graph.node(*record).map(|node| &node.op) {
            Some(Op::Record(record)) => vec![record.next],
            _ => Vec::new(),
        },
        Op::Retry { most: None, .. } | Op::HangUp { .. } | Op::End => Vec::new(),
        Op::Wait(wait) => vec![wait.next],
        Op::Escalate(escalate) => escalate.outcomes.iter().map(|(_, to)| *to).collect(),
        Op::Retry { most: Some(_), then, .. } => vec![*then],
        Op::For { next, .. } => vec![*next],
        Op::Jump { scene, .. } => graph.scenes.get(*scene).map(|scene| scene.entry).into_iter().collect(),
        Op::Do { scene, next, absent, .. } => {
            let entry = graph.scenes.get(*scene).map(|scene| scene.entry);
            let (next, absent) = if alone.comes_back(*scene) { (Some(*next), *absent) } else { (None, None) };
            [entry, next, absent].into_iter().flatten().collect()
        }
        op => op.ways(id).into_iter().map(|(_, to)| to).collect(),
    };
    let rule = graph.node(node.failed).is_some_and(|node| matches!(node.op, Op::Rule { kind: RuleKind::Error, .. }));
    let bounded = rule || node.failed == graph.apology;
    if !bounded && node.failed != id && !matches!(node.op, Op::End) {
        next.push(node.failed);
    }
    next
}

fn endless(nodes: &[&Node]) -> Diagnostic {
    let mut places: Vec<Span> = Vec::new();
    for node in nodes {
        if !node.span.is_empty() && !places.contains(&node.span) {
            places.push(node.span);
        }
    }
    let names: Vec<&str> = nodes.iter().map(|node| &*node.name).collect();
    let mut diagnostic =
        Diagnostic::new(Code::EndlessCycle, "this can go round for ever without anybody pressing or saying anything");
    for (n, span) in places.iter().take(4).enumerate() {
        diagnostic = diagnostic.at(*span, if n == 0 { "goes round from here" } else { "through here" });
    }
    diagnostic.help(format!(
        "let a key lead back, or state a bound (`retry … up to N times`); the round is {} → {}",
        names.join(" → "),
        names.first().copied().unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::compile::{Inputs, Text, compile};
    use crate::diagnostic::{Code, Severity};
    use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

    fn is_endless(text: &str) -> bool {
        let inputs = Inputs {
            flow: "test".into(),
            source: Text { name: "test.ivr".into(), text: text.into() },
            settings: None,
            given: None,
            flows: vec!["test".into()],
            environment: None,
        };
        let conditions = Conditions {
            purpose: Purpose::Check,
            plain_http: PlainHttp::Anywhere,
            environment: Environment::default(),
            directory: PathBuf::new(),
        };
        let found = compile(inputs, &conditions).diagnostics;
        let others: Vec<_> =
            found.iter().filter(|d| d.severity == Severity::Error && d.code != Code::EndlessCycle).collect();
        assert!(others.is_empty(), "{others:#?}");
        found.iter().any(|d| d.code == Code::EndlessCycle)
    }

    #[test]
    fn a_scene_that_comes_back_counts_for_what_happens_in_it() {
        let pressed = r#"scene main { do ask(); => main } scene ask { menu "One?" { 1 {} } }"#;
        assert!(!is_endless(pressed));
        let deeper = r#"scene main { do a(); => main } scene a { do ask() } scene ask { menu "One?" { 1 {} } }"#;
        assert!(!is_endless(deeper));
        let given_up = r#"scene main { do ask(); => main } scene ask { menu "One?" { 1 {} } else {} }"#;
        assert!(is_endless(given_up));
        let spoken = r#"scene main { do tell(); => main } scene tell { say "Hello." }"#;
        assert!(is_endless(spoken));
        let inside = r#"scene main { do tell(); menu "One?" { 1 => main } } scene tell { say "Hello."; => tell }"#;
        assert!(is_endless(inside));
    }

    #[test]
    fn what_nobody_pressed_makes_no_cycle_legal() {
        assert!(is_endless(r#"on giveup => main scene main { menu "One?" { 1 => main } }"#));
        assert!(is_endless(r#"scene main { let x = pick [1, 2] asking "Which?" else => main; say "{{x}}"; hang up }"#));
        assert!(is_endless(r#"scene main { let take = record "Speak."; say "{{take.seconds}}"; => main }"#));
        assert!(is_endless(r#"scene main { let x = pick [1] asking "Which?"; say "{{x}}"; => main }"#));
        assert!(is_endless(r#"scene main { dial "+15557770001", star drops else => main; hang up }"#));
        assert!(!is_endless(r#"scene main { menu "One?" { 1 => main } else { hang up } }"#));
    }
}
