//! Quotes that are missing or of another kind: where they may have been meant to stand.

use super::change::Change;
use crate::syntax::comments::Comments;

/// Quotes that are none in this language.
pub(super) const OTHER: &[char] = &['\'', '‘', '’', '“', '”', '„', '«', '»', '`'];

/// How many ends of a text in other quotes are tried.
const ENDS: usize = 6;
/// How many places of a line are tried.
const PLACES: usize = 24;

/// Changes of the quotes in the line of a fault.
pub(super) fn all(text: &str, comments: &Comments, at: usize) -> Vec<Change> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
    // A comment at the end of the line is none of the text, unless a string that is open swallowed it.
    let end = comments.after(start).map_or(end, |(comment, _)| comment.clamp(start, end).max(at));
    let Some(line) = text.get(start..end) else { return Vec::new() };
    let line = Line { line, start };
    let mut changes = line.other(at).unwrap_or_default();
    if line.quotes().len() % 2 == 1 {
        changes.extend(line.odd());
    }
    changes
}

struct Line<'t> {
    line: &'t str,
    start: usize,
}

impl Line<'_> {
    /// The bytes of the quotes that are not escaped.
    fn quotes(&self) -> Vec<usize> {
        let mut escaped = false;
        let mut found = Vec::new();
        for (at, c) in self.line.char_indices() {
            if c == '"' && !escaped {
                found.push(at);
            }
            escaped = c == '\\' && !escaped;
        }
        found
    }

    /// The text in other quotes that begins at a fault: to each quote that may end it, the last one first.
    fn other(&self, at: usize) -> Option<Vec<Change>> {
        let from = at.checked_sub(self.start)?;
        let opening = self.line.get(from..)?.chars().next().filter(|c| OTHER.contains(c))?;
        let behind = from + opening.len_utf8();
        let ends = self.line.get(behind..)?.char_indices().filter(|(_, c)| OTHER.contains(c));
        let end = |(end, c): (usize, char)| {
            Change::requote((at, opening.len_utf8()), (self.start + behind + end, c.len_utf8()))
        };
        Some(ends.map(end).rev().take(ENDS).collect())
    }

    /// One quote is missing: in front of a word or behind one.
    fn odd(&self) -> Vec<Change> {
        let quotes = self.quotes();
        let (ends, starts) = self.words();
        let last = quotes.last().copied().unwrap_or_default();
        let mut changes = Vec::new();
        for (n, quote) in quotes.iter().enumerate() {
            let next = quotes.get(n + 1).copied().unwrap_or(self.line.len());
            let inside = ends.iter().rev().filter(|end| (quote + 1..=next).contains(*end));
            changes.extend(inside.map(|end| Change::close(self.start + quote, self.start + end)));
            let before = n.checked_sub(1).and_then(|n| quotes.get(n)).map_or(0, |quote| quote + 1);
            let outside = starts.iter().filter(|start| (before..*quote).contains(*start));
            changes.extend(outside.map(|start| Change::open(self.start + start, self.start + quote + 1)));
        }
        // What is nearest to the end of the line was most often forgotten there.
        changes.sort_by_key(|change| change.edits.first().is_some_and(|edit| edit.at + 1 < self.start + last));
        changes.truncate(PLACES);
        changes
    }

    /// Where words end, and where they begin; blanks stand behind and before them, or signs.
    fn words(&self) -> (Vec<usize>, Vec<usize>) {
        let (mut ends, mut starts) = (Vec::new(), Vec::new());
        let mut before = ' ';
        for (at, c) in self.line.char_indices() {
            let splits =
                |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '{' | '}' | ']' | '[' | '"');
            if splits(c) && !before.is_whitespace() {
                ends.push(at);
            }
            if !c.is_whitespace() && c != '"' && splits(before) {
                starts.push(at);
            }
            before = c;
        }
        if !before.is_whitespace() {
            ends.push(self.line.len());
        }
        (ends, starts)
    }
}
