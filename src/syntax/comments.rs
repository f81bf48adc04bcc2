//! Comments, and which of them document something.

use crate::source::{SourceId, Span};

/// All comments of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Comments {
    /// Where they are, `//` included.
    ranges: Vec<(usize, usize)>,
}

impl Comments {
    /// One more, behind all others.
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.ranges.push((start, end));
    }

    /// First byte, and one past the last, of each.
    pub(super) fn ranges(&self) -> &[(usize, usize)] {
        &self.ranges
    }

    /// Their spans.
    pub(super) fn spans(&self, id: SourceId) -> Vec<Span> {
        self.ranges.iter().map(|&(start, end)| Span::new(id, start, end)).collect()
    }

    /// The last comment that ends at or before `offset`.
    fn before(&self, offset: usize) -> Option<(usize, usize)> {
        let after = self.ranges.partition_point(|&(_, end)| end <= offset);
        after.checked_sub(1).and_then(|n| self.ranges.get(n)).copied()
    }

    /// The first comment that begins at or after `offset`.
    pub(super) fn after(&self, offset: usize) -> Option<(usize, usize)> {
        self.ranges.get(self.ranges.partition_point(|&(start, _)| start < offset)).copied()
    }

    /// The end of the last token before `end`: blanks and comments are left out.
    pub(super) fn trim_end(&self, text: &str, end: usize) -> usize {
        let mut end = end;
        loop {
            let trimmed = text.get(..end).map_or(end, |before| before.trim_end().len());
            match self.before(trimmed) {
                Some((start, stop)) if stop == trimmed => end = start,
                _ => return trimmed,
            }
        }
    }

    /// The beginning of the first token at or behind `start`: blanks and comments are left out.
    pub(super) fn next(&self, text: &str, start: usize) -> usize {
        let mut start = start;
        loop {
            let rest = text.get(start..).unwrap_or_default();
            let token = start + (rest.len() - rest.trim_start().len());
            match self.after(token) {
                Some((comment, end)) if comment == token => start = end,
                _ => return token,
            }
        }
    }

    /// The `///` lines directly above what begins at `start`, joined with line breaks; the marker and one blank removed.
    pub(super) fn doc(&self, text: &str, start: usize) -> Option<String> {
        let mut lines = Vec::new();
        let mut below = start;
        while let Some((from, to)) = self.before(below) {
            let gap = text.get(to..below).unwrap_or("x");
            let comment = text.get(from..to).unwrap_or("");
            let line = comment.strip_prefix("///").filter(|rest| !rest.starts_with('/'));
            let first_on_line = text.get(..from).is_some_and(|t| {
                t.trim_end_matches([' ', '\t', '\u{feff}']).ends_with('\n')
                    || t.trim_start_matches('\u{feff}').trim().is_empty()
            });
            let directly = gap.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty()
                && gap.matches('\n').count() == 1;
            let Some(line) = line.filter(|_| directly && first_on_line) else { break };
            let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
            lines.push(line.to_owned());
            below = from;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
