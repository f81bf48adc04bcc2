//! What was written, with its places; no meaning yet.
//!
//! The names follow the grammar. Every node knows its span. Where something was not understood stands a `Bad`
//! node (its diagnostic has been given by the parser), so that later passes can be silent about it.

mod expr;
mod item;
mod step;
mod text;
mod wait;

pub use self::expr::{BinaryOp, Expr, ExprKind, Field, Pair, Param, Quantifier, Ty, TyKind};
pub use self::item::{
    BodyKind, Cell, File, Item, ItemKind, Method, Operation, Phrase, Query, Row, Scene, Service, ServiceOption, Setting,
};
pub use self::step::{
    Act, ActKind, Block, Case, Happens, Otherwise, Pattern, PatternKind, Source, SourceValue, Step, StepKind, Target,
};
pub use self::text::{Literal, Piece, Text, Texts};
pub use self::wait::{Arm, Dial, Escalate, Hearing, Key, KeyKind, Menu, OutcomeArm, Pick, Record, Wait};
use crate::source::Span;

/// A word at a place: a declared name, a field, an enum value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text as written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A length of time at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Milliseconds.
    pub millis: u64,
    /// Where.
    pub span: Span,
}

/// A whole number at a place (tries, times, levels, rounds).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub value: u32,
    /// Where.
    pub span: Span,
}

/// A dotted path: `xmatters.devices`, `absences.data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Its words; never empty.
    pub words: Vec<Word>,
    /// The whole.
    pub span: Span,
}

/// `min..max`; either side may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Lower bound, inclusive.
    pub min: Option<i64>,
    /// Upper bound, inclusive.
    pub max: Option<i64>,
    /// Where.
    pub span: Span,
}
