//! `ivrc check`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows;
use super::messages::{Complaint, Messages};
use super::report::{self, Format};
use crate::analysis;
use crate::compile::{Draft, Inputs, Line, Made};
use crate::diagnostic::report::{Checked, Known, Report};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::program::Program;
use crate::project::{self, Project, Trouble};
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
    /// Tell of every flow without errors what is known about it: how long callers can be held and hear nothing, whom
    /// it lets in, where its secrets go. On stdout, in the formats `human` and `json`.
    #[arg(long)]
    facts: bool,
    /// What counts as an error, too: `warnings` for all of them, or the code of one, like `IVR902`.
    #[arg(long, value_name = "WHAT", value_parser = Deny::parse)]
    deny: Vec<Deny>,
    /// A warning that is meant to be so, and is not reported: its code, like `IVR911`.
    #[arg(long, value_name = "CODE", value_parser = warning)]
    allow: Vec<Code>,
    /// How findings are told.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deny {
    Warnings,
    One(Code),
}

impl Deny {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "warnings" { Ok(Self::Warnings) } else { warning(text).map(Self::One) }
    }

    fn includes(self, code: Code) -> bool {
        self == Self::Warnings || self == Self::One(code)
    }
}

/// The code of a warning.
fn warning(text: &str) -> Result<Code, String> {
    match Code::parse(text) {
        Some(code) if code.severity() == Severity::Warning => Ok(code),
        Some(code) => Err(format!("{code} is an error, whatever is asked for")),
        None => Err("no such code; `ivrc explain` lists them".to_owned()),
    }
}

pub(super) fn run(check: &Check, surroundings: &Surroundings, messages: &Messages) -> Exit {
    let found = match prepare(check, surroundings) {
        Ok(work) => work.look(),
        Err(complaint) => Report { failures: vec![complaint.into()], ..Report::default() },
    };
    report::tell(&found, check.format, messages)
}

/// What is to be checked.
struct Work<'a> {
    flows: Vec<Project>,
    orphans: Vec<PathBuf>,
    troubles: Vec<Trouble>,
    conditions: Conditions,
    deny: &'a [Deny],
    allow: &'a [Code],
    facts: bool,
}

fn prepare<'a>(check: &'a Check, surroundings: &Surroundings) -> Result<Work<'a>, Complaint> {
    let mut found = project::look(&check.paths);
    flows::use_settings(&mut found.flows, check.settings.as_ref())?;
    let purpose = if check.settings.is_some() { Purpose::Complete } else { Purpose::Check };
    Ok(Work {
        flows: found.flows,
        orphans: found.orphans,
        troubles: found.troubles,
        conditions: conditions(purpose, surroundings.of_flows()?),
        deny: &check.deny,
        allow: &check.allow,
        facts: check.facts,
    })
}

fn conditions(purpose: Purpose, environment: Environment) -> Conditions {
    Conditions { purpose, plain_http: PlainHttp::Never, environment, directory: PathBuf::new() }
}

impl Work<'_> {
    fn look(self) -> Report {
        let names: Vec<String> = self.flows.iter().map(|flow| flow.name.clone()).collect();
        let troubles = self.troubles.iter().cloned().map(|trouble| Complaint::from(trouble).into());
        let mut report = Report { failures: troubles.collect(), ..Report::default() };
        for path in &self.orphans {
            report.checked.push(self.checked(path, &flows::orphan(path), Sources::new()));
        }
        for flow in &self.flows {
            match flow.load(&names) {
                Ok(inputs) => {
                    let looked = findings(inputs, &self.conditions);
                    let known = if self.facts { looked.known() } else { None };
                    let checked = self.checked(&flow.flow, &looked.found, looked.sources);
                    report.checked.push(Checked { known, ..checked });
                }
                Err(trouble) => report.failures.push(Complaint::from(trouble).into()),
            }
        }
        report
    }

    fn checked(&self, path: &Path, found: &Diagnostics, sources: Sources) -> Checked {
        Checked { file: path.display().to_string(), found: self.judged(found), sources, known: None }
    }

    /// The findings without those that are allowed, and with those that are denied as errors.
    fn judged(&self, found: &Diagnostics) -> Diagnostics {
        let mut judged = Diagnostics::new();
        for diagnostic in found.iter().filter(|diagnostic| !self.allow.contains(&diagnostic.code)) {
            let denied = self.deny.iter().any(|deny| deny.includes(diagnostic.code));
            let severity = if denied { Severity::Error } else { diagnostic.severity };
            judged.push(Diagnostic { severity, ..diagnostic.clone() });
        }
        judged
    }
}

/// A flow that was looked at.
struct Looked {
    /// Everything wrong with it.
    found: Diagnostics,
    sources: Sources,
    /// The flow with its settings as they will be.
    served: Made,
}

impl Looked {
    /// What is known about the flow, if there is no error in it.
    fn known(&self) -> Option<Known> {
        let (program, line) = self.served.program.as_ref().zip(self.served.line.as_ref())?;
        let facts = analysis::facts(program, &line.graph, &self.sources)?;
        Some(Known { text: facts.to_string(), data: serde_json::to_value(&facts).unwrap_or_default() })
    }
}

/// Checks a flow with its settings as they will be, and with its tests, whose `given` lines hide nothing of what is
/// wrong.
fn findings(inputs: Inputs, conditions: &Conditions) -> Looked {
    let has_tests = inputs.given.is_some();
    let (draft, served) = Draft::read_while(inputs, conditions, |draft| draft.make([]));
    let mut found = served.diagnostics.clone();
    if has_tests {
        found.extend(of_tests(&draft, &served));
    }
    Looked { found: found.sorted(), sources: draft.sources, served }
}

/// What is wrong with the tests of a flow.
fn of_tests(draft: &Draft, served: &Made) -> Diagnostics {
    if let Some(program) = &served.program
        && let Some(mut found) = draft.given(program)
    {
        found.extend(unplayed(draft, program, served.line.as_ref()));
        return found;
    }
    let Made { diagnostics: mut found, program, line } = draft.make_for_tests([]);
    if let Some(program) = &program {
        found.extend(unplayed(draft, program, line.as_ref()));
    }
    found
}

/// What is wrong with tests of this program that is known without playing them.
fn unplayed(draft: &Draft, program: &Program, line: Option<&Line>) -> Diagnostics {
    let mut found = scenario::check(&draft.tests, program);
    found.extend(scenario::words(draft, program));
    if let Some(line) = line {
        found.extend(scenario::no_such_edges(&line.graph, &draft.tests.head));
    }
    found
}
