//! The summary and the links between pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::page::Page;
use super::{Problem, root};

const SUMMARY: &str = "book/src/SUMMARY.md";

/// What is wrong with the links of the documentation.
pub(crate) fn check(pages: &[Page]) -> Vec<Problem> {
    let anchors: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|page| (page.path.as_str(), headings(&page.text))).collect();
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for page in pages {
        for (line, target) in links(&page.text) {
            let mut wrong = |what: String| problems.push((page.path.clone(), line, what));
            if target.starts_with("http:") || target.starts_with("https:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').map_or((target.as_str(), None), |(path, id)| (path, Some(id)));
            let path = if path.is_empty() { PathBuf::from(&page.path) } else { beside(&page.path, path) };
            if !root().join(&path).exists() {
                wrong(format!("the link `{target}` leads nowhere"));
                continue;
            }
            let path = path.display().to_string();
            if let Some(anchor) = anchor
                && !anchors.get(path.as_str()).is_some_and(|known| known.contains(anchor))
            {
                wrong(format!("`{path}` has no heading `#{anchor}`"));
            }
            if page.path == SUMMARY && !listed.insert(path) {
                wrong(format!("`{target}` is listed twice"));
            }
        }
    }
    for page in pages.iter().filter(|page| page.path.starts_with("book/") && page.path != SUMMARY) {
        if !listed.contains(&page.path) {
            problems.push((page.path.clone(), 1, "the summary does not list this page".to_owned()));
        }
    }
    for page in pages {
        for (number, line) in page.text.lines().enumerate() {
            let in_table = line.trim_start().starts_with('|');
            if line.chars().count() > 120 && !in_table {
                problems.push((page.path.clone(), number + 1, "a line of more than 120 characters".to_owned()));
            }
        }
    }
    problems
}

/// The path of a file that is named from a page.
fn beside(page: &str, link: &str) -> PathBuf {
    let mut path = Path::new(page).parent().unwrap_or(Path::new("")).to_owned();
    for component in Path::new(link).components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// The text without its fenced blocks, line by line.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<String> = None;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line.trim() == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => return Some((number + 1, line)),
        }
        None
    })
}

/// Targets of `[…](target)`, outside code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let outside_code: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in outside_code.split("](").skip(1) {
            found.extend(part.split_once(')').map(|(target, _)| (number, target.to_owned())));
        }
    }
    found
}

/// The anchors of the headings, as mdBook and GitHub make them.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = prose(text).filter_map(|(_, line)| line.strip_prefix('#'));
    titles
        .map(|title| {
            let kept = title.trim_start_matches('#').trim().to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn links_in_code_are_none() {
    assert_eq!(links("see [a](b.md#c) and `x[i](y)`\n```text\n[d](e)\n```\n"), [(1, "b.md#c".to_owned())]);
    assert_eq!(headings("# How a `call` runs\n"), BTreeSet::from(["how-a-call-runs".to_owned()]));
    assert_eq!(beside("book/src/a/b.md", "../c.md"), Path::new("book/src/c.md"));
}
