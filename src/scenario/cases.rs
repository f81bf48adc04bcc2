//! `for each { … }`: one test for every row.
//!
//! A column's name stands for the cell of the row: as a value, as keys, as what is heard (a word names a phrase, a
//! string is a fragment), and as `{{column}}` in strings and in the title.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::slots;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::scenario::{
    Deed, DeedKind, Heard, OnWire, Pressed, Reply, ReplyKind, Scenario, ScenarioLine, Setup,
};
use crate::syntax::tree::{Cell, Count, Expr, ExprKind, Literal, Piece, Row, Word};

/// A test ready to be played.
#[derive(Debug, Clone)]
pub(super) struct Case<'a> {
    /// The title with the cells of its row.
    pub(super) title: String,
    /// Where the test is, or its row.
    pub(super) span: Span,
    /// Its lines.
    pub(super) lines: Cow<'a, [ScenarioLine]>,
    /// The cell that stands at each place where a column is named.
    cells: BTreeMap<Span, Span>,
}

impl Case<'_> {
    /// What is wrong at a place where a cell stands is told at the cell.
    pub(super) fn at_cell(&self, mut problem: Diagnostic) -> Diagnostic {
        let Some((label, cell)) =
            problem.labels.first_mut().and_then(|label| self.cells.get(&label.span).map(|cell| (label, *cell)))
        else {
            return problem;
        };
        let place = std::mem::replace(&mut label.span, cell);
        problem.at(place, "used here")
    }
}

/// The tests that a scenario stands for.
pub(super) fn expand(scenario: &Scenario) -> Vec<Case<'_>> {
    let Some((columns, rows)) = scenario.cases.split_first() else {
        let (title, span) = (scenario.title.clone(), scenario.span);
        return vec![Case { title, span, lines: Cow::Borrowed(&scenario.lines), cells: BTreeMap::new() }];
    };
    // A row of another width has been reported; what its columns would hold is not known.
    let whole = rows.iter().filter(|row| row.cells.len() == columns.cells.len());
    whole.map(|row| case(scenario, columns, row)).collect()
}

fn case<'a>(scenario: &'a Scenario, columns: &Row, row: &Row) -> Case<'a> {
    let mut filling = Filling { columns, row, cells: BTreeMap::new() };
    let mut lines = scenario.lines.clone();
    lines.iter_mut().for_each(|line| filling.line(line));
    let mut title = scenario.title.clone();
    filling.text(&mut title);
    // Rows are told apart, whether or not the title names their cells.
    if title == scenario.title {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        title = format!("{title} ({})", cells.join(", "));
    }
    Case { title, span: row.span, lines: Cow::Owned(lines), cells: filling.cells }
}

/// The cells of a row by the names of their columns.
struct Filling<'a> {
    columns: &'a Row,
    row: &'a Row,
    /// Where they were put.
    cells: BTreeMap<Span, Span>,
}

impl<'a> Filling<'a> {
    /// The cell that a name at this place stands for.
    fn named(&mut self, name: &str, place: Span) -> Option<&'a Cell> {
        let cell = self.cell(name)?;
        self.cells.insert(place, cell.span);
        Some(cell)
    }

    fn cell(&self, name: &str) -> Option<&'a Cell> {
        let place = self.columns.cells.iter().position(|column| column.text == name)?;
        self.row.cells.get(place)
    }

    fn text(&self, text: &mut String) {
        *text = slots::filled(text, |name| self.cell(name).map(|cell| cell.text.as_str()));
    }

    fn line(&mut self, line: &mut ScenarioLine) {
        match line {
            ScenarioLine::Setup(setup) => self.setup(setup),
            ScenarioLine::Deeds { deeds, .. } => deeds.iter_mut().for_each(|deed| self.deed(deed)),
        }
    }

    fn setup(&mut self, setup: &mut Setup) {
        match setup {
            Setup::Given { value, .. } | Setup::Fixture { value, .. } => self.expr(value),
            Setup::Stub { args, replies, .. } => {
                args.iter_mut().flatten().for_each(|arg| self.expr(arg));
                replies.iter_mut().for_each(|reply| self.reply(reply));
            }
            Setup::Clock { text, .. } => self.text(text),
            Setup::Unreached { .. } => {}
        }
    }

    fn reply(&mut self, reply: &mut Reply) {
        if let ReplyKind::Status(_, Some(body)) | ReplyKind::Column(_, Some(body)) = &mut reply.kind {
            self.expr(body);
        }
        let ReplyKind::Column(name, body) = &mut reply.kind else { return };
        let Some(cell) = self.named(&name.text, name.span) else { return };
        let status = cell.text.parse().ok().map(|value| Count { value, span: name.span });
        match status {
            Some(status) => reply.kind = ReplyKind::Status(status, body.take()),
            None if cell.text == "timeout" => reply.kind = ReplyKind::Timeout,
            None => name.text.clone_from(&cell.text),
        }
    }

    fn deed(&mut self, deed: &mut Deed) {
        match &mut deed.kind {
            DeedKind::IsNumber(text) => self.text(text),
            DeedKind::Calls { from: Some(expr), .. } => self.expr(expr),
            DeedKind::Sent { wire, fields, .. } => {
                fields.iter_mut().for_each(|fields| self.expr(fields));
                if let Some(OnWire { request, headers, .. }) = wire {
                    self.text(request);
                    headers.iter_mut().for_each(|header| self.text(&mut header.value));
                }
            }
            DeedKind::Presses(pressed) | DeedKind::Types(pressed) => self.pressed(pressed),
            DeedKind::Hears { heard, .. } => heard.iter_mut().for_each(|heard| self.heard(heard)),
            DeedKind::NeverHears(heard) => self.heard(heard),
            DeedKind::Records { words: Some(words), .. } => self.text(words),
            DeedKind::Dials { number, keys } => {
                self.expr(number);
                keys.iter_mut().for_each(|keys| self.text(keys));
            }
            _ => {}
        }
    }

    fn pressed(&mut self, pressed: &mut Pressed) {
        let Pressed::Named(name) = pressed else { return };
        if let Some(cell) = self.named(&name.text, name.span) {
            *pressed = Pressed::Keys(Word { text: cell.text.clone(), span: name.span });
        }
    }

    fn heard(&mut self, heard: &mut Heard) {
        match heard {
            Heard::Fragment(text, _) => self.text(text),
            Heard::Phrase(word) => match self.named(&word.text, word.span) {
                Some(cell) if cell.word => word.text.clone_from(&cell.text),
                Some(cell) => *heard = Heard::Fragment(cell.text.clone(), word.span),
                None => {}
            },
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Name(name) => {
                if let Some(cell) = self.named(name, expr.span) {
                    expr.kind = value(cell, expr.span);
                }
            }
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Negative(of) => self.expr(of),
            ExprKind::Call { args, .. } | ExprKind::List(args) => args.iter_mut().for_each(|arg| self.expr(arg)),
            ExprKind::Record(pairs) => {
                for pair in pairs {
                    if let Some(value) = &mut pair.value {
                        self.expr(value);
                    } else {
                        let span = pair.name.span;
                        pair.value =
                            self.named(&pair.name.text, span).map(|cell| Expr { span, kind: value(cell, span) });
                    }
                }
            }
            _ => {}
        }
    }

    fn literal(&self, literal: &mut Literal) {
        for piece in &mut literal.pieces {
            let Piece::Slot { inner, span } = piece else { continue };
            if let Some(cell) = self.cell(inner.trim()) {
                *piece = Piece::Chars { text: cell.text.clone(), span: *span };
            }
        }
    }
}

/// A cell as a value.
fn value(cell: &Cell, span: Span) -> ExprKind {
    match (cell.number, cell.word, cell.text.as_str()) {
        (Some(number), ..) => ExprKind::Number(number),
        (_, true, "none") => ExprKind::None,
        (_, true, "true") => ExprKind::Flag(true),
        (_, true, "false") => ExprKind::Flag(false),
        (_, true, name) => ExprKind::Name(name.to_owned()),
        (_, false, text) => {
            ExprKind::Literal(Literal { pieces: vec![Piece::Chars { text: text.to_owned(), span }], span })
        }
    }
}
