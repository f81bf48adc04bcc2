//! What a block looks like: its texts in lines, and the room they take.

use super::layers::Size;
use super::measure::{bold, width, wrapped};
use crate::draw::{Block, Exit, Kind};
use crate::graph::NodeId;
use crate::graph::ways::Way;

/// The size of letters.
pub(super) const TEXT: f64 = 10.0;
/// The size of small letters: names, exits.
pub(super) const SMALL: f64 = 8.5;
/// Between the edge of a block and its texts.
const PAD: f64 = 8.0;
/// How wide a text may get.
const MOST: f64 = 215.0;
/// How far lines that go on are indented.
const INDENT: f64 = 8.0;
/// From one line to the next, as a part of the size.
const LEADING: f64 = 1.28;
/// What an exit begins with: a piece of its line.
const DASH: f64 = 16.0;

/// A line of text in a block.
#[derive(Debug, Clone)]
pub(super) struct TextLine {
    pub(super) text: String,
    /// How many characters at the beginning are bold.
    pub(super) bold: usize,
    pub(super) role: Role,
    /// From the left edge of the block.
    pub(super) x: f64,
    /// The base line, from the top of the block.
    pub(super) y: f64,
    /// The ways that the line stands for.
    pub(super) ways: Vec<(NodeId, Way)>,
}

/// What a line of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Where a rule is entered.
    Entry,
    /// The name of the block.
    Name,
    /// What happens.
    Row,
    /// More about it.
    Detail,
    /// A way that only names where it leads.
    Exit,
    /// The same, when something failed.
    Failure,
}

/// A block made ready to be placed.
#[derive(Debug, Clone)]
pub(super) struct Face {
    pub(super) lines: Vec<TextLine>,
    pub(super) size: Size,
    /// The height at which exits begin, if there are some.
    pub(super) exits_from: Option<f64>,
}

/// The face of a block. `named` says whether something refers to it by its name; `entry` is shown above everything.
pub(super) fn face(block: &Block, index: usize, named: bool, entry: Option<&str>) -> Face {
    let mut making = Making { lines: Vec::new(), y: PAD - 2.0, right: 0.0 };
    if let Some(entry) = entry {
        making.text(entry, 8.0, usize::MAX, Role::Entry, TEXT, &[]);
    }
    let waits = matches!(block.kind, Kind::Person | Kind::Wait | Kind::Ask | Kind::Send);
    if (waits || named) && entry != Some(&block.name) {
        making.text(&block.name, INDENT, 0, Role::Name, SMALL, &[]);
    }
    for row in &block.rows {
        let ways: Vec<(NodeId, Way)> = row.way.into_iter().collect();
        if row.detail {
            making.text(&row.text, INDENT, 0, Role::Detail, SMALL, &ways);
        } else {
            let keyword = row.text.chars().take_while(|c| *c != ' ').count();
            making.text(&row.text, INDENT, keyword, Role::Row, TEXT, &ways);
        }
    }
    let exits_from = (!block.exits.is_empty()).then(|| {
        let from = making.y + 3.0;
        making.y = from + 1.0;
        from
    });
    for exit in &block.exits {
        let role = if exit.failure { Role::Failure } else { Role::Exit };
        making.text(&words(exit, index), INDENT, 0, role, SMALL, &exit.ways);
    }
    // A pill needs room for its round ends.
    let round = if matches!(block.kind, Kind::Leave | Kind::End | Kind::Choice) { 8.0 } else { 0.0 };
    making.lines.iter_mut().for_each(|line| line.x += round);
    let size = Size { width: (making.right + PAD + 2.0 * round).max(34.0), height: making.y + PAD };
    Face { lines: making.lines, size, exits_from }
}

/// `giveup → on giveup`, `silence: again`, `any: back to take`.
fn words(exit: &Exit, own: usize) -> String {
    let colon = if exit.label.is_empty() { "" } else { ": " };
    match (exit.back, exit.to == own) {
        (true, true) => format!("{}{colon}again", exit.label),
        (true, false) => format!("{}{colon}back to {}", exit.label, exit.target),
        (false, _) => format!("{} → {}", exit.label, exit.target),
    }
}

struct Making {
    lines: Vec<TextLine>,
    y: f64,
    right: f64,
}

impl Making {
    fn text(&mut self, text: &str, indent: f64, bold_to: usize, role: Role, size: f64, ways: &[(NodeId, Way)]) {
        let dash = if matches!(role, Role::Exit | Role::Failure) { DASH } else { 0.0 };
        // Bold letters are wider.
        let more =
            if bold_to == usize::MAX { bold(text, size) - width(text, size) } else { keyword(text, bold_to, size) };
        for (n, line) in wrapped(text, size, MOST - dash - more.min(30.0), indent).into_iter().enumerate() {
            let x = PAD + dash + if n == 0 { 0.0 } else { indent };
            let bold = if n == 0 || bold_to == usize::MAX { bold_to.min(line.chars().count()) } else { 0 };
            let extra = if n == 0 { more } else { 0.0 };
            self.right = self.right.max(x + width(&line, size) + extra.max(0.0));
            self.y += size * LEADING;
            let ways = if n == 0 { ways.to_vec() } else { Vec::new() };
            self.lines.push(TextLine { text: line, bold, role, x, y: self.y, ways });
        }
    }
}

/// How much wider the bold beginning makes a text.
fn keyword(text: &str, count: usize, size: f64) -> f64 {
    let head: String = text.chars().take(count).collect();
    bold(&head, size) - width(&head, size)
}
