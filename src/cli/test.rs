//! `ivrc test`.

mod shown;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::flows;
use super::messages::{Complaint, Messages};
use super::output::print;
use crate::compile::Draft;
use crate::project::{self, Found, Project};
use crate::scenario::report::{self, Tested, Trouble, TroubleKind};
use crate::scenario::{self, Run};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::source::Sources;
use shown::Sheet;

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
    /// Tell which edges of the flow's graph tests reach: on stdout with the verdicts (JUnit XML has no place for it), or
    /// in a file: `html`, `lcov` or `json`, and perhaps its name, as in `--coverage=html:reached.html`.
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
    let exit = wanted(test).and_then(|(found, filter)| all(test, &found, &filter, messages));
    exit.unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    })
}

/// The flows that are meant, and what the titles of their tests must contain.
fn wanted(test: &Test) -> Result<(Found, Vec<String>), Complaint> {
    if test.format == Format::Junit && test.coverage == Some(Report::Text) {
        let help = "name a file for it, as in `--coverage=html`, or print verdicts as JSON";
        return Err(Complaint::new("JUnit XML has no place for coverage", help));
    }
    let is_path =
        |word: &&String| Path::new(word).extension().is_some_and(|end| end == "ivr") || Path::new(word).exists();
    let (paths, filter): (Vec<&String>, Vec<&String>) = test.words.iter().partition(is_path);
    let mut paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    Ok((project::find(&paths)?, filter.into_iter().cloned().collect()))
}

/// A flow whose tests were played, if they could be.
#[derive(Default)]
struct Played {
    flow: String,
    sources: Sources,
    run: Run,
    troubles: Vec<Trouble>,
}

fn all(test: &Test, found: &Found, filter: &[String], messages: &Messages) -> Result<Exit, Complaint> {
    let orphans = found.orphans.iter().map(|path| orphan(path));
    let played: Vec<Played> = orphans.chain(found.flows.iter().map(|flow| play(test, flow, filter))).collect();
    let tested: Vec<Tested<'_>> = played.iter().map(Played::tested).collect();
    if tested.iter().all(|tested| tested.run.verdicts.is_empty() && tested.is_well()) {
        return Err(nothing(filter));
    }
    match test.format {
        Format::Human => Sheet { test, messages }.show(&tested)?,
        Format::Junit => print(&report::junit(&tested))?,
        Format::Json => print(&report::json(&tested, test.coverage == Some(Report::Text)))?,
    }
    if let Some(Report::File(document, path)) = &test.coverage {
        write(*document, path, &tested, messages)?;
    }
    for trouble in played.iter().flat_map(|played| &played.troubles) {
        messages.complain(&trouble.failure.clone().into());
    }
    Ok(tested.iter().map(exit).max().unwrap_or(Exit::Clean))
}

impl Played {
    fn tested(&self) -> Tested<'_> {
        let Self { flow, sources, run, troubles } = self;
        Tested { flow, sources, run, troubles }
    }
}

/// A test file without a flow.
fn orphan(path: &Path) -> Played {
    let run = Run { found: flows::orphan(path), ..Run::default() };
    Played { flow: path.display().to_string(), run, ..Played::default() }
}

fn play(test: &Test, flow: &Project, filter: &[String]) -> Played {
    let mut played = Played { flow: flow.name.clone(), ..Played::default() };
    match draft(flow) {
        Ok(draft) => {
            played.run = scenario::run(&draft, filter);
            played.sources = draft.sources;
            played.troubles.extend(uncovered(test, &flow.name, &played.run));
        }
        Err(complaint) => played.troubles.push(Trouble { kind: TroubleKind::Unreadable, failure: complaint.into() }),
    }
    played
}

fn draft(flow: &Project) -> Result<Draft, Complaint> {
    let inputs = flow.load(std::slice::from_ref(&flow.name))?;
    let conditions = Conditions {
        purpose: Purpose::Test,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    Ok(Draft::read(inputs, &conditions))
}

fn nothing(filter: &[String]) -> Complaint {
    let is_format = |word: &&String| word.parse::<Report>().is_ok();
    match (filter.first(), filter.iter().find(is_format)) {
        (Some(_), Some(format)) => Complaint::new(
            format!("no test has `{format}` in its title"),
            format!("for coverage write `--coverage={format}`; for tests a part of a title"),
        ),
        (Some(filter), None) => Complaint::new(
            format!("no test has `{filter}` in its title"),
            "name a part of a title, or leave it out to play all tests",
        ),
        (None, _) => Complaint::new("there are no tests", "write them in `NAME.test.ivr` beside `NAME.ivr`"),
    }
}

/// What is said if tests reach too little of a flow.
fn uncovered(test: &Test, flow: &str, run: &Run) -> Option<Trouble> {
    let percent = run.coverage.percent();
    let is_enough = test.at_least.is_none_or(|least| percent >= usize::from(least));
    if run.coverage.total() == 0 || is_enough {
        return None;
    }
    let message = format!("tests reach {percent} % of the edges of `{flow}`");
    let help =
        "`--coverage` lists those that are missing: test them, or say why not: `unreached \"EDGE\" because \"…\"`";
    Some(Trouble { kind: TroubleKind::Uncovered, failure: Complaint::new(message, help).into() })
}

/// What came of a flow, for the exit status.
fn exit(tested: &Tested<'_>) -> Exit {
    match tested {
        _ if tested.troubles.iter().any(|trouble| trouble.kind == TroubleKind::Unreadable) => Exit::Impossible,
        _ if tested.is_well() && tested.run.passed() => Exit::Clean,
        _ => Exit::Findings,
    }
}

fn write(document: Document, path: &Path, tested: &[Tested<'_>], messages: &Messages) -> Result<(), Complaint> {
    let text = match document {
        Document::Html => report::html(tested),
        Document::Lcov => report::lcov(tested),
        Document::Json => report::coverage_json(tested),
    };
    std::fs::write(path, text)
        .map_err(|error| Complaint::plain(format!("cannot write `{}`: {error}", path.display())))?;
    messages.line(&format!("coverage: {}", path.display()));
    Ok(())
}
