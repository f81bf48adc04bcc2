//! A mutant: a flow with one small edit.

use std::collections::BTreeMap;
use std::ops::Range;

use super::text::Tokens;

/// One small edit of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// The kind of mutation, as the table of the report calls it.
    pub(super) kind: &'static str,
    /// The bytes that are replaced.
    pub(super) at: Range<usize>,
    /// What stands there instead.
    pub(super) with: String,
}

impl Edit {
    pub(super) fn new(kind: &'static str, at: Range<usize>, with: impl Into<String>) -> Self {
        Self { kind, at, with: with.into() }
    }

    /// Leaves something out.
    pub(super) fn drop(kind: &'static str, at: Range<usize>) -> Self {
        Self::new(kind, at, "")
    }

    /// Two pieces change places; the first stands before the second.
    pub(super) fn swap(kind: &'static str, text: &str, a: Range<usize>, b: Range<usize>) -> Self {
        let swapped = format!("{}{}{}", &text[b.clone()], &text[a.end..b.start], &text[a.clone()]);
        Self::new(kind, a.start..b.end, swapped)
    }
}

/// An edit with the name under which it is found again.
#[derive(Debug, Clone)]
pub(super) struct Mutant {
    /// Stays the same while its surroundings change: the item, the kind of mutation, and what became of what.
    pub(super) name: String,
    /// The line, from 1.
    pub(super) line: usize,
    pub(super) edit: Edit,
}

impl Mutant {
    /// The whole mutated text.
    pub(super) fn of(&self, text: &str) -> String {
        let mut mutated = text.to_owned();
        mutated.replace_range(self.edit.at.clone(), &self.edit.with);
        mutated
    }
}

/// Names edits: `xmatters.ivr report: change a bound "90s" -> "180s"`. Of several edits that make the same text one is
/// kept; several that would have one name are numbered.
pub(super) fn name(file: &str, text: &str, item_of: impl Fn(usize) -> String, edits: Vec<Edit>) -> Vec<Mutant> {
    let mut unique: BTreeMap<(usize, usize, String), Edit> = BTreeMap::new();
    for edit in edits.into_iter().filter(|edit| text[edit.at.clone()] != edit.with) {
        unique.entry((edit.at.start, edit.at.end, edit.with.clone())).or_insert(edit);
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut mutants = Vec::new();
    for edit in unique.into_values() {
        let change = match edit.with.as_str() {
            "" => short(&text[edit.at.clone()]),
            with => format!("{} -> {}", short(&text[edit.at.clone()]), short(with)),
        };
        let mut name = format!("{file} {}: {} {change}", item_of(edit.at.start), edit.kind);
        let n = times.entry(name.clone()).or_default();
        *n += 1;
        if *n > 1 {
            name = format!("{name} ({n})");
        }
        let line = 1 + text[..edit.at.start].matches('\n').count();
        mutants.push(Mutant { name, line, edit });
    }
    mutants
}

/// A piece of text on one line, cut in the middle if it is long.
fn short(text: &str) -> String {
    const ENDS: usize = 24;
    let tokens = Tokens::of(text);
    let words: Vec<&str> = (0..tokens.all.len()).map(|n| tokens.at(n)).collect();
    let chars: Vec<char> = words.join(" ").chars().collect();
    if chars.len() <= 2 * ENDS + 3 {
        return chars.into_iter().collect();
    }
    let (head, tail) = (&chars[..ENDS], &chars[chars.len() - ENDS..]);
    head.iter().chain(&['.', '.', '.']).chain(tail).collect()
}
