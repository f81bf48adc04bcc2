//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>): one run of one tool.
//!
//! Columns are counted in code units of UTF-16, and the run says so. That is what most viewers count in, and those that
//! do not look at what a run says are right as well. In messages `{` and `}` are written twice (§ 3.11.5); the texts of
//! rules can have no arguments, and are written as they are.

use std::collections::{BTreeSet, HashMap};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::place::Place;
use super::{Checked, Failure, Report};
use crate::diagnostic::page::Page;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// The schema of the format, as its authors publish it.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path may have in a URI as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The report as a SARIF log.
pub(super) fn document(report: &Report) -> String {
    let all = || report.checked.iter().flat_map(|checked| checked.found.iter().map(move |found| (found, checked)));
    let codes: BTreeSet<Code> = all().map(|(found, _)| found.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let mut fingerprints = Fingerprints::default();
    let results = all().map(|(found, checked)| {
        let rule = codes.range(..found.code).count();
        result(found, rule, checked, &mut fingerprints)
    });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "ivrc", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": report.failures.is_empty(),
                "toolExecutionNotifications": report.failures.iter().map(notification).collect::<Vec<_>>(),
            }],
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    let page = Page::of(code);
    json!({
        "id": code.to_string(),
        "name": code.name(),
        "shortDescription": { "text": code.summary() },
        "fullDescription": { "text": page.introduction() },
        "help": { "text": page.plain(), "markdown": page.markdown() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn notification(failure: &Failure) -> Value {
    json!({ "level": "error", "message": message(&failure.message, failure.help.as_deref()) })
}

/// A message object.
fn message(words: &str, help: Option<&str>) -> Value {
    let text = help.map_or_else(|| words.to_owned(), |help| format!("{words}\nhelp: {help}"));
    json!({ "text": text.replace('{', "{{").replace('}', "}}") })
}

fn result(found: &Diagnostic, rule: usize, checked: &Checked, fingerprints: &mut Fingerprints) -> Value {
    let places = Place::all(&found.labels, &checked.sources);
    let mut locations: Vec<Value> = places.iter().enumerate().map(|(n, place)| location(n, place)).collect();
    let related = locations.split_off(locations.len().min(1));
    json!({
        "ruleId": found.code.to_string(),
        "ruleIndex": rule,
        "level": level(found.severity),
        "message": message(&found.message, found.help.as_deref()),
        "locations": locations,
        "relatedLocations": related,
        "partialFingerprints": { "ivrc/v1": fingerprints.of(found, places.first()) },
    })
}

/// A place with what is said about it; the related ones are numbered from 1.
fn location(number: usize, place: &Place<'_>) -> Value {
    let mut location = Map::new();
    if number > 0 {
        location.insert("id".into(), number.into());
    }
    if let Some(file) = place.file() {
        let region = json!({
            "startLine": place.start.line,
            "startColumn": place.start.utf16,
            "endLine": place.end.line,
            "endColumn": place.end.utf16,
        });
        let artifact = json!({ "uri": uri(file) });
        location.insert("physicalLocation".into(), json!({ "artifactLocation": artifact, "region": region }));
    }
    if let Some(variable) = place.source.variable() {
        location.insert("logicalLocations".into(), json!([{ "name": variable, "kind": "variable" }]));
    }
    if !place.label.is_empty() {
        location.insert("message".into(), message(place.label, None));
    }
    location.into()
}

/// A path as a URI: relative to where the command ran, or absolute.
fn uri(file: &str) -> String {
    let path = file.replace(std::path::MAIN_SEPARATOR, "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let encoded = utf8_percent_encode(path, PATH);
    match path {
        _ if path.starts_with('/') => format!("file://{encoded}"),
        _ if std::path::Path::new(file).is_absolute() => format!("file:///{encoded}"),
        _ => encoded.to_string(),
    }
}

/// What a finding is known by although lines above it come and go: its code, its file, the text of its line without
/// blanks around it; of equals, which one.
#[derive(Default)]
struct Fingerprints {
    seen: HashMap<u128, u32>,
}

impl Fingerprints {
    fn of(&mut self, found: &Diagnostic, place: Option<&Place<'_>>) -> String {
        let mut hash = Sha256::new();
        let line = place.and_then(|place| place.source.line(place.start.line)).unwrap_or_default();
        let name = place.map_or(found.message.as_str(), |place| &*place.source.name);
        for part in [found.code.to_string().as_str(), name, line.trim()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut key = [0; 16];
        key.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
        let key = u128::from_be_bytes(key);
        let count = self.seen.entry(key).and_modify(|count| *count += 1).or_insert(1);
        format!("{key:032x}:{count}")
    }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("flows/xmatters.ivr"), "flows/xmatters.ivr");
        assert_eq!(uri("./a b/é%.ivr"), "a%20b/%C3%A9%25.ivr");
        assert_eq!(uri("../a.ivr"), "../a.ivr");
        assert_eq!(uri("/tmp/a:b.ivr"), "file:///tmp/a%3Ab.ivr");
    }
}
