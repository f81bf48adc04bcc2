//! A page that shows the flow's text with what tests reached in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Tested, by_line, flow_source};
use crate::scenario::Edge;

const STYLE: &str = "body{font:14px/1.45 system-ui,sans-serif;margin:2em;color:#1b1f24}h2{margin:2em 0 .3em}\
table{border-collapse:collapse}td{padding:0 .6em;vertical-align:top}td.n{color:#8c959f;text-align:right}\
td.t{font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap}td.e{font-size:12px;color:#57606a}\
tr.all td.t{background:#dafbe1}tr.some td.t{background:#fff8c5}tr.none td.t{background:#ffebe9}\
.no{color:#cf222e}.why{color:#6e7781;font-style:italic}meter{width:12em}";

/// One page for all flows: each line in green (every edge of it is reached or excused), yellow (some) or red (none),
/// with the names of the edges that are missing.
#[must_use]
pub fn html(all: &[Tested<'_>]) -> String {
    let body: String = all.iter().map(flow).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Coverage</title><style>{STYLE}</style>\
         </head><body><h1>Edges reached by tests</h1>\n{body}</body></html>\n"
    )
}

fn flow(tested: &Tested<'_>) -> String {
    let Some(source) = flow_source(tested.sources) else { return String::new() };
    let coverage = &tested.run.coverage;
    let mut lines: BTreeMap<usize, Vec<&Edge>> = BTreeMap::new();
    let mut nowhere = Vec::new();
    for (line, edge) in by_line(tested.sources, &coverage.edges) {
        match line {
            Some(line) => lines.entry(line).or_default().push(edge),
            None => nowhere.push(edge),
        }
    }
    let percent = coverage.percent();
    let mut text = format!(
        "<h2>{}</h2>\n<p><meter min=\"0\" max=\"100\" value=\"{percent}\"></meter> {}</p>\n<table>\n",
        escaped(&source.name),
        coverage.summary()
    );
    // Writing into a text does not fail.
    for (n, line) in source.text.lines().enumerate() {
        let edges = lines.get(&(n + 1)).map(Vec::as_slice).unwrap_or_default();
        let class = class(edges);
        let (number, line, edges) = (n + 1, escaped(line), missing(edges));
        let _ = writeln!(
            text,
            "<tr{class}><td class=\"n\">{number}</td><td class=\"t\">{line}</td><td class=\"e\">{edges}</td></tr>"
        );
    }
    text.push_str("</table>\n");
    let nowhere = missing(&nowhere);
    if !nowhere.is_empty() {
        let _ = writeln!(text, "<p>Made by the language itself: {nowhere}</p>");
    }
    text
}

fn class(edges: &[&Edge]) -> &'static str {
    let fine = edges.iter().filter(|edge| edge.is_reached() || edge.reason.is_some()).count();
    match fine {
        _ if edges.is_empty() => "",
        fine if fine == edges.len() => " class=\"all\"",
        0 => " class=\"none\"",
        _ => " class=\"some\"",
    }
}

fn missing(edges: &[&Edge]) -> String {
    let shown = edges.iter().filter(|edge| !edge.is_reached()).map(|edge| {
        let name = escaped(&edge.name());
        match &edge.reason {
            Some(reason) => format!("{name} <span class=\"why\">{}</span>", escaped(reason)),
            None => format!("<span class=\"no\">{name}</span>"),
        }
    });
    shown.collect::<Vec<_>>().join("<br>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
