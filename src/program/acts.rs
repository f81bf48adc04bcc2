//! Steps that wait: for a caller, a callee, a service.

use super::Block;
use crate::expr::{Expr, OperationId, Template, Words};
use crate::source::Span;
use crate::types::{Length, Name};

/// What can be handled by an `else`. Its span identifies it (for `retry` and `keep`).
#[derive(Debug, Clone)]
pub struct Act {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ActKind,
}

/// The kinds of acts.
#[derive(Debug, Clone)]
pub enum ActKind {
    /// `send`.
    Send {
        /// The operation.
        operation: OperationId,
        /// One argument per parameter, defaults filled in.
        args: Vec<Expr>,
    },
    /// `do`.
    Do {
        /// Index of the scene.
        scene: usize,
        /// One argument per parameter.
        args: Vec<Expr>,
    },
    /// `menu`.
    Menu(Menu),
    /// `pick`.
    Pick(Pick),
    /// `record`.
    Record(Record),
    /// `wait`.
    Wait(Wait),
    /// `escalate`.
    Escalate(Escalate),
    /// `dial`.
    Dial(Dial),
}

/// How a step listens: its own words, or those of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    /// Milliseconds of silence after the last word.
    pub within: u64,
    /// How many failures.
    pub tries: u32,
}

/// Keys of an arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// These.
    These(Vec<char>),
    /// `any`: every key not named in another arm and not an `anywhere` key.
    Any,
    /// In a `menu … from LIST`: the digit is the place of this value in the list.
    Value(Name),
}

impl std::fmt::Display for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::These(keys) => {
                let keys: Vec<String> = keys.iter().map(char::to_string).collect();
                f.write_str(&keys.join(", "))
            }
            Self::Any => f.write_str("any"),
            Self::Value(name) => f.write_str(name),
        }
    }
}

/// `menu`.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The opening words.
    pub words: Words,
    /// `from LIST`.
    pub from: Option<Expr>,
    /// How it listens.
    pub hearing: Hearing,
    /// Its arms.
    pub arms: Vec<Arm>,
    /// The closing words.
    pub closing: Option<Words>,
}

/// An arm of a menu.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Its keys.
    pub keys: Keys,
    /// What announces it: the whole sentence, with the built-in `option` already around the label where the label
    /// is no whole sentence. Its locals include `digit` (a text: the key) and `label` (the rendered label).
    pub label: Option<Label>,
    /// `if`.
    pub condition: Option<Expr>,
    /// What happens.
    pub body: Block,
    /// Where.
    pub span: Span,
}

/// How an arm is announced.
#[derive(Debug, Clone)]
pub struct Label {
    /// The label's own words; `digit` is in scope.
    pub words: Words,
    /// The built-in phrase `option` around it; `digit` and `label` are in scope. None if the label is a whole
    /// sentence.
    pub around: Option<Words>,
}

/// `pick`.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The list.
    pub list: Expr,
    /// How many elements it may have.
    pub length: Length,
    /// `by COLUMN`: the keys are the cells of that column.
    pub by: Option<Name>,
    /// `asking`.
    pub asking: Words,
    /// What is said for each element (`it` and `digit` in scope): `each`, or the built-in `choice`; none with `by`
    /// and without `each`.
    pub each: Option<Words>,
    /// `alone` (`it` in scope).
    pub alone: Option<Words>,
    /// How it listens.
    pub hearing: Hearing,
}

/// `record`.
#[derive(Debug, Clone)]
pub struct Record {
    /// The prompt.
    pub words: Words,
    /// `from D`, milliseconds; a take not longer than this is `short`.
    pub least: Option<u64>,
    /// `up to D`, milliseconds.
    pub longest: u64,
    /// Whether it is transcribed.
    pub transcribed: bool,
    /// How many failures.
    pub tries: u32,
    /// Key arms; empty: `#` or silence ends and keeps.
    pub arms: Vec<(Keys, Block)>,
    /// The arm `short`.
    pub short: Option<Block>,
    /// The arm `limit`.
    pub limit: Option<Block>,
}

/// `wait for`.
#[derive(Debug, Clone)]
pub struct Wait {
    /// What is waited for.
    pub value: Expr,
    /// `every`, milliseconds.
    pub every: u64,
    /// `up to`, milliseconds.
    pub longest: u64,
    /// What is said meanwhile; `round` is in scope.
    pub body: Block,
}

/// `escalate`.
#[derive(Debug, Clone)]
pub struct Escalate {
    /// The name of the element that is being phoned.
    pub name: Name,
    /// The list; every element has a field `phone`.
    pub list: Expr,
    /// `up to N`.
    pub most: Option<Expr>,
    /// How many people are phoned at most, as far as the types tell.
    pub bound: Option<u32>,
    /// `ringing D`, milliseconds.
    pub ringing: u64,
    /// Index of the music.
    pub music: Option<usize>,
    /// `caller hears`; the name and `round` are in scope.
    pub caller_hears: Block,
    /// `callee hears`; the name and `round` are in scope.
    pub callee_hears: Block,
    /// Arms by outcome.
    pub outcomes: Vec<(Vec<LegOutcome>, Block)>,
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegOutcome {
    /// The two were joined.
    Accepted,
    /// The callee hung up, or the callee's part ended by `hang up`.
    Declined,
    /// The callee's tries were used up.
    Silent,
    /// Busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// Anything else that went wrong.
    Failed,
    /// A machine or fax was detected.
    Machine,
    /// The caller hung up, or left by a key.
    CallerGone,
    /// Another callee was joined first.
    Taken,
    /// The number had been phoned in this visit already; nobody was.
    Duplicate,
}

impl LegOutcome {
    /// The outcomes an arm may name, with the words of the language.
    pub const NAMED: [(&'static str, Self); 9] = [
        ("accepted", Self::Accepted),
        ("declined", Self::Declined),
        ("silent", Self::Silent),
        ("busy", Self::Busy),
        ("no_answer", Self::NoAnswer),
        ("failed", Self::Failed),
        ("machine", Self::Machine),
        ("caller_gone", Self::CallerGone),
        ("taken", Self::Taken),
    ];

    /// The word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::NAMED.iter().find(|(_, outcome)| *outcome == self).map_or("duplicate", |(word, _)| word)
    }
}

/// `dial`.
#[derive(Debug, Clone)]
pub struct Dial {
    /// The number.
    pub number: Expr,
    /// `ringing D`, milliseconds.
    pub ringing: u64,
    /// `keys`, slots of form `Keys`.
    pub keys: Option<Template>,
    /// `star drops`.
    pub star_drops: bool,
}
