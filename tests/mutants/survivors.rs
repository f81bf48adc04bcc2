//! The list of survivors: blocks of lines, each an explanation (lines that begin with `#`) and the names of mutants.

use std::collections::BTreeMap;

const PATH: &str = "tests/mutants/survivors.txt";

/// The names in the list with their explanations.
pub(super) fn listed() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutants/survivors.txt"));
    read(&text.unwrap_or_default()).unwrap_or_else(|wrong| panic!("{PATH}: {wrong}"))
}

fn read(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut names = BTreeMap::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let (why, these): (Vec<&str>, Vec<&str>) = block.trim().lines().partition(|line| line.starts_with('#'));
        let why: Vec<&str> = why.iter().map(|line| line.trim_start_matches('#').trim()).collect();
        if why.is_empty() {
            return Err(format!("no reason above `{}`", these[0]));
        }
        for name in these {
            if names.insert(name.to_owned(), why.join(" ")).is_some() {
                return Err(format!("`{name}` stands twice"));
            }
        }
    }
    Ok(names)
}

#[test]
fn a_list_has_a_reason_for_every_name() {
    let list = read("# What all this is.\n\n# Nobody\n# can tell.\na b\nc\n").unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list["c"], "Nobody can tell.");
    assert!(read("# Why.\na\n\nb\n").unwrap_err().contains("`b`"));
    assert!(read("# Why.\na\na\n").unwrap_err().contains("twice"));
}
