//! Flows, settings and test files of the pages, compiled in this process.

use std::collections::BTreeMap;

use ivrc::canned::Canned;
use ivrc::compile::{self, Compilation, Draft, Inputs, Text};
use ivrc::diagnostic::render::{Style, render};
use ivrc::diagnostic::{Code, Diagnostic};
use ivrc::scenario;
use ivrc::settings::{Conditions, Environment, PlainHttp, Purpose};

use super::documents;
use super::page::{Block, Page};
use super::{Problem, root};

/// What a part of a flow is put into if its page has no frame for it.
const ITEMS: &str = "@@\nscene main { hang up }\n";
const STEPS: &str = "scene main {\n@@\nhang up\n}\n";

/// The kinds of blocks that need nothing done here.
const SHOWN: [&str; 3] = ["console", "sh", "text"];

/// Options by kind of block.
const OPTIONS: [(&str, &[&str]); 9] = [
    ("ivr", &["file", "fails"]),
    ("ivr-items", &["fails"]),
    ("ivr-steps", &["fails"]),
    ("toml", &["file", "for", "fails", "serve"]),
    ("env", &["for", "fails", "serve"]),
    ("test-ivr", &["file", "for", "fails"]),
    ("json", &["file"]),
    ("xml", &["of", "keys"]),
    ("sh", &[]),
];

/// Files that the pages of the book may name without giving them.
const FLOWS: [&str; 2] = ["flows/xmatters.ivr", "examples/hello.ivr"];

/// The problems of a page.
pub(crate) fn check(page: &Page) -> Vec<Problem> {
    let mut reading = Reading { page, files: BTreeMap::new(), frames: BTreeMap::new(), problems: Vec::new() };
    for block in &page.blocks {
        reading.block(block);
    }
    reading.problems
}

struct Reading<'a> {
    page: &'a Page,
    /// The page's named flows so far, by flow.
    files: BTreeMap<String, String>,
    frames: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn wrong(&mut self, block: &Block, what: impl Into<String>) {
        self.problems.push((self.page.path.clone(), block.line, what.into()));
    }

    fn block(&mut self, block: &Block) {
        if block.hidden {
            if !matches!(block.kind.as_str(), "ivr-items" | "ivr-steps")
                || !block.text.lines().any(|l| l.trim() == "@@")
            {
                self.wrong(block, "a comment over several lines must be a frame: `<!-- ivr-steps` with a line `@@`");
            }
            self.frames.insert(block.kind.clone(), block.text.clone());
            return;
        }
        let allowed = OPTIONS.iter().find(|(kind, _)| *kind == block.kind).map_or(&[][..], |(_, options)| options);
        for (option, _) in &block.options {
            if !allowed.contains(&option.as_str()) {
                self.wrong(block, format!("blocks `{}` have no option `{option}`", block.kind));
            }
        }
        match block.kind.as_str() {
            "ivr" => self.flow(block),
            "ivr-items" => self.part(block, ITEMS),
            "ivr-steps" => self.part(block, STEPS),
            "toml" | "env" | "test-ivr" => self.beside(block),
            "json" => {
                if let Err(error) = serde_json::from_str::<serde_json::Value>(&block.text) {
                    self.wrong(block, error.to_string());
                }
            }
            "xml" => self.document(block),
            kind if SHOWN.contains(&kind) => {}
            kind => self.wrong(block, format!("unknown kind of block `{kind}`")),
        }
    }

    fn flow(&mut self, block: &Block) {
        let flow = match block.option("file").map(|file| (file, file.strip_suffix(".ivr"))) {
            None => "page",
            Some((_, Some(flow))) => flow,
            Some((file, None)) => return self.wrong(block, format!("`{file}` does not end in `.ivr`")),
        };
        self.files.insert(flow.to_owned(), block.text.clone());
        let compilation = compile(flow, &block.text, Beside::default());
        self.compare(block, &compilation, |_| true);
    }

    fn part(&mut self, block: &Block, frame: &str) {
        let frame = self.frames.get(&block.kind).map_or(frame, String::as_str);
        let text: String = frame
            .lines()
            .map(|line| if line.trim() == "@@" { block.text.clone() } else { format!("{line}\n") })
            .collect();
        let compilation = compile("page", &text, Beside::default());
        // The frame need not use all of the part, nor the part all of the frame.
        let counts = |code: Code| !matches!(code, Code::NeverUsed | Code::NeverEntered);
        self.compare(block, &compilation, counts);
    }

    fn beside(&mut self, block: &Block) {
        let Some(flow) = block.option("for") else { return self.wrong(block, "for which flow? write `for=NAME`") };
        let Some(text) = self.files.get(flow).cloned().or_else(|| shipped(flow)) else {
            return self.wrong(block, format!("there is no flow `{flow}` above or in the repository"));
        };
        let serve = block.option("serve").is_some();
        let mut beside = Beside { serve, ..Beside::default() };
        match block.kind.as_str() {
            "toml" => beside.settings = Some(block.text.clone()),
            "test-ivr" => beside.given = Some(block.text.clone()),
            _ => {
                for line in block.text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
                    let Some((name, value)) = line.split_once('=') else {
                        return self.wrong(block, format!("not `NAME=VALUE`: {line}"));
                    };
                    let value = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')).unwrap_or(value);
                    beside.environment.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        let tested = beside.given.is_some().then(|| Beside { serve: true, ..beside.clone() });
        let mut compilation = compile(flow, &text, beside);
        if let Some(program) = &compilation.program {
            let (_, problems) = Canned::new(&compilation.tests.head, &program.operations, &program.types);
            compilation.diagnostics.extend(problems);
        }
        if let Some(tested) = tested.filter(|_| !compilation.tests.scenarios.is_empty()) {
            // Tests are played.
            let draft = Draft::read(inputs(flow, &text, &tested), &conditions(&tested));
            let run = scenario::run(&draft, &[]);
            compilation.diagnostics.extend(run.found);
            run.verdicts.into_iter().for_each(|verdict| compilation.diagnostics.extend(verdict.found));
        }
        self.compare(block, &compilation, |_| true);
    }

    /// A document, which is the answer of a flow to the keys of a caller.
    fn document(&mut self, block: &Block) {
        let shown = match documents::in_order(&block.text) {
            Ok(shown) => shown,
            Err(error) => return self.wrong(block, error),
        };
        let Some(flow) = block.option("of") else { return };
        let Some(text) = self.files.get(flow).cloned().or_else(|| shipped(flow)) else {
            return self.wrong(block, format!("there is no flow `{flow}` above or in the repository"));
        };
        let Some(line) = compile(flow, &text, Beside::default()).line else {
            return self.wrong(block, format!("`{flow}` does not compile"));
        };
        let answer = documents::answer(&line.graph, block.option("keys").unwrap_or_default());
        if documents::in_order(&answer).as_ref() != Ok(&shown) {
            self.wrong(block, format!("the answer is\n{answer}"));
        }
    }

    fn compare(&mut self, block: &Block, compilation: &Compilation, counts: impl Fn(Code) -> bool) {
        let found: Vec<&Diagnostic> = compilation.diagnostics.iter().filter(|d| counts(d.code)).collect();
        let shown: Vec<String> =
            found.iter().map(|finding| render(finding, &compilation.sources, Style::default())).collect();
        let shown = shown.join("\n");
        match block.option("fails") {
            None if found.is_empty() => {}
            None => self.wrong(block, format!("should be clean, but:\n{shown}")),
            Some(code) if found.is_empty() => self.wrong(block, format!("should give {code}, but is clean")),
            Some(code) if found.iter().all(|finding| finding.code.to_string() == code) => {}
            Some(code) => self.wrong(block, format!("should give {code} and nothing else, but:\n{shown}")),
        }
    }
}

/// A flow of the repository.
pub(crate) fn shipped(flow: &str) -> Option<String> {
    let path = FLOWS.into_iter().find(|path| path.ends_with(&format!("/{flow}.ivr")))?;
    std::fs::read_to_string(root().join(path)).ok()
}

/// What stands beside a flow.
#[derive(Default, Clone)]
pub(crate) struct Beside {
    pub(crate) settings: Option<String>,
    pub(crate) given: Option<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) serve: bool,
}

pub(crate) fn compile(flow: &str, text: &str, beside: Beside) -> Compilation {
    compile::compile(inputs(flow, text, &beside), &conditions(&beside))
}

fn inputs(flow: &str, text: &str, beside: &Beside) -> Inputs {
    let named = |suffix: &'static str| move |text: String| Text { name: format!("{flow}{suffix}"), text };
    Inputs {
        settings: beside.settings.clone().map(named(".toml")),
        given: beside.given.clone().map(named(".test.ivr")),
        ..Inputs::alone(flow, text)
    }
}

fn conditions(beside: &Beside) -> Conditions {
    Conditions {
        purpose: if beside.serve { Purpose::Serve } else { Purpose::Check },
        plain_http: PlainHttp::Never,
        environment: Environment::new(beside.environment.clone()),
        directory: root().to_owned(),
    }
}
