//! JUnit XML, as continuous integration reads it (<https://github.com/testmoapp/junitxml>).

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Tested, error, place, told};
use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::Verdict;

/// One suite for each flow, one case for each test. A flow with errors of its own is a suite with one failed case.
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
            suite.add_test_case(TestCase::new("the flow and its tests are understood", status));
        }
        suite.add_test_cases(tested.run.verdicts.iter().map(|verdict| case(tested, verdict)));
        report.add_test_suite(suite);
    }
    // Writing into memory does not fail.
    report.to_string().unwrap_or_default()
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
