//! The graph: a finite set of nodes known before the first call.
//!
//! Scenes are cut into nodes; each node does one thing and names the nodes that follow. Rules that hold everywhere
//! are resolved into edges here, so that the engine knows no inheritance. Every node has a stable name from its place
//! (`report/take`), which logs, coverage and drawings use.

pub mod ahead;
pub mod lower;
pub mod order;
pub mod ways;

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::expr::{Expr, Matcher, OperationId, QueryDefinition, Template, Words};
use crate::program::{Keys, Label, LegOutcome, Music, Operation, Service};
use crate::source::Span;
use crate::types::{Name, Types};
use crate::value::Value;

/// Index of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize)]
pub struct NodeId(pub u32);

/// A compiled flow with its settings: everything a call needs to know.
#[derive(Debug)]
pub struct Graph {
    /// The flow's name.
    pub name: Name,
    /// Hash of everything it was made of; pins a call to it.
    pub version: Name,
    /// By [`NodeId`].
    pub nodes: Vec<Node>,
    /// Where a call enters: `admit`, then `main`.
    pub entry: NodeId,
    /// Where a call goes that cannot go on: `apology`, hang up.
    pub apology: NodeId,
    /// `on hangup`.
    pub hangup: Option<NodeId>,
    /// `anywhere` keys.
    pub anywhere: Vec<(char, NodeId)>,
    /// The scenes.
    pub scenes: Vec<Scene>,
    /// Values of the settings; of a secret whether it is set.
    pub settings: Vec<Value>,
    /// Operations of services.
    pub operations: Vec<Operation>,
    /// Services.
    pub services: Vec<Service>,
    /// Queries.
    pub queries: Vec<QueryDefinition>,
    /// Types, for decoding.
    pub types: Types,
    /// Music.
    pub music: Vec<Music>,
    /// The voice that speaks.
    pub voice: Arc<str>,
    /// What is shown when phoning out; none: the number that was called.
    pub caller_id: Option<Name>,
    /// Where `{{date}}` and `{{time}}` hold.
    pub zone: TimeZone,
    /// Spoken while a slow service is waited for.
    pub one_moment: Words,
    /// Spoken before a call is given up.
    pub sorry: Words,
}

/// A scene.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Name>,
    /// Its first node.
    pub entry: NodeId,
}

/// A node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its stable name.
    pub name: Name,
    /// The step it was made of.
    pub span: Span,
    /// Names in scope, for keeping only live values.
    pub scope: Arc<[Name]>,
    /// What it does.
    pub op: Op,
    /// Where a failure leads: the step's `else`, `on error`, or the apology. `error` is bound there.
    pub failed: NodeId,
    /// Whether it belongs to the part of somebody who was phoned.
    pub callee: bool,
    /// Whether nobody is ever on the line here: behind `hang up then`, in `on hangup`, and in scenes run only from there.
    pub alone: bool,
}

/// The scene where admitted calls begin.
pub const MAIN: &str = "main";

/// Which rule is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// `on error`, which three times in a row, with no key in between, becomes the apology.
    Error,
    /// Another one of the file.
    File,
    /// What the language does by itself, and `on hangup`: holds also for a caller who was not admitted.
    Own,
}

/// What counts for counted texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Nothing: the first text.
    Nothing,
    /// The failures of the step that listens.
    Failures,
    /// The rounds of a `wait`.
    Rounds,
}

/// What a node does.
#[derive(Debug, Clone)]
pub enum Op {
    /// Speaks.
    Say {
        /// The words.
        words: Words,
        /// Which of them.
        counting: Counting,
        /// Then.
        next: NodeId,
    },
    /// Plays audio.
    Play {
        /// Its URL.
        url: Expr,
        /// Then.
        next: NodeId,
    },
    /// Is silent.
    Pause {
        /// Milliseconds.
        millis: u64,
        /// Then.
        next: NodeId,
    },
    /// Binds a value.
    Let {
        /// The name; none if only the evaluation matters.
        bind: Option<Name>,
        /// The value.
        value: Expr,
        /// Then.
        next: NodeId,
        /// Where absence leads; none: absence is a value.
        absent: Option<NodeId>,
    },
    /// Chooses.
    Branch {
        /// The condition.
        condition: Expr,
        /// If it holds.
        yes: NodeId,
        /// If not.
        no: NodeId,
    },
    /// Chooses among values.
    Match {
        /// What is looked at.
        subject: Expr,
        /// The cases in order.
        cases: Vec<(Vec<Matcher>, NodeId)>,
        /// If none fits.
        otherwise: NodeId,
        /// Whether one always fits.
        exhaustive: bool,
    },
    /// Speaks about every element of a list: comes back to itself until the list is used up.
    For {
        /// The name of the element.
        name: Name,
        /// The list, filtered.
        list: Expr,
        /// How many elements it has at most, if that is known.
        most: Option<u32>,
        /// Where the elements still to come are kept.
        rest: Name,
        /// For each.
        body: NodeId,
        /// Then.
        next: NodeId,
    },
    /// Changes something outside.
    Send {
        /// The operation.
        operation: OperationId,
        /// Its arguments.
        args: Vec<Expr>,
        /// What the reply is bound to.
        bind: Option<Name>,
        /// Then.
        next: NodeId,
    },
    /// Runs a scene that comes back.
    Do {
        /// Index of the scene.
        scene: usize,
        /// Its arguments.
        args: Vec<Expr>,
        /// What its value is bound to.
        bind: Option<Name>,
        /// Then.
        next: NodeId,
        /// Where an absent value leads; none: absence is a value.
        absent: Option<NodeId>,
    },
    /// Comes back from a scene.
    Return {
        /// Its value.
        value: Option<Expr>,
    },
    /// Leaves for a scene for good.
    Jump {
        /// Index of the scene.
        scene: usize,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// Enters a rule of the file: every scene in progress is forgotten.
    Rule {
        /// Which one.
        kind: RuleKind,
        /// Then.
        next: NodeId,
    },
    /// Waits for one key.
    Menu(Menu),
    /// Waits for one element of a list.
    Pick(Pick),
    /// Listens again after `on silence` or `on invalid` has spoken: the same visit.
    Again,
    /// Records.
    Record(Record),
    /// Keeps the take of a recording, if it is long enough.
    Keep {
        /// The recording.
        record: NodeId,
    },
    /// Waits for a value.
    Wait(Wait),
    /// The words of a round of `wait` have been spoken.
    Round,
    /// Finds a person for the caller.
    Escalate(Escalate),
    /// The words before a ringing have been spoken: the caller holds.
    Hold,
    /// The words about the end of a leg have been spoken: the next one is phoned.
    NextLeg,
    /// The words before the two are joined have been spoken.
    Joined,
    /// On a callee's leg: joins the two.
    Connect,
    /// On a callee's leg: it is over with this outcome; none if it had one before.
    LegOver(Option<LegOutcome>),
    /// Hands the caller on.
    Dial {
        /// E.164.
        number: Expr,
        /// Milliseconds of ringing.
        ringing: u64,
        /// Keys sent after the answer.
        keys: Option<Template>,
        /// Whether a star ends the other side.
        star_drops: bool,
        /// Then.
        next: NodeId,
    },
    /// Goes back to a step.
    Retry {
        /// At most so many times while the scene lasts; none: as often as the caller wants.
        most: Option<u32>,
        /// The step.
        to: NodeId,
        /// When the times are used up.
        then: NodeId,
    },
    /// Ends the caller's leg.
    HangUp {
        /// What happens then without the caller.
        then: Option<NodeId>,
    },
    /// Nothing follows.
    End,
}

/// How a step listens.
#[derive(Debug, Clone)]
pub struct Hearing {
    /// Milliseconds of silence after the last word.
    pub within: u64,
    /// How many failures.
    pub tries: u32,
    /// What is said after silence, before the words are repeated.
    pub silence: Option<NodeId>,
    /// What is said after a wrong key.
    pub invalid: Option<NodeId>,
    /// Where the last failure leads.
    pub giveup: NodeId,
}

/// `menu`.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The opening words.
    pub words: Words,
    /// `from LIST`: digits follow its order.
    pub from: Option<Expr>,
    /// Its arms.
    pub arms: Vec<Arm>,
    /// The closing words.
    pub closing: Option<Words>,
    /// How it listens.
    pub hearing: Hearing,
}

/// An arm.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Its keys.
    pub keys: Keys,
    /// What announces it.
    pub label: Option<Label>,
    /// Whether it is offered.
    pub condition: Option<Expr>,
    /// Where it leads.
    pub to: NodeId,
}

/// `pick`.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The list.
    pub list: Expr,
    /// Whether it may have a single element, of which nobody is asked.
    pub single: bool,
    /// Whether it may have several.
    pub several: bool,
    /// The column whose cells are the keys.
    pub by: Option<Name>,
    /// The question.
    pub asking: Words,
    /// For each element.
    pub each: Option<Words>,
    /// For the only element.
    pub alone: Option<Words>,
    /// How it listens.
    pub hearing: Hearing,
    /// What the element is bound to.
    pub bind: Option<Name>,
    /// Then.
    pub next: NodeId,
}

/// `record`.
#[derive(Debug, Clone)]
pub struct Record {
    /// The prompt.
    pub words: Words,
    /// A take not longer than so many milliseconds is short.
    pub least: Option<u64>,
    /// Milliseconds at most.
    pub longest: u64,
    /// Whether it is transcribed.
    pub transcribed: bool,
    /// How many failures.
    pub tries: u32,
    /// Key arms; empty: `#` or silence ends and keeps.
    pub arms: Vec<(Keys, NodeId)>,
    /// The arm `short`.
    pub short: Option<NodeId>,
    /// The arm `limit`.
    pub limit: Option<NodeId>,
    /// Where the last failure leads.
    pub giveup: NodeId,
    /// What the take is bound to.
    pub bind: Name,
    /// After keeping.
    pub next: NodeId,
}

/// `wait for`.
#[derive(Debug, Clone)]
pub struct Wait {
    /// What is waited for.
    pub value: Expr,
    /// Milliseconds of silence after the words of a round.
    pub every: u64,
    /// Milliseconds at most.
    pub longest: u64,
    /// What is said meanwhile; ends in [`Op::Round`].
    pub body: NodeId,
    /// What the value is bound to.
    pub bind: Option<Name>,
    /// Then.
    pub next: NodeId,
    /// Whether it goes on without the caller: a `send` can be reached before a step that needs the caller.
    pub goes_on: bool,
}

/// `escalate`.
#[derive(Debug, Clone)]
pub struct Escalate {
    /// The name of the element that is being phoned.
    pub name: Name,
    /// The list.
    pub list: Expr,
    /// How many at most.
    pub most: Option<Expr>,
    /// How many at most, as far as the types tell.
    pub bound: Option<u32>,
    /// Milliseconds of ringing.
    pub ringing: u64,
    /// Index of the music.
    pub music: Option<usize>,
    /// Before each ringing; ends in [`Op::Hold`].
    pub caller_hears: NodeId,
    /// On the answered phone.
    pub callee_hears: NodeId,
    /// Arms by outcome.
    pub outcomes: Vec<(LegOutcome, NodeId)>,
    /// After an outcome without an arm: an [`Op::NextLeg`].
    pub next_leg: NodeId,
    /// What the person who was joined is bound to.
    pub bind: Option<Name>,
    /// When the two have finished.
    pub next: NodeId,
}

impl Graph {
    /// The node with this id; the apology if there is none (a stored session of another graph).
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// The node an `anywhere` key leads to.
    #[must_use]
    pub fn anywhere(&self, key: char) -> Option<NodeId> {
        self.anywhere.iter().find(|(k, _)| *k == key).map(|(_, to)| *to)
    }

    /// The URL that is the music of the `escalate` at this node, if it is one.
    #[must_use]
    pub fn music_at(&self, escalate: NodeId) -> Option<&str> {
        let Op::Escalate(escalate) = &self.node(escalate)?.op else { return None };
        self.music.get(escalate.music?)?.url.as_deref()
    }

    /// Whether keys interrupt everywhere.
    #[must_use]
    pub fn has_anywhere(&self) -> bool {
        !self.anywhere.is_empty()
    }
}

impl Op {
    /// Nothing but going on.
    #[must_use]
    pub fn pass(next: NodeId) -> Self {
        Self::Let { bind: None, value: Expr::none(), next, absent: None }
    }

    /// Whether the caller must be there for it.
    #[must_use]
    pub fn needs_caller(&self) -> bool {
        matches!(
            self,
            Self::Menu(_)
                | Self::Pick(_)
                | Self::Again
                | Self::Record(_)
                | Self::Escalate(_)
                | Self::Hold
                | Self::NextLeg
                | Self::Dial { .. }
        )
    }
}
