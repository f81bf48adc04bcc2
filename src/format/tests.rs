//! The examples in `tests/cases/format` show the whole grammar.

use std::collections::BTreeSet;
use std::path::Path;

use crate::source::SourceId;
use crate::syntax::{Concrete, Kind, Node, Rule};

/// Rules that are no part of a text without mistakes: what recovery reads, and what has no node of its own.
const NOT_THERE: &[&str] = &[
    "after_",
    "bad_",
    "one_",
    "EOI",
    "comment",
    "line_rest",
    "setup_word",
    "act_word",
    "lone",
    "WHITESPACE",
    "IDC",
    "reserved",
    "reserved_name",
    "binder",
    "malformed",
    "length",
    "clock_time",
    "open_string",
    "open_slot",
    "close",
    "unclosed",
    "item_start",
    "setup_start",
    "step_start",
    "group",
    "braced",
    "parened",
    "token",
    "skipped",
    "stop",
    "call",
    "last_block",
    "in_arm",
    "arm_start",
    "case_start",
    "part_start",
    "entry_start",
    "music_step",
    "brackets",
    "opening",
    "closing",
    "let_head",
    "extra_arrow",
    "waits",
    "control",
    "part",
    "setup",
    "misplaced",
    "line_start",
    "ends",
];

#[test]
fn the_examples_show_every_rule_of_the_grammar() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/format");
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
        let given = text.split("\n======== becomes\n").next().unwrap();
        let kind = if path.to_string_lossy().contains(".test.") { Kind::Tests } else { Kind::Flow };
        let concrete = Concrete::read(kind, SourceId(0), given).unwrap();
        concrete.roots().for_each(|root| note(&root, &mut seen));
    }
    let shown =
        |rule: &String| NOT_THERE.iter().any(|name| rule == name || (name.ends_with('_') && rule.starts_with(name)));
    let all = Rule::all_rules().iter().map(|rule| format!("{rule:?}")).filter(|rule| !shown(rule));
    let missing: Vec<String> = all.filter(|rule| !seen.contains(rule)).collect();
    assert!(missing.is_empty(), "no example shows {missing:?}");
}

fn note(node: &Node<'_>, seen: &mut BTreeSet<String>) {
    seen.insert(format!("{:?}", node.rule()));
    node.children().for_each(|child| note(&child, seen));
}
