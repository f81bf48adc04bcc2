//! The graph as a picture, drawn without any other program: a frame for each scene, its blocks in layers from above to
//! below, and the frames on a sheet of paper.
//!
//! ```text
//! measure          how wide a text is
//! face             a block with its texts
//! layers order     which block lies in which layer, and in which order there
//! place route      coordinates of blocks and lines
//! frame pack       a group; several frames on one sheet
//! paint legend     writing it down
//! ```

mod face;
mod frame;
mod layers;
mod legend;
mod measure;
mod order;
mod pack;
mod paint;
mod place;
mod route;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Chart;
use crate::graph::ways::Way;
use frame::Frame;
use pack::{ASPECT, pack};
use paint::{Paint, n, xml};

/// The size of the titles of frames.
const TITLE: f64 = 15.0;
/// The size of the title of the sheet.
const HEADLINE: f64 = 30.0;
/// Around everything.
const MARGIN: f64 = 36.0;
/// Between two frames.
const GAP: f64 = 22.0;
/// Millimetres of the longer side of sheets from A4 to A0 (ISO 216), and of the shorter one.
const SHEETS: [(f64, f64); 5] = [(297.0, 210.0), (420.0, 297.0), (594.0, 420.0), (841.0, 594.0), (1189.0, 841.0)];
/// Letters on paper are at least so many millimetres high, from descender to ascender: about 6 points.
const READABLE: f64 = 2.1;

const STYLE: &str = "\
text { font-family: Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #1c1c1c; font-size: 10px }
.headline { font-size: 30px; font-weight: bold }
.title { font-size: 15px; font-weight: bold; fill: #333 }
.entry, .word { font-weight: bold }
.name { font-size: 8.5px; fill: #5a6570; font-style: italic }
.exit { font-size: 8.5px; fill: #444 }
.detail { font-size: 8.5px; fill: #555 }
.said { font-weight: normal; fill: #555 }
.start { fill: #333 }
.key { font-size: 8.5px; text-anchor: middle; font-weight: bold; fill: #333 }
.key.fails { font-weight: normal; font-style: italic; fill: #8a3a2e }
.frame { fill: #fbfbfa; stroke: #9aa1a8; stroke-width: 1.2 }
.line { fill: none; stroke: #4a4f55; stroke-width: 1.1 }
.line.fails { stroke: #a5513f; stroke-dasharray: 4 3 }
.rule { stroke: #c4c9ce; stroke-width: 0.8 }
.shape { fill: #fff; stroke: #777d84; stroke-width: 1 }
.person .shape, .waits .shape { fill: #e8f0fb; stroke: #3b73b5 }
.person .bar { fill: #3b73b5 } .waits .bar { fill: #8fb2dc }
.ask .shape, .send .shape { fill: #fdf3e2; stroke: #c08a2d }
.ask .bar { fill: #e3bd78 } .send .bar { fill: #b8741a }
.choice .shape { fill: #f1f1ef }
.leave .shape { fill: #fff; stroke: #333; stroke-width: 1.3 }
.end .shape { fill: #e2e2e0; stroke: #333; stroke-width: 1.3 }
.callee .shape { fill: #e6f5e8; stroke: #2e8b45; stroke-dasharray: 5 2 }
.callee .bar { fill: #2e8b45 }
";

/// The graph as a picture.
#[must_use]
pub fn svg(chart: &Chart<'_>) -> String {
    let named = named(chart);
    let frames: Vec<Frame> = chart.groups.iter().map(|group| Frame::of(chart, group, &named)).collect();
    let legend = legend::Legend::of(chart);
    let sizes: Vec<(f64, f64)> = frames.iter().map(|frame| frame.size).chain([legend.size]).collect();
    let (places, (width, height)) = pack(&sizes, GAP, ASPECT);
    let head = HEADLINE + 22.0;
    let content = (width + 2.0 * MARGIN, height + head + 2.0 * MARGIN);
    let sheet = sheet(content);
    let mut paint = Paint::default();
    begin(&mut paint, chart, content, sheet);
    paint.words((MARGIN, MARGIN + HEADLINE * 0.8), "headline", &chart.graph.name);
    let corner = |(x, y): (f64, f64)| (x + MARGIN, y + MARGIN + head);
    for (frame, place) in frames.iter().zip(&places) {
        paint.frame(chart, frame, corner(*place));
    }
    places.last().iter().for_each(|place| legend.paint(&mut paint, corner(**place)));
    paint.text.push_str("</svg>\n");
    paint.text
}

#[cfg(test)]
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    measure::width(text, size)
}

/// Blocks that something else refers to by their names.
fn named(chart: &Chart<'_>) -> BTreeSet<usize> {
    let exits = chart.blocks.iter().enumerate().flat_map(|(n, block)| block.exits.iter().map(move |exit| (n, exit.to)));
    let rows = chart.blocks.iter().enumerate().flat_map(|(n, block)| {
        // Scenes are called by their own names.
        let targets = block.rows.iter().filter_map(|row| row.way).filter(|(_, way)| *way != Way::Enter);
        targets.filter_map(move |way| Some((n, chart.leads_to(way)?)))
    });
    exits.chain(rows).filter(|(from, to)| from != to).map(|(_, to)| to).collect()
}

/// The sheet on which the content can be read: its size in millimetres, and of the picture's units.
fn sheet(content: (f64, f64)) -> ((f64, f64), (f64, f64)) {
    let upright = content.1 > content.0;
    let (long, short) = if upright { (content.1, content.0) } else { content };
    // The picture is extended to the proportions of paper.
    let (long, short) = (long.max(short * ASPECT), short.max(long / ASPECT));
    let fits = |(length, _): &&(f64, f64)| face::TEXT * length / long >= READABLE;
    let paper = SHEETS.iter().find(fits).or(SHEETS.last()).copied().unwrap_or((1189.0, 841.0));
    let turned = |(long, short): (f64, f64)| if upright { (short, long) } else { (long, short) };
    (turned(paper), turned((long, short)))
}

fn begin(paint: &mut Paint, chart: &Chart<'_>, content: (f64, f64), (paper, view): ((f64, f64), (f64, f64))) {
    // In the middle of the sheet.
    let (left, top) = ((content.0 - view.0) / 2.0, (content.1 - view.1) / 2.0);
    let (view_box, size) = ([left, top, view.0, view.1].map(n).join(" "), view);
    let _ = writeln!(
        paint.text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"{view_box}\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7.2\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path d=\"M0,0.6 L8,4 L0,7.4 z\" fill=\"#4a4f55\"/></marker></defs>",
        n(paper.0),
        n(paper.1),
        xml(&chart.graph.name)
    );
    let _ = writeln!(
        paint.text,
        "<rect fill=\"#fff\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        n(left),
        n(top),
        n(size.0),
        n(size.1)
    );
}
