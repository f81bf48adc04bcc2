//! From files to lines that are ready to be called.

use std::path::{Path, PathBuf};

use super::messages::{Complaint, Messages};
use crate::canned::Canned;
use crate::compile::{self, Line};
use crate::diagnostic::Diagnostics;
use crate::project::{Beside, Project};
use crate::settings::Conditions;
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
    let inputs = project.load(flows).map_err(|trouble| NotReady::Complaint(trouble.into()))?;
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

impl NotReady {
    /// Tells it.
    pub(super) fn tell(&self, messages: &Messages) {
        match self {
            Self::Complaint(complaint) => messages.complain(complaint),
            Self::Found(found, sources) => messages.findings(found, sources),
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
