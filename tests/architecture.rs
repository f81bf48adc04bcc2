//! The shape of the program: which module may know which, where each large dependency lives, what lies at the top.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// From the bottom to the top: a module may use those above it in this table, and none beside it; only the words of
/// types, values and expressions are one thing in three files.
const LAYERS: &[&[&str]] = &[
    &["source", "clock", "phone", "http", "template", "limits", "components"],
    &["diagnostic", "overrides"],
    &["syntax"],
    &["format"],
    &["types", "value", "expr"],
    &["failure", "program"],
    &["eval", "prose"],
    &["decode", "check"],
    &["settings", "graph"],
    &["engine", "catalog", "draw", "analysis"],
    &["provider", "services", "store", "script"],
    &["compile"],
    &["serve", "simulator"],
    &["canned", "project"],
    &["scenario"],
    &["cli"],
];

/// Modules of one layer that may know each other.
const TOGETHER: &[&str] = &["types", "value", "expr"];

/// Where a dependency may be named: a file, or everything that begins so.
const HOMES: &[(&[&str], &str)] = &[
    (&["pest", "pest_derive"], "src/syntax/grammar"),
    (&["handlebars"], "src/template.rs"),
    (&["miette"], "src/diagnostic/render"),
    (&["pulldown_cmark", "textwrap"], "src/diagnostic/page"),
    (&["actix_web"], "src/http/server.rs"),
    (&["reqwest"], "src/http/client.rs"),
    (&["rusqlite"], "src/store/sqlite"),
    (&["notify"], "src/project"),
    (&["quick_junit"], "src/scenario/report"),
    (&["clap"], "src/cli"),
    (&["petgraph"], "src/components.rs"),
];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file of the program with its text, without comments and tests.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![top().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let shown = path.strip_prefix(top()).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && !shown.ends_with("/tests.rs")
                && !shown.contains("/tests/")
            {
                found.push((shown, program(&std::fs::read_to_string(path).unwrap())));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// The text without comments, and without the tests, which stand last.
fn program(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The first names of the paths `crate::…` in a text, `crate::{a, b::c}` included.
fn named(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for behind in text.split("crate::").skip(1) {
        let list = match behind.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap(),
            None => behind.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap(),
        };
        for name in list.split(',') {
            let name = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            names.insert(name.to_owned());
        }
    }
    names.remove("");
    names
}

fn module(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap();
    inside.split(['/', '.']).next().unwrap()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = module(&path);
        if matches!(own, "lib" | "main") {
            continue;
        }
        let Some(at) = layer(own) else {
            wrong.push(format!("{path}: `{own}` has no place in the table of layers"));
            continue;
        };
        for other in named(&text).iter().filter(|other| *other != own) {
            let together = TOGETHER.contains(&own) && TOGETHER.contains(&other.as_str());
            match layer(other) {
                None => wrong.push(format!("{path}: `{other}` has no place in the table of layers")),
                Some(below) if below < at || together => {}
                Some(_) => wrong.push(format!("{path}: `{own}` must not know `{other}`")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_large_dependency_has_one_home() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (crates, home) in HOMES {
            let at_home = path.starts_with(home);
            let uses = |name: &&&str| {
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
                words
                    .into_iter()
                    .any(|word| word.trim_start_matches(':').split("::").next() == Some(name) && word.contains("::"))
            };
            wrong.extend(crates.iter().filter(uses).filter(|_| !at_home).map(|name| format!("{path} uses {name}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_top_of_the_repository_holds_what_belongs_there() {
    let listed = Command::new("git").args(["ls-files"]).current_dir(top()).output();
    let Ok(listed) = listed else { return };
    if !listed.status.success() {
        // A package without its repository.
        return;
    }
    let known = [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "flows",
        "grammar",
        "examples",
        "tests",
        "book",
        "README.md",
        "clippy.toml",
        "rustfmt.toml",
    ];
    let text = String::from_utf8(listed.stdout).unwrap();
    let tops: BTreeSet<&str> = text.lines().map(|path| path.split('/').next().unwrap()).collect();
    let odd = |name: &&&str| !known.contains(name) && !name.starts_with('.') && !name.starts_with("LICENSE");
    let odd: Vec<_> = tops.iter().filter(odd).collect();
    assert!(odd.is_empty(), "outside the given top level: {odd:?}");
}

#[test]
fn the_test_would_notice() {
    let text =
        program("use crate::cli;\nuse crate::{a, b::c};\n// crate::d\n#[cfg(test)]\nmod tests { use crate::e; }");
    assert_eq!(named(&text).into_iter().collect::<Vec<_>>(), ["a", "b", "cli"]);
}
