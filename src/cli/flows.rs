//! From files to lines that are ready to be called.

use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::messages::{Complaint, Messages};
use super::output::print;
use crate::canned::Canned;
use crate::compile::{self, Draft, Line, Made};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::program::Program;
use crate::project::{Beside, Project, Trouble};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::source::Sources;

/// A flow that was compiled, with its canned services if it has any.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) line: Line,
    pub(super) canned: Option<Canned>,
    /// What was found nevertheless: warnings.
    pub(super) found: Diagnostics,
    pub(super) sources: Sources,
}

/// Why a flow is not ready.
#[derive(Debug)]
pub(super) enum NotReady {
    /// A file cannot be read.
    Complaint(Complaint),
    /// Something is wrong in it.
    Found(Diagnostics, Sources),
}

/// Compiles a flow. `flows` are the names of all flows that share the environment.
pub(super) fn prepare(project: &Project, flows: &[String], conditions: &Conditions) -> Result<Ready, NotReady> {
    let inputs = project.load(flows)?;
    let has_tests = inputs.given.is_some();
    let compiled = compile::compile(inputs, conditions);
    let mut found = compiled.diagnostics;
    let mut canned = None;
    if let Some(program) = compiled.program.as_ref().filter(|_| has_tests) {
        let (services, problems) = Canned::new(&compiled.tests.head, &program.operations, &program.types);
        found.extend(problems);
        canned = Some(services);
    }
    match compiled.line {
        Some(line) if !found.has_errors() => Ok(Ready { line, canned, found, sources: compiled.sources }),
        _ => Err(NotReady::Found(found.sorted(), compiled.sources)),
    }
}

impl From<Complaint> for NotReady {
    fn from(complaint: Complaint) -> Self {
        Self::Complaint(complaint)
    }
}

impl From<Trouble> for NotReady {
    fn from(trouble: Trouble) -> Self {
        Self::Complaint(trouble.into())
    }
}

impl NotReady {
    /// Tells it.
    pub(super) fn tell(&self, messages: &Messages) {
        match self {
            Self::Complaint(complaint) => messages.complain(complaint),
            Self::Found(found, sources) => messages.findings(found, sources),
        }
    }
}

/// A flow of which something is shown.
pub(super) struct Shown {
    pub(super) draft: Draft,
    pub(super) program: Program,
    pub(super) line: Line,
}

/// Flows as they are served, to be shown: what tests are given is not given to them, and nothing travels anywhere.
pub(super) fn to_be_shown(flows: &mut [Project], environment: &Environment) -> Result<Vec<Shown>, NotReady> {
    let names: Vec<String> = flows.iter().map(|flow| flow.name.clone()).collect();
    let (purpose, plain_http, directory) = (Purpose::Check, PlainHttp::Anywhere, PathBuf::new());
    let conditions = Conditions { purpose, plain_http, environment: environment.clone(), directory };
    let mut shown = Vec::new();
    for flow in flows {
        flow.tests = Beside::Not;
        let draft = Draft::read(flow.load(&names)?, &conditions);
        match draft.make([]) {
            Made { program: Some(program), line: Some(line), .. } => shown.push(Shown { draft, program, line }),
            Made { diagnostics, .. } => return Err(NotReady::Found(diagnostics, draft.sources)),
        }
    }
    Ok(shown)
}

/// What is wrong with a test file without a flow.
pub(super) fn orphan(path: &Path) -> Diagnostics {
    let mut found = Diagnostics::new();
    let message = format!("there is no flow beside the test file `{}`", path.display());
    found.push(
        Diagnostic::new(Code::NoFlow, message).help("rename it after its flow: `NAME.test.ivr` beside `NAME.ivr`"),
    );
    found
}

/// Prints what is shown, or tells why there is nothing.
pub(super) fn show(text: Result<String, NotReady>, messages: &Messages) -> Exit {
    match text.and_then(|text| Ok(print(&text)?)) {
        Ok(()) => Exit::Clean,
        Err(not_ready) => {
            not_ready.tell(messages);
            Exit::Impossible
        }
    }
}

/// Other settings than those beside the flow: they can only be those of one flow.
pub(super) fn use_settings(flows: &mut [Project], settings: Option<&PathBuf>) -> Result<(), Complaint> {
    let Some(settings) = settings else { return Ok(()) };
    match flows {
        [only] => {
            only.settings = Beside::Certainly(settings.clone());
            Ok(())
        }
        _ => Err(Complaint::new(
            format!("`{}` cannot hold the settings of {} flows", settings.display(), flows.len()),
            "name one flow with `--settings`, or put a `NAME.toml` beside each",
        )),
    }
}

/// Other canned services than those beside the flow: they can only be those of one flow.
pub(super) fn use_stubs(flows: &mut [Project], stubs: Option<&Path>) -> Result<(), Complaint> {
    let Some(stubs) = stubs else { return Ok(()) };
    match flows {
        [only] => {
            only.tests = Beside::Certainly(stubs.to_owned());
            Ok(())
        }
        _ => Err(Complaint::new(
            format!("`{}` cannot hold the stubs of {} flows", stubs.display(), flows.len()),
            "name one flow with `--stubs`, or put a `NAME.test.ivr` beside each",
        )),
    }
}

/// What can be printed of one flow only.
pub(super) fn only_one(flows: &[Project], what: &str, help: &str) -> Result<(), Complaint> {
    match flows {
        [_] => Ok(()),
        _ => Err(Complaint::new(format!("{what} for {} flows", flows.len()), help)),
    }
}
