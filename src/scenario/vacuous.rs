//! Tests that pass whatever the flow does.

use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::scenario::{Deed, DeedKind, Scenario, ScenarioLine};

/// Why a test cannot fail, if it cannot.
pub(super) fn check(scenario: &Scenario) -> Option<Diagnostic> {
    // What was not understood may be what is missing here.
    if scenario.incomplete {
        return None;
    }
    let problem =
        |message: &str, help: &str| Some(Diagnostic::new(Code::CannotFail, message).at(scenario.span, "").help(help));
    if scenario.cases.len() == 1 {
        return problem(
            "this test is never played: no row follows the names of the columns",
            "write a row of cells for each case, or remove `for each`",
        );
    }
    let deeds = || {
        scenario.lines.iter().flat_map(|line| match line {
            ScenarioLine::Deeds { deeds, .. } => deeds.as_slice(),
            ScenarioLine::Setup(_) => &[],
        })
    };
    if deeds().any(can_fail) {
        return None;
    }
    problem("nobody calls in this test: it cannot fail", "begin with `caller calls`, and say what is heard or sent")
}

/// Whether a deed is a call, or needs one.
fn can_fail(deed: &Deed) -> bool {
    !matches!(
        deed.kind,
        DeedKind::IsNumber(_)
            | DeedKind::NeverHears(_)
            | DeedKind::ArrivesAfter(_)
            | DeedKind::NeverArrives
            | DeedKind::RefusesCalls
            | DeedKind::Waits(_)
            | DeedKind::SentNothing(_)
            | DeedKind::Ends
    )
}
