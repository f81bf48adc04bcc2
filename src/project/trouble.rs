//! What can be wrong with files, in one sentence each.

use std::io::{Error, ErrorKind};
use std::path::Path;

use thiserror::Error;

use crate::diagnostic::nearest::nearest;

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Trouble {
    /// What is wrong, with the path.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Trouble {
    fn new(message: String, help: impl Into<Option<String>>) -> Self {
        Self { message, help: help.into() }
    }
}

/// A file that cannot be read, or a path that leads nowhere.
pub(super) fn unreadable(path: &Path, error: &Error) -> Trouble {
    let why = match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    };
    let help = match error.kind() {
        ErrorKind::NotFound => similar(path),
        ErrorKind::InvalidData => Some("save it as UTF-8".to_owned()),
        _ => None,
    };
    Trouble::new(format!("cannot read `{}`: {why}", path.display()), help)
}

/// A file that cannot be written.
pub(super) fn unwritable(path: &Path, error: &Error) -> Trouble {
    let why = match error.kind() {
        ErrorKind::PermissionDenied => "it, or its directory, may not be written".to_owned(),
        _ => error.to_string(),
    };
    Trouble::new(format!("cannot write `{}`: {why}", path.display()), None)
}

/// A file in the same directory whose name is nearly the same.
fn similar(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> =
        std::fs::read_dir(directory).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let near = nearest(wanted, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", path.with_file_name(near).display()))
}

/// A file that is no flow by its name.
pub(super) fn no_flow(path: &Path) -> Trouble {
    let help = similar(path).unwrap_or_else(|| "name a file called `NAME.ivr`".to_owned());
    Trouble::new(format!("`{}` is not the name of a flow", path.display()), help)
}

/// A flow whose name cannot stand in a URL.
pub(super) fn name(path: &Path, name: &str) -> Trouble {
    Trouble::new(
        format!("`{}` cannot be served: `{name}` cannot stand in a URL", path.display()),
        "begin with a letter, use letters, digits, `-` and `_` only, 64 at most".to_owned(),
    )
}

/// Tests in the place of a flow.
pub(super) fn tests_for_flow(path: &Path, flow: &Path) -> Trouble {
    Trouble::new(
        format!("`{}` holds tests, not a flow", path.display()),
        format!("name the flow: `{}`", flow.display()),
    )
}

/// A directory without flows.
pub(super) fn nothing_in(path: &Path) -> Trouble {
    Trouble::new(
        format!("there is no flow in `{}`", path.display()),
        "name a directory with `NAME.ivr` files".to_owned(),
    )
}

/// Two flows that would have one URL.
pub(super) fn one_name(name: &str, first: &Path, second: &Path) -> Trouble {
    Trouble::new(
        format!("`{}` and `{}` are both called `{name}`", first.display(), second.display()),
        "rename one of them".to_owned(),
    )
}
