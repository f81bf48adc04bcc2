//! The example of a settings file.

use std::ops::Range;

use super::super::mutant::{Edit, Mutant, name};

/// Every mutant of an example, of the lines that are switched off in it, too: a line `#name = value` counts as it would
/// if it were switched on. `needed` are the settings without default.
pub(crate) fn mutants(file: &str, text: &str, needed: &[&str]) -> Vec<Mutant> {
    let mut edits = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end_matches('\n');
        let setting = shown.strip_prefix('#').unwrap_or(shown);
        let start = at + shown.len() - setting.len();
        if let Some((key, value)) =
            setting.split_once('=').filter(|_| setting.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            let value_at = start + setting.len() - value.trim_start().len();
            edits.extend(of(
                at..at + line.len(),
                start..start + key.trim_end().len(),
                value_at..at + shown.len(),
                text,
                needed,
            ));
        }
        at += line.len();
    }
    name(file, text, |_| "settings".to_owned(), edits)
}

fn of(line: Range<usize>, key: Range<usize>, value: Range<usize>, text: &str, needed: &[&str]) -> Vec<Edit> {
    let switched = |kind, key: &str, value: &str| Edit::new(kind, line.clone(), format!("{key} = {value}\n"));
    let (key, value) = (&text[key], &text[value]);
    let mut edits = vec![
        switched("misspell a setting", &key[..key.len() - 1], value),
        switched("give another type", key, "{ other = [1.5] }"),
        switched("give a number", key, "99"),
    ];
    if !value.starts_with('"') {
        edits.push(switched("give words for another type", key, "\"  \""));
    }
    if !text[line.clone()].starts_with('#') && needed.contains(&key) {
        edits.push(Edit::drop("drop a setting that must be given", line.clone()));
    }
    if value.contains('}') {
        edits.push(switched("drop a bracket", key, &value.replacen('}', "", 1)));
    }
    edits
}
