//! Looking for flows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{FLOW, Project, TESTS, Trouble, flow_of_tests, trouble};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The flows, each once, in the order of the paths and then of their names.
    pub flows: Vec<Project>,
    /// Test files without a flow beside them.
    pub orphans: Vec<PathBuf>,
    /// What could not be looked at.
    pub troubles: Vec<Trouble>,
}

/// The flows that paths name: a file itself, a test file the flow beside it, a directory everything below it except
/// what is hidden. What is wrong with one of them does not keep the others from being found.
#[must_use]
pub fn look(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match named(path) {
            Ok(files) => files.iter().for_each(|file| found.file(file)),
            Err(trouble) => found.troubles.push(trouble),
        }
    }
    found
}

/// The same where all of them are wanted: what is wrong with one of them is an error.
pub fn find(paths: &[PathBuf]) -> Result<Found, Trouble> {
    let mut found = look(paths);
    if found.troubles.is_empty() { Ok(found) } else { Err(found.troubles.remove(0)) }
}

/// The files that a path names.
fn named(path: &Path) -> Result<Vec<PathBuf>, Trouble> {
    if !std::fs::metadata(path).map_err(|error| trouble::unreadable(path, &error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    below(path, &mut files)?;
    if files.is_empty() {
        return Err(trouble::nothing_in(path));
    }
    files.sort();
    Ok(files)
}

/// The files that paths name, flows and test files alike: a file itself, a directory everything below it except what
/// is hidden. Each once, in the order of the paths and then of their names.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut files = Vec::new();
    let mut known = BTreeSet::new();
    for path in paths {
        let unreadable = |error| trouble::unreadable(path, &error);
        let mut found = Vec::new();
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            below(path, &mut found)?;
            found.sort();
            if found.is_empty() {
                return Err(trouble::nothing_in(path));
            }
        } else if has_suffix(path, FLOW) {
            found.push(path.clone());
        } else {
            return Err(trouble::no_flow(path));
        }
        for file in found {
            // However a path is written, it leads to one file.
            if known.insert(file.canonicalize().map_err(unreadable)?) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// Whether a file is called like one of tests.
pub fn is_tests(path: &Path) -> bool {
    has_suffix(path, TESTS)
}

impl Found {
    /// Flows that are served together must have names of their own.
    pub fn all_distinct(&self) -> Result<(), Trouble> {
        for (n, flow) in self.flows.iter().enumerate() {
            if let Some(former) = self.flows.iter().take(n).find(|former| former.name == flow.name) {
                return Err(trouble::one_name(&flow.name, &former.flow, &flow.flow));
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) {
        let flow = if has_suffix(path, TESTS) { flow_of_tests(path) } else { path.to_owned() };
        if flow != path && !flow.exists() {
            self.orphans.push(path.to_owned());
            return;
        }
        match Project::of(&flow) {
            Ok(_) if self.flows.iter().any(|known| same_flow(&known.flow, &flow)) => {}
            Ok(project) => self.flows.push(project),
            Err(trouble) => self.troubles.push(trouble),
        }
    }
}

/// Whether two paths name one flow, however they are written. A link to a flow is a flow of its own: it has another name,
/// and other settings and tests beside it.
fn same_flow(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| Some((path.parent()?.join(".").canonicalize().ok()?, path.file_name()?.to_owned()));
    a == b || place(a).zip(place(b)).is_some_and(|(a, b)| a == b)
}

fn has_suffix(path: &Path, suffix: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(suffix))
}

fn below(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let unreadable = |error: std::io::Error| trouble::unreadable(directory, &error);
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a directory could lead round in a circle; one to a file cannot.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            below(&path, files)?;
        } else if has_suffix(&path, FLOW) {
            files.push(path);
        }
    }
    Ok(())
}
