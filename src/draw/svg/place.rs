//! Coordinates: layers below each other, and in each layer everything as near to what it is connected with as its
//! neighbours allow.

use super::layers::Layers;

/// Between two boxes of a layer.
const BESIDE: f64 = 22.0;
/// Between an edge and what is beside it.
const BESIDE_EDGE: f64 = 12.0;
/// Above and below a layer of labels.
const ABOVE: f64 = 11.0;
/// How often the layers are gone through, down and up.
const SWEEPS: usize = 24;

/// Where everything is.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// The middle of each vertex, from the left.
    pub(super) x: Vec<f64>,
    /// The top of each layer.
    pub(super) top: Vec<f64>,
    /// The bottom of each layer.
    pub(super) bottom: Vec<f64>,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Places {
    pub(super) fn of(layers: &Layers) -> Self {
        let x = across(layers);
        let reach = |index: &usize| layers.vertex(*index).map_or(0.0, |vertex| vertex.width) / 2.0;
        let middle = |index: &usize| x.get(*index).copied().unwrap_or_default();
        let all = || layers.rows.iter().flatten();
        let left = all().map(|index| middle(index) - reach(index)).fold(f64::INFINITY, f64::min);
        let right = all().map(|index| middle(index) + reach(index)).fold(f64::NEG_INFINITY, f64::max);
        let (left, right) = if left.is_finite() { (left, right) } else { (0.0, 0.0) };
        let mut places = Self {
            x: x.iter().map(|x| x - left).collect(),
            top: Vec::new(),
            bottom: Vec::new(),
            width: right - left,
            height: 0.0,
        };
        places.down(layers);
        places
    }

    /// Layers below each other. Labels lie between two of boxes; edges that go far to the side get more room.
    fn down(&mut self, layers: &Layers) {
        let mut y = 0.0;
        for (n, layer) in layers.rows.iter().enumerate() {
            let height =
                layer.iter().filter_map(|index| layers.vertex(*index)).map(|vertex| vertex.height).fold(0.0, f64::max);
            if n % 2 == 1 {
                y += ABOVE + self.slant(layers, layer);
            }
            self.top.push(y);
            y += height;
            self.bottom.push(y);
            if n % 2 == 1 {
                y += ABOVE + 5.0;
            }
        }
        self.height = y;
    }

    /// How much deeper a layer of labels must lie for the edges that come to it from far away.
    fn slant(&self, layers: &Layers, layer: &[usize]) -> f64 {
        let x = |index: usize| self.x.get(index).copied().unwrap_or_default();
        let far = layer.iter().filter_map(|index| {
            let above = layers.vertex(*index)?.above.first()?;
            Some((x(*index) - x(*above)).abs())
        });
        (far.fold(0.0, f64::max) / 11.0).min(40.0)
    }
}

/// The middle of each vertex from the left.
fn across(layers: &Layers) -> Vec<f64> {
    let mut x = vec![0.0; layers.vertices.len()];
    for layer in &layers.rows {
        settle(layers, layer, &mut x, |_| None);
    }
    for sweep in 0..SWEEPS {
        let count = layers.rows.len();
        for step in 0..count {
            let at = if sweep % 2 == 0 { step } else { count - 1 - step };
            let Some(layer) = layers.rows.get(at) else { continue };
            let now = x.clone();
            let wish = |index: usize| {
                let vertex = layers.vertex(index)?;
                // At first what lies on one side, then both.
                let (above, below) = (vertex.above.iter(), vertex.below.iter());
                let others: Vec<f64> = match sweep {
                    0..8 if sweep % 2 == 0 => above.filter_map(|other| now.get(*other).copied()).collect(),
                    0..8 => below.filter_map(|other| now.get(*other).copied()).collect(),
                    _ => above.chain(below).filter_map(|other| now.get(*other).copied()).collect(),
                };
                let count = f64::from(u32::try_from(others.len()).unwrap_or(u32::MAX));
                (!others.is_empty()).then(|| others.iter().sum::<f64>() / count)
            };
            settle(layers, layer, &mut x, wish);
        }
    }
    straighten(layers, &mut x);
    x
}

/// Long edges go straight down where their neighbours let them.
fn straighten(layers: &Layers, x: &mut [f64]) {
    for _ in 0..8 {
        let mut wishes: Vec<Option<f64>> = vec![None; layers.vertices.len()];
        for chain in layers.points.iter().filter(|chain| chain.len() > 1) {
            let count = f64::from(u32::try_from(chain.len()).unwrap_or(u32::MAX));
            let mean = chain.iter().filter_map(|index| x.get(*index)).sum::<f64>() / count;
            for index in chain {
                wishes.get_mut(*index).into_iter().for_each(|wish| *wish = Some(mean));
            }
        }
        for layer in &layers.rows {
            settle(layers, layer, x, |index| wishes.get(index).copied().flatten());
        }
    }
}

/// Puts each vertex of a layer as near as possible to where it wishes to be, in their order and with the distances they
/// need: least squares under these conditions, by pooling neighbours that push each other.
fn settle(layers: &Layers, layer: &[usize], x: &mut [f64], wish: impl Fn(usize) -> Option<f64>) {
    let mut pools: Vec<Pool> = Vec::new();
    let mut offset = 0.0;
    let mut last: Option<usize> = None;
    let mut offsets = Vec::new();
    for index in layer {
        offset += last.map_or(0.0, |last| distance(layers, last, *index));
        offsets.push(offset);
        last = Some(*index);
        let wished = wish(*index).or_else(|| x.get(*index).copied()).unwrap_or_default();
        // A long edge is the straighter the more its points insist.
        let edge = layers.vertex(*index).is_some_and(|vertex| vertex.edge.is_some());
        let weight = if edge { 4.0 } else { 1.0 };
        pools.push(Pool { sum: (wished - offset) * weight, weight, count: 1 });
        while let [.., before, after] = pools.as_slice() {
            if before.mean() <= after.mean() {
                break;
            }
            let pooled = Pool {
                sum: before.sum + after.sum,
                weight: before.weight + after.weight,
                count: before.count + after.count,
            };
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    let means = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.mean(), pool.count));
    for ((index, offset), mean) in layer.iter().zip(offsets).zip(means) {
        x.get_mut(*index).into_iter().for_each(|x| *x = mean + offset);
    }
}

/// Neighbours that stand as near to each other as they can.
struct Pool {
    sum: f64,
    weight: f64,
    count: usize,
}

impl Pool {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// Between the middles of two neighbours.
fn distance(layers: &Layers, left: usize, right: usize) -> f64 {
    let (Some(left), Some(right)) = (layers.vertex(left), layers.vertex(right)) else { return 0.0 };
    let apart = if left.edge.is_some() || right.edge.is_some() { BESIDE_EDGE } else { BESIDE };
    f64::midpoint(left.width, right.width) + apart
}
