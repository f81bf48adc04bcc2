//! Everything that reads texts, one after the other: parser, checker, settings, graph, canned services, tests; and then
//! every finding is drawn.

use std::path::PathBuf;

use ivrc::canned::Canned;
use ivrc::compile::{Draft, Inputs, Text};
use ivrc::diagnostic::Diagnostics;
use ivrc::diagnostic::render::{Style, render, summary};
use ivrc::graph::ways::shown;
use ivrc::scenario;
use ivrc::settings::{Conditions, Environment, PlainHttp, Purpose};
use ivrc::source::Sources;

/// As much as the threads of a server have, which read flows while it runs; the main thread has more.
const STACK: usize = 2 * 1024 * 1024;
/// So many findings of a text are drawn.
const DRAWN: usize = 200;

/// The texts of one flow.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    pub(super) flow: String,
    pub(super) tests: Option<String>,
    pub(super) settings: Option<String>,
}

/// Feeds the texts to everything. Panics if something panics, or if a finding does not point into a text. What was found.
pub(super) fn feed(texts: &Texts) -> Diagnostics {
    let texts = texts.clone();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || all(texts)).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn all(texts: Texts) -> Diagnostics {
    let draft = read(texts);
    let made = draft.make(&draft.tests.head);
    let mut found = made.diagnostics;
    found.extend(draft.make([]).diagnostics);
    if let Some(program) = &made.program {
        let (_, problems) = Canned::new(&draft.tests.head, &program.operations, &program.types);
        found.extend(problems);
        found.extend(scenario::check(&draft.tests, program));
    }
    if let Some(line) = &made.line {
        for id in line.graph.reachable() {
            for (way, to) in line.graph.ways(id) {
                assert!(line.graph.node(to).is_some());
                assert!(!shown(&line.graph, (id, way)).is_empty());
            }
        }
    }
    drawn(&found, &draft.sources);
    found
}

/// The texts, read as those of one flow.
pub(super) fn read(texts: Texts) -> Draft {
    let named = |name: &str| {
        let name = name.to_owned();
        move |text| Text { name, text }
    };
    let inputs = Inputs {
        settings: texts.settings.map(named("flow.toml")),
        given: texts.tests.map(named("flow.test.ivr")),
        ..Inputs::alone("flow", texts.flow)
    };
    let conditions = Conditions {
        purpose: Purpose::Check,
        plain_http: PlainHttp::Never,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    Draft::read(inputs, &conditions)
}

/// Draws findings, each of which must point into a text.
pub(super) fn drawn(found: &Diagnostics, sources: &Sources) {
    for finding in found.iter().take(DRAWN) {
        for label in &finding.labels {
            let source = sources.get(label.span.source).unwrap_or_else(|| panic!("no such text: {finding:?}"));
            // Where a small repair replaced a word, a keyword's length is that of the repair: whole characters are shown.
            let shown = source.text.get(source.shown(label.span)).is_some();
            let inside = shown && label.span.range().end <= source.text.len();
            assert!(inside, "not in {}: {finding:?}\n{}", source.name, source.text);
        }
        assert!(!render(finding, sources, Style::default()).is_empty());
    }
    assert!(!summary(found).is_empty());
}
