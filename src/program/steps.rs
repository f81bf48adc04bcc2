//! Blocks and their steps.

use super::Act;
use crate::expr::{Expr, Matcher, Words};
use crate::source::Span;
use crate::types::Name;

/// Steps in order.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: StepKind,
}

/// The kinds of steps.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// `let x = …`.
    Let {
        /// The name.
        name: Name,
        /// Where the value comes from.
        source: Source,
    },
    /// An act without `let`.
    Act {
        /// The act.
        act: Act,
        /// Its `else`.
        otherwise: Option<Block>,
    },
    /// `say`.
    Say(Words),
    /// `play`.
    Play(Expr),
    /// `pause`, milliseconds.
    Pause(u64),
    /// `if`.
    If {
        /// The condition; may ask outside. Failing, it goes to `on error`.
        condition: Expr,
        /// If it holds.
        yes: Block,
        /// If not.
        no: Block,
    },
    /// `match`; without a fitting case the next step follows.
    Match {
        /// What is looked at.
        subject: Expr,
        /// The cases in order.
        cases: Vec<(Vec<Matcher>, Block)>,
        /// Whether one of them always fits.
        exhaustive: bool,
    },
    /// `for` in a scene: its body only speaks.
    For {
        /// The name of the element.
        name: Name,
        /// The list.
        list: Expr,
        /// How many elements it has at most, if that is known.
        most: Option<u32>,
        /// `where`.
        condition: Option<Expr>,
        /// For each.
        body: Block,
    },
    /// `=> scene(…)`.
    Goto {
        /// Index of the scene.
        scene: usize,
        /// One argument per parameter, defaults filled in.
        args: Vec<Expr>,
    },
    /// `give`: the value of the innermost `let` around it.
    Give(Expr),
    /// `keep`: of the recording named by the checker.
    Keep {
        /// Which recording: the span of its step.
        record: Span,
    },
    /// `retry`.
    Retry {
        /// The step it leads back to: the span of that step.
        target: Span,
        /// `up to N times`.
        times: Option<u32>,
    },
    /// `return`.
    Return(Option<Expr>),
    /// `hang up`, perhaps with what happens then.
    HangUp {
        /// `then { … }`.
        then: Option<Block>,
    },
    /// `connect`.
    Connect,
}

/// Where a `let` takes its value from.
#[derive(Debug, Clone)]
pub struct Source {
    /// What is tried first.
    pub value: SourceValue,
    /// Whether the value of `value` may be absent although it did not fail, and absence leads to the `else`.
    pub absent_goes_else: bool,
    /// What happens, or what is tried, otherwise.
    pub otherwise: Option<Box<Otherwise>>,
    /// Where.
    pub span: Span,
}

/// What a `let` tries.
#[derive(Debug, Clone)]
pub enum SourceValue {
    /// An expression.
    Expr(Expr),
    /// An act.
    Act(Act),
}

/// Behind the `else` of a `let`.
#[derive(Debug, Clone)]
pub enum Otherwise {
    /// What happens.
    Happens(Block),
    /// Another source.
    Source(Source),
}
