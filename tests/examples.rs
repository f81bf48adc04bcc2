//! The flows that people copy, as continuous integration looks at them: each is clean, and its tests reach every edge.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Directories with flows of the repository.
const SHIPPED: [&str; 2] = ["examples", "flows"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `ivrc` where nothing but the repository can be seen; a failure shows what it printed.
fn ivrc(words: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_ivrc")).args(words).current_dir(root()).env_clear().output().unwrap();
    let printed = [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(done.status.success(), "ivrc {}\n{printed}", words.join(" "));
}

/// The files below a directory of the repository, as paths from its root.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(directory)).unwrap();
    let paths = entries.map(|entry| directory.join(entry.unwrap().file_name()));
    paths.flat_map(|path| if root().join(&path).is_dir() { files(&path) } else { vec![path] }).collect()
}

fn shipped(end: &str) -> Vec<String> {
    let all = SHIPPED.iter().flat_map(|directory| files(Path::new(directory)));
    let names = all.map(|path| path.to_str().unwrap().to_owned());
    names.filter(|name| name.ends_with(end)).collect()
}

#[test]
fn they_are_clean() {
    ivrc(&[&["check", "--deny", "warnings"], &SHIPPED[..]].concat());
}

#[test]
fn their_settings_files_give_everything_a_server_needs() {
    // `NAME.example.toml` has places that are to be filled in: the documentation's tests fill them in.
    let settings: Vec<String> = shipped(".toml").into_iter().filter(|file| !file.ends_with(".example.toml")).collect();
    assert!(settings.len() >= 2, "{settings:?}");
    for file in settings {
        let flow = file.strip_suffix(".toml").unwrap();
        ivrc(&["check", "--deny", "warnings", "--settings", &file, &format!("{flow}.ivr")]);
    }
}

#[test]
fn their_tests_pass_and_reach_every_edge() {
    let tests = shipped(".test.ivr");
    for flow in shipped(".ivr").iter().filter(|flow| !flow.ends_with(".test.ivr")) {
        assert!(tests.contains(&flow.replace(".ivr", ".test.ivr")), "{flow} has no tests");
    }
    ivrc(&[&["test", "--coverage", "--at-least", "100"], &SHIPPED[..]].concat());
}
