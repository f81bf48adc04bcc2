//! `ivrc check`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows;
use super::messages::{Complaint, Messages};
use crate::canned::Canned;
use crate::compile::{self, Compilation, Inputs};
use crate::diagnostic::render::summary;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::project::{self, Project};
use crate::scenario;
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::source::Sources;

/// Finds mistakes before a caller does: in flows, their settings, the environment and the canned services of their
/// tests.
///
/// Of each flow NAME.ivr, what stands beside it is checked with it: its settings NAME.toml, and its tests
/// NAME.test.ivr, which are not played. Variables `IVR_<NAME>_<SETTING>` of the environment are settings, too.
///
/// The exit status is 0 if there is nothing wrong (warnings aside), 1 if there is, and 2 if something could not be
/// checked at all.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Flows, and directories to search for them; the current one, if none is named.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,
    /// Check with these settings instead of NAME.toml; then every setting must have a value. For one flow only.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// What counts as an error, too.
    #[arg(long, value_name = "WHAT", value_enum)]
    deny: Vec<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Every warning.
    Warnings,
}

pub(super) fn run(check: &Check, surroundings: &Surroundings, messages: &Messages) -> Exit {
    match prepare(check, surroundings) {
        Ok(work) => work.run(messages),
        Err(complaint) => {
            messages.complain(&complaint);
            Exit::Impossible
        }
    }
}

/// What is to be checked.
struct Work {
    flows: Vec<Project>,
    orphans: Vec<PathBuf>,
    conditions: Conditions,
    deny_warnings: bool,
}

fn prepare(check: &Check, surroundings: &Surroundings) -> Result<Work, Complaint> {
    let mut found = project::find(&check.paths)?;
    flows::use_settings(&mut found.flows, check.settings.as_ref())?;
    let purpose = if check.settings.is_some() { Purpose::Complete } else { Purpose::Check };
    Ok(Work {
        flows: found.flows,
        orphans: found.orphans,
        conditions: conditions(purpose, surroundings.of_flows()?),
        deny_warnings: check.deny.contains(&Deny::Warnings),
    })
}

fn conditions(purpose: Purpose, environment: Environment) -> Conditions {
    Conditions { purpose, plain_http: PlainHttp::Never, environment, directory: PathBuf::new() }
}

impl Work {
    fn run(&self, messages: &Messages) -> Exit {
        let names: Vec<String> = self.flows.iter().map(|flow| flow.name.clone()).collect();
        let mut exit = Exit::Clean;
        for path in &self.orphans {
            exit = exit.max(self.tell(path, &orphan(path), &Sources::new(), messages));
        }
        for flow in &self.flows {
            let told = match flow.load(&names) {
                Ok(inputs) => {
                    let (found, sources) = findings(inputs, &self.conditions);
                    self.tell(&flow.flow, &found, &sources, messages)
                }
                Err(trouble) => {
                    messages.complain(&trouble.into());
                    Exit::Impossible
                }
            };
            exit = exit.max(told);
        }
        exit
    }

    fn tell(&self, path: &Path, found: &Diagnostics, sources: &Sources, messages: &Messages) -> Exit {
        let found = if self.deny_warnings { raised(found) } else { found.clone() };
        messages.findings(&found, sources);
        messages.line(&format!("{}: {}", path.display(), summary(&found)));
        if found.has_errors() { Exit::Findings } else { Exit::Clean }
    }
}

/// Every warning as an error.
fn raised(found: &Diagnostics) -> Diagnostics {
    let mut raised = Diagnostics::new();
    for diagnostic in found {
        raised.push(Diagnostic { severity: Severity::Error, ..diagnostic.clone() });
    }
    raised
}

/// A test file without a flow.
fn orphan(path: &Path) -> Diagnostics {
    let mut found = Diagnostics::new();
    let message = format!("there is no flow beside the test file `{}`", path.display());
    found.push(
        Diagnostic::new(Code::NoFlow, message).help("rename it after its flow: `NAME.test.ivr` beside `NAME.ivr`"),
    );
    found
}

/// Everything wrong with a flow, with its settings as they will be, and with its tests, whose `given` lines hide none
/// of that.
fn findings(inputs: Inputs, conditions: &Conditions) -> (Diagnostics, Sources) {
    if inputs.given.is_none() {
        let compiled = compile::compile(inputs, conditions);
        return (compiled.diagnostics, compiled.sources);
    }
    let served = compile::compile(Inputs { given: None, ..inputs.clone() }, conditions);
    // Sources are added in the same order, the test file last: places of the one are places of the other.
    let Compilation { sources, diagnostics, tests, program, .. } =
        compile::compile(inputs, &self::conditions(Purpose::Check, conditions.environment.clone()));
    let mut found = served.diagnostics;
    found.extend(diagnostics);
    if let Some(program) = &program {
        let (_, problems) = Canned::new(&tests.head, &program.operations, &program.types);
        found.extend(problems);
        found.extend(scenario::check(&tests, program));
    }
    (found.sorted(), sources)
}
