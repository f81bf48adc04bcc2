//! The text of a flow as tokens, and how pieces of it are cut out.

use std::ops::Range;

use ivrc::source::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A name or a keyword.
    Word,
    /// A number or a duration.
    Number,
    /// With its quotes.
    String,
    /// Anything else: one sign, or one of those that belong together.
    Sign,
}

/// A token and its bytes.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) shape: Shape,
    pub(super) range: Range<usize>,
}

/// A text with its tokens; comments are left out.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    pub(super) all: Vec<Token>,
}

const TOGETHER: [&str; 8] = ["=>", "->", "==", "!=", "<=", ">=", "..", "//"];

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(first) = text[at..].chars().next() {
            let rest = &text[at..];
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let (length, shape) = if first.is_whitespace() {
                (first.len_utf8(), None)
            } else if rest.starts_with("//") {
                (rest.find('\n').unwrap_or(rest.len()), None)
            } else if first == '"' {
                (string(rest), Some(Shape::String))
            } else if first.is_ascii_digit() {
                let whole = rest.find(|c| !word(c)).unwrap_or(rest.len());
                let behind =
                    rest[whole..].strip_prefix('.').filter(|behind| behind.starts_with(|c: char| c.is_ascii_digit()));
                let part = behind.map_or(0, |behind| 1 + behind.find(|c| !word(c)).unwrap_or(behind.len()));
                (whole + part, Some(Shape::Number))
            } else if word(first) {
                (rest.find(|c| !word(c)).unwrap_or(rest.len()), Some(Shape::Word))
            } else {
                let sign = TOGETHER.iter().find(|sign| rest.starts_with(**sign));
                (sign.map_or(first.len_utf8(), |sign| sign.len()), Some(Shape::Sign))
            };
            all.extend(shape.map(|shape| Token { shape, range: at..at + length }));
            at += length;
        }
        Self { text, all }
    }

    /// The text of the n-th token; nothing behind the last one.
    pub(super) fn at(&self, n: usize) -> &'t str {
        self.all.get(n).map_or("", |token| &self.text[token.range.clone()])
    }

    pub(super) fn shape(&self, n: usize) -> Option<Shape> {
        self.all.get(n).map(|token| token.shape)
    }

    /// From the first byte of one token to the last of another.
    pub(super) fn range(&self, first: usize, last: usize) -> Range<usize> {
        self.all[first].range.start..self.all[last].range.end
    }

    /// The first token that begins at this byte or behind it.
    pub(super) fn from(&self, byte: usize) -> usize {
        self.all.partition_point(|token| token.range.start < byte)
    }

    /// The range of an element of a list with one of the commas around it, so that the list stays one.
    pub(super) fn element(&self, range: Range<usize>) -> Range<usize> {
        let (first, behind) = (self.from(range.start), self.from(range.end));
        if self.at(behind) == "," {
            return range.start..self.all.get(behind + 1).map_or(range.end, |next| next.range.start);
        }
        if first > 0 && self.at(first - 1) == "," {
            return self.all[first - 1].range.start..range.end;
        }
        range
    }

    /// The range of something that stands behind a keyword or sign, with that.
    pub(super) fn with_word_before(&self, range: Range<usize>) -> Range<usize> {
        let first = self.from(range.start);
        self.all[first.saturating_sub(1)].range.start..range.end
    }
}

/// The length of the string that a text begins with.
fn string(text: &str) -> usize {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '"' => return at + 1,
            '\n' => return at,
            '\\' => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            '{' if text[at..].starts_with("{{") => at += text[at..].find("}}").map_or(2, |end| end + 2),
            c => at += c.len_utf8(),
        }
    }
    text.len()
}

pub(super) fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}
