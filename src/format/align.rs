//! Columns: what stands under each other in neighbouring lines of one kind.
//!
//! Lines are neighbours if nothing is between them, no empty line and no comment. A column is left alone if it would
//! make one of them too long; only phrases, which are long texts, are aligned at any length. Lines are broken before,
//! so that alignment cannot change where.

use super::layout::Places;
use super::plan::{Indent, Plan, Row, RowKind, WIDTH, widths};

/// Blanks to be added in front of each token.
pub(super) fn align(plan: &Plan<'_>, places: &Places) -> Vec<usize> {
    let mut padding = vec![0; plan.tokens.len()];
    let mut done = vec![false; plan.rows.len()];
    for number in 0..plan.rows.len() {
        if done.get(number) == Some(&true) {
            continue;
        }
        let mut neighbours = Vec::new();
        let mut next = Some(number);
        while let Some(row) = next.and_then(|number| Neighbour::new(number, plan, places)) {
            next = row.next(plan);
            neighbours.push(row);
        }
        for row in &neighbours {
            if let Some(flag) = done.get_mut(row.number) {
                *flag = true;
            }
        }
        if neighbours.len() > 1 {
            columns(&mut neighbours, places, &mut padding);
        }
    }
    padding
}

/// A row that can be aligned.
struct Neighbour<'p> {
    number: usize,
    row: &'p Row,
    /// The cells that stand on the row's first line.
    cells: Vec<(usize, usize)>,
    /// How far to the right the row reaches.
    reach: usize,
    /// How far it has been moved to the right.
    shift: usize,
}

impl<'p> Neighbour<'p> {
    /// A row on a line of its own, of which further lines hang under its first one.
    fn new(number: usize, plan: &'p Plan<'_>, places: &Places) -> Option<Self> {
        let row = plan.rows.get(number)?;
        if !begins_line(row, plan) {
            return None;
        }
        let broken = |token: usize| plan.gaps.get(token).is_some_and(|gap| gap.broken);
        let hangs = |token: usize| match plan.gaps.get(token).map(|gap| gap.indent) {
            Some(Indent::Under(..) | Indent::Else(_)) => true,
            Some(Indent::Inside(open)) => !broken(open + 1),
            _ => false,
        };
        let mut breaks = (row.first + 1..row.end).filter(|&token| broken(token)).peekable();
        let first_line = breaks.peek().copied().unwrap_or(row.end);
        if !breaks.all(hangs) {
            return None;
        }
        let end = |token: usize| Some(places.columns.get(token)? + widths(plan.tokens.get(token)?.text).0);
        let reach = (row.first..row.end).filter_map(end).max()?;
        let cells = row.cells.iter().copied().filter(|&(_, token)| token < first_line).collect();
        Some(Self { number, row, cells, reach, shift: 0 })
    }

    /// The row on the next line, if it is of the same kind.
    fn next(&self, plan: &Plan<'_>) -> Option<usize> {
        // Rows of a table have commas between them.
        let next = self.row.end + usize::from(self.row.kind == RowKind::Table);
        let number = plan.rows.partition_point(|row| row.first < next);
        let row = plan.rows.get(number).filter(|row| row.first == next && row.kind == self.row.kind)?;
        let gap = plan.gaps.get(row.first)?;
        let comments = plan.comments.get(gap.comments.clone()).unwrap_or_default();
        let apart = comments.iter().any(|comment| comment.breaks > 0) || (plan.keeps_empty_line(gap) && gap.breaks > 1);
        (gap.broken && !apart).then_some(number)
    }

    /// The token that begins a column.
    fn cell(&self, column: usize) -> Option<usize> {
        self.cells.iter().find(|(number, _)| *number == column).map(|(_, token)| *token)
    }
}

/// Whether a row begins a line; the first row of a table begins behind the brace.
fn begins_line(row: &Row, plan: &Plan<'_>) -> bool {
    row.kind == RowKind::Table || row.first == 0 || plan.gaps.get(row.first).is_some_and(|gap| gap.broken)
}

/// Aligns neighbours, column by column.
fn columns(rows: &mut [Neighbour<'_>], places: &Places, padding: &mut [usize]) {
    let mut numbers: Vec<usize> = rows.iter().flat_map(|row| row.cells.iter().map(|(number, _)| *number)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let mut from = 0;
        while from < rows.len() {
            let rest = rows.get_mut(from..).unwrap_or_default();
            let together = column(rest, number, places, padding);
            from += together.max(1);
        }
    }
}

/// Aligns a column of as many rows as can be, and says of how many.
fn column(rows: &mut [Neighbour<'_>], number: usize, places: &Places, padding: &mut [usize]) -> usize {
    let at = |row: &Neighbour<'_>| {
        let token = row.cell(number)?;
        Some((token, places.columns.get(token)? + row.shift))
    };
    let any_length = number == 1 && rows.iter().all(|row| row.row.kind == RowKind::Phrase);
    // The column so far, and the longest of what stands behind it.
    let (mut column, mut longest) = (0, 0);
    let mut together = 0;
    for row in rows.iter() {
        if let Some((_, own)) = at(row) {
            let tail = (row.reach + row.shift).saturating_sub(own);
            let moved = if own > column { longest } else { tail };
            let moves = own != column && column.max(own) + moved > WIDTH && longest > 0;
            if moves && !any_length {
                break;
            }
            column = column.max(own);
            longest = longest.max(tail);
        }
        together += 1;
    }
    for row in rows.iter_mut().take(together) {
        let Some((token, own)) = at(row) else { continue };
        row.shift += column - own;
        if let Some(slot) = padding.get_mut(token) {
            *slot = column - own;
        }
    }
    together
}
