//! Putting the facts about a flow together.

use std::collections::HashMap;

use super::bound::Bound;
use super::facts::{Admission, Assumptions, Facts, Held, Outcomes, Secret, Silent, Stretch};
use super::hold::{self, Hold, Start};
use super::machine::Machine;
use super::scenes::Scenes;
use super::{gate, longest, outcomes, place, secrets, steps, words};
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId, Op};
use crate::limits::server;
use crate::program::Program;
use crate::source::Sources;

/// So many holds are told: the longest, and what they are since.
const HOLDS: usize = 5;

pub(super) struct Gathering<'a> {
    pub(super) program: &'a Program,
    pub(super) machine: &'a Machine<'a>,
    pub(super) scenes: &'a Scenes,
    pub(super) order: &'a [NodeId],
    pub(super) sources: &'a Sources,
}

impl Gathering<'_> {
    pub(super) fn facts(&self, silence: Option<(Bound, Vec<longest::Stretch>)>) -> Facts {
        let graph = self.machine.graph;
        let holds = hold::holds(self.machine, self.scenes, self.order);
        let starts: Vec<NodeId> = hold::starts(self.machine).into_iter().map(|start| start.at).collect();
        let (silent, stretches) = silence.unwrap_or((Bound::NONE, Vec::new()));
        Facts {
            flow: graph.name.to_string(),
            assumptions: Assumptions { character: server::A_CHARACTER, value: words::VALUE, audio: hold::AUDIO },
            outcomes: outcomes(graph),
            steps: steps::alone(self.machine, self.scenes, self.order, &starts),
            held: holds.iter().take(HOLDS).map(|hold| self.held(hold)).collect(),
            silent: Silent { millis: silent, stretches: self.stretches(&stretches) },
            admission: admission(graph),
            secrets: secrets_of(self.program),
        }
    }

    fn held(&self, (start, bound, stretches): &Hold) -> Held {
        Held { since: self.since(start), millis: *bound, stretches: self.stretches(stretches) }
    }

    /// What the caller did last.
    fn since(&self, start: &Start) -> String {
        let graph = self.machine.graph;
        let Some((id, way)) = start.by else { return "since the call began".to_owned() };
        let name = graph.node(id).map_or("", |node| &*node.name);
        let shown = graph.way_name(id, way);
        match way {
            Way::Anywhere(key) => format!("since {key} was pressed"),
            Way::Arm(_) => format!("since {shown} was pressed at {name}"),
            Way::Joined | Way::Over => format!("since the talk of {name}"),
            Way::Picked => format!("since an element of {name} was chosen"),
            _ => format!("since the recording {name} ({shown})"),
        }
    }

    fn stretches(&self, stretches: &[longest::Stretch]) -> Vec<Stretch> {
        let shown = |stretch: &longest::Stretch| {
            let node = self.machine.graph.node(stretch.node)?;
            let span = place::of(node);
            let place = if span.is_empty() { String::new() } else { self.sources.place(span) };
            let (millis, again) = (stretch.bound, stretch.again);
            Some(Stretch { step: node.name.to_string(), place, millis, again })
        };
        stretches.iter().filter(|stretch| stretch.bound > Bound::NONE).filter_map(shown).collect()
    }
}

fn outcomes(graph: &Graph) -> Outcomes {
    let mut facts = Outcomes { steps: 0, outcomes: 0, unhandled: Vec::new() };
    for id in graph.reachable() {
        let all = outcomes::of(graph, id).len();
        facts.steps += usize::from(all > 0);
        facts.outcomes += all;
        let name = graph.node(id).map_or("", |node| &*node.name);
        facts.unhandled.extend(outcomes::unhandled(graph, id).into_iter().map(|o| format!("{name}: {}", o.what)));
    }
    facts
}

fn admission(graph: &Graph) -> Admission {
    let refused = gate::refused(graph);
    let mut facts = Admission {
        gate: refused.gate,
        holds: !refused.passed,
        refused_scenes: Vec::new(),
        refused_operations: Vec::new(),
        refused_phone: false,
    };
    let scenes: HashMap<NodeId, &str> = graph.scenes.iter().map(|scene| (scene.entry, &*scene.name)).collect();
    for id in &refused.nodes {
        facts.refused_scenes.extend(scenes.get(id).map(|name| format!("scene `{name}`")));
        match graph.node(*id).map(|node| &node.op) {
            Some(Op::Send { operation, .. }) => {
                let name = graph.operations.get(usize::from(operation.0)).map(|operation| operation.name.to_string());
                facts.refused_operations.extend(name);
            }
            Some(Op::Dial { .. } | Op::Escalate(_)) => facts.refused_phone = true,
            _ => {}
        }
    }
    facts.refused_operations.sort();
    facts.refused_operations.dedup();
    facts
}

fn secrets_of(program: &Program) -> Vec<Secret> {
    let sent = secrets::sent(program);
    let one = |(n, setting): (usize, &crate::program::Setting)| {
        let own: Vec<&secrets::Sent> = sent.iter().filter(|sent| usize::from(sent.secret.0) == n).collect();
        let operation = |sent: &secrets::Sent| program.operations.get(sent.operation);
        let base = own.first().and_then(|sent| operation(sent)).and_then(|o| program.services.get(o.service));
        let to = base.and_then(|service| program.settings.get(usize::from(service.base.0)));
        let operations = own.iter().filter_map(|sent| Some((operation(sent)?.name.to_string(), sent.role.to_owned())));
        Secret {
            name: setting.name.to_string(),
            to: to.map(|setting| setting.name.to_string()),
            operations: operations.collect(),
        }
    };
    program.settings.iter().enumerate().filter(|(_, setting)| setting.is_secret()).map(one).collect()
}

/// All nodes that wait; for tests.
#[cfg(test)]
pub(super) fn waiting(graph: &Graph) -> Vec<NodeId> {
    super::machine::ids(graph).filter(|id| !outcomes::of(graph, *id).is_empty()).collect()
}
