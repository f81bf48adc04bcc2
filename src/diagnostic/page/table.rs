//! A table in columns.

use textwrap::core::display_width;

use crate::diagnostic::render::Style;

/// The cells of a table, the head first.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
}

impl Table {
    pub(super) fn cell(&mut self, text: String) {
        self.row.push(text);
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// Its lines: the head, a line below it, the rows. Only the last column is broken into lines.
    pub(super) fn lines(&self, style: Style) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| display_width(cell)).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let before: usize = widths.iter().rev().skip(1).map(|width| width + 2).sum();
        let last = style.width.saturating_sub(before).max(20);
        let mut lines = Vec::new();
        for (n, row) in self.rows.iter().enumerate() {
            lines.extend(row_lines(row, &widths, before, last));
            if n == 0 {
                let dash = if style.unicode { "─" } else { "-" };
                lines.push(dash.repeat(before + widths.last().map_or(0, |width| *width.min(&last))));
            }
        }
        lines
    }
}

fn row_lines(row: &[String], widths: &[usize], before: usize, last: usize) -> Vec<String> {
    let Some((end, cells)) = row.split_last() else { return Vec::new() };
    let mut head = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        head = head + cell + &" ".repeat(width.saturating_sub(display_width(cell)) + 2);
    }
    let mut lines: Vec<String> = Vec::new();
    for part in textwrap::wrap(end, last) {
        let start = if lines.is_empty() { std::mem::take(&mut head) } else { " ".repeat(before) };
        lines.push(format!("{start}{part}").trim_end().to_owned());
    }
    if lines.is_empty() { vec![head.trim_end().to_owned()] } else { lines }
}
