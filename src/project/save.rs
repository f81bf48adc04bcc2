//! Writing a file, all of it or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{Trouble, trouble};

/// Puts a text in the place of that of a file. Whoever reads the file meanwhile gets the old text or the new one; its
/// permissions stay. A link is followed.
pub fn save(path: &Path, text: &str) -> Result<(), Trouble> {
    replace(path, text).map_err(|error| trouble::unwritable(path, &error))
}

fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let target = path.canonicalize()?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(ErrorKind::PermissionDenied.into());
    }
    let (draft, mut file) = draft_beside(&target)?;
    let written = file
        .set_permissions(permissions)
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&draft, &target));
    if written.is_err() {
        // Of the two failures, the first is told.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// A new, hidden file in the directory of another one.
fn draft_beside(target: &Path) -> Result<(PathBuf, File), Error> {
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut number = 0;
    loop {
        let draft = target.with_file_name(format!(".{name}.{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&draft) {
            Ok(file) => return Ok((draft, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(error),
        }
    }
}
