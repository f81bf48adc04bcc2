//! The graph as a listing: a line for each block, its ways behind it.

use std::fmt::Write as _;

use super::{Block, Chart, Exit, Kind, Line};

/// Columns of the page.
const WIDTH: usize = 110;
/// Columns of the names at most; longer ones stand on a line of their own.
const NAMES: usize = 26;

/// The listing.
#[must_use]
pub fn text(chart: &Chart<'_>) -> String {
    let mut page = format!("{}\n", chart.graph.name);
    for (key, block) in &chart.anywhere {
        let rule = chart.block(*block).and_then(|block| block.entry.as_deref()).unwrap_or_default();
        let _ = writeln!(page, "{key} in every step that listens to the caller → {rule}");
    }
    for group in &chart.groups {
        page.extend(["\n", &group.title, "\n"]);
        for block in group.blocks.iter().filter_map(|index| chart.block(*index)) {
            one(&mut page, chart, block);
        }
    }
    page
}

fn one(page: &mut String, chart: &Chart<'_>, block: &Block) {
    let mark = match block.kind {
        Kind::Person | Kind::Wait | Kind::Ask | Kind::Send => "⏸",
        _ => " ",
    };
    let callee = if block.callee { "callee: " } else { "" };
    let rows: Vec<&str> = block.rows.iter().map(|row| row.text.as_str()).collect();
    let indent = " ".repeat(NAMES + 5);
    if block.name.chars().count() > NAMES {
        page.extend(["  ", &block.name, "\n", &" ".repeat(NAMES + 3), mark, " "]);
    } else {
        let _ = write!(page, "  {:<NAMES$} {mark} ", block.name);
    }
    let lines = block.lines.iter().map(|line| shown_line(chart, line));
    let exits = block.exits.iter().map(shown_exit);
    let last = rows.len().saturating_sub(1);
    let rows = rows
        .iter()
        .enumerate()
        .map(|(n, row)| format!("{}{row}{}", if n == 0 { callee } else { "" }, if n == last { "" } else { ";" }));
    let parts = rows.chain(lines).chain(exits);
    let mut column = indent.chars().count();
    for (n, part) in parts.filter(|part| !part.is_empty()).enumerate() {
        let length = part.chars().count();
        if n > 0 {
            if column + 3 + length > WIDTH {
                page.extend(["\n", &indent]);
                column = indent.chars().count();
            } else {
                page.push_str("   ");
                column += 3;
            }
        }
        page.push_str(&part);
        column += length;
    }
    page.push('\n');
}

fn shown_line(chart: &Chart<'_>, line: &Line) -> String {
    let to = chart.block(line.to).map_or("", |block| &block.name);
    if line.label.is_empty() { format!("→ {to}") } else { format!("{} → {to}", line.label) }
}

fn shown_exit(exit: &Exit) -> String {
    if exit.label.is_empty() { format!("→ {}", exit.target) } else { format!("{} → {}", exit.label, exit.target) }
}
