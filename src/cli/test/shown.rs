//! Verdicts for people.

use std::collections::BTreeMap;

use super::{Report, Test};
use crate::cli::messages::{Complaint, Messages};
use crate::cli::output::print;
use crate::scenario::report::Tested;
use crate::scenario::{Coverage, Edge};
use crate::source::{Sources, Span};

/// Where verdicts are shown.
pub(super) struct Sheet<'a> {
    pub(super) test: &'a Test,
    pub(super) messages: &'a Messages,
}

impl Sheet<'_> {
    pub(super) fn show(&self, all: &[Tested<'_>]) -> Result<(), Complaint> {
        let (mut passed, mut failed) = (0, 0);
        for tested in all {
            self.messages.findings(&tested.run.found, tested.sources);
            for verdict in &tested.run.verdicts {
                *(if verdict.passed() { &mut passed } else { &mut failed }) += 1;
                line(&format!(
                    "{}  {}: {}",
                    if verdict.passed() { "ok  " } else { "FAIL" },
                    tested.flow,
                    verdict.title
                ))?;
                if !verdict.passed() {
                    self.messages.findings(&verdict.found, tested.sources);
                    verdict.transcript().iter().try_for_each(|text| line(text))?;
                }
            }
            if self.test.coverage == Some(Report::Text) && tested.run.coverage.total() > 0 {
                coverage(&tested.run.coverage, tested)?;
            }
        }
        line(&format!("{passed} passed, {failed} failed"))
    }
}

/// Which edges are missing, step by step, and how many there are.
fn coverage(coverage: &Coverage, tested: &Tested<'_>) -> Result<(), Complaint> {
    let missing = steps(coverage.missing());
    if !missing.is_empty() {
        line(&format!("{}: edges that no test reaches", tested.flow))?;
        for ((place, node), ways) in missing {
            line(&format!("  {}  {node}: {}", at(tested.sources, place), ways.join(", ")))?;
        }
    }
    let excused: Vec<_> = coverage.excused().collect();
    if !excused.is_empty() {
        line(&format!("{}: edges that no test need reach", tested.flow))?;
        for (edge, reason) in excused {
            line(&format!("  {}  {}, because {reason}", at(tested.sources, edge.place), edge.name()))?;
        }
    }
    line(&format!("{}: {}", tested.flow, coverage.summary()))
}

/// Ways by step, in the order of the text.
fn steps<'a>(edges: impl Iterator<Item = &'a Edge>) -> BTreeMap<(Option<Span>, &'a str), Vec<&'a str>> {
    let mut steps: BTreeMap<(Option<Span>, &str), Vec<&str>> = BTreeMap::new();
    for edge in edges {
        steps.entry((edge.place, edge.node.as_str())).or_default().push(&edge.way);
    }
    steps
}

fn at(sources: &Sources, place: Option<Span>) -> String {
    place.map_or_else(|| "(by itself)".to_owned(), |span| sources.place(span))
}

fn line(text: &str) -> Result<(), Complaint> {
    print(&format!("{text}\n"))
}
