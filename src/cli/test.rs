//! `ivrc test`.

mod shown;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::messages::{Complaint, Messages};
use crate::compile::Draft;
use crate::project::{self, Project};
use crate::scenario::report::{self, Tested};
use crate::scenario::{self, Run};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use shown::{Sheet, print};

/// Plays the tests of flows: calls written down in NAME.test.ivr beside NAME.ivr.
///
/// A test is a transcript: who does what, what is heard, what services are sent. Everybody in it is simulated, the
/// engine is the one that serves calls; time is virtual, waiting takes none. The settings are those of the flow, of
/// NAME.toml and of the `given` lines; the environment is not looked at, so that every run is the same.
///
/// The exit status is 0 if every test passed, 1 if one did not, if a flow is wrong or too little is covered, and 2 if
/// something could not be tested at all.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Flows, and directories to search for them (the current one, if none is named); everything else is a part of the
    /// titles of the tests that are wanted.
    #[arg(value_name = "PATH|FILTER")]
    words: Vec<String>,
    /// Tell which edges of the flow's graph tests reach: on stdout with the verdicts, or in a file: `html`, `lcov` or
    /// `json`, and perhaps its name, as in `--coverage=html:reached.html`.
    #[arg(long, value_name = "FORMAT[:FILE]", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    coverage: Option<Report>,
    /// Fail if tests reach less than this part of the edges, in percent. An edge counts as reached if the head of the
    /// test file says why it is not: `unreached "EDGE" because "…"`.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    at_least: Option<u8>,
    /// How verdicts are printed on stdout.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each test; of one that failed its findings on stderr, and what happened.
    Human,
    /// JUnit XML.
    Junit,
    /// JSON.
    Json,
}

/// Where coverage is told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Report {
    Text,
    File(Document, PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Document {
    Html,
    Lcov,
    Json,
}

impl FromStr for Report {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once(':').map_or((text, None), |(format, file)| (format, Some(file)));
        let (document, usual) = match format {
            "text" if file.is_none() => return Ok(Self::Text),
            "html" => (Document::Html, "coverage.html"),
            "lcov" => (Document::Lcov, "lcov.info"),
            "json" => (Document::Json, "coverage.json"),
            _ => return Err("it is one of `html`, `lcov`, `json`, each perhaps with `:FILE`".to_owned()),
        };
        Ok(Self::File(document, PathBuf::from(file.unwrap_or(usual))))
    }
}

pub(super) fn run(test: &Test, messages: &Messages) -> Exit {
    match flows(test) {
        Ok((flows, filter)) => all(test, &flows, &filter, messages),
        Err(complaint) => {
            messages.complain(&complaint);
            Exit::Impossible
        }
    }
}

/// The flows that are meant, and what the titles of their tests must contain.
fn flows(test: &Test) -> Result<(Vec<Project>, Vec<String>), Complaint> {
    let is_path =
        |word: &&String| Path::new(word).extension().is_some_and(|end| end == "ivr") || Path::new(word).exists();
    let (paths, filter): (Vec<&String>, Vec<&String>) = test.words.iter().partition(is_path);
    let mut paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    Ok((project::find(&paths)?.flows, filter.into_iter().cloned().collect()))
}

fn all(test: &Test, flows: &[Project], filter: &[String], messages: &Messages) -> Exit {
    let mut exit = Exit::Clean;
    let mut played: Vec<(&Project, Draft, Run)> = Vec::new();
    for flow in flows {
        match draft(flow) {
            Ok(draft) => {
                let run = scenario::run(&draft, filter);
                played.push((flow, draft, run));
            }
            Err(complaint) => {
                messages.complain(&complaint);
                exit = Exit::Impossible;
            }
        }
    }
    let tested: Vec<Tested<'_>> =
        played.iter().map(|(flow, draft, run)| Tested { flow: &flow.name, sources: &draft.sources, run }).collect();
    if tested.iter().all(|tested| tested.run.verdicts.is_empty() && !tested.run.found.has_errors()) {
        messages.complain(&nothing(filter));
        return Exit::Impossible;
    }
    match test.format {
        Format::Human => Sheet { test, messages }.show(&tested),
        Format::Junit => print(&report::junit(&tested)),
        Format::Json => print(&report::json(&tested)),
    }
    if let Some(Report::File(document, path)) = &test.coverage {
        exit = exit.max(write(*document, path, &tested, messages));
    }
    exit.max(verdict(test, &tested, messages))
}

fn draft(flow: &Project) -> Result<Draft, Complaint> {
    let inputs = flow.load(std::slice::from_ref(&flow.name))?;
    let conditions = Conditions {
        purpose: Purpose::Serve,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    Ok(Draft::read(inputs, &conditions))
}

fn nothing(filter: &[String]) -> Complaint {
    match filter.first() {
        Some(filter) => Complaint::new(
            format!("no test has `{filter}` in its title"),
            "name a part of a title, or leave it out to play all tests",
        ),
        None => Complaint::new("there are no tests", "write them in `NAME.test.ivr` beside `NAME.ivr`"),
    }
}

/// Whether everything is as it should be; what is not covered enough is said.
fn verdict(test: &Test, tested: &[Tested<'_>], messages: &Messages) -> Exit {
    let mut exit = if tested.iter().all(|tested| tested.run.passed()) { Exit::Clean } else { Exit::Findings };
    for tested in tested.iter().filter(|tested| tested.run.coverage.total() > 0) {
        let percent = tested.run.coverage.percent();
        if test.at_least.is_some_and(|least| percent < usize::from(least)) {
            let message = format!("tests reach {percent} % of the edges of `{}`", tested.flow);
            let help = "`--coverage` lists those that are missing: test them, or say why not: `unreached \"EDGE\" because \"…\"`";
            messages.complain(&Complaint::new(message, help));
            exit = exit.max(Exit::Findings);
        }
    }
    exit
}

fn write(document: Document, path: &Path, tested: &[Tested<'_>], messages: &Messages) -> Exit {
    let text = match document {
        Document::Html => report::html(tested),
        Document::Lcov => report::lcov(tested),
        Document::Json => report::coverage_json(tested),
    };
    match std::fs::write(path, text) {
        Ok(()) => {
            messages.line(&format!("coverage: {}", path.display()));
            Exit::Clean
        }
        Err(error) => {
            messages.complain(&Complaint::plain(format!("cannot write `{}`: {error}", path.display())));
            Exit::Impossible
        }
    }
}
