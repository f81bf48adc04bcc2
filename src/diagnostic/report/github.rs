//! Workflow commands of GitHub Actions: each finding becomes a note at its line of the change.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write as _;

use super::place::Place;
use super::{Checked, Failure, Report};
use crate::diagnostic::{Diagnostic, Severity};

/// The report as lines, a command each.
pub(super) fn document(report: &Report) -> String {
    let mut text = String::new();
    for checked in &report.checked {
        for diagnostic in &checked.found {
            text.push_str(&finding(diagnostic, checked));
        }
    }
    for Failure { message, help } in &report.failures {
        let words = help.iter().fold(message.clone(), |words, help| format!("{words}\nhelp: {help}"));
        text.push_str(&command("error", &[("title", "ivrc".to_owned())], &words));
    }
    text
}

fn finding(diagnostic: &Diagnostic, checked: &Checked) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let places = Place::all(&diagnostic.labels, &checked.sources);
    let mut properties = places.first().and_then(properties).unwrap_or_default();
    properties.push(("title", diagnostic.code.to_string()));
    command(kind, &properties, &words(diagnostic, &places))
}

/// File, lines and columns; those of the end are directly behind the last character. GitHub wants no columns where
/// several lines are meant.
fn properties(place: &Place<'_>) -> Option<Vec<(&'static str, String)>> {
    let mut properties = vec![("file", place.file()?.to_owned()), ("line", place.start.line.to_string())];
    let (end, one_line) = (("endLine", place.end.line.to_string()), place.start.line == place.end.line);
    if one_line {
        properties.push(("col", place.start.column.to_string()));
    }
    properties.push(end);
    if one_line {
        properties.push(("endColumn", place.end.column.to_string()));
    }
    Some(properties)
}

/// The message, with everything that a note has no place of its own for.
fn words(diagnostic: &Diagnostic, places: &[Place<'_>]) -> String {
    let mut words = diagnostic.message.clone();
    for (n, place) in places.iter().enumerate() {
        let beside = n == 0 && place.file().is_some();
        let at = format!("{}:{}:{}", place.source.name, place.start.line, place.start.column);
        // A write to a text does not fail.
        let _ = match (beside, place.label) {
            (true, "") => Ok(()),
            (true, label) => write!(words, "\n{label}"),
            (false, "") => write!(words, "\n{at}"),
            (false, label) => write!(words, "\n{at}: {label}"),
        };
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(words, "\nhelp: {help}");
    }
    words
}

/// `::kind name=value,…::words`
fn command(kind: &str, properties: &[(&str, String)], words: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escape_value(value))).collect();
    format!("::{kind} {}::{}\n", properties.join(","), escape(words))
}

/// What may not stand in the words of a command.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What may not stand in a property.
fn escape_value(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn what_a_command_would_obey_is_escaped() {
        let line = command("error", &[("file", "a,b:c%d.ivr".into()), ("line", "1".into())], "50% of\r\na: b, c::d");
        assert_eq!(line, "::error file=a%2Cb%3Ac%25d.ivr,line=1::50%25 of%0D%0Aa: b, c::d\n");
    }
}
