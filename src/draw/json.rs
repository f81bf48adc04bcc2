//! The graph for tools: every node and every way, as they are.

use serde::Serialize;

use super::{Chart, rows};
use crate::expr::Words;
use crate::graph::ways::Way;
use crate::graph::{NodeId, Op};
use crate::source::Sources;

#[derive(Serialize)]
struct Page<'a> {
    flow: &'a str,
    /// Where a call begins.
    entry: u32,
    /// Where it goes on when the caller has hung up.
    hangup: Option<u32>,
    scenes: Vec<Scene<'a>>,
    anywhere: Vec<Anywhere>,
    nodes: Vec<Drawn<'a>>,
}

#[derive(Serialize)]
struct Scene<'a> {
    name: &'a str,
    entry: u32,
}

#[derive(Serialize)]
struct Anywhere {
    key: char,
    to: u32,
}

#[derive(Serialize)]
struct Drawn<'a> {
    id: u32,
    name: &'a str,
    kind: &'static str,
    waits: bool,
    callee: bool,
    group: &'a str,
    scene: Option<&'a str>,
    place: Option<Place>,
    label: Vec<String>,
    phrase: Option<&'a str>,
    words: Vec<&'a str>,
    ways: Vec<Edge>,
}

#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Edge {
    way: String,
    label: String,
    to: u32,
}

/// The graph as JSON, indented. Only what a call can come to is in it.
#[must_use]
pub fn json(chart: &Chart<'_>, sources: &Sources) -> String {
    let graph = chart.graph;
    let scenes = graph.scenes.iter().filter(|scene| chart.block_of(scene.entry).is_some());
    let page = Page {
        flow: &graph.name,
        entry: graph.entry.0,
        hangup: graph.hangup.map(|id| id.0),
        scenes: scenes.map(|scene| Scene { name: &scene.name, entry: scene.entry.0 }).collect(),
        anywhere: graph.anywhere.iter().map(|(key, to)| Anywhere { key: *key, to: to.0 }).collect(),
        nodes: graph.reachable().into_iter().filter_map(|id| node(chart, sources, id)).collect(),
    };
    // Names and texts serialise without fail.
    serde_json::to_string_pretty(&page).unwrap_or_default() + "\n"
}

fn node<'c>(chart: &'c Chart<'_>, sources: &Sources, id: NodeId) -> Option<Drawn<'c>> {
    let graph = chart.graph;
    let node = graph.node(id)?;
    let block = chart.block_of(id).and_then(|block| chart.block(block))?;
    let group = chart.groups.get(block.group)?;
    let place = sources.get(node.span.source).filter(|_| !node.span.is_empty()).map(|source| {
        let crate::source::Position { line, column, .. } = source.position(node.span.start as usize);
        Place { file: source.name.to_string(), line, column }
    });
    let words = words(&node.op);
    let texts = words.iter().flat_map(|words| &words.tries).map(|template| template.pattern.text());
    let edge = |(way, to): (Way, NodeId)| Edge { way: way.to_string(), label: graph.way_name(id, way), to: to.0 };
    Some(Drawn {
        id: id.0,
        name: &node.name,
        kind: kind(&node.op),
        waits: rows::waits(graph, id),
        callee: node.callee,
        group: &group.title,
        scene: group.scene.as_deref(),
        place,
        label: rows::rows(chart, id).into_iter().map(|row| row.text).collect(),
        phrase: words.first().and_then(|words| words.phrase.as_deref()),
        words: texts.collect(),
        ways: graph.ways(id).into_iter().map(edge).collect(),
    })
}

/// Everything that a node says.
fn words(op: &Op) -> Vec<&Words> {
    match op {
        Op::Say { words, .. } => vec![words],
        Op::Record(record) => vec![&record.words],
        Op::Pick(pick) => std::iter::once(&pick.asking).chain(&pick.each).chain(&pick.alone).collect(),
        Op::Menu(menu) => {
            let labels = menu.arms.iter().filter_map(|arm| arm.label.as_ref());
            std::iter::once(&menu.words).chain(labels.map(|label| &label.words)).chain(&menu.closing).collect()
        }
        _ => Vec::new(),
    }
}

/// The word for what a node does.
fn kind(op: &Op) -> &'static str {
    match op {
        Op::Say { .. } => "say",
        Op::Play { .. } => "play",
        Op::Pause { .. } => "pause",
        Op::Let { .. } => "let",
        Op::Branch { .. } => "if",
        Op::Match { .. } => "match",
        Op::For { .. } => "for",
        Op::Send { .. } => "send",
        Op::Do { .. } => "do",
        Op::Return { .. } => "return",
        Op::Jump { .. } => "leave",
        Op::Rule { .. } => "rule",
        Op::Menu(_) => "menu",
        Op::Pick(_) => "pick",
        Op::Again => "again",
        Op::Record(_) => "record",
        Op::Keep { .. } => "keep",
        Op::Wait(_) => "wait",
        Op::Round => "round",
        Op::Escalate(_) => "escalate",
        Op::Hold => "hold",
        Op::NextLeg => "next_leg",
        Op::Joined => "joined",
        Op::Connect => "connect",
        Op::LegOver(_) => "leg_over",
        Op::Dial { .. } => "dial",
        Op::Retry { .. } => "retry",
        Op::HangUp { .. } => "hang_up",
        Op::End => "end",
    }
}
