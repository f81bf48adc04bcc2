//! Boxes in layers: an edge leads to a lower layer, and passes every layer in between at a point of its own.
//!
//! Between two layers of boxes lies one of labels, so that labels take their room like boxes, and no edge can cross one.

use super::order;

/// A box to be placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// An edge between two boxes, by index; there are no cycles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The width of what is written at it; 0 if nothing is.
    pub(super) label: f64,
}

/// Something that takes room in a layer: a box, a label, a point of an edge.
#[derive(Debug, Clone)]
pub(super) struct Vertex {
    pub(super) layer: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The edge that it is a point of; none of a box.
    pub(super) edge: Option<usize>,
    /// The vertices above that an edge comes from.
    pub(super) above: Vec<usize>,
    /// The vertices below that an edge leads to.
    pub(super) below: Vec<usize>,
}

/// Everything in layers. The first vertices are the boxes.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    pub(super) vertices: Vec<Vertex>,
    /// The vertices of each layer from left to right.
    pub(super) rows: Vec<Vec<usize>>,
    /// Of each edge its points, from above to below.
    pub(super) points: Vec<Vec<usize>>,
}

/// The height of a label.
pub(super) const LABEL: f64 = 13.0;

impl Layers {
    /// Puts boxes into layers.
    pub(super) fn of(sizes: &[Size], edges: &[Edge]) -> Self {
        let layer = longest_paths(sizes.len(), edges);
        let mut vertices: Vec<Vertex> =
            sizes.iter().zip(&layer).map(|(size, layer)| vertex(*size, layer * 2, None)).collect();
        let mut points = Vec::new();
        for (n, edge) in edges.iter().enumerate() {
            let (from, to) = (layer_of(&layer, edge.from) * 2, layer_of(&layer, edge.to) * 2);
            let mut chain = Vec::new();
            let mut last = edge.from;
            for (step, between) in (from + 1..to).enumerate() {
                let labelled = step == 0 && edge.label > 0.0;
                let size =
                    if labelled { Size { width: edge.label, height: LABEL } } else { Size { width: 0.0, height: 0.0 } };
                chain.push(vertices.len());
                vertices.push(vertex(size, between, Some(n)));
                connect(&mut vertices, last, vertices_last(&chain));
                last = vertices_last(&chain);
            }
            connect(&mut vertices, last, edge.to);
            points.push(chain);
        }
        let rows = order::initial(&vertices, sizes.len());
        let mut made = Self { vertices, rows, points };
        order::untangle(&mut made);
        made
    }

    pub(super) fn vertex(&self, index: usize) -> Option<&Vertex> {
        self.vertices.get(index)
    }
}

fn vertices_last(chain: &[usize]) -> usize {
    chain.last().copied().unwrap_or_default()
}

fn vertex(size: Size, layer: usize, edge: Option<usize>) -> Vertex {
    Vertex { layer, width: size.width, height: size.height, edge, above: Vec::new(), below: Vec::new() }
}

fn connect(vertices: &mut [Vertex], from: usize, to: usize) {
    vertices.get_mut(from).into_iter().for_each(|vertex| vertex.below.push(to));
    vertices.get_mut(to).into_iter().for_each(|vertex| vertex.above.push(from));
}

fn layer_of(layers: &[usize], index: usize) -> usize {
    layers.get(index).copied().unwrap_or_default()
}

/// The layer of each box: one below the lowest that leads to it.
fn longest_paths(count: usize, edges: &[Edge]) -> Vec<usize> {
    let mut incoming = vec![0_usize; count];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in edges {
        incoming.get_mut(edge.to).into_iter().for_each(|n| *n += 1);
        below.get_mut(edge.from).into_iter().for_each(|list| list.push(edge.to));
    }
    let mut layer = vec![0; count];
    let mut open: Vec<usize> = (0..count).filter(|n| incoming.get(*n) == Some(&0)).collect();
    while let Some(from) = open.pop() {
        let next = layer_of(&layer, from) + 1;
        for to in below.get(from).cloned().unwrap_or_default() {
            layer.get_mut(to).into_iter().for_each(|layer| *layer = (*layer).max(next));
            let Some(left) = incoming.get_mut(to) else { continue };
            *left -= 1;
            if *left == 0 {
                open.push(to);
            }
        }
    }
    layer
}
