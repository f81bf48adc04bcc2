//! Steps.

use super::{Count, Dial, Escalate, Expr, Literal, Menu, Path, Pick, Record, Text, Time, Wait, Word};
use crate::source::Span;

/// Steps in braces (or the single step behind an arrow).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    /// In order.
    pub steps: Vec<Step>,
    /// With the braces.
    pub span: Span,
}

/// What happens: `{ … }`, `=> scene`, `=> step`.
#[derive(Debug, Clone, PartialEq)]
pub struct Happens {
    /// Whether it was written with braces.
    pub braces: bool,
    /// Its steps; behind an arrow exactly one.
    pub body: Block,
    /// The whole.
    pub span: Span,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: StepKind,
}

/// The kinds of steps.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum StepKind {
    /// `let x = …`.
    Let { name: Word, source: Source },
    /// A step that waits, a `send` or a `do`, without `let`.
    Act { act: Act, otherwise: Option<Happens> },
    /// `say`.
    Say(Text),
    /// `play`.
    Play(Expr),
    /// `pause`.
    Pause(Time),
    /// `if`; `else if` stands in `otherwise` as a single `If` step.
    If { condition: Expr, then: Happens, otherwise: Option<Happens> },
    /// `match`.
    Match { subject: Expr, cases: Vec<Case> },
    /// `for`; without a block its body is the single step behind it.
    For { name: Word, list: Expr, condition: Option<Expr>, body: Block },
    /// `yield`, `yield all`.
    Yield { all: bool, value: Expr },
    /// `=> scene(…)`.
    Goto(Target),
    /// `give`.
    Give(Text),
    /// `keep`.
    Keep,
    /// `retry [NAME] [up to N times]`.
    Retry { name: Option<Word>, times: Option<Count> },
    /// `return [E]`.
    Return(Option<Expr>),
    /// `hang up [then { … }]`.
    HangUp { then: Option<Block> },
    /// `speak LANG`.
    Speak(Word),
    /// `connect`.
    Connect,
    /// Not understood, reported already.
    Bad,
}

/// The right side of `let`.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What is tried first.
    pub value: SourceValue,
    /// What happens, or what is tried, otherwise.
    pub otherwise: Option<Box<Otherwise>>,
    /// The whole.
    pub span: Span,
}

/// Where a `let` takes its value from.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "trees are small and short-lived; a box would be in everybody's way")]
pub enum SourceValue {
    /// An expression.
    Expr(Expr),
    /// A step that waits, a `send` or a `do`.
    Act(Act),
}

/// Behind the `else` of a `let`.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "trees are small and short-lived; a box would be in everybody's way")]
pub enum Otherwise {
    /// What happens.
    Happens(Happens),
    /// Another source.
    Source(Source),
}

/// What can be handled by an `else`.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Without its `else`.
    pub span: Span,
    /// What.
    pub kind: ActKind,
}

/// The kinds of acts.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum ActKind {
    /// `send svc.op(…)`.
    Send { path: Path, args: Vec<Expr> },
    /// `do scene(…)`.
    Do(Target),
    /// `menu`.
    Menu(Menu),
    /// `pick`.
    Pick(Pick),
    /// `enter` (not built yet: reported as IVR107 by the checker).
    Enter,
    /// `record`.
    Record(Record),
    /// `wait`.
    Wait(Wait),
    /// `escalate`.
    Escalate(Escalate),
    /// `dial`.
    Dial(Dial),
}

/// `scene` or `scene(…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The scene's name.
    pub name: Word,
    /// The arguments; `None` where no parentheses were written.
    pub args: Option<Vec<Expr>>,
    /// The whole.
    pub span: Span,
}

/// One case of a `match`.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its patterns; `else` is one. Empty if the case was not understood.
    pub patterns: Vec<Pattern>,
    /// What happens.
    pub happens: Happens,
}

/// A pattern of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: PatternKind,
}

/// The kinds of patterns.
#[derive(Debug, Clone, PartialEq)]
pub enum PatternKind {
    /// `else`.
    Else,
    /// `none`.
    None,
    /// A string.
    Literal(Literal),
    /// A number.
    Number(f64),
    /// A value of an enum.
    Word(String),
}
