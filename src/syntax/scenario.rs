//! What was written in a `NAME.test.ivr` file.

#![expect(missing_docs, reason = "the fields of variants are named like the parts of the grammar")]

use super::tree::{Count, Expr, Path, Row, Time, Word};
use crate::source::Span;

/// A whole test file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tests {
    /// Everything before the first test: also the canned outside world of `talk` and `serve --dev`.
    pub head: Vec<Setup>,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
    /// Every comment.
    pub comments: Vec<Span>,
}

/// A line that prepares.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum Setup {
    /// `given NAME = V`.
    Given { name: Word, value: Expr },
    /// `stub svc.op(args) => reply then reply`.
    Stub { operation: Path, args: Option<Vec<Expr>>, replies: Vec<Reply>, span: Span },
    /// `clock "…Z"`.
    Clock { text: String, span: Span },
    /// `let f(a) = V`.
    Fixture { name: Word, params: Vec<Word>, value: Expr },
    /// `unreached "NODE: WAY" because "…"`.
    Unreached { edge: String, span: Span, reason: String },
}

/// One canned reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ReplyKind,
}

/// The kinds of canned replies.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyKind {
    /// No reply within the time limit.
    Timeout,
    /// A status and perhaps a JSON body (a list, a record or the use of a fixture).
    Status(Count, Option<Expr>),
    /// What a column of the cases says: a status, or `timeout`; and perhaps a body.
    Column(Word, Option<Expr>),
}

/// `test "…" { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its title.
    pub title: String,
    /// The title's place.
    pub span: Span,
    /// `for each { … }`: names of columns, then a row for each case; empty: a single case.
    pub cases: Vec<Row>,
    /// Its lines.
    pub lines: Vec<ScenarioLine>,
    /// Whether there are lines that were not understood.
    pub incomplete: bool,
}

/// A line of a scenario.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum ScenarioLine {
    /// A line that prepares.
    Setup(Setup),
    /// *actor deed, then deed*.
    Deeds { actor: Word, deeds: Vec<Deed>, span: Span },
}

/// One deed.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: DeedKind,
}

/// A phrase's name or a fragment of what is spoken.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A phrase, compared as rendered.
    Phrase(Word),
    /// A fragment.
    Fragment(String, Span),
}

/// Keys, or the column of a case that holds them.
#[derive(Debug, Clone, PartialEq)]
pub enum Pressed {
    /// These.
    Keys(Word),
    /// Those of a case.
    Named(Word),
}

/// The kinds of deeds.
#[derive(Debug, Clone, PartialEq)]
pub enum DeedKind {
    IsNumber(String),
    IsBusy,
    Calls { hidden: bool, from: Option<Expr> },
    Presses(Pressed),
    Types(Pressed),
    StaysSilent(Option<Count>),
    Hears { only: bool, heard: Vec<Heard> },
    NeverHears(Heard),
    Records { length: Time, words: Option<String> },
    ArrivesAfter(Count),
    NeverArrives,
    Fails,
    Holds,
    Rings,
    StopsRinging,
    Answers { machine: bool },
    DoesNotAnswer,
    Meets(Word),
    HangsUp,
    Ends,
    Waits(Time),
    Dials { number: Expr, keys: Option<String> },
    Logs(Vec<(Word, Word)>),
    SentNothing(Option<Path>),
    Sent { operation: Path, wire: Option<OnWire>, fields: Option<Expr> },
    RefusesCalls,
}

/// A request as it travels.
#[derive(Debug, Clone, PartialEq)]
pub struct OnWire {
    /// `GET /people/ann?all=1`.
    pub request: String,
    /// Where that stands.
    pub span: Span,
    /// Some of its header fields.
    pub headers: Vec<WireHeader>,
}

/// A header field.
#[derive(Debug, Clone, PartialEq)]
pub struct WireHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where both stand.
    pub span: Span,
}
