//! A text as tokens with a gap in front of each, and what may happen in the gaps.

use std::ops::Range;

/// Columns of a line.
pub(super) const WIDTH: usize = 120;
/// Columns of one level of indentation.
pub(super) const STEP: usize = 2;

/// Everything that layout decides about. The last token is the end of the text, an empty one.
#[derive(Debug, Default)]
pub(super) struct Plan<'t> {
    pub(super) tokens: Vec<Token<'t>>,
    /// As many as tokens: what stands in front of each.
    pub(super) gaps: Vec<Gap>,
    pub(super) comments: Vec<Comment<'t>>,
    /// In the order of their first tokens, outer ones first.
    pub(super) groups: Vec<Group>,
    /// In the order of their first tokens.
    pub(super) rows: Vec<Row>,
}

impl Plan<'_> {
    /// Whether an empty line of the author is kept in a gap: between things, but not in a list that hangs to the right.
    pub(super) fn keeps_empty_line(&self, gap: &Gap) -> bool {
        let hangs = match gap.indent {
            Indent::Inside(open) => self.gaps.get(open + 1).is_some_and(|gap| !gap.broken),
            _ => false,
        };
        gap.blank && !hangs
    }
}

/// A token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    /// As it is written; only a string with `\` at the end of a line has line breaks.
    pub(super) text: &'t str,
    /// Whether it is an opening bracket.
    pub(super) opens: bool,
    /// Whether it is a closing bracket.
    pub(super) closes: bool,
}

/// A comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'t> {
    /// From `//` on.
    pub(super) text: &'t str,
    /// Line breaks between it and what stands before it: without one, it is behind that on its line.
    pub(super) breaks: usize,
}

/// What is between a token and the one before it.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    /// Whether a blank stands here as long as the line is not broken.
    pub(super) space: bool,
    /// When the line may be broken.
    pub(super) joint: Joint,
    /// Whether the line is broken: always if there are comments.
    pub(super) broken: bool,
    /// Whether an empty line is kept.
    pub(super) blank: bool,
    /// Line breaks in front of the token, behind the last comment.
    pub(super) breaks: usize,
    /// Which comments stand here.
    pub(super) comments: Range<usize>,
    pub(super) separator: Separator,
    /// Where the token goes if the line is broken.
    pub(super) indent: Indent,
    /// Where comments with lines of their own go.
    pub(super) comment_indent: Indent,
}

impl Default for Gap {
    fn default() -> Self {
        Self {
            space: true,
            joint: Joint::Never,
            broken: false,
            blank: false,
            breaks: 0,
            comments: 0..0,
            separator: Separator::None,
            indent: Indent::Margin,
            comment_indent: Indent::Margin,
        }
    }
}

impl Gap {
    /// Columns it takes in a line that is not broken here.
    pub(super) fn width(&self) -> usize {
        usize::from(self.space) + usize::from(self.separator != Separator::None)
    }
}

/// When the line is broken in a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// If a comment stands there.
    Never,
    /// If the author broke it, or all of the group is broken.
    Kept,
    /// Also if the line is full.
    Fill,
}

/// What the formatter writes behind the former token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    None,
    /// `;`, unless the line is broken.
    Semicolon,
    /// `;` always.
    End,
    /// `,` always.
    Comma,
}

/// The column of a token that begins a line; the tokens named are earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Indent {
    /// The first column.
    Margin,
    /// What stands in this bracket: a step deeper than the bracket's line if the line is broken behind the bracket, else
    /// under the first thing in it.
    Inside(usize),
    /// That of the line on which this token stands, and so many more.
    Line(usize, usize),
    /// That of this token, and so many more.
    Under(usize, usize),
    /// That of this token, the first of a step. It is an `else` that goes there: behind closing brackets that begin a
    /// line it goes on, whatever the author did.
    Else(usize),
}

/// Tokens that belong together: what is on one line if there is room.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) kind: Kind,
    /// The first token; of a bracket, the bracket.
    pub(super) first: usize,
    /// One past the last token.
    pub(super) end: usize,
    /// The gaps at which it is broken.
    pub(super) joints: Vec<usize>,
}

/// How a group is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where the line is full.
    Fill,
    /// A block: everywhere, its brackets included.
    Block,
    /// A list in brackets: where the line is full; `nested` if lists stand in it.
    List { nested: bool },
    /// A list in brackets: everywhere.
    Rows,
}

impl Group {
    /// Its closing bracket, if it is one in brackets.
    pub(super) fn closer(&self) -> usize {
        self.end.saturating_sub(1)
    }
}

/// Something on one line that is aligned with its neighbours.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) kind: RowKind,
    /// Its first token.
    pub(super) first: usize,
    /// One past its last token.
    pub(super) end: usize,
    /// Column numbers, ascending, and the tokens that begin there.
    pub(super) cells: Vec<(usize, usize)>,
}

/// Neighbours of one kind are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// `enum`, `table`, `type`: name, `{`.
    Data,
    /// `music`, `anywhere`, `on`: `{` or `=>`.
    Rule,
    /// A setting: `=`.
    Setting,
    /// A phrase: `=`, then a column for each language.
    Phrase,
    /// A row of a table: each `|`.
    Table,
    /// A line of `hours`: times or dates.
    Hours,
    /// A step of `music`: what is heard.
    Sound,
    /// An operation: name, URL, the rest.
    Operation,
    /// An arm: label, condition, what happens.
    Arm,
    /// A case of `match`: what happens.
    Case,
    /// A part of `escalate`: what happens.
    Part,
    /// `given`: `=`.
    Given,
    /// `stub`: `=>`.
    Stub,
    /// `let` in a test file: `=`.
    Fixture,
    /// `ann is "+1…"`: `is`.
    Person,
}

/// Columns of the first line and of the last line of a token, and whether these are two.
pub(super) fn widths(text: &str) -> (usize, usize, bool) {
    match text.split_once('\n') {
        None => {
            let width = text.chars().count();
            (width, width, false)
        }
        Some((first, _)) => {
            let last = text.rsplit('\n').next().unwrap_or_default();
            (first.trim_end_matches('\r').chars().count(), last.chars().count(), true)
        }
    }
}
