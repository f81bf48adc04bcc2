//! Checked program to graph. It cannot fail: the checker has seen to that.
//!
//! Blocks are lowered backwards, because a node names those that follow it. A step that can be come back to
//! (`retry`, `keep`) has its id reserved by its span, so that it can be named before it exists.

mod acts;
mod steps;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{Graph, Hearing, MAIN, Node, NodeId, Op, RuleKind, Scene, ahead};
use crate::expr::Words;
use crate::program::{self, Block, LegOutcome, Program};
use crate::source::{SourceId, Span};
use crate::types::Name;
use crate::value::Value;

/// Nodes that stand for no step of their own have no place in the text.
const NOWHERE: Span = Span { source: SourceId(0), start: 0, end: 0 };

/// The graph of a program with the values of its settings (by id; of a secret whether it is set). `version` is the
/// hash of everything they were made of.
#[must_use]
pub fn lower(program: &Program, settings: Vec<Value>, version: &str) -> Graph {
    let mut lower = Lower::new(program);
    let entry = lower.whole();
    lower.name();
    lower.look_ahead();
    let setting = |name: &str| {
        let place = program.settings.iter().position(|setting| &*setting.name == name);
        place.and_then(|place| settings.get(place)).and_then(Value::as_text)
    };
    let zone = setting("timezone").and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC);
    let mut graph = Graph {
        name: program.name.clone(),
        version: version.into(),
        entry,
        apology: lower.rules.apology,
        hangup: lower.rules.hangup,
        anywhere: lower.rules.anywhere.clone(),
        voice: setting("voice").unwrap_or(crate::limits::VOICE).into(),
        caller_id: setting("caller_id").map(Name::from),
        zone,
        nodes: lower.nodes,
        scenes: lower.scenes,
        settings,
        operations: program.operations.clone(),
        services: program.services.clone(),
        queries: program.queries.clone(),
        types: program.types.clone(),
        music: program.music.clone(),
        one_moment: program.one_moment.clone(),
        sorry: program.apology.clone(),
    };
    graph.find_alone();
    graph
}

/// The nodes of the rules that hold everywhere.
#[derive(Debug, Clone, Default)]
struct RuleNodes {
    apology: NodeId,
    giveup: NodeId,
    error: NodeId,
    hangup: Option<NodeId>,
    silence: Option<NodeId>,
    invalid: Option<NodeId>,
    anywhere: Vec<(char, NodeId)>,
}

/// Whose conversation a block belongs to: it decides what `hang up` and giving up mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The caller's.
    Caller,
    /// The callee's.
    Callee,
    /// Nobody's: behind `hang up then`, or `on hangup`.
    Nobody,
}

/// What surrounds a block.
#[derive(Debug, Clone)]
struct Around {
    /// The place, for names: `main/Alert`.
    place: String,
    /// What follows the block.
    next: NodeId,
    /// What `give` binds, and where it leads.
    give: Option<(Option<Name>, NodeId)>,
    /// Where a failure without `else` leads.
    failed: NodeId,
    /// Where giving up without `else` leads.
    giveup: NodeId,
    /// Whose part it is.
    part: Part,
    /// Names in scope.
    scope: Vec<Name>,
    /// What counted texts count.
    counting: super::Counting,
}

impl Around {
    fn next(&self, next: NodeId) -> Self {
        Self { next, ..self.clone() }
    }

    fn at(&self, part: &str) -> Self {
        Self { place: format!("{}/{part}", self.place), ..self.clone() }
    }

    fn knowing(&self, names: impl IntoIterator<Item = Name>) -> Self {
        let mut around = self.clone();
        around.scope.extend(names);
        around
    }
}

struct Lower<'a> {
    program: &'a Program,
    nodes: Vec<Node>,
    scenes: Vec<Scene>,
    rules: RuleNodes,
    /// Steps by their span.
    acts: HashMap<Span, NodeId>,
    /// The nodes at each place, last ones first: they are made from the end.
    places: HashMap<String, Vec<NodeId>>,
    /// The node behind which nothing follows.
    end: Option<NodeId>,
}

impl<'a> Lower<'a> {
    fn new(program: &'a Program) -> Self {
        Self {
            program,
            nodes: Vec::new(),
            scenes: Vec::new(),
            rules: RuleNodes::default(),
            acts: HashMap::new(),
            places: HashMap::new(),
            end: None,
        }
    }

    /// Everything; returns where a call enters.
    fn whole(&mut self) -> NodeId {
        // Scenes refer to each other and to the rules, and rules to scenes: their ids come first.
        for scene in &self.program.scenes {
            let entry = self.reserve();
            let params = scene.params.iter().map(|(name, _)| name.clone()).collect();
            self.scenes.push(Scene { name: scene.name.clone(), params, entry });
        }
        self.rules();
        for index in 0..self.program.scenes.len() {
            self.scene(index);
        }
        self.admission()
    }

    fn scene(&mut self, index: usize) {
        let program = self.program;
        let (Some(scene), Some(entry)) = (program.scenes.get(index), self.scenes.get(index).map(|s| s.entry)) else {
            return;
        };
        let mut around = self.outermost(&scene.name, Part::Caller);
        around.scope = scene.params.iter().map(|(name, _)| name.clone()).collect();
        // Only a scene run by `do` may end without leaving.
        around.next = self.node(&around, "end", scene.span, Op::Return { value: None });
        let first = self.block(&scene.body, &around);
        self.alias(entry, first, &scene.name, scene.span);
    }

    /// `admit`, then `main`.
    fn admission(&mut self) -> NodeId {
        let main = self.program.scenes.iter().position(|scene| &*scene.name == MAIN).unwrap_or_default();
        // No rule of the file holds yet: `on error` might lead past the admission.
        let apology = self.rules.apology;
        let around = Around { failed: apology, giveup: apology, ..self.outermost("admit", Part::Caller) };
        let span = self.program.scenes.get(main).map(|scene| scene.span).unwrap_or_default();
        let enter = self.node(&around, "main", span, Op::Jump { scene: main, args: Vec::new() });
        let Some((condition, otherwise)) = &self.program.rules.admit else { return enter };
        let refuse = self.block(otherwise, &around.at("else"));
        // Fails closed: a failure takes the `else`.
        let around = Around { failed: refuse, ..around };
        self.node(&around, "", span, Op::Branch { condition: condition.clone(), yes: enter, no: refuse })
    }

    /// The rules. They may refer to each other, so their ids come first.
    fn rules(&mut self) {
        let rules = &self.program.rules;
        (self.rules.apology, self.rules.giveup) = (self.reserve(), self.reserve());
        self.rules.error = if rules.error.is_some() { self.reserve() } else { self.rules.apology };
        self.rules.silence = rules.silence.as_ref().map(|block| self.complaint(block, "on silence"));
        self.rules.invalid = rules.invalid.as_ref().map(|block| self.complaint(block, "on invalid"));

        self.farewell(self.rules.apology, &self.program.apology, "apology");
        match &rules.giveup {
            Some(block) => self.rule(self.rules.giveup, block, "on giveup"),
            None => self.farewell(self.rules.giveup, &self.program.goodbye, "on giveup"),
        }
        if let Some(block) = &rules.error {
            self.rule(self.rules.error, block, "on error");
        }
        if let Some(block) = &rules.hangup {
            let around = self.outermost("on hangup", Part::Nobody);
            let next = self.block(block, &around);
            self.rules.hangup = Some(self.node(&around, "", NOWHERE, Op::Rule { kind: RuleKind::Own, next }));
        }
        for (keys, block) in &rules.anywhere {
            let id = self.reserve();
            self.rule(id, block, &format!("anywhere {}", keys.iter().collect::<String>()));
            self.rules.anywhere.extend(keys.iter().map(|key| (*key, id)));
        }
    }

    fn rule(&mut self, id: NodeId, block: &Block, place: &str) {
        let kind = if place == "on error" { RuleKind::Error } else { RuleKind::File };
        let mut around = self.outermost(place, Part::Caller);
        if kind == RuleKind::Error {
            around.scope.push("error".into());
        }
        let next = self.block(block, &around);
        // A rule stands where its first step does.
        let span = block.steps.first().map_or(NOWHERE, |step| step.span);
        self.fill(id, &around, "", span, Op::Rule { kind, next });
    }

    /// Words, then hanging up.
    fn farewell(&mut self, id: NodeId, words: &Words, place: &str) {
        let around = self.outermost(place, Part::Caller);
        let hang_up = self.node(&around, "hang up", NOWHERE, Op::HangUp { then: None });
        let next = self.say(words, hang_up, &around, NOWHERE);
        self.fill(id, &around, "", NOWHERE, Op::Rule { kind: RuleKind::Own, next });
    }

    /// `on silence`, `on invalid`: spoken, then the step listens again.
    fn complaint(&mut self, block: &Block, place: &str) -> NodeId {
        let around = Around { counting: super::Counting::Failures, ..self.outermost(place, Part::Caller) };
        let again = self.node(&around, "again", NOWHERE, Op::Again);
        self.block(block, &around.next(again))
    }

    fn outermost(&mut self, place: &str, part: Part) -> Around {
        let end = self.end();
        Around {
            place: place.to_owned(),
            next: end,
            give: None,
            failed: if part == Part::Nobody { end } else { self.rules.error },
            giveup: self.rules.giveup,
            part,
            scope: Vec::new(),
            counting: super::Counting::Nothing,
        }
    }

    /// A node behind which nothing follows; one is enough.
    fn end(&mut self) -> NodeId {
        if let Some(end) = self.end {
            return end;
        }
        let id = self.reserve();
        self.end = Some(id);
        let end = Node {
            name: "end".into(),
            span: NOWHERE,
            scope: Arc::new([]),
            op: Op::End,
            failed: id,
            callee: false,
            alone: false,
        };
        self.set(id, end);
        id
    }

    // ---- nodes ----------------------------------------------------------------------------------------------------

    /// An id for a node that is made later.
    fn reserve(&mut self) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let reserved: Name = "reserved".into();
        let scope = Arc::new([]);
        self.nodes.push(Node {
            name: reserved,
            span: NOWHERE,
            scope,
            op: Op::End,
            failed: id,
            callee: false,
            alone: false,
        });
        id
    }

    /// The id of the step at this span.
    fn act_at(&mut self, span: Span) -> NodeId {
        if let Some(id) = self.acts.get(&span) {
            return *id;
        }
        let id = self.reserve();
        self.acts.insert(span, id);
        id
    }

    fn node(&mut self, around: &Around, part: &str, span: Span, op: Op) -> NodeId {
        let id = self.reserve();
        self.fill(id, around, part, span, op);
        id
    }

    fn fill(&mut self, id: NodeId, around: &Around, part: &str, span: Span, op: Op) {
        let place = if part.is_empty() { around.place.clone() } else { format!("{}/{part}", around.place) };
        let name = place.as_str().into();
        self.places.entry(place).or_default().push(id);
        let (callee, scope) = (around.part == Part::Callee, around.scope.clone().into());
        self.set(id, Node { name, span, scope, op, failed: around.failed, callee, alone: false });
    }

    fn set(&mut self, id: NodeId, node: Node) {
        if let Some(place) = self.nodes.get_mut(id.0 as usize) {
            *place = node;
        }
    }

    /// Makes a reserved node lead to `to` and do nothing else.
    fn alias(&mut self, id: NodeId, to: NodeId, name: &Name, span: Span) {
        let op = Op::pass(to);
        self.set(
            id,
            Node { name: name.clone(), span, scope: Arc::new([]), op, failed: to, callee: false, alone: false },
        );
    }

    /// Gives each node a name that no other one has, in the order of the text: `report/say`, `report/say.2`.
    fn name(&mut self) {
        for (place, mut ids) in std::mem::take(&mut self.places) {
            ids.reverse();
            ids.sort_by_key(|id| self.nodes.get(id.0 as usize).map(|node| node.span));
            for (id, n) in ids.into_iter().zip(1..).skip(1) {
                if let Some(node) = self.nodes.get_mut(id.0 as usize) {
                    node.name = format!("{place}.{n}").into();
                }
            }
        }
    }

    fn say(&mut self, words: &Words, next: NodeId, around: &Around, span: Span) -> NodeId {
        let op = Op::Say { words: words.clone(), counting: around.counting, next };
        self.node(around, "say", span, op)
    }

    fn hearing(&self, hearing: program::Hearing, giveup: NodeId) -> Hearing {
        Hearing {
            within: hearing.within,
            tries: hearing.tries,
            silence: self.rules.silence,
            invalid: self.rules.invalid,
            giveup,
        }
    }

    /// Which waits go on without the caller; known only when every node is there.
    fn look_ahead(&mut self) {
        let sends = ahead::sends(&self.nodes, &self.scenes);
        for node in &mut self.nodes {
            let failed = node.failed;
            if let Op::Wait(wait) = &mut node.op {
                wait.goes_on = sends.contains(&wait.next) || sends.contains(&failed);
            }
        }
    }
}

/// What `hang up` means in this part.
fn hang_up(part: Part, then: Option<NodeId>) -> Op {
    match part {
        Part::Caller => Op::HangUp { then },
        Part::Callee => Op::LegOver(Some(LegOutcome::Declined)),
        Part::Nobody => Op::End,
    }
}
