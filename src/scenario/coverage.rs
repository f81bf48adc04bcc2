//! Which ways of the graph tests have taken, and which not.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::graph::ways::{Way, shown};
use crate::graph::{Graph, NodeId};
use crate::source::Span;
use crate::syntax::scenario::Setup;

/// A way out of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The node's stable name: `report/take`.
    pub node: String,
    /// The way: `short`, `1`, `failed`.
    pub way: String,
    /// The step in the flow; none if the language makes it by itself.
    pub place: Option<Span>,
    /// The tests that take it, counted from 0 in the order of the file.
    pub tests: BTreeSet<usize>,
    /// Why no test takes it, if somebody has said so.
    pub reason: Option<String>,
}

/// Every way that a call can take, and whether a test took it.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// In the order of the graph: scene by scene.
    pub edges: Vec<Edge>,
    /// Ways that were taken and that the graph does not list. There is none, or the list of ways is wrong.
    pub unlisted: Vec<String>,
}

/// Reasons in the head of a test file for edges that the graph does not have: no test need be played to know that.
#[must_use]
pub fn no_such_edges(graph: &Graph, head: &[Setup]) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut known: Option<Vec<String>> = None;
    for setup in head {
        let Setup::Unreached { edge, span, .. } = setup else { continue };
        let known = known.get_or_insert_with(|| Coverage::of(graph, [], &[]).0.edges.iter().map(Edge::name).collect());
        if !known.contains(edge) {
            found.push(no_such_edge(edge, *span, known));
        }
    }
    found
}

fn no_such_edge(name: &str, span: Span, known: &[String]) -> Diagnostic {
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("write \"{near}\""),
        None => "`ivrc test --coverage` lists the edges that no test reaches".to_owned(),
    };
    Diagnostic::new(Code::NeededByNothing, "the graph has no such edge").at(span, "").help(help)
}

impl Edge {
    /// Whether a test takes it.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        !self.tests.is_empty()
    }

    /// What it is called: `report/take: short`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: {}", self.node, self.way)
    }
}

impl Coverage {
    /// The coverage of a graph by the ways that each test took. `head` has the reasons for what no test takes.
    pub(super) fn of<'a>(
        graph: &Graph,
        taken: impl IntoIterator<Item = &'a [(NodeId, Way)]>,
        head: &[Setup],
    ) -> (Self, Diagnostics) {
        let mut tests: BTreeMap<(NodeId, Way), BTreeSet<usize>> = BTreeMap::new();
        for (test, ways) in taken.into_iter().enumerate() {
            for way in ways {
                tests.entry(*way).or_default().insert(test);
            }
        }
        let (mut edges, mut listed) = (Vec::new(), BTreeSet::new());
        for id in graph.reachable() {
            let Some(node) = graph.node(id) else { continue };
            for (way, _) in graph.ways(id) {
                listed.insert((id, way));
                edges.push(Edge {
                    node: node.name.to_string(),
                    way: graph.way_name(id, way),
                    place: Some(node.span).filter(|span| !span.is_empty()),
                    tests: tests.get(&(id, way)).cloned().unwrap_or_default(),
                    reason: None,
                });
            }
        }
        edges.sort_by(|a, b| a.place.cmp(&b.place).then_with(|| a.node.cmp(&b.node)));
        let unlisted = tests.into_keys().filter(|way| !listed.contains(way)).map(|way| shown(graph, way)).collect();
        let mut coverage = Self { edges, unlisted };
        let mut found = Diagnostics::new();
        for setup in head {
            if let Setup::Unreached { edge, span, reason } = setup {
                coverage.excuse(edge, *span, reason).into_iter().for_each(|problem| found.push(problem));
            }
        }
        (coverage, found)
    }

    /// Notes why an edge is not reached; what is wrong with that, if it is, or is none.
    fn excuse(&mut self, name: &str, span: Span, reason: &str) -> Option<Diagnostic> {
        let known: Vec<String> = self.edges.iter().map(Edge::name).collect();
        let Some(edge) = self.edges.iter_mut().find(|edge| edge.name() == name) else {
            return Some(no_such_edge(name, span, &known));
        };
        edge.reason = Some(reason.to_owned());
        edge.is_reached().then(|| {
            Diagnostic::new(Code::NeededByNothing, "a test reaches this edge")
                .at(span, "no reason is needed")
                .help("remove the line")
        })
    }

    /// How many edges there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.edges.len()
    }

    /// How many of them tests reach.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.edges.iter().filter(|edge| edge.is_reached()).count()
    }

    /// Those that no test reaches and nobody has given a reason for.
    pub fn missing(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(|edge| !edge.is_reached() && edge.reason.is_none())
    }

    /// Those that no test reaches, for a stated reason.
    pub fn excused(&self) -> impl Iterator<Item = (&Edge, &str)> {
        let edges = self.edges.iter().filter(|edge| !edge.is_reached());
        edges.filter_map(|edge| edge.reason.as_deref().map(|reason| (edge, reason)))
    }

    /// How many edges are reached, and what part of all that is with those that are excused.
    #[must_use]
    pub fn summary(&self) -> String {
        let (reached, total, percent) = (self.reached(), self.total(), self.percent());
        match self.excused().count() {
            0 => format!("{reached} of {total} edges reached, {percent} %"),
            excused => format!("{reached} of {total} edges reached, {excused} excused: {percent} %"),
        }
    }

    /// The part of the edges that is reached or excused, in percent, rounded down: 100 only if nothing is missing.
    #[must_use]
    pub fn percent(&self) -> usize {
        let missing = self.missing().count();
        let total = self.total().max(1);
        if missing == 0 { 100 } else { (100 * (total - missing) / total).min(99) }
    }
}
