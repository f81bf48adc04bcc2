//! The steps that wait.

use super::{Block, Count, Expr, Happens, Literal, Text, Time, Word};
use crate::source::Span;

/// `within D`, `N tries` at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hearing {
    /// How long it listens.
    pub within: Option<Time>,
    /// How often.
    pub tries: Option<Count>,
}

/// `menu`.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    /// `in every language` (not built yet).
    pub every_language: Option<Span>,
    /// The opening words.
    pub text: Text,
    /// `from LIST`.
    pub from: Option<Expr>,
    /// `within`, `tries`.
    pub hearing: Hearing,
    /// Its arms.
    pub arms: Vec<Arm>,
    /// The closing `say`.
    pub closing: Option<Text>,
}

/// An arm of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Its keys; empty if the arm was not understood.
    pub keys: Vec<Key>,
    /// What announces it: texts, variants or a phrase's name.
    pub label: Option<Text>,
    /// `if C`.
    pub condition: Option<Expr>,
    /// What happens.
    pub happens: Happens,
    /// The whole.
    pub span: Span,
}

/// A key of an arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: KeyKind,
}

/// The kinds of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// `1`, `*`, `#`.
    One(char),
    /// `2-9`.
    Range(char, char),
    /// `any`: every key not named.
    Any,
    /// Spoken words (not built yet).
    Spoken(String),
    /// A value of an enum.
    Value(String),
    /// `short`: an end of a recording.
    Short,
    /// `limit`: an end of a recording.
    Limit,
}

/// `pick`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The list.
    pub list: Expr,
    /// `by COLUMN`.
    pub by: Option<Word>,
    /// `asking`.
    pub asking: Text,
    /// `each`.
    pub each: Option<Text>,
    /// `alone`.
    pub alone: Option<Text>,
    /// `within`, `tries`.
    pub hearing: Hearing,
}

/// `record`.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The prompt.
    pub text: Text,
    /// `from D`.
    pub least: Option<Time>,
    /// `up to D`.
    pub longest: Option<Time>,
    /// `transcribed`.
    pub transcribed: Option<Span>,
    /// `N tries`.
    pub tries: Option<Count>,
    /// Its arms; `None` without braces. Keys may be `Short` and `Limit`.
    pub arms: Option<Vec<Arm>>,
}

/// `wait for`.
#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    /// What is waited for.
    pub value: Expr,
    /// `every D`.
    pub every: Option<Time>,
    /// `up to D`.
    pub longest: Option<Time>,
    /// What is said meanwhile.
    pub body: Option<Block>,
}

/// `escalate`.
#[derive(Debug, Clone, PartialEq)]
pub struct Escalate {
    /// The name of the element that is being phoned.
    pub name: Word,
    /// The list.
    pub list: Expr,
    /// `all at once` (not built yet).
    pub all_at_once: Option<Span>,
    /// `up to N`.
    pub most: Option<Expr>,
    /// `ringing D`.
    pub ringing: Option<Time>,
    /// `music NAME`.
    pub music: Option<Word>,
    /// `caller hears { … }`.
    pub caller_hears: Option<Block>,
    /// `callee hears { … }`.
    pub callee_hears: Option<Block>,
    /// Arms by outcome.
    pub outcomes: Vec<OutcomeArm>,
}

/// An arm of `escalate`.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeArm {
    /// The outcomes; empty if the arm was not understood.
    pub outcomes: Vec<Word>,
    /// What happens.
    pub happens: Happens,
}

/// `dial`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dial {
    /// The number.
    pub number: Expr,
    /// `ringing D`.
    pub ringing: Option<Time>,
    /// `keys "…"`.
    pub keys: Option<Literal>,
    /// `star drops` (true) or `star passes` (false).
    pub star_drops: Option<bool>,
}
