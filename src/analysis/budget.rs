//! `hold_budget`: how long the author lets anybody be held (IVR908).

use super::bound::Bound;
use super::hold::Hold;
use super::machine::Machine;
use super::place;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::program::{HOLD_BUDGET, Program};
use crate::source::Span;
use crate::value::Value;

fn held_too_long(budget: Span, most: u64, hold: Bound) -> Diagnostic {
    let message = match hold {
        Bound::Within(_) => format!("a caller can be held for {}", hold.time()),
        Bound::Open => "there is no bound for how long a caller can be held".to_owned(),
    };
    Diagnostic::new(Code::HeldTooLong, message)
        .at(budget, format!("longer than {}", Bound::Within(most).time()))
        .help("bound what takes so long: `up to`, `within`, `N tries`, `ringing`; or allow more time")
}

/// How long anybody may be held, in milliseconds, if the flow says so.
pub(super) fn of(program: &Program, settings: &[Value]) -> Option<(u64, Span)> {
    let place = program.settings.iter().position(|setting| &*setting.name == HOLD_BUDGET)?;
    match settings.get(place)? {
        Value::Duration(millis) => Some((u64::try_from(*millis).ok()?, program.settings.get(place)?.span)),
        _ => None,
    }
}

/// Warns of the longest hold, if it is longer than that.
pub(super) fn check(machine: &Machine<'_>, budget: (u64, Span), holds: &[Hold]) -> Diagnostics {
    /// So many of the stretches that take longest are shown.
    const SHOWN: usize = 4;
    let mut found = Diagnostics::new();
    let (most, span) = budget;
    let Some((_, hold, stretches)) = holds.first().filter(|(_, hold, _)| *hold > Bound::Within(most)) else {
        return found;
    };
    let mut diagnostic = held_too_long(span, most, *hold);
    let mut longest: Vec<_> = stretches.iter().filter(|stretch| stretch.bound > Bound::NONE).collect();
    longest.sort_by_key(|stretch| std::cmp::Reverse(stretch.bound));
    for stretch in longest.into_iter().take(SHOWN) {
        if let Some(node) = machine.graph.node(stretch.node).filter(|node| !node.span.is_empty()) {
            let again = stretch.again.map_or_else(String::new, |times| format!(" more, by {times} times"));
            diagnostic = diagnostic.at(place::of(node), format!("{}{again}", stretch.bound.time()));
        }
    }
    found.push(diagnostic);
    found
}
