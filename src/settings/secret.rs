//! Secrets: where they are, and reading them when they are used.

use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::environment::Environment;
use super::shape;
use crate::types::Type;

/// A secret file holds a password, a token or a path; anything longer is a mistake.
const LONGEST: u64 = 64 * 1024;

/// Why a secret cannot be used. Says where it should have come from, never what it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SecretError {
    /// The variable is not set.
    #[error("environment variable `{0}` is not set")]
    NotSet(String),
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        why: String,
    },
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(String),
    /// It cannot be what its type says.
    #[error("{place} does not hold {wanted}: {why}")]
    Malformed {
        /// Where it stands.
        place: String,
        /// What it should be: `a path`.
        wanted: &'static str,
        /// What is wrong, without the value.
        why: &'static str,
    },
}

/// Where a secret is.
#[derive(Clone)]
pub(super) enum Place {
    /// In a settings or test file.
    Literal(SecretString),
    /// In a variable of the environment.
    Variable(String),
    /// In a file.
    File(PathBuf),
}

/// A secret that can be read.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) place: Place,
    /// The type inside `secret …`, present.
    pub(super) ty: Type,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place.name())
    }
}

impl Place {
    /// What messages call it.
    fn name(&self) -> String {
        match self {
            Self::Literal(_) => "the secret".to_owned(),
            Self::Variable(name) => format!("environment variable `{name}`"),
            Self::File(path) => format!("`{}`", path.display()),
        }
    }
}

impl Secret {
    /// Reads it now. A file that was replaced is read anew, so rotation needs no reload; it is small and local, so
    /// reading it takes no longer than a look-up.
    pub(super) fn read(&self, environment: &Environment) -> Result<SecretString, SecretError> {
        let secret = match &self.place {
            Place::Literal(secret) => secret.clone(),
            Place::Variable(name) => environment.get(name).cloned().ok_or_else(|| SecretError::NotSet(name.clone()))?,
            Place::File(path) => read_file(path)?,
        };
        if secret.expose_secret().is_empty() {
            return Err(SecretError::Empty(self.place.name()));
        }
        shape::check(secret.expose_secret(), &self.ty).map_err(|(wanted, why)| SecretError::Malformed {
            place: self.place.name(),
            wanted,
            why,
        })?;
        Ok(secret)
    }
}

/// The text of a secret's file without the line break at its end.
fn read_file(path: &PathBuf) -> Result<SecretString, SecretError> {
    let failed = |why: String| SecretError::File { path: path.display().to_string(), why };
    let file = std::fs::File::open(path).map_err(|error| failed(error.kind().to_string()))?;
    // A pipe or a device could keep a caller waiting for ever.
    let ordinary = file.metadata().is_ok_and(|metadata| metadata.is_file());
    if !ordinary {
        return Err(failed("it is no ordinary file".to_owned()));
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| failed(error.kind().to_string()))?;
    if text.len() as u64 > LONGEST {
        return Err(failed("it is longer than 64 kB".to_owned()));
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(SecretString::from(line.strip_suffix('\r').unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{Place, Secret, SecretError};
    use crate::settings::Environment;
    use crate::types::Type;

    /// A directory of a test's own, removed at its end.
    struct Directory(std::path::PathBuf);

    impl Directory {
        fn new(test: &str) -> Self {
            let directory = std::env::temp_dir().join(format!("ivrc-secret-{}-{test}", std::process::id()));
            std::fs::create_dir_all(&directory).unwrap();
            Self(directory)
        }

        fn file(&self, name: &str, content: &[u8]) -> std::path::PathBuf {
            let path = self.0.join(name);
            std::fs::write(&path, content).unwrap();
            path
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            // Left behind, it would only take space.
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn read(place: Place, ty: Type) -> Result<String, SecretError> {
        let environment =
            Environment::new([("TOKEN".to_owned(), "t0ken".to_owned()), ("NO".to_owned(), String::new())]);
        Secret { place, ty }.read(&environment).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_read_when_it_is_used_without_its_last_line_break() {
        let directory = Directory::new("rotated");
        let path = directory.file("secret", b"one\n");
        assert_eq!(read(Place::File(path.clone()), Type::Text).unwrap(), "one");
        std::fs::write(&path, "two\r\n").unwrap();
        assert_eq!(read(Place::File(path), Type::Text).unwrap(), "two");
        assert_eq!(read(Place::Variable("TOKEN".into()), Type::Text).unwrap(), "t0ken");
    }

    #[test]
    fn what_cannot_be_used_is_said_without_showing_it() {
        let directory = Directory::new("unusable");
        let file = |name: &str, content: &[u8]| directory.file(name, content);
        let missing = read(Place::File("/nowhere/at/all".into()), Type::Text).unwrap_err();
        assert_eq!(missing.to_string(), "`/nowhere/at/all` cannot be read: entity not found");
        assert_eq!(
            read(Place::Variable("X".into()), Type::Text).unwrap_err().to_string(),
            "environment variable `X` is not set"
        );
        assert!(matches!(read(Place::Variable("NO".into()), Type::Text), Err(SecretError::Empty(_))));
        assert!(matches!(read(Place::File(std::env::temp_dir()), Type::Text), Err(SecretError::File { .. })));
        assert!(matches!(read(Place::File(file("bytes", b"\xff\xfe")), Type::Text), Err(SecretError::File { .. })));
        let long = file("long", &vec![b'x'; 70_000]);
        assert!(matches!(read(Place::File(long), Type::Text), Err(SecretError::File { .. })));
        let path = read(Place::File(file("path", b"hunter2")), Type::Path).unwrap_err();
        assert!(path.to_string().ends_with("does not hold a path: it does not begin with `/`"), "{path}");
        let secret = Secret { place: Place::Literal("hunter2".into()), ty: Type::Text };
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
