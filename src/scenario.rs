//! Scenario tests: calls written down, played by the engine in virtual time.
//!
//! ```text
//! cases      `for each`: one test for every row
//! people     who can do what
//! check      what can be known to be wrong with a test without playing it
//! exchange   what the provider and the server do around the engine, in the simplest way
//! phone      a telephone as its person knows it
//! play       the lines of a test: deeds of people, and what is expected of the line
//! happening  what happened, for whoever reads why a test failed
//! coverage   which ways of the graph were taken, and which not
//! fields     the names of a request that an expectation can name
//! slots      `{{column}}` in strings
//! twice      lines of which only one can hold
//! vacuous    tests that cannot fail
//! report     verdicts and coverage for machines
//! ```

mod cases;
mod check;
mod coverage;
mod exchange;
mod fields;
mod happening;
mod people;
mod phone;
mod play;
pub mod report;
mod slots;
mod twice;
mod vacuous;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use check::{check, words};
pub use coverage::{Coverage, Edge, no_such_edges};
pub use happening::{Happening, What};

use crate::canned::{Canned, Values};
use crate::compile::{Draft, Made};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::graph::NodeId;
use crate::graph::ways::Way;
use crate::source::Span;
use crate::syntax::scenario::Setup;
use cases::Case;
use play::{Played, Props};

/// When a call begins if neither the test nor the head of its file says it (`clock`): every run is the same.
const START: Timestamp = Timestamp::constant(1_767_600_000, 0);

/// What came of one test.
#[derive(Debug)]
pub struct Verdict {
    /// Its title.
    pub title: String,
    /// Where it is.
    pub span: Span,
    /// What is wrong; empty: it passed.
    pub found: Diagnostics,
    /// What happened in its calls.
    pub happened: Vec<Happening>,
    /// Virtual time from its beginning to its end, in milliseconds.
    pub millis: i64,
    /// Real time that playing it took.
    pub took: Duration,
}

impl Verdict {
    /// Whether it passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.found.has_errors()
    }

    /// What happened, a line each: `  0:17  caller presses 4`.
    #[must_use]
    pub fn transcript(&self) -> Vec<String> {
        let Some(first) = self.happened.first() else { return Vec::new() };
        let line = |happening: &Happening| {
            let seconds = happening.at.duration_since(first.at).as_secs();
            format!("{:>5}:{:02}  {happening}", seconds / 60, seconds % 60)
        };
        self.happened.iter().map(line).collect()
    }
}

/// What came of the tests of a flow.
#[derive(Debug, Default)]
pub struct Run {
    /// What is wrong with flow, settings or tests; with an error nothing was played.
    pub found: Diagnostics,
    /// One for each test that was chosen.
    pub verdicts: Vec<Verdict>,
    /// What all of them together reached.
    pub coverage: Coverage,
    /// How many tests were not chosen.
    pub left_out: usize,
}

impl Run {
    /// Whether everything was as it should be.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.found.has_errors() && self.verdicts.iter().all(Verdict::passed)
    }
}

/// Plays the tests of a flow whose titles contain one of `filter` (all, if that is empty), several at a time.
#[must_use]
pub fn run(draft: &Draft, filter: &[String]) -> Run {
    let base = draft.make(&draft.tests.head);
    let mut found = base.diagnostics.clone();
    if let Some(program) = &base.program {
        found.extend(check(&draft.tests, program));
    }
    let all: Vec<Case<'_>> = draft.tests.scenarios.iter().flat_map(cases::expand).collect();
    let wanted = |case: &Case<'_>| filter.is_empty() || filter.iter().any(|part| case.title.contains(part.as_str()));
    let chosen: Vec<&Case<'_>> = all.iter().filter(|case| wanted(case)).collect();
    let left_out = all.len() - chosen.len();
    let Some(line) = base.line.as_ref().filter(|_| !found.has_errors()) else {
        return Run { found: found.sorted(), left_out, ..Run::default() };
    };
    let played = play_all(draft, &base, &chosen);
    let ways = played.iter().map(|played| played.taken.as_slice());
    let (coverage, problems) = Coverage::of(&line.graph, ways, &draft.tests.head);
    if left_out == 0 {
        found.extend(problems);
        found.extend(unused_stubs(&played));
    }
    let verdicts = played.into_iter().map(|played| played.verdict).collect();
    Run { found: found.sorted(), verdicts, coverage, left_out }
}

/// A test that was played.
struct Tested {
    verdict: Verdict,
    taken: Vec<(NodeId, Way)>,
    /// Where each stub stands, and whether it replied.
    stubs: Vec<(Span, bool)>,
}

/// Plays tests on all cores; in their order.
fn play_all(draft: &Draft, base: &Made, cases: &[&Case<'_>]) -> Vec<Tested> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(cases.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let Some(case) = cases.get(n) else { break };
                    let played = play_one(draft, base, case);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(n, played);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}

fn play_one(draft: &Draft, base: &Made, case: &Case<'_>) -> Tested {
    let began = Instant::now();
    let own = check::setups(&case.lines);
    let head = &draft.tests.head;
    let all: Vec<&Setup> = head.iter().chain(own.iter().copied()).collect();
    // Settings of its own make another line of the flow.
    let made = own.iter().any(|setup| matches!(setup, Setup::Given { .. })).then(|| draft.make(all.iter().copied()));
    let Made { diagnostics, program, line, .. } = made.as_ref().unwrap_or(base);
    let mut found = if made.is_some() { diagnostics.clone() } else { Diagnostics::new() };
    let (mut taken, mut stubs, mut happened, mut millis) = (Vec::new(), Vec::new(), Vec::new(), 0);
    if let (Some(line), Some(program)) = (line, program) {
        let (canned, _) = Canned::of_test(head, own.iter().copied(), &program.operations, &program.types);
        let start = canned.start().unwrap_or(START);
        let props = Props { line, canned: &canned, values: &Values::of(&all), start };
        let Played { failure, exchange } = play::play(&props, case);
        failure.into_iter().for_each(|failure| found.push(failure));
        millis = i64::try_from(exchange.now.duration_since(start).as_millis()).unwrap_or(i64::MAX);
        taken = exchange.taken.into_iter().collect();
        happened = exchange.happened;
        stubs = canned.stubs().collect();
    }
    let verdict = Verdict {
        title: case.title.clone(),
        span: case.span,
        found: found.sorted(),
        happened,
        millis,
        took: began.elapsed(),
    };
    Tested { verdict, taken, stubs }
}

/// Stubs that have replied in no test.
fn unused_stubs(played: &[Tested]) -> Diagnostics {
    let mut used: BTreeMap<Span, bool> = BTreeMap::new();
    for (span, replied) in played.iter().flat_map(|played| &played.stubs) {
        *used.entry(*span).or_default() |= replied;
    }
    let mut found = Diagnostics::new();
    for (span, _) in used.into_iter().filter(|(_, used)| !used) {
        found.push(
            Diagnostic::new(Code::NeededByNothing, "this stub replies in no test")
                .at(span, "")
                .help("remove it, or write a test that needs it"),
        );
    }
    found
}

#[cfg(test)]
mod tests;
