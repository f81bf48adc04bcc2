//! Files: where a flow, its settings and its tests are, their texts, and when they change: the home of notify.

mod find;
mod save;
mod trouble;
mod watch;

use std::path::{Path, PathBuf};

pub use find::{Found, files, find, is_tests, look};
pub use save::save;
pub use trouble::Trouble;
pub use watch::Watch;

use crate::compile::{Inputs, Text};
use crate::provider::Route;

/// How a flow's file is called.
const FLOW: &str = ".ivr";
/// How the file of its tests is called.
const TESTS: &str = ".test.ivr";
/// How the file of its settings is called.
const SETTINGS: &str = ".toml";

/// Where the files of one flow are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// `NAME`.
    pub name: String,
    /// `NAME.ivr`.
    pub flow: PathBuf,
    /// The settings: `NAME.toml` beside the flow, or another file.
    pub settings: Beside,
    /// The tests, for their head: `NAME.test.ivr` beside the flow, or another file.
    pub tests: Beside,
}

/// A file that belongs to a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// This one, if it is there.
    Perhaps(PathBuf),
    /// This one; that it is missing is an error.
    Certainly(PathBuf),
    /// None, whatever is there.
    Not,
}

impl Project {
    /// The files of a flow, settings and tests beside it.
    pub fn of(flow: &Path) -> Result<Self, Trouble> {
        let file = flow.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if file.ends_with(TESTS) {
            return Err(trouble::tests_for_flow(flow, &flow_of_tests(flow)));
        }
        let name = file.strip_suffix(FLOW).ok_or_else(|| trouble::no_flow(flow))?;
        // The name stands in URLs.
        if !matches!(Route::parse(&format!("/{name}")), Some(Route::Call { .. })) {
            return Err(trouble::name(flow, name));
        }
        Ok(Self {
            name: name.to_owned(),
            flow: flow.to_owned(),
            settings: Beside::Perhaps(flow.with_file_name(format!("{name}{SETTINGS}"))),
            tests: Beside::Perhaps(flow.with_file_name(format!("{name}{TESTS}"))),
        })
    }

    /// Every file that may have a part in it, whether it is there or not.
    #[must_use]
    pub fn files(&self) -> Vec<&Path> {
        let beside = [&self.settings, &self.tests].into_iter().filter_map(Beside::path);
        std::iter::once(self.flow.as_path()).chain(beside).collect()
    }

    /// Reads the files. `flows` are the names of all flows that share the environment.
    pub fn load(&self, flows: &[String]) -> Result<Inputs, Trouble> {
        Ok(Inputs {
            flow: self.name.clone(),
            source: read(&self.flow)?,
            settings: self.settings.read()?,
            given: self.tests.read()?,
            flows: flows.to_vec(),
            environment: None,
        })
    }
}

impl Beside {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Perhaps(path) | Self::Certainly(path) => Some(path),
            Self::Not => None,
        }
    }

    fn read(&self) -> Result<Option<Text>, Trouble> {
        match self {
            Self::Perhaps(path) if !path.exists() => Ok(None),
            Self::Perhaps(path) | Self::Certainly(path) => read(path).map(Some),
            Self::Not => Ok(None),
        }
    }
}

/// The flow that a test file belongs to.
fn flow_of_tests(tests: &Path) -> PathBuf {
    let file = tests.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    tests.with_file_name(format!("{}{FLOW}", file.strip_suffix(TESTS).unwrap_or(&file)))
}

/// The text of a file, called as its path was given.
pub fn read(path: &Path) -> Result<Text, Trouble> {
    let Text { name, text } = read_with_mark(path)?;
    // A byte order mark belongs to the file, not to the text: no place counts it.
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    Ok(Text { name, text })
}

/// The same with the byte order mark, if there is one.
#[expect(clippy::disallowed_methods, reason = "the one place that reads files of flows")]
pub fn read_with_mark(path: &Path) -> Result<Text, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| trouble::unreadable(path, &error))?;
    Ok(Text { name: path.display().to_string(), text })
}

#[cfg(test)]
mod tests;
