//! Slots in the strings of a test: `{{column}}`.

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::scenario::{DeedKind, Heard, Scenario, ScenarioLine};

/// A text with a cell in the place of each slot that names one.
pub(super) fn filled<'c>(text: &str, cell: impl Fn(&str) -> Option<&'c str>) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inner, behind)) = slot(rest) {
        filled.push_str(before);
        match cell(inner.trim()) {
            Some(cell) => filled.push_str(cell),
            None => filled.extend(["{{", inner, "}}"]),
        }
        rest = behind;
    }
    filled + rest
}

/// The first slot of a text: what stands before it, in it and behind it.
fn slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (inner, behind) = rest.split_once("}}")?;
    Some((before, inner, behind))
}

/// Slots that no cell is put into: they would be expected as they stand there.
pub(super) fn unknown(scenario: &Scenario) -> Diagnostics {
    let columns: Vec<&str> = scenario.cases.first().map_or_else(Vec::new, |columns| {
        let names = columns.cells.iter().map(|cell| cell.text.as_str());
        names.collect()
    });
    let mut found = Diagnostics::new();
    for (text, span) in strings(scenario) {
        let mut rest = text;
        while let Some((_, inner, behind)) = slot(rest) {
            if !columns.contains(&inner.trim()) {
                found.push(no_column(inner.trim(), &columns, span));
            }
            rest = behind;
        }
    }
    found
}

fn no_column(name: &str, columns: &[&str], span: Span) -> Diagnostic {
    let help = match nearest(name, columns.iter().copied()) {
        Some(near) => format!("write `{{{{{near}}}}}`"),
        None => "name a column of `for each { … }`, or write the words themselves".to_owned(),
    };
    Diagnostic::new(Code::UnknownName, format!("`{name}` is no column of this test")).at(span, "").help(help)
}

/// The title and the strings of what people do and of what is expected, with their places. What prepares a test is
/// looked at where stubs and settings are.
fn strings(scenario: &Scenario) -> Vec<(&str, Span)> {
    let mut strings = vec![(scenario.title.as_str(), scenario.span)];
    for line in &scenario.lines {
        let ScenarioLine::Deeds { deeds, .. } = line else { continue };
        deeds.iter().for_each(|deed| of_deed(&deed.kind, deed.span, &mut strings));
    }
    strings
}

fn of_deed<'a>(deed: &'a DeedKind, span: Span, strings: &mut Vec<(&'a str, Span)>) {
    let heard = |heard: &'a Heard| match heard {
        Heard::Fragment(text, span) => Some((text.as_str(), *span)),
        Heard::Phrase(_) => None,
    };
    match deed {
        DeedKind::Hears { heard: all, .. } => strings.extend(all.iter().filter_map(heard)),
        DeedKind::NeverHears(one) => strings.extend(heard(one)),
        DeedKind::Records { words: Some(words), .. } => strings.push((words, span)),
        DeedKind::Dials { keys: Some(keys), .. } => strings.push((keys, span)),
        DeedKind::Sent { wire: Some(wire), .. } => {
            strings.push((&wire.request, wire.span));
            strings.extend(wire.headers.iter().map(|header| (header.value.as_str(), header.span)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn only_slots_that_name_a_cell_are_filled() {
        let cell = |name: &str| (name == "key").then_some("7");
        for (text, wanted) in
            [("key {{key}}, {{ key }}", "key 7, 7"), ("{{other}} {{key}}", "{{other}} 7"), ("{{key", "{{key"), ("", "")]
        {
            assert_eq!(filled(text, cell), wanted);
        }
    }
}
