//! The tracefile of LCOV (`man geninfo`): lines, and edges as branches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Tested, by_line, flow_source};
use crate::scenario::Edge;

/// One record for each flow. Lines and branches are counted in tests: a line is hit by each test that comes to a step in
/// it, and the ways out of a step are a block of branches. An edge that is not reached for a stated reason is left out.
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
        for (block, edges) in edges.chunk_by(|a, b| a.node == b.node).enumerate() {
            let ran = edges.iter().any(|edge| edge.is_reached());
            for (n, edge) in edges.iter().enumerate() {
                // A line marks a branch of a step that no test comes to.
                let times = if ran { edge.tests.len().to_string() } else { "-".to_owned() };
                let _ = writeln!(text, "BRDA:{line},{block},{n},{times}");
            }
            branches += edges.len();
            taken += edges.iter().filter(|edge| edge.is_reached()).count();
        }
    }
    for (line, edges) in &lines {
        let tests: BTreeSet<usize> = edges.iter().flat_map(|edge| &edge.tests).copied().collect();
        let _ = writeln!(text, "DA:{line},{}", tests.len());
        hit += usize::from(!tests.is_empty());
    }
    let _ = write!(text, "BRF:{branches}\nBRH:{taken}\nLF:{}\nLH:{hit}\nend_of_record\n", lines.len());
    text
}
