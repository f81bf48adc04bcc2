//! Writing SVG.

use std::fmt::Write as _;

use super::face::{Face, Role, TextLine};
use super::frame::{Drawn, Frame, PAD, Placed};
use super::route::Step;
use crate::draw::{Chart, Kind};
use crate::graph::NodeId;
use crate::graph::ways::Way;

/// A page under way. Writes to a text do not fail.
#[derive(Default)]
pub(super) struct Paint {
    pub(super) text: String,
}

impl Paint {
    /// A text with a class.
    pub(super) fn words(&mut self, (x, y): (f64, f64), class: &str, text: &str) {
        let _ = writeln!(self.text, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", n(x), n(y), xml(text));
    }

    /// A rectangle with a class.
    pub(super) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), class: &str, round: f64) {
        let _ = writeln!(
            self.text,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            n(x),
            n(y),
            n(width),
            n(height),
            n(round)
        );
    }

    /// A line with a class, perhaps with an arrow at its end.
    pub(super) fn path(&mut self, steps: &[Step], class: &str, arrow: bool) {
        let marker = if arrow { " marker-end=\"url(#arrow)\"" } else { "" };
        let _ = writeln!(self.text, "<path class=\"{class}\" d=\"{}\"{marker}/>", bends(steps));
    }

    /// A frame with everything in it, its upper left corner here.
    pub(super) fn frame(&mut self, chart: &Chart<'_>, frame: &Frame, at: (f64, f64)) {
        self.text.push_str("<g class=\"group\">\n");
        self.rect(at, frame.size, "frame", 8.0);
        self.words((at.0 + PAD, at.1 + 22.0), "title", &frame.title);
        frame.lines.iter().for_each(|line| self.line(line, at));
        frame.blocks.iter().for_each(|placed| self.block(chart, placed, at));
        self.text.push_str("</g>\n");
    }

    fn line(&mut self, line: &Drawn, by: (f64, f64)) {
        let route = line.route.clone().moved(by);
        let _ = writeln!(self.text, "<g class=\"way\" data-ways=\"{}\">", ways(&line.ways));
        let last = route.strokes.len().saturating_sub(1);
        for (n, stroke) in route.strokes.iter().enumerate() {
            self.path(stroke, if line.failure { "line fails" } else { "line" }, n == last);
        }
        if let Some((x, y)) = route.label {
            self.key((x, y + 3.0), line);
        }
        self.text.push_str("</g>\n");
    }

    fn key(&mut self, (x, y): (f64, f64), line: &Drawn) {
        let class = if line.failure { "key fails" } else { "key" };
        let announced = line.announced.as_deref().map(|text| format!(" <tspan class=\"said\">{}</tspan>", xml(text)));
        let (label, announced) = (xml(&line.label), announced.unwrap_or_default());
        let _ = writeln!(self.text, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{label}{announced}</text>", n(x), n(y));
    }

    fn block(&mut self, chart: &Chart<'_>, placed: &Placed, by: (f64, f64)) {
        let Some(block) = chart.block(placed.block) else { return };
        let at = (placed.at.0 + by.0, placed.at.1 + by.1);
        let names: Vec<&str> =
            block.nodes.iter().filter_map(|id| chart.graph.node(*id)).map(|node| &*node.name).collect();
        let ids: Vec<String> = block.nodes.iter().map(|id| id.0.to_string()).collect();
        let callee = if block.callee { " callee" } else { "" };
        let _ = writeln!(
            self.text,
            "<g class=\"block {}{callee}\" data-nodes=\"{}\"><title>{}</title>",
            class(block.kind),
            ids.join(" "),
            xml(&names.join(", "))
        );
        let scene = chart.groups.get(block.group).is_some_and(|group| group.scene.is_some());
        if block.entry.is_some() && scene {
            self.start((at.0 + placed.face.size.width / 2.0, at.1));
        }
        self.face(&placed.face, block.kind, at);
        self.text.push_str("</g>\n");
    }

    /// Where a scene is entered.
    fn start(&mut self, (x, y): (f64, f64)) {
        let _ = writeln!(self.text, "<circle class=\"start\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", n(x), n(y - 9.0));
        self.path(&[Step::To(x, y - 9.0), Step::To(x, y)], "line", false);
    }

    /// A shape with its texts.
    pub(super) fn face(&mut self, face: &Face, kind: Kind, at: (f64, f64)) {
        let (width, height) = (face.size.width, face.size.height);
        match kind {
            Kind::Choice => self.six_corners(at, (width, height)),
            Kind::Leave | Kind::End => self.rect(at, (width, height), "shape", (height / 2.0).min(11.0)),
            Kind::Plain => self.rect(at, (width, height), "shape", 0.0),
            Kind::Person | Kind::Wait | Kind::Ask | Kind::Send => {
                self.rect(at, (width, height), "shape", 3.0);
                self.rect(at, (4.0, height), "bar", 0.0);
            }
        }
        if let Some(from) = face.exits_from {
            let y = at.1 + from;
            self.path(&[Step::To(at.0 + 6.0, y), Step::To(at.0 + width - 6.0, y)], "rule", false);
        }
        face.lines.iter().for_each(|line| self.text_line(line, at));
    }

    fn text_line(&mut self, line: &TextLine, at: (f64, f64)) {
        let (x, y) = (at.0 + line.x, at.1 + line.y);
        let class = match line.role {
            Role::Entry => "entry",
            Role::Name => "name",
            Role::Row => "row",
            Role::Detail => "detail",
            Role::Exit | Role::Failure => "exit",
        };
        if matches!(line.role, Role::Exit | Role::Failure) && !line.ways.is_empty() {
            let dash = if line.role == Role::Failure { "line fails" } else { "line" };
            let from = x - 15.0;
            self.path(&[Step::To(from, y - 2.8), Step::To(x - 4.0, y - 2.8)], dash, false);
        }
        let marked = if line.ways.is_empty() { String::new() } else { format!(" data-ways=\"{}\"", ways(&line.ways)) };
        let head: String = line.text.chars().take(line.bold).collect();
        let tail: String = line.text.chars().skip(line.bold).collect();
        let head = if head.is_empty() { head } else { format!("<tspan class=\"word\">{}</tspan>", xml(&head)) };
        let _ = writeln!(
            self.text,
            "<text class=\"{class}\"{marked} x=\"{}\" y=\"{}\" xml:space=\"preserve\">{head}{}</text>",
            n(x),
            n(y),
            xml(&tail)
        );
    }

    fn six_corners(&mut self, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let corner = 9.0_f64.min(height / 2.0);
        let middle = y + height / 2.0;
        let points = [
            (x + corner, y),
            (x + width - corner, y),
            (x + width, middle),
            (x + width - corner, y + height),
            (x + corner, y + height),
            (x, middle),
        ];
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", n(*x), n(*y))).collect();
        let _ = writeln!(self.text, "<polygon class=\"shape\" points=\"{}\"/>", points.join(" "));
    }
}

/// The class of a kind of block.
pub(super) fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain => "plain",
        Kind::Person => "person",
        Kind::Wait => "waits",
        Kind::Ask => "ask",
        Kind::Send => "send",
        Kind::Choice => "choice",
        Kind::Leave => "leave",
        Kind::End => "end",
    }
}

/// Ways as attributes name them: the node and the name of the way.
fn ways(ways: &[(NodeId, Way)]) -> String {
    let all: Vec<String> = ways.iter().map(|(id, way)| format!("{}:{}", id.0, way)).collect();
    xml(&all.join(";"))
}

fn bends(steps: &[Step]) -> String {
    let mut path = String::new();
    let mut last = (0.0, 0.0);
    for step in steps {
        match *step {
            Step::To(x, y) if path.is_empty() => {
                let _ = write!(path, "M{},{}", n(x), n(y));
                last = (x, y);
            }
            Step::To(x, y) => {
                let _ = write!(path, " L{},{}", n(x), n(y));
                last = (x, y);
            }
            Step::Bend(x, y) => {
                let half = f64::midpoint(last.1, y);
                let _ = write!(path, " C{},{} {},{} {},{}", n(last.0), n(half), n(x), n(half), n(x), n(y));
                last = (x, y);
            }
        }
    }
    path
}

/// A number with at most one digit behind the point.
pub(super) fn n(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // No `-0`.
    format!("{}", rounded + 0.0)
}

/// Text for XML; characters that XML does not have are left out.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
