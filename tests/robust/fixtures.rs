//! Every text of the repository that `ivrc` reads.

use std::path::{Path, PathBuf};

/// What a text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Flow,
    Tests,
    Settings,
}

#[derive(Debug, Clone)]
pub(super) struct Fixture {
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// All of them, in the order of their paths.
pub(super) fn all() -> Vec<Fixture> {
    let mut found = Vec::new();
    for folder in ["flows", "examples", "tests/cases"] {
        below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    found.sort_by(|a: &Fixture, b| a.path.cmp(&b.path));
    assert!(found.len() > 100, "the fixtures were not found");
    found
}

/// A flow that ships, with its tests.
pub(super) fn xmatters() -> (String, String) {
    let read =
        |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("flows").join(name)).unwrap();
    (read("xmatters.ivr"), read("xmatters.test.ivr"))
}

fn below(folder: &Path, found: &mut Vec<Fixture>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = match name.rsplit_once('.') {
            Some((stem, "ivr")) if stem.ends_with(".test") => Kind::Tests,
            Some((_, "ivr")) => Kind::Flow,
            Some((_, "toml")) => Kind::Settings,
            _ => continue,
        };
        found.push(Fixture { kind, text: std::fs::read_to_string(&path).unwrap(), path });
    }
}
