//! What a picture must be, read back from its SVG.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};

use super::super::Chart;
use super::wanted;

/// A rectangle: left, top, right, bottom.
#[derive(Debug, Clone, Copy)]
struct Area(f64, f64, f64, f64);

impl Area {
    fn overlaps(self, other: Self) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn holds(self, other: Self) -> bool {
        self.0 <= other.0 && self.1 <= other.1 && self.2 >= other.2 && self.3 >= other.3
    }
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("{node:?} has no {name}")).parse().unwrap()
}

/// All numbers of a path or of a list of points.
fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
    parts.filter(|part| !part.is_empty()).map(|part| part.parse().unwrap()).collect()
}

fn classes<'a>(node: Node<'a, '_>) -> Vec<&'a str> {
    node.attribute("class").unwrap_or_default().split(' ').collect()
}

fn is(node: Node<'_, '_>, class: &str) -> bool {
    classes(node).contains(&class)
}

/// The area of the shape in a group.
fn area(group: Node<'_, '_>, class: &str) -> Area {
    let shape = group.children().find(|child| is(*child, class)).unwrap_or_else(|| panic!("no {class} in {group:?}"));
    if let Some(points) = shape.attribute("points") {
        let all = numbers(points);
        let (x, y): (Vec<f64>, Vec<f64>) = all.chunks(2).map(|pair| (pair[0], pair[1])).unzip();
        let least = |list: &[f64]| list.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |list: &[f64]| list.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        return Area(least(&x), least(&y), most(&x), most(&y));
    }
    let (x, y) = (number(shape, "x"), number(shape, "y"));
    Area(x, y, x + number(shape, "width"), y + number(shape, "height"))
}

fn apart(areas: &[Area], what: &str) {
    for (n, one) in areas.iter().enumerate() {
        assert!(one.0.is_finite() && one.1.is_finite() && one.2 > one.0 && one.3 > one.1, "{one:?}");
        for other in &areas[n + 1..] {
            assert!(!one.overlaps(*other), "two {what} overlap: {one:?} {other:?}");
        }
    }
}

/// The room of a text by the widths that the drawing itself is made with.
fn text_area(text: Node<'_, '_>) -> Area {
    let size =
        if classes(text).iter().any(|class| ["name", "exit", "detail", "key"].contains(class)) { 8.5 } else { 10.0 };
    let content: String = text.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect();
    let width = crate::draw::svg::width_of(&content, size);
    let (x, y) = (number(text, "x"), number(text, "y"));
    let left = if is(text, "key") { x - width / 2.0 } else { x };
    Area(left, y - size * 0.9, left + width, y + size * 0.25)
}

/// Panics if the picture is not well made.
pub(super) fn sound(chart: &Chart<'_>, svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let all = || document.descendants();
    for node in all().filter(Node::is_element) {
        for attribute in node.attributes().filter(|attribute| ["d", "points"].contains(&attribute.name())) {
            assert!(numbers(attribute.value()).iter().all(|n| n.is_finite() && n.abs() < 1e6), "{attribute:?}");
        }
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");

    let frames: Vec<Node<'_, '_>> = all().filter(|node| is(*node, "group") || is(*node, "legend")).collect();
    let areas: Vec<Area> = frames.iter().map(|frame| area(*frame, "frame")).collect();
    apart(&areas, "frames");
    let view = numbers(document.root_element().attribute("viewBox").unwrap());
    let sheet = Area(view[0], view[1], view[0] + view[2], view[1] + view[3]);
    assert!(areas.iter().all(|frame| sheet.holds(*frame)), "a frame is beyond the sheet");

    let mut nodes = BTreeSet::new();
    for frame in frames.iter().filter(|frame| is(**frame, "group")) {
        let around = area(*frame, "frame");
        let blocks: Vec<Node<'_, '_>> = frame.children().filter(|node| is(*node, "block")).collect();
        let keys: Vec<Node<'_, '_>> = frame.descendants().filter(|node| is(*node, "key")).collect();
        let mut taken: Vec<Area> = blocks.iter().map(|block| area(*block, "shape")).collect();
        taken.extend(keys.iter().map(|key| text_area(*key)));
        apart(&taken, "blocks or labels");
        assert!(taken.iter().all(|block| around.holds(*block)), "something is beyond its frame");
        for block in blocks {
            let shape = area(block, "shape");
            for text in block.children().filter(|node| node.has_tag_name("text")) {
                assert!(shape.holds(text_area(text)), "{:?} is too long", text.text());
            }
            let ids = block.attribute("data-nodes").unwrap().split(' ').map(|id| id.parse::<u32>().unwrap());
            ids.for_each(|id| assert!(nodes.insert(id), "{id} is drawn twice"));
        }
    }
    let drawn: BTreeSet<u32> = chart.blocks.iter().flat_map(|block| block.nodes.iter().map(|id| id.0)).collect();
    assert_eq!(nodes, drawn);

    let mut ways: BTreeMap<String, usize> = BTreeMap::new();
    for list in all().filter_map(|node| node.attribute("data-ways")) {
        list.split(';').for_each(|way| *ways.entry(way.to_owned()).or_default() += 1);
    }
    // Two ways of one node may have one name: the outcome `failed` of a leg, and the failure of the step.
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for ((id, way), count) in wanted(chart) {
        *named.entry(format!("{}:{way}", id.0)).or_default() += count;
    }
    assert_eq!(ways, named);
}
