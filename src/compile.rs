//! The façade of everything up to the graph: texts in, a line or diagnostics out.

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::analysis;
use crate::check::{self, Spoken};
use crate::diagnostic::Diagnostics;
use crate::graph::{Graph, lower};
use crate::overrides::{Override, Overrides};
use crate::program::Program;
use crate::settings::{self, Conditions, Names, Purpose, Settings};
use crate::source::{Source, SourceId, Sources};
use crate::syntax;
use crate::syntax::scenario::{Setup, Tests};
use crate::types::Name;

/// A text with the name that messages call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Usually the path as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// Everything a line is made of. Secrets are not among it: where they are is read from the environment of the
/// process at use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The flow's name: its file name without `.ivr`.
    pub flow: String,
    /// The flow.
    pub source: Text,
    /// `NAME.toml`.
    pub settings: Option<Text>,
    /// `NAME.test.ivr`, if its `given` lines are to hold.
    pub given: Option<Text>,
    /// Names of all flows that share the environment.
    pub flows: Vec<String>,
    /// `IVR_…` variables that are no secrets, as they were when the line was compiled; none: those of the process.
    pub environment: Option<Vec<(String, String)>>,
}

impl Inputs {
    /// A flow with nothing beside it.
    pub fn alone(flow: &str, text: impl Into<String>) -> Self {
        Self {
            flow: flow.to_owned(),
            source: Text { name: format!("{flow}.ivr"), text: text.into() },
            settings: None,
            given: None,
            flows: vec![flow.to_owned()],
            environment: None,
        }
    }
}

/// A flow ready to be called.
#[derive(Debug)]
pub struct Line {
    /// The graph.
    pub graph: Graph,
    /// The values of its settings, and where its secrets are.
    pub settings: Settings,
    /// What it was compiled from.
    pub inputs: Inputs,
}

impl Line {
    /// What is kept in the store, so that calls can go on with this version.
    #[must_use]
    pub fn version(&self) -> crate::store::Version {
        let sources = serde_json::to_vec(&self.inputs).unwrap_or_default();
        crate::store::Version { flow: self.graph.name.to_string(), hash: self.graph.version.to_string(), sources }
    }
}

/// What became of the inputs.
#[derive(Debug, Default)]
pub struct Compilation {
    /// The texts, for showing diagnostics.
    pub sources: Sources,
    /// Everything found.
    pub diagnostics: Diagnostics,
    /// The tests, as far as they were understood.
    pub tests: Tests,
    /// The checked program, if there was no error in the flow.
    pub program: Option<Program>,
    /// The line, if there was no error at all.
    pub line: Option<Line>,
}

/// Compiles a line. Everything found in flow, settings, environment and tests is reported in one pass.
#[must_use]
pub fn compile(inputs: Inputs, conditions: &Conditions) -> Compilation {
    let draft = Draft::read(inputs, conditions);
    let made = draft.make(&draft.tests.head);
    Compilation {
        sources: draft.sources,
        diagnostics: made.diagnostics,
        tests: draft.tests,
        program: made.program,
        line: made.line,
    }
}

/// Everything a line is made of, read once: one flow is tried with many settings.
#[derive(Debug)]
pub struct Draft {
    /// The texts, for showing diagnostics.
    pub sources: Sources,
    /// The tests, as far as they were understood.
    pub tests: Tests,
    inputs: Inputs,
    parsed: syntax::Parsed,
    /// What the settings file and the environment say.
    overrides: Vec<Override>,
    found: Diagnostics,
    conditions: Conditions,
}

/// What is known of a draft before anything is made of it.
struct Understood {
    diagnostics: Diagnostics,
    program: Option<Program>,
    settings: Option<Settings>,
}

/// What became of a draft.
#[derive(Debug, Default)]
pub struct Made {
    /// Everything found.
    pub diagnostics: Diagnostics,
    /// The checked program, if there was no error in the flow.
    pub program: Option<Program>,
    /// The line, if there was no error at all.
    pub line: Option<Line>,
}

impl Draft {
    /// Reads the texts and the environment.
    #[must_use]
    pub fn read(inputs: Inputs, conditions: &Conditions) -> Self {
        Self::read_while(inputs, conditions, |_| ()).0
    }

    /// The same; what needs no tests is done while these are still being read, which takes as long as reading the flow.
    pub fn read_while<T>(inputs: Inputs, conditions: &Conditions, work: impl FnOnce(&Self) -> T) -> (Self, T) {
        let mut sources = Sources::new();
        let mut add = |text: &Text| sources.add(Source::new(text.name.as_str(), text.text.as_str()));
        let (flow, tests) = (add(&inputs.source), inputs.given.as_ref().map(&mut add));
        let text = inputs.given.as_ref().map(|given| given.text.clone()).unwrap_or_default();
        let read = || tests.map(|id| syntax::parse_tests(id, &text));
        std::thread::scope(|scope| {
            let beside = tests.and_then(|_| std::thread::Builder::new().spawn_scoped(scope, read).ok());
            let mut draft = Self::of_flow(sources, flow, inputs, conditions);
            let done = work(&draft);
            // Without another thread they are read here.
            let tests = beside.and_then(|beside| beside.join().ok()).unwrap_or_else(read);
            if let Some(tests) = tests {
                draft.found.extend(tests.diagnostics);
                draft.tests = tests.tests;
            }
            (draft, done)
        })
    }

    /// Everything but the tests.
    fn of_flow(mut sources: Sources, source: SourceId, mut inputs: Inputs, conditions: &Conditions) -> Self {
        let parsed = syntax::parse(source, &inputs.source.text);
        let mut found = parsed.diagnostics.clone();
        let names = Names::of(&parsed.file, check::BUILT_IN_PHRASES.iter().copied());

        let mut list = Vec::new();
        if let Some(text) = &inputs.settings.clone() {
            let (overrides, problems) = settings::file(text.name.as_str(), &text.text, &names, &mut sources);
            list.extend(overrides);
            found.extend(problems);
            // What is kept of the text has no secrets in it.
            inputs.settings =
                sources.iter().last().map(|(_, shown)| Text { name: text.name.clone(), text: shown.text.to_string() });
        }
        let environment = match &inputs.environment {
            // Secrets are still those of the process.
            Some(open) => conditions.environment.pinned(&inputs.flow, &names, open),
            None => conditions.environment.clone(),
        };
        inputs.environment = Some(environment.open(&inputs.flow, &names));
        let flows: Vec<&str> = inputs.flows.iter().map(String::as_str).collect();
        let (overrides, problems) = settings::environment(&inputs.flow, &flows, &environment, &names, &mut sources);
        list.extend(overrides);
        found.extend(problems);
        // Files of secrets are named from where their settings are.
        let settings_at = inputs.settings.as_ref().and_then(|text| Path::new(&text.name).parent());
        let directory = conditions.directory.join(settings_at.unwrap_or(Path::new("")));
        let conditions = Conditions { environment, directory, ..*conditions };
        Self { sources, tests: Tests::default(), inputs, parsed, overrides: list, found, conditions }
    }

    /// What the settings file and the environment say, weakest first.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        Overrides { list: self.overrides.clone() }
    }

    /// What the words of each phrase may use.
    #[must_use]
    pub fn survey(&self) -> IndexMap<Name, Spoken> {
        check::survey(&self.inputs.flow, &self.parsed.file, &self.overrides())
    }

    /// Checks the flow and makes a line of it, with the `given` lines among these.
    #[must_use]
    pub fn make<'a>(&self, lines: impl IntoIterator<Item = &'a Setup>) -> Made {
        let mut made = self.assemble(self.conditions.purpose, lines);
        if let Some((program, line)) = made.program.as_ref().zip(made.line.as_ref()) {
            made.diagnostics.extend(analysis::check(program, &line.graph));
        }
        made.finished()
    }

    /// The flow as its tests have it, or one of them with lines of its own, without what only the graph as a whole shows.
    #[must_use]
    pub fn make_for_tests<'a>(&'a self, own: impl IntoIterator<Item = &'a Setup>) -> Made {
        self.assemble(Purpose::Check, self.tests.head.iter().chain(own)).finished()
    }

    /// What is wrong with the flow as a test has it that has lines of its own: nothing is made of it.
    #[must_use]
    pub fn wrong_for_test<'a>(&'a self, own: impl IntoIterator<Item = &'a Setup>) -> Diagnostics {
        self.understood(Purpose::Check, self.tests.head.iter().chain(own)).diagnostics.sorted()
    }

    /// Whether a `given` line among these is about words, and not about a setting: with it the program is another one.
    #[must_use]
    pub fn is_about_words<'a>(program: &Program, lines: impl IntoIterator<Item = &'a Setup>) -> bool {
        let settings: HashSet<&str> = program.settings.iter().map(|setting| &*setting.name).collect();
        lines.into_iter().any(|line| match line {
            Setup::Given { name, .. } => !settings.contains(name.text.as_str()),
            _ => false,
        })
    }

    /// What is wrong with the `given` lines of the head of the tests, if they say nothing about words: then the program is
    /// the same with them, and need not be checked again.
    #[must_use]
    pub fn given(&self, program: &Program) -> Option<Diagnostics> {
        (!Self::is_about_words(program, &self.tests.head)).then(|| {
            let (overrides, mut found) = self.outside(&self.tests.head);
            found.extend(settings::resolve(program, &overrides, &self.conditions_for(Purpose::Check)).1);
            found
        })
    }

    /// A line even if something is wrong, as long as there is a graph.
    fn assemble<'a>(&self, purpose: Purpose, lines: impl IntoIterator<Item = &'a Setup>) -> Made {
        let Understood { diagnostics, program, settings } = self.understood(purpose, lines);
        let line = program.as_ref().zip(settings).map(|(program, settings)| {
            let version = version(&self.inputs, &settings);
            let graph = lower::lower(program, settings.values().to_vec(), &version);
            Line { graph, settings, inputs: self.inputs.clone() }
        });
        Made { diagnostics, program, line }
    }

    /// The checked program with its settings, as far as there are no errors.
    fn understood<'a>(&self, purpose: Purpose, lines: impl IntoIterator<Item = &'a Setup>) -> Understood {
        let (overrides, mut diagnostics) = self.outside(lines);
        let (program, problems) = check::check(&self.inputs.flow, &self.parsed.file, &overrides);
        diagnostics.extend(check::without_consequences(problems, &self.parsed.file, &self.parsed.diagnostics));
        let mut settings = None;
        if let Some(program) = &program {
            let (resolved, problems) = settings::resolve(program, &overrides, &self.conditions_for(purpose));
            diagnostics.extend(problems);
            settings = resolved;
        }
        Understood { diagnostics, program, settings }
    }

    /// All that is said about the flow from outside, with the `given` lines among these, and all that is wrong so far.
    fn outside<'a>(&self, lines: impl IntoIterator<Item = &'a Setup>) -> (Overrides, Diagnostics) {
        let mut found = self.found.clone();
        let (given, problems) = settings::given(lines);
        found.extend(problems);
        (Overrides { list: self.overrides.iter().cloned().chain(given).collect() }, found)
    }

    fn conditions_for(&self, purpose: Purpose) -> Conditions {
        Conditions { purpose, ..self.conditions.clone() }
    }
}

impl Made {
    /// No line with an error, and findings in the order of the text.
    fn finished(self) -> Self {
        let line = self.line.filter(|_| !self.diagnostics.has_errors());
        Self { line, diagnostics: self.diagnostics.sorted(), ..self }
    }
}

/// Hash of everything a caller could notice: the flow's text and every override that is no secret.
fn version(inputs: &Inputs, settings: &Settings) -> String {
    let mut hash = Sha256::new();
    let texts = [&Some(inputs.source.clone()), &inputs.settings, &inputs.given];
    for text in texts.into_iter().flatten() {
        hash.update(text.text.as_bytes());
        hash.update([0]);
    }
    hash.update(settings.digest_input().to_string().as_bytes());
    hash.update(env!("CARGO_PKG_VERSION").as_bytes());
    let digest = hash.finalize();
    digest.iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
