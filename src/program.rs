//! A checked program: every name resolved, every type known, every rule of the language held.
//!
//! Only the checker can make a [`Program`] (its marker field is private to `check`'s constructor below), so whatever
//! takes one may rely on it: lowering cannot fail.

mod acts;
mod services;
mod steps;

use std::sync::Arc;

use crate::expr::{Expr, QueryDefinition, Words};
use crate::source::Span;
use crate::types::{Name, Type, Types};
use crate::value::Value;

pub use crate::syntax::tree::{BodyKind, Method};
pub use acts::{Act, ActKind, Arm, Dial, Escalate, Hearing, Keys, Label, LegOutcome, Menu, Pick, Record, Wait};
pub use services::{Credentials, Operation, Secretive, Service};
pub use steps::{Block, Otherwise, Source, SourceValue, Step, StepKind};

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

/// Shared ownership of a program.
pub type SharedProgram = Arc<Program>;
