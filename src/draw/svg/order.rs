//! The order inside of layers: as few crossings as a few sweeps can find, else the order of the text.

use std::collections::HashSet;

use super::layers::{Layers, Vertex};

/// How often the layers are gone through, down and up.
const SWEEPS: usize = 12;

/// The order in which a walk from the first boxes comes to the vertices: that of the text.
pub(super) fn initial(vertices: &[Vertex], boxes: usize) -> Vec<Vec<usize>> {
    let depth = vertices.iter().map(|vertex| vertex.layer + 1).max().unwrap_or(0);
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); depth];
    let mut seen = HashSet::new();
    for root in 0..boxes {
        let mut open = vec![root];
        while let Some(index) = open.pop() {
            let Some(vertex) = vertices.get(index).filter(|_| seen.insert(index)) else { continue };
            layers.get_mut(vertex.layer).into_iter().for_each(|layer| layer.push(index));
            open.extend(vertex.below.iter().rev());
        }
    }
    layers
}

/// Orders each layer by the middle of what it is connected with, and keeps the best that was found.
pub(super) fn untangle(layers: &mut Layers) {
    let mut best = layers.rows.clone();
    let mut fewest = crossings(layers);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let down = sweep % 2 == 0;
        let count = layers.rows.len();
        for step in 1..count {
            let at = if down { step } else { count - 1 - step };
            arrange(layers, at, down);
        }
        let now = crossings(layers);
        if now < fewest {
            fewest = now;
            best.clone_from(&layers.rows);
        }
    }
    layers.rows = best;
}

/// Sorts one layer by the places of what is above or below.
fn arrange(layers: &mut Layers, at: usize, down: bool) {
    let places = places(layers);
    let Some(layer) = layers.rows.get(at) else { return };
    let key = |index: usize, place: usize| {
        let vertex = layers.vertices.get(index);
        let others = vertex.map(|vertex| if down { &vertex.above } else { &vertex.below });
        let others: Vec<usize> = others.into_iter().flatten().filter_map(|other| places.get(*other).copied()).collect();
        if others.is_empty() {
            as_float(place)
        } else {
            others.iter().map(|n| as_float(*n)).sum::<f64>() / as_float(others.len())
        }
    };
    let mut keyed: Vec<(f64, usize)> =
        layer.iter().enumerate().map(|(place, index)| (key(*index, place), *index)).collect();
    // What is equal stays in its order.
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sorted = keyed.into_iter().map(|(_, index)| index).collect();
    layers.rows.get_mut(at).into_iter().for_each(|layer| layer.clone_from(&sorted));
}

/// The place of each vertex in its layer.
fn places(layers: &Layers) -> Vec<usize> {
    let mut places = vec![0; layers.vertices.len()];
    for layer in &layers.rows {
        for (place, index) in layer.iter().enumerate() {
            places.get_mut(*index).into_iter().for_each(|known| *known = place);
        }
    }
    places
}

/// How many pairs of edges cross.
pub(super) fn crossings(layers: &Layers) -> usize {
    let places = places(layers);
    let place = |index: usize| places.get(index).copied().unwrap_or_default();
    let mut count = 0;
    for layer in &layers.rows {
        // Ends of the edges of this layer, in the order of their beginnings: what is out of order crosses.
        let mut ends: Vec<usize> = Vec::new();
        for index in layer {
            let mut own: Vec<usize> = layers
                .vertex(*index)
                .map(|vertex| vertex.below.iter().map(|to| place(*to)).collect())
                .unwrap_or_default();
            own.sort_unstable();
            for end in own {
                count += ends.len() - ends.partition_point(|other| *other <= end);
                let at = ends.partition_point(|other| *other <= end);
                ends.insert(at, end);
            }
        }
    }
    count
}

#[expect(clippy::cast_precision_loss, reason = "places are far fewer than 2^52")]
fn as_float(n: usize) -> f64 {
    n as f64
}
