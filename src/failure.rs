//! The kinds of failures an author can tell apart (section 12 of the language).

use crate::types::Name;
use crate::value::Value;

/// `error.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "section 12 of the language describes each")]
pub enum FailureKind {
    Http,
    Timeout,
    Network,
    Shape,
    Path,
    Header,
    Unset,
    Depth,
    Budget,
    Uncertain,
    Reply,
    Giveup,
    Late,
    Failed,
    Nobody,
    Queue,
    Keys,
}

impl FailureKind {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 17] = [
        ("http", Self::Http),
        ("timeout", Self::Timeout),
        ("network", Self::Network),
        ("shape", Self::Shape),
        ("path", Self::Path),
        ("header", Self::Header),
        ("unset", Self::Unset),
        ("depth", Self::Depth),
        ("budget", Self::Budget),
        ("uncertain", Self::Uncertain),
        ("reply", Self::Reply),
        ("giveup", Self::Giveup),
        ("late", Self::Late),
        ("failed", Self::Failed),
        ("nobody", Self::Nobody),
        ("queue", Self::Queue),
        ("keys", Self::Keys),
    ];

    /// The word an author writes.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// A failure on its way to an `else`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// Which kind.
    pub kind: FailureKind,
    /// The HTTP status, if a response was the reason.
    pub status: Option<u16>,
    /// The operation it came from, if one.
    pub from: Option<Name>,
}

impl Failure {
    /// A failure of no operation.
    #[must_use]
    pub fn of(kind: FailureKind) -> Self {
        Self { kind, status: None, from: None }
    }

    /// The record `error` that an `else` sees.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::record([
            ("kind", Value::text(self.kind.word())),
            ("status", self.status.map_or(Value::None, |status| Value::Number(f64::from(status)))),
            ("from", self.from.as_ref().map_or(Value::None, |from| Value::Text(from.clone()))),
        ])
    }
}
