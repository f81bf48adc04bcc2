//! One JSON object. Its schema, `book/src/reference/check.schema.json`, is held against it by tests.

use serde::Serialize;

use super::place::Place;
use super::{Checked, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Position;

/// The version of the format: a higher one is read in another way. Fields may be added without one.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    ivrc: &'static str,
    summary: Summary,
    files: Vec<Counts<'a>>,
    findings: Vec<Finding<'a>>,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    failures: usize,
}

#[derive(Serialize)]
struct Counts<'a> {
    file: &'a str,
    errors: usize,
    warnings: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<&'a serde_json::Value>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: String,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    place: Option<Shown<'a>>,
    related: Vec<Shown<'a>>,
    checked: &'a str,
}

#[derive(Serialize)]
struct Shown<'a> {
    file: Option<&'a str>,
    variable: Option<&'a str>,
    start: Counted,
    end: Counted,
    label: &'a str,
}

#[derive(Serialize)]
struct Counted {
    offset: usize,
    line: usize,
    column: usize,
    column_utf8: usize,
    column_utf16: usize,
}

#[derive(Serialize)]
struct Failure<'a> {
    message: &'a str,
    help: Option<&'a str>,
}

impl From<Position> for Counted {
    fn from(Position { offset, line, column, utf8, utf16 }: Position) -> Self {
        Self { offset, line, column, column_utf8: utf8, column_utf16: utf16 }
    }
}

impl<'a> Shown<'a> {
    fn new(place: Place<'a>) -> Self {
        let Place { source, start, end, label } = place;
        Self { file: place.file(), variable: source.variable(), start: start.into(), end: end.into(), label }
    }
}

impl<'a> Finding<'a> {
    fn new(diagnostic: &'a Diagnostic, checked: &'a Checked) -> Self {
        let mut places = Place::all(&diagnostic.labels, &checked.sources).into_iter().map(Shown::new);
        Self {
            code: diagnostic.code.to_string(),
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            place: places.next(),
            related: places.collect(),
            checked: &checked.file,
        }
    }
}

/// The report as a JSON object.
pub(super) fn document(report: &Report) -> String {
    let counts = |checked: &Checked| (checked.found.count(Severity::Error), checked.found.count(Severity::Warning));
    let files = report.checked.iter().map(|checked| {
        let (errors, warnings) = counts(checked);
        let facts = checked.known.as_ref().map(|known| &known.data);
        Counts { file: &checked.file, errors, warnings, facts }
    });
    let findings =
        report.checked.iter().flat_map(|checked| checked.found.iter().map(|found| Finding::new(found, checked)));
    let failures =
        report.failures.iter().map(|failure| Failure { message: &failure.message, help: failure.help.as_deref() });
    let document = Document {
        version: VERSION,
        ivrc: env!("CARGO_PKG_VERSION"),
        summary: Summary {
            files: report.checked.len(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            failures: report.failures.len(),
        },
        files: files.collect(),
        findings: findings.collect(),
        failures: failures.collect(),
    };
    // Texts and numbers under names that are texts always are JSON.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
