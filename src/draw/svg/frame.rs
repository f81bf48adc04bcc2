//! A group laid out: its blocks placed, its lines drawn from one to the other.

use std::collections::{BTreeSet, HashMap};

use super::face::{Face, SMALL, face};
use super::layers::{Edge, Layers, Size};
use super::measure::{bold, width};
use super::pack::pack;
use super::place::Places;
use super::route::{Route, routes};
use crate::draw::{Chart, Group, Line};
use crate::graph::NodeId;
use crate::graph::ways::Way;

/// Between the edge of a frame and what is in it.
pub(super) const PAD: f64 = 16.0;
/// Room for the title.
pub(super) const HEAD: f64 = 40.0;

/// A block in its place.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// Its index in the chart.
    pub(super) block: usize,
    pub(super) face: Face,
    /// Left and top, in the frame.
    pub(super) at: (f64, f64),
}

/// A line in its place.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) ways: Vec<(NodeId, Way)>,
    pub(super) label: String,
    pub(super) announced: Option<String>,
    pub(super) failure: bool,
    pub(super) route: Route,
}

/// A frame with what is in it.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) blocks: Vec<Placed>,
    pub(super) lines: Vec<Drawn>,
    pub(super) size: (f64, f64),
}

impl Frame {
    /// Lays a group out: what hangs together in layers, the parts beside each other.
    pub(super) fn of(chart: &Chart<'_>, group: &Group, named: &BTreeSet<usize>) -> Self {
        let parts: Vec<Part> = parts(chart, group).into_iter().map(|blocks| Part::of(chart, &blocks, named)).collect();
        let sizes: Vec<(f64, f64)> = parts.iter().map(|part| part.size).collect();
        let (places, inner) = pack(&sizes, 26.0, 1.2);
        let mut frame = Self { title: group.title.clone(), blocks: Vec::new(), lines: Vec::new(), size: (0.0, 0.0) };
        for (part, (x, y)) in parts.into_iter().zip(places) {
            let by = (x + PAD, y + HEAD);
            frame.blocks.extend(part.blocks.into_iter().map(|placed| Placed { at: moved(placed.at, by), ..placed }));
            frame.lines.extend(part.lines.into_iter().map(|line| Drawn { route: line.route.moved(by), ..line }));
        }
        let title = bold(&group.title, super::TITLE) + 2.0 * PAD;
        frame.size = ((inner.0 + 2.0 * PAD).max(title), inner.1 + HEAD + PAD);
        frame
    }
}

fn moved((x, y): (f64, f64), by: (f64, f64)) -> (f64, f64) {
    (x + by.0, y + by.1)
}

/// The blocks of a group by what hangs together, each part in the order of the group.
fn parts(chart: &Chart<'_>, group: &Group) -> Vec<Vec<usize>> {
    let mut neighbours: HashMap<usize, Vec<usize>> = HashMap::new();
    for from in &group.blocks {
        for line in chart.block(*from).map(|block| block.lines.as_slice()).unwrap_or_default() {
            neighbours.entry(*from).or_default().push(line.to);
            neighbours.entry(line.to).or_default().push(*from);
        }
    }
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    for first in &group.blocks {
        let mut part = BTreeSet::new();
        let mut open = vec![*first];
        while let Some(block) = open.pop() {
            if seen.insert(block) {
                part.insert(block);
                open.extend(neighbours.get(&block).into_iter().flatten());
            }
        }
        if !part.is_empty() {
            parts.push(group.blocks.iter().copied().filter(|block| part.contains(block)).collect());
        }
    }
    parts
}

/// The room for what is written at a line.
fn label_width(line: &Line) -> f64 {
    let announced = line.announced.as_ref().map_or(0.0, |text| width(&format!(" {text}"), SMALL));
    if line.label.is_empty() { 0.0 } else { bold(&line.label, SMALL) + announced + 6.0 }
}

/// What hangs together.
struct Part {
    blocks: Vec<Placed>,
    lines: Vec<Drawn>,
    size: (f64, f64),
}

impl Part {
    fn of(chart: &Chart<'_>, blocks: &[usize], named: &BTreeSet<usize>) -> Self {
        let place_of: HashMap<usize, usize> = blocks.iter().enumerate().map(|(place, block)| (*block, place)).collect();
        let mut faces = Vec::new();
        let mut drawn = Vec::new();
        let mut edges = Vec::new();
        for (place, index) in blocks.iter().enumerate() {
            let Some(block) = chart.block(*index) else { continue };
            faces.push(face(block, *index, named.contains(index), chart.shown_entry(block)));
            for line in &block.lines {
                let Some(to) = place_of.get(&line.to).copied() else { continue };
                let label = label_width(line);
                edges.push(Edge { from: place, to, label });
                drawn.push(line.clone());
            }
        }
        let sizes: Vec<Size> = faces.iter().map(|face| face.size).collect();
        let layers = Layers::of(&sizes, &edges);
        let places = Places::of(&layers);
        let routes = routes(&layers, &places, &edges);
        let placed = faces.into_iter().zip(blocks).enumerate().map(|(n, (face, block))| {
            let top = layers.vertex(n).and_then(|vertex| places.top.get(vertex.layer)).copied().unwrap_or_default();
            let left = places.x.get(n).copied().unwrap_or_default() - face.size.width / 2.0;
            Placed { block: *block, face, at: (left, top) }
        });
        let lines = drawn.into_iter().zip(routes);
        Self {
            blocks: placed.collect(),
            lines: lines
                .map(|(line, route)| {
                    let Line { ways, label, announced, failure, .. } = line;
                    Drawn { ways, label, announced, failure, route }
                })
                .collect(),
            size: (places.width, places.height),
        }
    }
}
