//! `ivrc test`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::environment::Surroundings;
use super::exit::Exit;
use super::messages::{Complaint, Messages};
use crate::compile::Draft;
use crate::project::{self, Project};
use crate::scenario::{self, Run, Verdict};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

/// Plays the tests of flows: calls written down in NAME.test.ivr beside NAME.ivr.
///
/// A test is a transcript: who does what, what is heard, what services are sent. Everybody in it is simulated, the
/// engine is the one that serves calls; time is virtual, waiting takes none. The flow's settings are those of NAME.toml
/// and of the `given` lines; the environment is not looked at, so that every run is the same.
///
/// The exit status is 0 if every test passed, 1 if one did not or the flow is wrong, and 2 if something could not be
/// tested at all.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Flows, and directories to search for them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests with this in their titles.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
    /// Show which edges of the flow's graph no test reaches.
    #[arg(long)]
    coverage: bool,
    /// Fail if less than this part of the edges is reached, in percent. Edges with a stated reason count as reached.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    at_least: Option<u8>,
}

pub(super) fn run(test: &Test, _: &Surroundings, messages: &Messages) -> Exit {
    match project::find(&test.paths) {
        Ok(found) => {
            let flows = found.flows.iter().map(|flow| one(test, flow, messages));
            flows.max().unwrap_or(Exit::Clean)
        }
        Err(trouble) => {
            messages.complain(&Complaint::from(trouble));
            Exit::Impossible
        }
    }
}

fn one(test: &Test, flow: &Project, messages: &Messages) -> Exit {
    let inputs = match flow.load(std::slice::from_ref(&flow.name)) {
        Ok(inputs) => inputs,
        Err(trouble) => {
            messages.complain(&trouble.into());
            return Exit::Impossible;
        }
    };
    let conditions = Conditions {
        purpose: Purpose::Serve,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    let draft = Draft::read(inputs, &conditions);
    let run = scenario::run(&draft, &test.filter);
    tell(&draft, &run, messages);
    if test.coverage {
        coverage(&draft, &run);
    }
    if run.passed() { Exit::Clean } else { Exit::Findings }
}

fn tell(draft: &Draft, run: &Run, messages: &Messages) {
    messages.findings(&run.found, &draft.sources);
    for verdict in &run.verdicts {
        let mark = if verdict.passed() { "ok  " } else { "FAIL" };
        line(&format!("{mark}  {}", verdict.title));
        if !verdict.passed() {
            messages.findings(&verdict.found, &draft.sources);
            transcript(verdict);
        }
    }
    let failed = run.verdicts.iter().filter(|verdict| !verdict.passed()).count();
    line(&format!("{} passed, {failed} failed", run.verdicts.len() - failed));
}

fn transcript(verdict: &Verdict) {
    let Some(first) = verdict.happened.first() else { return };
    for happening in &verdict.happened {
        let seconds = happening.at.duration_since(first.at).as_secs();
        line(&format!("  {:>3}:{:02}  {happening}", seconds / 60, seconds % 60));
    }
}

fn coverage(draft: &Draft, run: &Run) {
    for edge in run.coverage.missing() {
        let place = edge.place.map(|span| draft.sources.place(span)).unwrap_or_default();
        line(&format!("not reached: {}  {place}", edge.name()));
    }
    line(&format!("{} of {} edges reached, {} %", run.coverage.reached(), run.coverage.total(), run.coverage.percent()));
}

fn line(text: &str) {
    // Whoever reads may have seen enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}
