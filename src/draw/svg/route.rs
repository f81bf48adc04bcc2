//! The way of a line: down from its block, past the layers in between, to the block below.

use super::layers::{Edge, Layers};
use super::place::Places;

/// From the corner of a block to the nearest line.
const CORNER: f64 = 12.0;
/// Between two lines at one block.
const APART: f64 = 9.0;

/// Where a line goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route {
    /// From where to where it can be seen: it is broken at its label.
    pub(super) strokes: Vec<Vec<Step>>,
    /// The middle of the label, if there is one.
    pub(super) label: Option<(f64, f64)>,
}

/// A step of a line, to this point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// A beginning, or a straight line.
    To(f64, f64),
    /// A bend that begins and ends straight down.
    Bend(f64, f64),
}

impl Route {
    /// The same line somewhere else.
    pub(super) fn moved(self, by: (f64, f64)) -> Self {
        let step = |step: Step| match step {
            Step::To(x, y) => Step::To(x + by.0, y + by.1),
            Step::Bend(x, y) => Step::Bend(x + by.0, y + by.1),
        };
        Self {
            strokes: self.strokes.into_iter().map(|stroke| stroke.into_iter().map(step).collect()).collect(),
            label: self.label.map(|(x, y)| (x + by.0, y + by.1)),
        }
    }
}

/// The routes of all edges.
pub(super) fn routes(layers: &Layers, places: &Places, edges: &[Edge]) -> Vec<Route> {
    let x = |vertex: usize| places.x.get(vertex).copied().unwrap_or_default();
    let chain = |edge: usize| layers.points.get(edge).map(Vec::as_slice).unwrap_or_default();
    let near = |edge: &Edge, points: &[usize]| x(points.first().copied().unwrap_or(edge.to));
    let far = |edge: &Edge, points: &[usize]| x(points.last().copied().unwrap_or(edge.from));
    let out = ports(layers, places, edges, |edge| edge.from, |n, edge| near(edge, chain(n)));
    let into = ports(layers, places, edges, |edge| edge.to, |n, edge| far(edge, chain(n)));
    let one = |(n, edge): (usize, &Edge)| {
        let port = |ports: &[f64]| ports.get(n).copied().unwrap_or_default();
        route(layers, places, edge, chain(n), (port(&out), port(&into)))
    };
    edges.iter().enumerate().map(one).collect()
}

/// Where each edge touches a block: as near as possible to where it comes from or goes to, and none too near to another.
fn ports(
    layers: &Layers,
    places: &Places,
    edges: &[Edge],
    end: impl Fn(&Edge) -> usize,
    wish: impl Fn(usize, &Edge) -> f64,
) -> Vec<f64> {
    let mut ports = vec![0.0; edges.len()];
    for (block, vertex) in layers.vertices.iter().enumerate().filter(|(_, vertex)| vertex.edge.is_none()) {
        let mut here: Vec<(f64, usize)> = edges
            .iter()
            .enumerate()
            .filter(|(_, edge)| end(edge) == block)
            .map(|(n, edge)| (wish(n, edge), n))
            .collect();
        here.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let middle = places.x.get(block).copied().unwrap_or_default();
        let half = (vertex.width / 2.0 - CORNER).max(0.0);
        let (left, right) = (middle - half, middle + half);
        let count = f64::from(u32::try_from(here.len().saturating_sub(1)).unwrap_or(u32::MAX));
        let apart = if count > 0.0 { APART.min(2.0 * half / count) } else { 0.0 };
        let mut behind = f64::NEG_INFINITY;
        let mut left_over = count;
        for (wish, n) in here {
            let at = wish.clamp(left, right - apart * left_over).max(behind);
            ports.get_mut(n).into_iter().for_each(|port| *port = at);
            behind = at + apart;
            left_over -= 1.0;
        }
    }
    ports
}

fn route(layers: &Layers, places: &Places, edge: &Edge, points: &[usize], (out, into): (f64, f64)) -> Route {
    let bounds = |layer: usize| {
        let at = |list: &[f64]| list.get(layer).copied().unwrap_or_default();
        (at(&places.top), at(&places.bottom))
    };
    let Some((from, to)) = layers.vertex(edge.from).zip(layers.vertex(edge.to)) else {
        return Route { strokes: Vec::new(), label: None };
    };
    let (top, bottom) = bounds(from.layer);
    let mut strokes = Vec::new();
    let mut stroke = vec![Step::To(out, top + from.height), Step::To(out, bottom)];
    let mut label = None;
    for point in points {
        let Some(vertex) = layers.vertex(*point) else { continue };
        let (x, (top, bottom)) = (places.x.get(*point).copied().unwrap_or_default(), bounds(vertex.layer));
        stroke.push(Step::Bend(x, top));
        if vertex.width > 0.0 {
            label = Some((x, f64::midpoint(top, bottom)));
            strokes.push(std::mem::replace(&mut stroke, vec![Step::To(x, bottom)]));
        } else if bottom > top {
            stroke.push(Step::To(x, bottom));
        }
    }
    stroke.push(Step::Bend(into, bounds(to.layer).0));
    strokes.push(stroke);
    Route { strokes, label }
}
