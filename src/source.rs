//! Source texts and places in them.
//!
//! Everything a person writes (a flow, its settings file, its test file, an environment variable) is a [`Source`];
//! everything that is later said about it carries a [`Span`], so that a message can always show the place.

use std::sync::Arc;

/// Index of a source in its [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceId(pub u16);

/// A half-open range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Which source.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from byte `start` to byte `end` (exclusive) of `source`. Sources over 4 GiB do not exist here:
    /// offsets saturate.
    #[must_use]
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { source, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; they must be of one source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the beginning of this one.
    #[must_use]
    pub fn head(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether the span covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The byte range, for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One text with the name it is shown under.
#[derive(Debug, Clone)]
pub struct Source {
    /// What messages call it: the path as the user gave it, or `environment variable IVR_…`.
    pub name: Arc<str>,
    /// The whole text, UTF-8, without a byte order mark.
    pub text: Arc<str>,
    /// The name of the environment variable that it is the value of.
    variable: Option<Arc<str>>,
    /// The first byte of each line.
    lines: Arc<[u32]>,
}

/// A place between two characters, counted in every way that tools count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub offset: usize,
    /// The line, from 1. Lines end with `\n`; a `\r` before it is their last character.
    pub line: usize,
    /// The column, from 1, in characters (Unicode scalar values). A tab is one.
    pub column: usize,
    /// The column, from 1, in bytes of UTF-8.
    pub utf8: usize,
    /// The column, from 1, in code units of UTF-16.
    pub utf16: usize,
}

impl Source {
    /// A source called `name`.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        let lines = std::iter::once(0).chain(starts).collect();
        Self { name: name.into(), text, variable: None, lines }
    }

    /// The value of an environment variable, or what may be shown of it.
    #[must_use]
    pub fn of_variable(variable: &str, text: &str) -> Self {
        Self { variable: Some(variable.into()), ..Self::new(format!("environment variable {variable}"), text) }
    }

    /// The name of the environment variable that this is the value of; none: it is a file.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// The place of a byte offset, which is cut to the text and to the beginning of its character.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let before = self.lines.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = self.lines.get(before).map_or(0, |start| *start as usize);
        let head = self.text.get(start..offset).unwrap_or("");
        Position {
            offset,
            line: before + 1,
            column: head.chars().count() + 1,
            utf8: head.len() + 1,
            utf16: head.chars().map(char::len_utf16).sum::<usize>() + 1,
        }
    }

    /// The text of a line, from 1, without its line break.
    #[must_use]
    pub fn line(&self, number: usize) -> Option<&str> {
        let start = *self.lines.get(number.checked_sub(1)?)? as usize;
        let end = self.lines.get(number).map_or(self.text.len(), |next| (*next as usize).saturating_sub(1));
        let line = self.text.get(start..end)?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    /// The bytes that a message about `span` shows: inside the text, whole characters. A place behind the last word of
    /// the text is directly behind that word, and none is inside of a line break.
    #[must_use]
    pub fn shown(&self, span: Span) -> std::ops::Range<usize> {
        let written = self.text.trim_end().len();
        let range = span.range();
        let start = self.outside_of_break(range.start.min(written));
        let end = if range.start > written { start } else { self.outside_of_break(range.end.max(start)) };
        start..end
    }

    /// A byte offset cut to a character; between `\r` and `\n`, that in front of both.
    fn outside_of_break(&self, offset: usize) -> usize {
        let offset = self.text.floor_char_boundary(offset);
        let (before, behind) = self.text.split_at_checked(offset).unwrap_or_default();
        if behind.starts_with('\n') { before.trim_end_matches('\r').len() } else { offset }
    }
}

/// All sources of one compilation.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source and returns its id.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u16::try_from(self.list.len()).unwrap_or(u16::MAX));
        self.list.push(source);
        id
    }

    /// The source with this id, if it is one of these.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.list.get(usize::from(id.0))
    }

    /// The text under a span; empty if the span is not of these sources.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.range())).unwrap_or("")
    }

    /// `name:line:column` of the beginning of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        self.get(span.source).map_or_else(String::new, |source| {
            let Position { line, column, .. } = source.position(span.start as usize);
            format!("{}:{line}:{column}", source.name)
        })
    }

    /// Every source with its id, in the order of adding.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.list.iter().enumerate().map(|(n, source)| (SourceId(u16::try_from(n).unwrap_or(u16::MAX)), source))
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Source, SourceId, Span};

    fn counted(text: &str, offset: usize) -> (usize, usize, usize, usize) {
        let Position { line, column, utf8, utf16, .. } = Source::new("a", text).position(offset);
        (line, column, utf8, utf16)
    }

    #[test]
    fn columns_are_counted_in_characters_bytes_and_code_units() {
        let at = |text: &str, word: &str| counted(text, text.find(word).unwrap());
        assert_eq!(at("a\nsay x", "x"), (2, 5, 5, 5));
        assert_eq!(at("\"éè\" x", "x"), (1, 6, 8, 6));
        // A surrogate pair; a letter with an accent of its own; several characters that look like one.
        assert_eq!(at("\"😀\" x", "x"), (1, 5, 8, 6));
        assert_eq!(at("\"e\u{301}\" x", "x"), (1, 6, 7, 6));
        assert_eq!(at("👩‍🚒x", "x"), (1, 4, 12, 6));
        assert_eq!(at("\t\tx", "x"), (1, 3, 3, 3));
        assert_eq!(at("a\r\nb\r\n  x", "x"), (3, 3, 3, 3));
        // A lone `\r` ends no line.
        assert_eq!(at("a\rx", "x"), (1, 3, 3, 3));
    }

    #[test]
    fn offsets_are_cut_to_the_text_and_to_characters() {
        assert_eq!(counted("", 0), (1, 1, 1, 1));
        assert_eq!(counted("a\n", 2), (2, 1, 1, 1));
        assert_eq!(counted("a\nb", 99), (2, 2, 2, 2));
        assert_eq!(counted("aé", 2), (1, 2, 2, 2));
        assert_eq!(Source::new("a", "aé").position(2).offset, 1);
    }

    #[test]
    fn lines_are_those_between_the_breaks() {
        let source = Source::new("a", "one\r\ntwo\n\n");
        let lines: Vec<_> = (0..6).map(|number| source.line(number)).collect();
        assert_eq!(lines, [None, Some("one"), Some("two"), Some(""), Some(""), None]);
    }

    #[test]
    fn a_place_behind_everything_is_shown_behind_the_last_word() {
        let source = Source::new("a", "hang up\n\n");
        let shown = |start, end| source.shown(Span::new(SourceId(0), start, end));
        assert_eq!(shown(9, 9), 7..7);
        assert_eq!(shown(8, 9), 7..7);
        assert_eq!(shown(5, 7), 5..7);
        assert_eq!(shown(5, 70), 5..9);
        assert_eq!(shown(70, 5), 7..7);
        let source = Source::new("a", "a\r\nb");
        assert_eq!(source.shown(Span::new(SourceId(0), 2, 3)), 1..3);
    }
}
