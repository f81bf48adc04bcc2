//! A checked program: every name resolved, every type known, every rule of the language held.
//!
//! Only the checker can make a [`Program`] (its marker field is private to `check`'s constructor below), so whatever
//! takes one may rely on it: lowering cannot fail.

use std::sync::Arc;

use crate::expr::{Expr, Matcher, OperationId, QueryDefinition, SettingId, Template, Words};
use crate::source::Span;
use crate::types::{Length, Name, Type, Types};
use crate::value::Value;

pub use crate::syntax::tree::{BodyKind, Method};

/// The setting that says how long a caller may be held: a duration, read by `ivrc check`.
pub const HOLD_BUDGET: &str = "hold_budget";

/// A checked program.
#[derive(Debug, Clone)]
pub struct Program {
    /// The flow's name: its file name without `.ivr`.
    pub name: Name,
    /// Records, enums, tables.
    pub types: Types,
    /// By [`SettingId`].
    pub settings: Vec<Setting>,
    /// The services.
    pub services: Vec<Service>,
    /// By [`OperationId`], over all services.
    pub operations: Vec<Operation>,
    /// By `QueryId`.
    pub queries: Vec<QueryDefinition>,
    /// The music.
    pub music: Vec<Music>,
    /// The rules that hold everywhere.
    pub rules: Rules,
    /// The scenes; one is `main`.
    pub scenes: Vec<Scene>,
    /// The built-in phrase `apology`, as overridden, at a place without local names.
    pub apology: Words,
    /// The built-in phrase `one_moment`.
    pub one_moment: Words,
    /// The built-in phrase `goodbye`.
    pub goodbye: Words,
    /// All phrases, declared and built in, for tools.
    pub phrases: Vec<Phrase>,
    #[expect(dead_code, reason = "nobody reads it: that it is there is the proof")]
    pub(crate) checked: Checked,
}

/// Proof that the checker made it.
#[derive(Debug, Clone)]
pub(crate) struct Checked(());

impl Checked {
    /// To be called by the checker alone, at its very end.
    pub(crate) fn by_the_checker() -> Self {
        Self(())
    }
}

/// A setting.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name.
    pub name: Name,
    /// What documents it.
    pub doc: Option<String>,
    /// Its type; secrets are `Secret(…)`.
    pub ty: Type,
    /// The default written in the flow, evaluated; none for one that must be given, and for a secret.
    pub default: Option<Value>,
    /// Where it is declared.
    pub span: Span,
    /// Whether a `menu … from` reads it: no value may stand in it twice.
    pub distinct: bool,
    /// Whether a `pick` reads it: 1 to 9 elements.
    pub picked: bool,
}

impl Setting {
    /// Whether it is a secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self.ty.present(), Type::Secret(_)) || matches!(&self.ty, Type::Secret(_))
    }
}

/// A phrase.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// Its name.
    pub name: Name,
    /// What documents it.
    pub doc: Option<String>,
    /// The texts that the flow gives it, or the language, try by try, with their `{{ }}`.
    pub default: Vec<String>,
    /// The texts that hold: an override's, or those.
    pub texts: Vec<String>,
    /// Where its name is declared; none of one that only the language has.
    pub span: Option<Span>,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// The setting that holds its base URL.
    pub base: SettingId,
    /// Where it is declared.
    pub span: Span,
}

/// Credentials of an operation; its own, or those of its service.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// `basic user : password`.
    Basic(Secretive, Secretive),
    /// `bearer token`.
    Bearer(Secretive),
}

/// A text that may contain secrets; only the services layer evaluates it.
#[derive(Debug, Clone)]
pub struct Secretive {
    /// The text; its slots are only `Expr::Setting` (a secret one is read when the request is made), or literals.
    pub template: Template,
    /// The secret settings it needs; if one of them is absent, the request fails with `unset`.
    pub secrets: Vec<SettingId>,
}

/// An operation of a service.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `xmatters.devices`.
    pub name: Name,
    /// Index of its service.
    pub service: usize,
    /// Whether it only reads.
    pub reads: bool,
    /// The method.
    pub method: Method,
    /// Its parameters with types; locals of the expressions below.
    pub params: Vec<(Name, Type)>,
    /// Path and query behind the base URL. Slots: parameters, settings, `now` (form `UrlPart`), and a `path`
    /// setting first (form `UrlPath`).
    pub path: Secretive,
    /// The body: an expression over the parameters, in which `Expr::Setting` of a secret is allowed.
    pub body: Option<(BodyKind, Expr)>,
    /// JSON path into the reply (empty: the whole) and the type found there; none: the reply is ignored.
    pub gives: Option<(Vec<Name>, Type)>,
    /// Its credentials.
    pub credentials: Option<Credentials>,
    /// Its headers (those of the service that it does not replace, too).
    pub headers: Vec<(Name, Secretive)>,
    /// Its time limit in milliseconds.
    pub timeout: u64,
    /// Values that stand for statuses (`404 means []`).
    pub meanings: Vec<(u16, Value)>,
    /// Where it is declared.
    pub span: Span,
}

/// Music: what a waiting caller hears, in a loop.
#[derive(Debug, Clone)]
pub struct Music {
    /// Its name.
    pub name: Name,
    /// What documents it.
    pub doc: Option<String>,
    /// Where its name is declared.
    pub span: Span,
    /// Its steps: `Say`, `Play`, `Pause` only.
    pub steps: Vec<Step>,
    /// A URL of audio or TwiML that stands for it (an override).
    pub url: Option<String>,
}

/// The rules of the file.
#[derive(Debug, Clone)]
pub struct Rules {
    /// `admit`: condition and what happens otherwise (leaves).
    pub admit: Option<(Expr, Block)>,
    /// How long `menu` and `pick` listen, milliseconds.
    pub listen: u64,
    /// How many failures they and `record` allow.
    pub tries: u32,
    /// `on silence`.
    pub silence: Option<Block>,
    /// `on invalid`.
    pub invalid: Option<Block>,
    /// `on giveup` (leaves); without one: `goodbye`, hang up.
    pub giveup: Option<Block>,
    /// `on error` (leaves).
    pub error: Option<Block>,
    /// `on hangup`.
    pub hangup: Option<Block>,
    /// `anywhere` keys with what they do (leaves). Every key stands in one of them.
    pub anywhere: Vec<(Vec<char>, Block)>,
}

/// A scene.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Its name.
    pub name: Name,
    /// Its parameters with defaults.
    pub params: Vec<(Name, Option<Expr>)>,
    /// Its steps.
    pub body: Block,
    /// Its head.
    pub span: Span,
}

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

/// Shared ownership of a program.
pub type SharedProgram = Arc<Program>;
