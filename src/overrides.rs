//! Values that replace what the flow says, as their sources spell them: a settings file, the environment, the head of
//! a test file. They have places but no types yet; the checker and [`crate::settings`] give them meaning.

use crate::source::Span;

/// Where an override comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `NAME.toml`.
    File,
    /// An environment variable.
    Environment,
    /// `given` in a test file.
    Test,
}

/// A value without a type.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// Where it stands.
    pub span: Span,
    /// What.
    pub kind: RawKind,
}

/// The kinds of raw values.
#[derive(Debug, Clone, PartialEq)]
pub enum RawKind {
    /// Absent: `{ none = true }` in TOML, `none` in the environment and in tests.
    None,
    /// A text. Environment variables are texts throughout; those that must be lists or records are JSON.
    Text(String),
    /// A number.
    Number(f64),
    /// A flag.
    Flag(bool),
    /// A list.
    List(Vec<Raw>),
    /// A record: key, place of the key, value.
    Record(Vec<(String, Span, Raw)>),
    /// A secret read from elsewhere: `{ env = "NAME" }`, `{ file = "PATH" }`.
    Elsewhere(Elsewhere),
}

/// Where a secret is read when it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// An environment variable.
    Env(String),
    /// A file; its trailing newline is removed.
    File(String),
}

/// One override.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// The setting, phrase or music it names.
    pub name: String,
    /// The place of the name.
    pub name_span: Span,
    /// Whether it stands where only phrases stand (`[phrases]`).
    pub in_phrases: bool,
    /// The value.
    pub value: Raw,
    /// Where it comes from.
    pub origin: Origin,
}

/// All overrides, weakest first: the last one that names a thing wins.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// In order of strength.
    pub list: Vec<Override>,
}

impl Overrides {
    /// The override that holds for a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Override> {
        self.list.iter().rev().find(|o| o.name == name)
    }
}
