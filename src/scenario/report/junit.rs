//! JUnit XML, as continuous integration reads it (<https://github.com/testmoapp/junitxml>).

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Tested, Trouble, TroubleKind, error, place, told};
use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::Verdict;
use crate::source::Sources;

/// One suite for each flow, one case for each test, and one for whatever else is wrong: errors in the flow or in its
/// tests, a file that cannot be read, too little that is reached.
#[must_use]
pub fn junit(all: &[Tested<'_>]) -> String {
    let mut report = Report::new("ivrc test");
    for tested in all {
        let mut suite = TestSuite::new(tested.flow);
        let broken: Vec<&Diagnostic> =
            tested.run.found.iter().filter(|finding| finding.severity == Severity::Error).collect();
        if let Some(first) = broken.first() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(first.message.clone()).set_type(first.code.to_string());
            status.set_description(list(&broken, tested.sources));
            suite.add_test_case(TestCase::new("the flow and its tests are understood", status));
        }
        suite.add_test_cases(tested.troubles.iter().map(trouble));
        suite.add_test_cases(tested.run.verdicts.iter().map(|verdict| case(tested, verdict)));
        report.add_test_suite(suite);
    }
    // Writing into memory does not fail.
    report.to_string().unwrap_or_default()
}

/// Findings, a line each: `desk.ivr:3:7: IVR201: unknown scene`.
fn list(findings: &[&Diagnostic], sources: &Sources) -> String {
    let line = |finding: &&Diagnostic| {
        let at = finding.span().and_then(|span| place(sources, span));
        let at = at.map_or_else(String::new, |at| format!("{}:{}:{}: ", at.file, at.line, at.column));
        format!("{at}{}: {}\n", finding.code, finding.message)
    };
    findings.iter().map(line).collect()
}

fn trouble(trouble: &Trouble) -> TestCase {
    let (name, kind) = match trouble.kind {
        TroubleKind::Unreadable => ("the files can be read", NonSuccessKind::Error),
        TroubleKind::Uncovered => ("the tests reach enough", NonSuccessKind::Failure),
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(trouble.failure.message.clone());
    TestCase::new(name, status)
}

fn case(tested: &Tested<'_>, verdict: &Verdict) -> TestCase {
    let status = match error(verdict) {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(first.message.clone()).set_type(first.code.to_string());
            status.set_description(told(verdict, tested.sources));
            status
        }
    };
    let mut case = TestCase::new(verdict.title.clone(), status);
    case.set_classname(tested.flow).set_time(verdict.took);
    if let Some(place) = place(tested.sources, verdict.span) {
        case.extra.insert("file".into(), place.file.to_owned().into());
        case.extra.insert("line".into(), place.line.to_string().into());
    }
    case
}
