//! The steps of a flow in their order.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::examples::{Examples, Possible};
use super::words::{Resolver, Tries, variables, variants};
use super::{Hearer, Line, Part, Script, Sound, conditions};
use crate::expr::{Expr, Words};
use crate::graph::{Graph, NodeId, Op, order};
use crate::program::{Block, Otherwise, Program, Source, SourceValue, Step, StepKind};
use crate::prose::Prose;
use crate::source::{Sources, Span};
use crate::types::Name;

/// Kinds of nodes that speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Speaks {
    Say,
    Play,
    Menu,
    Pick,
    Record,
}

impl Speaks {
    fn of(op: &Op) -> Option<Self> {
        match op {
            Op::Say { .. } => Some(Self::Say),
            Op::Play { .. } => Some(Self::Play),
            Op::Menu(_) => Some(Self::Menu),
            Op::Pick(_) => Some(Self::Pick),
            Op::Record(_) => Some(Self::Record),
            _ => None,
        }
    }
}

/// Where something is heard.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) step: String,
    pub(super) span: Span,
}

/// What makes two lines the same: the phrase, the variants, what is heard.
type Same = (Option<String>, Vec<(String, String)>, Sound);

/// A walk through a flow.
pub(super) struct Walk<'a> {
    pub(super) program: &'a Program,
    pub(super) graph: &'a Graph,
    pub(super) prose: Prose<'a>,
    pub(super) examples: Examples<'a>,
    /// Under which conditions what comes is heard.
    pub(super) when: Vec<String>,
    pub(super) hearer: Hearer,
    sources: &'a Sources,
    /// The nodes that were made of a step.
    nodes: HashMap<(Span, Speaks), Vec<NodeId>>,
    pub(super) reachable: BTreeSet<NodeId>,
    /// What parameters of scenes can be, by the calls so far.
    arguments: HashMap<(usize, Name), Possible>,
    numbers: HashMap<Same, usize>,
    phrases: HashSet<Name>,
    lines: Vec<Line>,
    parts: Vec<Part>,
    unheard: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(program: &'a Program, graph: &'a Graph, sources: &'a Sources) -> Self {
        let mut nodes: HashMap<(Span, Speaks), Vec<NodeId>> = HashMap::new();
        for (n, node) in graph.nodes.iter().enumerate() {
            if let Some(speaks) = Speaks::of(&node.op) {
                nodes.entry((node.span, speaks)).or_default().push(NodeId(u32::try_from(n).unwrap_or(u32::MAX)));
            }
        }
        Self {
            program,
            graph,
            prose: Prose::of(program),
            examples: Examples::new(&graph.settings),
            when: Vec::new(),
            hearer: Hearer::Caller,
            sources,
            nodes,
            reachable: graph.reachable(),
            arguments: HashMap::new(),
            numbers: HashMap::new(),
            phrases: HashSet::new(),
            lines: Vec::new(),
            parts: Vec::new(),
            unheard: Vec::new(),
        }
    }

    /// The whole script.
    pub(super) fn script(mut self) -> Script {
        let program = self.program;
        if let Some((condition, otherwise)) = &program.rules.admit {
            self.under(format!("if {}", self.prose.negated(condition)), |walk| walk.block(otherwise));
            self.end_of_part("before the conversation");
        }
        let order = order::scenes(self.graph);
        for scene in &order {
            self.scene(*scene);
        }
        self.rules();
        self.music();
        self.language();
        let mut unheard = std::mem::take(&mut self.unheard);
        for (n, scene) in program.scenes.iter().enumerate() {
            if !order.contains(&n) {
                unheard.push(format!("scene {}", scene.name));
            }
        }
        let declared = program.phrases.iter().filter(|phrase| phrase.span.is_some());
        unheard.extend(declared.filter(|p| !self.phrases.contains(&p.name)).map(|p| format!("phrase {}", p.name)));
        Script { flow: program.name.clone(), parts: self.parts, unheard }
    }

    pub(super) fn end_of_part(&mut self, title: &str) {
        let lines = std::mem::take(&mut self.lines);
        if !lines.is_empty() {
            self.parts.push(Part { title: title.to_owned(), lines });
        }
    }

    fn scene(&mut self, index: usize) {
        let program = self.program;
        let Some(scene) = program.scenes.get(index) else { return };
        let params = scene.params.iter().map(|(name, default)| {
            let default = default.as_ref().map(|default| self.examples.of(default));
            let given = self.arguments.get(&(index, name.clone())).cloned();
            (name.clone(), given.or(default).unwrap_or_default())
        });
        let params = params.collect();
        self.examples.begin(params);
        self.block(&scene.body);
        self.end_of_part(&format!("scene {}", scene.name));
    }

    // ---- steps ----------------------------------------------------------------------------------------------------

    /// Runs `work` under one more condition; an empty one is none.
    pub(super) fn under(&mut self, condition: String, work: impl FnOnce(&mut Self)) {
        self.when.push(condition);
        work(self);
        self.when.pop();
    }

    pub(super) fn block(&mut self, block: &Block) {
        block.steps.iter().for_each(|step| self.step(step));
    }

    fn step(&mut self, step: &Step) {
        let (prose, span) = (self.prose, step.span);
        match &step.kind {
            StepKind::Let { name, source } => self.source(name, source),
            StepKind::Act { act, otherwise } => {
                self.act(act);
                if let Some(block) = otherwise {
                    let failed = conditions::act_failed(act, prose, &|scene| self.scene_name(scene));
                    self.under(failed, |walk| walk.block(block));
                }
            }
            StepKind::Say(words) => match self.at(span, Speaks::Say) {
                Some(place) => self.say(place, words),
                None => self.unheard.push(format!("{} at {}", prose.words(words), self.sources.place(span))),
            },
            StepKind::Play(url) => match self.at(span, Speaks::Play) {
                Some(place) => self.play(place, url),
                None => self.unheard.push(format!("{} at {}", prose.expr(url), self.sources.place(span))),
            },
            StepKind::If { condition, yes, no } => {
                self.under(format!("if {}", prose.expr(condition)), |walk| walk.block(yes));
                self.under(format!("if {}", prose.negated(condition)), |walk| walk.block(no));
            }
            StepKind::Match { subject, cases, .. } => {
                for (matchers, block) in cases {
                    self.under(conditions::case(subject, matchers, prose), |walk| walk.block(block));
                }
            }
            StepKind::For { name, list, condition, body, .. } => {
                self.examples.bind_element(name, list);
                let filter = condition.as_ref().map(|condition| format!(" where {}", prose.expr(condition)));
                let when = format!("for each {name} in {}{}", prose.expr(list), filter.unwrap_or_default());
                self.under(when, |walk| walk.block(body));
            }
            StepKind::Goto { scene, args } => self.calls(*scene, args),
            StepKind::HangUp { then: Some(block) } => self.block(block),
            StepKind::Pause(_)
            | StepKind::Give(_)
            | StepKind::Keep { .. }
            | StepKind::Retry { .. }
            | StepKind::Return(_)
            | StepKind::HangUp { then: None }
            | StepKind::Connect => {}
        }
    }

    /// `let NAME = …` with its chain of `else`.
    fn source(&mut self, name: &Name, source: &Source) {
        let values = match &source.value {
            SourceValue::Expr(value) => self.examples.of(value),
            SourceValue::Act(act) => self.act(act),
        };
        let Some(otherwise) = source.otherwise.as_deref() else { return self.examples.bind(name, values) };
        let failed = conditions::otherwise(source, self.prose, &|scene| self.scene_name(scene));
        match otherwise {
            Otherwise::Happens(block) => {
                self.under(failed, |walk| walk.block(block));
                // What an `else` gives is not followed.
                self.examples.bind(name, Possible { all: false, ..values });
            }
            Otherwise::Source(next) => {
                self.under(failed, |walk| walk.source(name, next));
                let other = self.examples.of(&Expr::Local(name.clone()));
                self.examples.bind(name, values.or(other));
            }
        }
    }

    pub(super) fn scene_name(&self, index: usize) -> String {
        self.program.scenes.get(index).map_or_else(String::new, |scene| format!("scene {}", scene.name))
    }

    /// Remembers what a scene is called with.
    pub(super) fn calls(&mut self, scene: usize, args: &[Expr]) {
        let Some(called) = self.program.scenes.get(scene) else { return };
        for ((param, _), arg) in called.params.iter().zip(args) {
            let values = self.examples.of(arg);
            let known = self.arguments.remove(&(scene, param.clone()));
            let all = known.map_or(values.clone(), |known| known.or(values));
            self.arguments.insert((scene, param.clone()), all);
        }
    }

    // ---- lines ----------------------------------------------------------------------------------------------------

    /// Where a step is heard; none if no way leads there.
    pub(super) fn at(&self, span: Span, speaks: Speaks) -> Option<Place> {
        let nodes = self.nodes.get(&(span, speaks))?;
        let node = nodes.iter().find(|id| self.reachable.contains(id)).and_then(|id| self.graph.node(*id))?;
        Some(Place { step: node.name.to_string(), span })
    }

    pub(super) fn texts(&mut self, words: &Words) -> Vec<(String, Tries)> {
        self.phrases.extend(words.phrase.clone());
        self.resolver().words(words)
    }

    pub(super) fn resolver(&self) -> Resolver<'_> {
        Resolver { prose: self.prose, types: &self.program.types, examples: &self.examples }
    }

    pub(super) fn say(&mut self, place: Place, words: &Words) {
        let texts = self.texts(words);
        let phrase = words.phrase.as_ref().map(ToString::to_string);
        self.line(place, phrase, Sound::Speech, &texts);
    }

    pub(super) fn play(&mut self, place: Place, url: &Expr) {
        let possible = self.examples.of(url);
        let known: Vec<&str> = possible.values.iter().filter_map(|value| value.as_text()).collect();
        let url = match known.as_slice() {
            [only] => (*only).to_owned(),
            _ => format!("{{{{{}}}}}", self.prose.expr(url)),
        };
        self.audio(place, url);
    }

    pub(super) fn audio(&mut self, place: Place, url: String) {
        let text = vec![(String::new(), vec![vec![super::words::Bit::Text(url)]])];
        self.line(place, None, Sound::Audio, &text);
    }

    /// Takes down that something is heard here.
    pub(super) fn line(&mut self, place: Place, phrase: Option<String>, sound: Sound, texts: &[(String, Tries)]) {
        let mut variants = variants(texts);
        if sound != Sound::Speech {
            variants.iter_mut().for_each(|variant| (variant.words, variant.millis) = (0, 0));
        }
        let said = variants.iter().map(|variant| (variant.label.clone(), variant.text.clone())).collect();
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry((phrase.clone(), said, sound)).or_insert(next);
        let again = number != next;
        self.lines.push(Line {
            number,
            again,
            step: place.step,
            place: if place.span.is_empty() { String::new() } else { self.sources.place(place.span) },
            hearer: self.hearer,
            when: self.when.clone(),
            phrase,
            sound,
            variants: if again { Vec::new() } else { variants },
            variables: if again { Vec::new() } else { variables(texts) },
        });
    }
}
