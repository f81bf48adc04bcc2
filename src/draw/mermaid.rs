//! The graph for Mermaid (<https://mermaid.js.org/syntax/flowchart.html>), which many viewers of Markdown draw.

use std::fmt::Write as _;

use super::{Block, Chart, Kind, Line};

/// Characters of a row.
const MOST: usize = 48;

/// The graph as a Mermaid flowchart.
#[must_use]
pub fn mermaid(chart: &Chart<'_>) -> String {
    let mut page = String::from("flowchart TD\n");
    for (n, group) in chart.groups.iter().enumerate() {
        let _ = writeln!(page, "  subgraph g{n}[\"{}\"]", escaped(&group.title));
        for index in &group.blocks {
            if let Some(block) = chart.block(*index) {
                let _ = writeln!(page, "    b{index}{}", shaped(chart, *index, block));
            }
        }
        page.push_str("  end\n");
    }
    for (index, block) in chart.blocks.iter().enumerate() {
        for line in &block.lines {
            page.push_str(&edge(index, &written(line), line.failure, line.to));
        }
        for exit in block.exits.iter().filter(|exit| exit.back && exit.to != index) {
            page.push_str(&edge(index, &exit.label, exit.failure, exit.to));
        }
        for row in &block.rows {
            let to = row.way.and_then(|way| chart.leads_to(way));
            to.into_iter().for_each(|to| page.push_str(&edge(index, "", false, to)));
        }
    }
    page.push_str(&anywhere(chart));
    page.push_str(STYLES);
    let kinds = [(Kind::Person, "person"), (Kind::Wait, "person"), (Kind::Ask, "ask"), (Kind::Send, "ask")];
    for (index, block) in chart.blocks.iter().enumerate() {
        let class = kinds.iter().find(|(kind, _)| *kind == block.kind).map(|(_, class)| *class);
        let class = if block.callee { Some("callee") } else { class };
        if let Some(class) = class {
            let _ = writeln!(page, "  class b{index} {class}");
        }
    }
    page
}

const STYLES: &str = "  classDef person fill:#e3eefb,stroke:#2f6db3\n  classDef ask fill:#fdf0dc,stroke:#b87514\n  \
                      classDef callee fill:#e4f4e6,stroke:#2e8b45,stroke-dasharray:4 2\n";

fn edge(from: usize, label: &str, failure: bool, to: usize) -> String {
    let arrow = if failure { "-.->" } else { "-->" };
    let label = if label.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(label)) };
    format!("  b{from} {arrow}{label} b{to}\n")
}

/// The keys that work everywhere, once.
fn anywhere(chart: &Chart<'_>) -> String {
    let mut page = String::new();
    for (n, (key, to)) in chart.anywhere.iter().enumerate() {
        let _ =
            write!(page, "  k{n}([\"any step that listens\"])\n  k{n} -->|\"{}\"| b{to}\n", escaped(&key.to_string()));
    }
    page
}

/// A block with its shape by kind.
fn shaped(chart: &Chart<'_>, index: usize, block: &Block) -> String {
    let text = lines(chart, index, block, MOST).iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
    match block.kind {
        Kind::Choice => format!("{{{{\"{text}\"}}}}"),
        Kind::Leave | Kind::End => format!("([\"{text}\"])"),
        Kind::Person | Kind::Wait => format!("[[\"{text}\"]]"),
        Kind::Plain | Kind::Ask | Kind::Send => format!("[\"{text}\"]"),
    }
}

/// What stands in a block: the rule that is entered there, its rows, and the exits that are drawn as no lines.
pub(super) fn lines(chart: &Chart<'_>, index: usize, block: &Block, most: usize) -> Vec<String> {
    let entry = chart.shown_entry(block).map(str::to_owned);
    let rows = block.rows.iter().map(|row| crate::prose::shortened(&row.text, most));
    let exits = block.exits.iter().filter(|exit| !exit.back || exit.to == index).map(|exit| {
        if exit.back { format!("{}: again", exit.label) } else { format!("{} → {}", exit.label, exit.target) }
    });
    let mut lines: Vec<String> = entry.into_iter().chain(rows).chain(exits).collect();
    if lines.is_empty() {
        lines.push(block.name.clone());
    }
    lines
}

/// What is written at a line: the key, and how it is announced.
pub(super) fn written(line: &Line) -> String {
    let announced = line.announced.as_ref().map(|text| format!(" {text}"));
    format!("{}{}", line.label, announced.unwrap_or_default())
}

/// Text that is nothing but text for Mermaid: what could be markup is written as the number of its character.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | ':' | '→' | '…' | '⏸' | '/' | '?' | '!' | '\'') {
            out.push(c);
        } else if c.is_control() {
            out.push(' ');
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
