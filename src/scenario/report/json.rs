//! JSON, for tools.

use serde_json::{Value as Json, json};

use super::{Tested, Trouble, error, place, told};
use crate::diagnostic::Diagnostic;
use crate::scenario::{Edge, Verdict};
use crate::source::{Sources, Span};

/// The version of these formats: it rises when a field is taken away or means something else.
const VERSION: u32 = 1;

/// Verdicts: `{ version, flows: [{ flow, tests: [{ title, passed, … }], findings, left_out, failures }], passed, failed }`;
/// each flow perhaps with its `coverage`.
#[must_use]
pub fn json(all: &[Tested<'_>], with_coverage: bool) -> String {
    let flows: Vec<Json> = all.iter().map(|tested| flow(tested, with_coverage)).collect();
    let verdicts = || all.iter().flat_map(|tested| &tested.run.verdicts);
    let passed = verdicts().filter(|verdict| verdict.passed()).count();
    let whole = json!({ "version": VERSION, "flows": flows, "passed": passed, "failed": verdicts().count() - passed });
    format!("{whole:#}\n")
}

fn flow(tested: &Tested<'_>, with_coverage: bool) -> Json {
    let tests: Vec<Json> = tested.run.verdicts.iter().map(|verdict| test(tested.sources, verdict)).collect();
    let findings: Vec<Json> = tested.run.found.iter().map(|finding| found(tested.sources, finding)).collect();
    let failures: Vec<Json> = tested.troubles.iter().map(failure).collect();
    let mut flow = json!({
        "flow": tested.flow,
        "tests": tests,
        "findings": findings,
        "left_out": tested.run.left_out,
        "failures": failures,
    });
    if let Some(flow) = flow.as_object_mut().filter(|_| with_coverage && tested.run.coverage.total() > 0) {
        flow.insert("coverage".into(), coverage(tested));
    }
    flow
}

fn failure(trouble: &Trouble) -> Json {
    json!({ "message": trouble.failure.message, "help": trouble.failure.help })
}

fn test(sources: &Sources, verdict: &Verdict) -> Json {
    let mut test = json!({
        "title": verdict.title,
        "passed": verdict.passed(),
        "place": at(sources, verdict.span),
        "virtual_ms": verdict.millis,
    });
    if let (Some(first), Some(test)) = (error(verdict), test.as_object_mut()) {
        test.insert("failure".into(), found(sources, first));
        test.insert("transcript".into(), json!(verdict.transcript()));
        test.insert("text".into(), json!(told(verdict, sources)));
    }
    test
}

fn found(sources: &Sources, finding: &Diagnostic) -> Json {
    let labels: Vec<Json> =
        finding.labels.iter().map(|label| json!({ "place": at(sources, label.span), "text": label.text })).collect();
    json!({
        "code": finding.code.to_string(),
        "severity": format!("{:?}", finding.severity).to_lowercase(),
        "message": finding.message,
        "labels": labels,
        "help": finding.help,
    })
}

fn at(sources: &Sources, span: Span) -> Json {
    place(sources, span)
        .map_or(Json::Null, |place| json!({ "file": place.file, "line": place.line, "column": place.column }))
}

/// Coverage: `{ version, flows: [{ flow, edges: [{ node, way, place, tests, reason }], total, reached, excused, percent }] }`.
/// Of a flow that is not understood nothing is known.
#[must_use]
pub fn coverage_json(all: &[Tested<'_>]) -> String {
    let known = all.iter().filter(|tested| tested.run.coverage.total() > 0);
    let flows: Vec<Json> = known.map(coverage).collect();
    format!("{:#}\n", json!({ "version": VERSION, "flows": flows }))
}

fn coverage(tested: &Tested<'_>) -> Json {
    let coverage = &tested.run.coverage;
    let edges: Vec<Json> = coverage.edges.iter().map(|edge| self::edge(tested.sources, edge)).collect();
    json!({
        "flow": tested.flow,
        "total": coverage.total(),
        "reached": coverage.reached(),
        "excused": coverage.excused().count(),
        "percent": coverage.percent(),
        "edges": edges,
    })
}

fn edge(sources: &Sources, edge: &Edge) -> Json {
    json!({
        "node": edge.node,
        "way": edge.way,
        "place": edge.place.map(|span| at(sources, span)),
        "tests": edge.tests.len(),
        "reason": edge.reason,
    })
}
