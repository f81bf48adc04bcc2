//! The text of a plan whose lines are decided.

use super::layout::Places;
use super::plan::{Gap, Indent, Plan, Separator};

/// Blanks between a line and the comment behind it.
const APART: usize = 2;

/// The lines of a text, in the making.
struct Printer<'p, 't> {
    plan: &'p Plan<'t>,
    places: Places,
    lines: Vec<Line<'t>>,
}

/// A line.
#[derive(Default)]
struct Line<'t> {
    text: String,
    /// Columns of the text, the last line of it if it has several.
    width: usize,
    /// Columns before it.
    indent: usize,
    /// Whether a bracket is opened at its end.
    opens: bool,
    /// The comment behind it.
    comment: Option<&'t str>,
}

impl Line<'_> {
    /// Whether the comments behind this line and the next one stand under each other: not over the edge of a block.
    fn goes_with(&self, next: &Self) -> bool {
        self.comment.is_some() && next.comment.is_some() && !self.opens && self.indent <= next.indent
    }
}

/// Prints a plan with some blanks more in front of each token.
pub(super) fn print(plan: &Plan<'_>, padding: &[usize]) -> String {
    let places = Places::for_tokens(plan.tokens.len());
    let mut printer = Printer { plan, places, lines: vec![Line::default()] };
    for (token, gap) in plan.gaps.iter().enumerate() {
        printer.token(token, gap, padding.get(token).copied().unwrap_or_default());
    }
    text(&printer.lines)
}

impl<'t> Printer<'_, 't> {
    fn token(&mut self, number: usize, gap: &Gap, padding: usize) {
        let Some(token) = self.plan.tokens.get(number) else { return };
        self.separate(gap);
        // Empty lines are kept between things, not behind an opening bracket or at the beginning of the text.
        let before = number.checked_sub(1).and_then(|before| self.plan.tokens.get(before));
        let keeps = self.plan.keeps_empty_line(gap);
        let mut between = keeps && before.is_some_and(|before| !before.opens);
        for comment in self.plan.comments.get(gap.comments.clone()).unwrap_or_default() {
            if comment.breaks == 0 {
                self.behind(comment.text);
            } else {
                self.begin_line(gap.comment_indent, between && comment.breaks > 1);
                self.write(comment.text);
            }
            between = keeps;
        }
        let ends = token.closes || token.text.is_empty();
        if gap.broken {
            self.begin_line(gap.indent, between && !ends && gap.breaks > 1);
        }
        self.places.put(self.plan, padding);
        if !gap.broken && number > 0 {
            self.blanks(usize::from(gap.space) + padding);
        }
        self.write(token.text);
        if let Some(line) = self.lines.last_mut() {
            line.width = self.places.end;
            line.opens = token.opens;
        }
    }

    /// What the formatter writes behind the former token.
    fn separate(&mut self, gap: &Gap) {
        match gap.separator {
            Separator::Comma => self.write(","),
            Separator::Semicolon if !gap.broken => self.write(";"),
            Separator::End => self.write(";"),
            _ => return,
        }
        if let Some(line) = self.lines.last_mut() {
            line.width += 1;
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(line) = self.lines.last_mut() {
            if text.contains('\r') {
                // A line break in a string is one of the file, however it is written.
                line.text.push_str(&text.replace("\r\n", "\n"));
            } else {
                line.text.push_str(text);
            }
        }
    }

    fn blanks(&mut self, count: usize) {
        if let Some(line) = self.lines.last_mut() {
            line.text.extend(std::iter::repeat_n(' ', count));
        }
    }

    fn behind(&mut self, comment: &'t str) {
        if let Some(line) = self.lines.last_mut() {
            line.comment = Some(comment);
        }
    }

    fn begin_line(&mut self, indent: Indent, after_empty: bool) {
        let column = self.places.column(indent, &self.plan.gaps);
        if after_empty {
            self.lines.push(Line::default());
        }
        // The text begins with the first line that is not empty.
        if self.lines.len() > 1 || self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.lines.push(Line::default());
        }
        self.blanks(column);
        if let Some(line) = self.lines.last_mut() {
            line.indent = column;
        }
    }
}

/// The lines as one text. Comments behind neighbouring lines stand under each other.
fn text(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    for neighbours in lines.chunk_by(Line::goes_with) {
        let column = neighbours.iter().map(|line| line.width).max().unwrap_or_default() + APART;
        for line in neighbours {
            text.push_str(line.text.trim_end_matches(' '));
            if let Some(comment) = line.comment {
                text.extend(std::iter::repeat_n(' ', column - line.width));
                text.push_str(comment);
            }
            text.push('\n');
        }
    }
    let length = text.trim_end_matches('\n').len();
    text.truncate(length);
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
