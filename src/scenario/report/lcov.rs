//! The tracefile of LCOV (`man geninfo`): lines, and edges as branches.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Tested, by_line, flow_source};
use crate::scenario::Edge;

/// One record for each flow. A line is hit as often as its edges were taken; an edge with a stated reason is left out.
#[must_use]
pub fn lcov(all: &[Tested<'_>]) -> String {
    all.iter().map(record).collect()
}

fn record(tested: &Tested<'_>) -> String {
    let Some(source) = flow_source(tested.sources) else { return String::new() };
    let mut lines: BTreeMap<usize, Vec<&Edge>> = BTreeMap::new();
    let counts = |edge: &Edge| edge.is_reached() || edge.reason.is_none();
    for (line, edge) in by_line(tested.sources, &tested.run.coverage.edges).filter(|(_, edge)| counts(edge)) {
        if let Some(line) = line {
            lines.entry(line).or_default().push(edge);
        }
    }
    let mut text = format!("TN:ivrc\nSF:{}\n", source.name);
    let (mut branches, mut taken, mut hit) = (0, 0, 0);
    // Writing into a text does not fail.
    for (line, edges) in &lines {
        for (n, edge) in edges.iter().enumerate() {
            let _ = writeln!(
                text,
                "BRDA:{line},0,{n},{}",
                if edge.is_reached() { edge.tests.to_string() } else { "-".into() }
            );
            branches += 1;
            taken += usize::from(edge.is_reached());
        }
    }
    for (line, edges) in &lines {
        let times: u32 = edges.iter().map(|edge| edge.tests).sum();
        let _ = writeln!(text, "DA:{line},{times}");
        hit += usize::from(times > 0);
    }
    let _ = write!(text, "BRF:{branches}\nBRH:{taken}\nLF:{}\nLH:{hit}\nend_of_record\n", lines.len());
    text
}
