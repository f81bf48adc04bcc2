//! The documentation, executed: every block of `README.md`, of the examples' pages and of the book is compiled, resolved
//! or run, so that it stays true. Which blocks there are is told in `page`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect, and reads the files it is about"
)]

mod codes;
mod console;
mod documents;
mod flows;
mod layout;
mod links;
mod page;
mod settings_file;
mod style;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use page::Page;

/// What is wrong with the documentation: page, line, and what is to be said about it.
pub(crate) type Problem = (String, usize, String);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages: the README, those of the examples, then those of the book.
fn pages() -> Vec<Page> {
    let mut paths = vec![PathBuf::from("README.md")];
    collect(&root().join("examples"), &mut paths);
    collect(&root().join("book/src"), &mut paths);
    paths.iter().map(|path| Page::read(root(), path)).collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).expect("a directory of the book");
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path.strip_prefix(root()).expect("a path inside").to_owned());
        }
    }
}

fn refuse(problems: &[Problem]) {
    let list: Vec<String> = problems.iter().map(|(page, line, what)| format!("{page}:{line}: {what}")).collect();
    assert!(list.is_empty(), "{} of the documentation's blocks do not hold:\n\n{}", list.len(), list.join("\n\n"));
}

#[test]
fn every_flow_and_settings_block_gives_what_its_page_says() {
    let mut problems = Vec::new();
    for page in pages() {
        problems.extend(flows::check(&page));
    }
    refuse(&problems);
}

#[test]
fn every_flow_is_in_the_style() {
    let mut problems = Vec::new();
    for page in pages() {
        problems.extend(style::check(&page));
    }
    refuse(&problems);
}

#[test]
fn every_console_session_prints_what_its_page_shows() {
    let pages: Vec<Page> = pages().into_iter().filter(|page| page.blocks.iter().any(console::is_session)).collect();
    let (todo, problems) = (Mutex::new(pages.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(page) = todo.lock().expect("the list").next() else { break };
                    let found = console::check(page);
                    problems.lock().expect("the problems").extend(found);
                }
            });
        }
    });
    let mut problems = problems.into_inner().expect("the problems");
    problems.sort();
    refuse(&problems);
}

#[test]
fn the_summary_lists_every_page_and_links_lead_somewhere() {
    refuse(&links::check(&pages()));
}

#[test]
fn every_page_says_everything_once() {
    let mut problems = Vec::new();
    for page in pages() {
        problems.extend(layout::check(&page));
    }
    refuse(&problems);
}

#[test]
fn every_code_has_a_page_with_an_example_that_fails_and_its_repair() {
    refuse(&codes::check(&pages()));
}

#[test]
fn the_example_settings_file_explains_every_setting_and_is_valid() {
    refuse(&settings_file::check());
}
