//! The graph for Graphviz (<https://graphviz.org/doc/info/lang.html>).

use std::fmt::Write as _;

use super::mermaid::{lines, written};
use super::{Block, Chart, Kind};

/// Characters of a row.
const MOST: usize = 56;

/// The graph in the DOT language.
#[must_use]
pub fn dot(chart: &Chart<'_>) -> String {
    let mut page = format!("digraph {} {{\n", quoted(&chart.graph.name));
    page.push_str(
        "  graph [fontname=\"sans-serif\", compound=true, newrank=true, ranksep=0.4]\n  node [fontname=\"sans-serif\", \
         fontsize=10, shape=box, style=\"rounded,filled\", fillcolor=white]\n  edge [fontname=\"sans-serif\", \
         fontsize=9]\n",
    );
    for (n, group) in chart.groups.iter().enumerate() {
        let _ = write!(page, "  subgraph cluster_{n} {{\n    label={}\n", quoted(&group.title));
        for index in &group.blocks {
            if let Some(block) = chart.block(*index) {
                let _ = writeln!(page, "    b{index} [{}]", attributes(chart, *index, block));
            }
        }
        page.push_str("  }\n");
    }
    for (index, block) in chart.blocks.iter().enumerate() {
        for line in &block.lines {
            page.push_str(&edge(index, &written(line), line.failure, line.to, false));
        }
        for exit in block.exits.iter().filter(|exit| exit.back && exit.to != index) {
            page.push_str(&edge(index, &exit.label, exit.failure, exit.to, true));
        }
        for row in &block.rows {
            let to = row.way.and_then(|way| chart.leads_to(way));
            to.into_iter().for_each(|to| page.push_str(&edge(index, "", false, to, true)));
        }
    }
    for (n, (key, to)) in chart.anywhere.iter().enumerate() {
        let label = quoted("any step that listens");
        let _ = write!(
            page,
            "  k{n} [label={label}, shape=plaintext]\n  k{n} -> b{to} [label={}]\n",
            quoted(&key.to_string())
        );
    }
    page.push_str("}\n");
    page
}

/// `faint` is drawn what leads back or into another group, however long it gets.
fn edge(from: usize, label: &str, failure: bool, to: usize, faint: bool) -> String {
    let mut attributes = Vec::new();
    if !label.is_empty() {
        attributes.push(format!("label={}", quoted(label)));
    }
    if failure {
        attributes.push("style=dashed".to_owned());
    }
    if faint {
        attributes.push("weight=0, color=gray50".to_owned());
    }
    let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
    format!("  b{from} -> b{to}{attributes}\n")
}

fn attributes(chart: &Chart<'_>, index: usize, block: &Block) -> String {
    let text = lines(chart, index, block, MOST).join("\n");
    let look = match block.kind {
        Kind::Person | Kind::Wait => "fillcolor=\"#e3eefb\"",
        Kind::Ask | Kind::Send => "fillcolor=\"#fdf0dc\"",
        Kind::Choice => "shape=hexagon, style=filled, fillcolor=\"#f4f4f4\"",
        Kind::Leave | Kind::End => "shape=box, style=\"rounded,filled\", fillcolor=\"#ececec\"",
        Kind::Plain => "style=filled",
    };
    let callee = if block.callee { ", color=\"#2e8b45\", penwidth=2" } else { "" };
    format!("label={}, {look}{callee}", quoted(&text))
}

/// A quoted string; line breaks are centred, and other control characters are spaces.
fn quoted(text: &str) -> String {
    let printable = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let text: String = text.chars().map(printable).collect();
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
