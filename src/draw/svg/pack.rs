//! Several frames on one sheet.

/// A size.
pub(super) type Size = (f64, f64);

/// A sheet is about this much wider than high (ISO 216).
pub(super) const ASPECT: f64 = std::f64::consts::SQRT_2;
/// How many widths are tried, and how much they differ.
const TRIES: i32 = 41;
const SPREAD: f64 = 0.02;
/// More frames than this are packed once only.
const MANY: usize = 400;

/// Where frames are.
struct Packed {
    places: Vec<(f64, f64)>,
    size: Size,
    /// The width of the sheet that they fill.
    sheet: f64,
}

/// Where the upper left corner of each frame is, and how large all of them are together: each as high as possible, in
/// their order, on the sheet of the given proportions that they fill best.
pub(super) fn pack(sizes: &[Size], gap: f64, aspect: f64) -> (Vec<(f64, f64)>, Size) {
    let widest = sizes.iter().map(|size| size.0).fold(0.0, f64::max);
    let all = sizes.iter().map(|size| size.0 + gap).sum::<f64>();
    let area: f64 = sizes.iter().map(|size| (size.0 + gap) * (size.1 + gap)).sum();
    let ideal = (area * aspect).sqrt();
    let mut best: Option<Packed> = None;
    // Of a very large flow nobody sees the whole anyway.
    let tries = if sizes.len() > MANY { 1 } else { TRIES };
    for step in 0..tries {
        let width = (ideal * (1.1 + SPREAD * f64::from(step - tries / 2))).clamp(widest, all.max(widest));
        let (places, size) = within(sizes, gap, width);
        let packed = Packed { places, size, sheet: size.0.max(size.1 * aspect) };
        if best.as_ref().is_none_or(|known| packed.sheet < known.sheet - 0.5) {
            best = Some(packed);
        }
    }
    best.map_or((Vec::new(), (0.0, 0.0)), |packed| (packed.places, packed.size))
}

/// Places frames below a skyline, each where it comes to lie highest.
fn within(sizes: &[Size], gap: f64, width: f64) -> (Vec<(f64, f64)>, Size) {
    // From where to where how much is taken, from the left.
    let mut skyline: Vec<(f64, f64, f64)> = vec![(0.0, width, 0.0)];
    let mut places = Vec::new();
    let mut total: Size = (0.0, 0.0);
    for (wide, high) in sizes {
        let at = |x: f64| {
            let over = skyline.iter().filter(|(from, to, _)| *from < x + wide && *to > x);
            over.map(|(_, _, y)| *y).fold(0.0, f64::max)
        };
        let starts = skyline.iter().map(|(from, ..)| *from).filter(|x| x + wide <= width + 0.01);
        let best = starts.map(|x| (at(x), x)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let (y, x) = best.unwrap_or((at(0.0), 0.0));
        places.push((x, y));
        total = (total.0.max(x + wide), total.1.max(y + high));
        raise(&mut skyline, x, x + wide + gap, y + high + gap);
    }
    (places, total)
}

/// Takes the skyline up to `y` between two places.
fn raise(skyline: &mut Vec<(f64, f64, f64)>, from: f64, to: f64, y: f64) {
    let mut raised = Vec::new();
    for (left, right, height) in skyline.drain(..) {
        if left < from {
            raised.push((left, right.min(from), height));
        }
        if right > to {
            raised.push((left.max(to), right, height));
        }
    }
    raised.push((from, to, y));
    raised.retain(|(left, right, _)| right > left);
    raised.sort_by(|a, b| a.0.total_cmp(&b.0));
    *skyline = raised;
}
