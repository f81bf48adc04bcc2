//! Forms of the language that this version parses but does not build.

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Reports a form as not built; what depends on it is of unknown type, and silent.
pub(super) fn unbuilt(report: &Report, span: Span, form: &str) {
    report.add(
        Diagnostic::new(Code::NotBuilt, format!("{form} is not built yet in this version of ivrc"))
            .at(span, "")
            .help("leave it out, or express it by the forms that are built"),
    );
}
