//! Lines of which only one can hold: a second one in the same place is a slip.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::scenario::Setup;

/// Settings, the clock and reasons for edges that are given twice among these lines: those of the head, or of one test.
pub(super) fn check<'a>(lines: impl IntoIterator<Item = &'a Setup>) -> Diagnostics {
    let (mut first, mut found) = (HashMap::new(), Diagnostics::new());
    for line in lines {
        let Some((what, span)) = subject(line) else { continue };
        if let Some(former) = first.insert(what.clone(), span) {
            found.push(
                Diagnostic::new(Code::DeclaredTwice, format!("{what} is given twice"))
                    .at(span, "again here")
                    .at(former, "first here")
                    .help("remove one of them"),
            );
        }
    }
    found
}

/// What a line is about, if only one line can be.
fn subject(line: &Setup) -> Option<(String, Span)> {
    match line {
        Setup::Given { name, .. } => Some((format!("`{}`", name.text), name.span)),
        Setup::Clock { span, .. } => Some(("the time of the first call".to_owned(), *span)),
        Setup::Unreached { edge, span, .. } => Some((format!("the reason for \"{edge}\""), *span)),
        Setup::Stub { .. } | Setup::Fixture { .. } => None,
    }
}
