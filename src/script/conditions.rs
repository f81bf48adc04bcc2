//! The conditions under which something is heard, in words.

use crate::expr::{Expr, Matcher};
use crate::program::{Act, ActKind, Keys, LegOutcome, Source, SourceValue};
use crate::prose::Prose;

/// Why the `else` of a source is entered.
pub(super) fn otherwise(source: &Source, prose: Prose<'_>, scenes: &dyn Fn(usize) -> String) -> String {
    match &source.value {
        SourceValue::Act(act) => act_failed(act, prose, scenes),
        SourceValue::Expr(value) => {
            let asked = prose.asked(value);
            match (asked.is_empty(), source.absent_goes_else) {
                (true, _) => format!("if {} is none", prose.expr(value)),
                (false, true) => format!("when {} fails or gives nothing", listed(&asked)),
                (false, false) => format!("when {} fails", listed(&asked)),
            }
        }
    }
}

/// Why the `else` of an act is entered.
pub(super) fn act_failed(act: &Act, prose: Prose<'_>, scenes: &dyn Fn(usize) -> String) -> String {
    match &act.kind {
        ActKind::Send { operation, .. } => format!("when {} fails", prose.operation(*operation)),
        ActKind::Do { scene, .. } => format!("when {} gives nothing", scenes(*scene)),
        ActKind::Menu(_) | ActKind::Pick(_) | ActKind::Record(_) => "after the last try".to_owned(),
        ActKind::Wait(wait) => format!("when {} is not there in time", prose.expr(&wait.value)),
        ActKind::Escalate(_) | ActKind::Dial(_) => "if nobody answered".to_owned(),
    }
}

/// After these keys of a menu or a recording. `sole` says that there is no other arm.
pub(super) fn pressed(keys: &[&Keys], sole: bool) -> String {
    let mut names = Vec::new();
    for keys in keys {
        match keys {
            Keys::These(keys) => names.extend(keys.iter().map(char::to_string)),
            Keys::Any if sole => names.push("any key".to_owned()),
            Keys::Any => names.push("any other key".to_owned()),
            Keys::Value(value) => names.push(format!("the key of {value}")),
        }
    }
    format!("after pressing {}", alternatives(&names))
}

/// A case of a `match`.
pub(super) fn case(subject: &Expr, matchers: &[Matcher], prose: Prose<'_>) -> String {
    let subject = prose.expr(subject);
    if matchers.contains(&Matcher::Anything) {
        return format!("if {subject} is anything else");
    }
    let values: Vec<String> = matchers
        .iter()
        .map(|matcher| match matcher {
            Matcher::Equal(value) => prose.expr(&Expr::Literal(value.clone())),
            Matcher::Absent | Matcher::Anything => "none".to_owned(),
        })
        .collect();
    format!("if {subject} is {}", alternatives(&values))
}

/// How the legs of an escalation ended.
pub(super) fn outcomes(outcomes: &[LegOutcome]) -> String {
    let words: Vec<&str> = outcomes.iter().map(|outcome| outcome_word(*outcome)).collect();
    alternatives(&words)
}

fn outcome_word(outcome: LegOutcome) -> &'static str {
    match outcome {
        LegOutcome::Accepted => "when the two are connected",
        LegOutcome::Declined => "if the call was declined",
        LegOutcome::Silent => "if no key was pressed",
        LegOutcome::Busy => "if the line was busy",
        LegOutcome::NoAnswer => "if the phone was not answered",
        LegOutcome::Failed => "if the phone could not be reached",
        LegOutcome::Machine => "if a machine answered",
        LegOutcome::CallerGone => "if the caller has gone",
        LegOutcome::Taken => "if somebody else was faster",
        LegOutcome::Duplicate => "if the number had been phoned already",
    }
}

fn listed(names: &[String]) -> String {
    names.join(" or ")
}

/// `a`, `a or b`, `a, b or c`.
fn alternatives<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}
