//! What the signs of the picture mean.

use std::fmt::Write as _;

use super::face::{Face, TEXT};
use super::frame::{HEAD, PAD};
use super::layers::Size;
use super::measure::{bold, width};
use super::paint::{Paint, class};
use super::route::Step;
use crate::draw::{Chart, Kind};

/// The size of a sample.
const SAMPLE: (f64, f64) = (34.0, 18.0);
/// From one line to the next.
const LINE: f64 = 25.0;

/// The legend.
pub(super) struct Legend {
    kinds: Vec<(Kind, bool, &'static str)>,
    lines: Vec<(&'static str, bool, String)>,
    pub(super) size: (f64, f64),
}

impl Legend {
    /// The legend of a chart: what it has in it.
    pub(super) fn of(chart: &Chart<'_>) -> Self {
        let all = [
            (Kind::Plain, false, "is over at once"),
            (Kind::Person, false, "waits for a person"),
            (Kind::Wait, false, "waits for something to come"),
            (Kind::Ask, false, "asks a service"),
            (Kind::Send, false, "changes something by a service"),
            (Kind::Choice, false, "chooses"),
            (Kind::Leave, false, "goes on in another scene"),
            (Kind::End, false, "ends the call, or a leg of it"),
            (Kind::Person, true, "heard by somebody who was phoned"),
        ];
        let there = |kind: Kind, callee: bool| {
            chart.blocks.iter().any(|block| if callee { block.callee } else { block.kind == kind && !block.callee })
        };
        let kinds: Vec<_> = all.into_iter().filter(|(kind, callee, _)| there(*kind, *callee)).collect();
        let mut lines = vec![
            ("line", true, "what follows; at it the key, or why".to_owned()),
            ("line fails", true, "what follows when something fails".to_owned()),
            ("line", false, "in a block: leads elsewhere, or back".to_owned()),
        ];
        for (key, to) in &chart.anywhere {
            let rule = chart.block(*to).and_then(|block| block.entry.clone()).unwrap_or_default();
            lines.push(("", false, format!("{key} in every step that listens to the caller → {rule}")));
        }
        let texts =
            kinds.iter().map(|(_, _, text)| (*text).to_owned()).chain(lines.iter().map(|(.., text)| text.clone()));
        let widest = texts.map(|text| width(&text, TEXT)).fold(bold("signs", super::TITLE), f64::max);
        let rows = f64::from(u32::try_from(kinds.len() + lines.len()).unwrap_or(u32::MAX));
        let size = (widest + SAMPLE.0 + 12.0 + 2.0 * PAD, rows * LINE + HEAD + PAD - 12.0);
        Self { kinds, lines, size }
    }

    pub(super) fn paint(&self, paint: &mut Paint, at: (f64, f64)) {
        paint.text.push_str("<g class=\"legend\">\n");
        paint.rect(at, self.size, "frame", 8.0);
        paint.words((at.0 + PAD, at.1 + 22.0), "title", "signs");
        let (left, mut y) = (at.0 + PAD, at.1 + HEAD - 4.0);
        for (kind, callee, text) in &self.kinds {
            let callee = if *callee { " callee" } else { "" };
            let _ = writeln!(paint.text, "<g class=\"{}{callee}\">", class(*kind));
            let sample = Face { lines: Vec::new(), size: Size { width: SAMPLE.0, height: SAMPLE.1 }, exits_from: None };
            paint.face(&sample, *kind, (left, y));
            paint.text.push_str("</g>\n");
            paint.words((left + SAMPLE.0 + 12.0, y + SAMPLE.1 / 2.0 + 3.5), "row", text);
            y += LINE;
        }
        for (class, arrow, text) in &self.lines {
            let middle = y + SAMPLE.1 / 2.0;
            if !class.is_empty() {
                let from = if *arrow { 0.0 } else { SAMPLE.0 - 14.0 };
                paint.path(&[Step::To(left + from, middle), Step::To(left + SAMPLE.0, middle)], class, *arrow);
            }
            paint.words((left + SAMPLE.0 + 12.0, middle + 3.5), "row", text);
            y += LINE;
        }
        paint.text.push_str("</g>\n");
    }
}
