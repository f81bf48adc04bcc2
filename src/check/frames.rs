//! What surrounds a step: whose part it is, which arm, and where `give`, `keep` and `retry` lead.

use super::checker::Checker;
use super::flow::Flow;
use super::speech::Counted;
use crate::source::Span;
use crate::types::{Name, Type};

/// Whose part of the conversation steps belong to: it decides what they may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A scene.
    Scene,
    /// A rule that leaves: `admit`, `on giveup`, `on error`, `anywhere`.
    Rule,
    /// `on silence`, `on invalid`.
    Repeat,
    /// The block of a `wait`.
    Rounds,
    /// `caller hears`.
    CallerHears,
    /// An arm of `escalate`, and whether it may leave.
    Outcome(bool),
    /// `callee hears`.
    CalleeHears,
    /// Music.
    Music,
    /// A `for` that speaks.
    Spoken,
    /// Behind `hang up then`, and `on hangup`.
    Nobody,
    /// The block of a `wait` there.
    QuietRounds,
}

/// The arm that a step stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arm {
    /// A key of a `menu` or a `record`: a person caused it.
    Key,
    /// None, or another: `short`, `limit`, `else`.
    Other,
}

/// What becomes of a failure without `else`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unhandled {
    /// It goes to `on error`, giving up to `on giveup`.
    Rules,
    /// It stands in such a rule itself; whether giving up is as bad.
    Handler(bool),
    /// It is logged, or ends the leg.
    Ends,
}

/// What surrounds a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) part: Part,
    pub(super) arm: Arm,
    /// The innermost waiting step whose arm this is.
    pub(super) step: Option<Span>,
    /// The recording whose arm this is: index in [`Frames::takes`].
    pub(super) take: Option<usize>,
    /// The `let` whose value this is: index in [`Frames::lets`].
    pub(super) bound: Option<usize>,
    pub(super) counted: Counted,
    pub(super) unhandled: Unhandled,
}

impl Around {
    /// The beginning of a body.
    pub(super) fn of(part: Part, unhandled: Unhandled) -> Self {
        Self { part, arm: Arm::Other, step: None, take: None, bound: None, counted: Counted::No, unhandled }
    }
}

/// A `let` whose right side is being checked.
#[derive(Debug)]
pub(super) struct LetFrame {
    pub(super) name: Name,
    /// The waiting step it is at.
    pub(super) step: Option<Span>,
    /// The type of the values so far.
    pub(super) ty: Option<Type>,
    /// Where `give` leaves for.
    pub(super) exits: Vec<Flow>,
}

/// A recording whose arms are being checked.
#[derive(Debug)]
pub(super) struct TakeFrame {
    pub(super) span: Span,
    /// Whether the arm `short` is being checked: there is nothing worth keeping.
    pub(super) short: bool,
    /// Where `keep` leaves for.
    pub(super) exits: Vec<Flow>,
}

/// Everything around a step.
#[derive(Debug)]
pub(super) struct Frames {
    pub(super) around: Around,
    pub(super) lets: Vec<LetFrame>,
    pub(super) takes: Vec<TakeFrame>,
    /// What the scene returns; none of a rule.
    pub(super) returns: Option<Returns>,
}

/// What a scene returns.
#[derive(Debug, Clone)]
pub(super) struct Returns {
    /// The type, if any.
    pub(super) gives: Option<Type>,
    /// Where somebody leaves for the scene for good: it cannot return then.
    pub(super) left_for: Option<Span>,
    pub(super) is_main: bool,
    /// Where the scene's head stands.
    pub(super) head: Span,
}

impl Default for Frames {
    fn default() -> Self {
        let around = Around::of(Part::Scene, Unhandled::Rules);
        Self { around, lets: Vec::new(), takes: Vec::new(), returns: None }
    }
}

impl Checker<'_> {
    /// Runs `work` with something else around it.
    pub(super) fn inside<T>(&mut self, around: Around, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.frames.around, around);
        let result = work(self);
        self.frames.around = before;
        result
    }

    /// What surrounds a step here.
    pub(super) fn around(&self) -> Around {
        self.frames.around
    }
}
