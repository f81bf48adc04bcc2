//! What was written, with its places; no meaning yet.
//!
//! The names follow the grammar. Every node knows its span. Where something was not understood stands a `Bad`
//! node (its diagnostic has been given by the parser), so that later passes can be silent about it.

#![expect(missing_docs, reason = "the fields of variants are named like the parts of the grammar")]

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

// ---- strings and words that are spoken ------------------------------------------------------------------------------

/// A string in double quotes: a Handlebars template.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
    /// With the quotes.
    pub span: Span,
}

/// A stretch of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Characters, escapes already resolved.
    Chars {
        /// The characters meant.
        text: String,
        /// Where they are written.
        span: Span,
    },
    /// `{{ … }}`.
    Slot {
        /// Between the braces, as written.
        inner: String,
        /// With the braces.
        span: Span,
    },
}

impl Literal {
    /// The whole text as Handlebars sees it, slots included.
    #[must_use]
    pub fn template(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Chars { text, .. } => text.clone(),
                Piece::Slot { inner, .. } => format!("{{{{{inner}}}}}"),
            })
            .collect()
    }

    /// The text if there is no slot in it.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        let slots = self.pieces.iter().any(|piece| matches!(piece, Piece::Slot { .. }));
        (!slots).then(|| self.template())
    }
}

/// `"first" then "second"`: the n-th try hears the n-th text.
#[derive(Debug, Clone, PartialEq)]
pub struct Texts {
    /// At least one.
    pub tries: Vec<Literal>,
    /// The whole.
    pub span: Span,
}

/// What `say` and its like take.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// `"…"`, perhaps counted.
    Texts(Texts),
    /// `{ en "…" fr "…" }`.
    Variants(Vec<(Word, Texts)>, Span),
    /// A phrase's name or a value that is text.
    Expr(Expr),
}

impl Text {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Texts(texts) => texts.span,
            Self::Variants(_, span) => *span,
            Self::Expr(expr) => expr.span,
        }
    }
}

// ---- expressions ----------------------------------------------------------------------------------------------------

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ExprKind,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Quantifiers over a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    All,
    First,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum ExprKind {
    /// `12`, `2.5`.
    Number(f64),
    /// `5s`.
    Duration(u64),
    /// A string with or without slots.
    Literal(Literal),
    /// `true`, `false`.
    Flag(bool),
    /// `none`.
    None,
    /// A bare name.
    Name(String),
    /// `name(…)`: a query.
    Call { name: Word, args: Vec<Expr> },
    /// `of.name` or `of.name(…)`.
    Member { of: Box<Expr>, name: Word, args: Option<Vec<Expr>> },
    /// `of[at]`.
    Index { of: Box<Expr>, at: Box<Expr> },
    /// `not x`.
    Not(Box<Expr>),
    /// `-x`.
    Negative(Box<Expr>),
    /// `a op b`.
    Binary { op: BinaryOp, op_span: Span, left: Box<Expr>, right: Box<Expr> },
    /// `a in b`, `a not in b`.
    In { negated: bool, item: Box<Expr>, list: Box<Expr> },
    /// `x is none`, `x is not empty`, `office is open`.
    Is { negated: bool, of: Box<Expr>, what: Word },
    /// `if c then a else b`.
    If { condition: Box<Expr>, yes: Box<Expr>, no: Box<Expr> },
    /// `(a else b)`.
    Else { value: Box<Expr>, otherwise: Box<Expr> },
    /// `any x in L where C`.
    Quantified { quantifier: Quantifier, name: Word, list: Box<Expr>, condition: Option<Box<Expr>> },
    /// `[for x in L where C: E]`.
    Comprehension { name: Word, list: Box<Expr>, condition: Option<Box<Expr>>, value: Box<Expr> },
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{ a, b: c }`.
    Record(Vec<Pair>),
    /// `1..5`.
    Range(i64, i64),
    /// `send` or `do` where only a value may stand; reported by the checker as IVR406.
    Misplaced(Box<Act>),
    /// Not understood, reported already.
    Bad,
}

/// `name: value` in a record; `name` alone means `name: name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The key; a quoted key has its text here.
    pub name: Word,
    /// The value, if written.
    pub value: Option<Expr>,
}

// ---- types ----------------------------------------------------------------------------------------------------------

/// A type as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Ty {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: TyKind,
}

/// The kinds of types.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum TyKind {
    /// `1..20`: a checked number.
    Span(Bounds),
    /// `{ name: text }`.
    Record(Vec<Field>),
    /// `phone`, `typed phone`, `phone "CA"`.
    Phone { typed: bool, country: Option<Literal> },
    /// A name: built in, enum, table or type.
    Name(Word),
    /// `joke | phrase | static`.
    Choice(Vec<Word>),
    /// `T?`.
    Optional(Box<Ty>),
    /// `T[]`, `T[1..9]`.
    List(Box<Ty>, Option<Bounds>),
    /// Not understood.
    Bad,
}

/// Fields that share type and default.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// `start, end`; dotted paths are JSON paths.
    pub names: Vec<Path>,
    /// Their type.
    pub ty: Ty,
    /// Their default.
    pub default: Option<Expr>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Word,
    /// Its type.
    pub ty: Ty,
    /// Its default.
    pub default: Option<Expr>,
}

// ---- items ----------------------------------------------------------------------------------------------------------

/// A whole file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// In the order written; items that were not understood are missing.
    pub items: Vec<Item>,
    /// Every comment with its span, `//` included.
    pub comments: Vec<Span>,
    /// Whether a whole item was not understood: names may be missing, so "unknown name" checks stay silent.
    pub incomplete: bool,
}

/// One item with what documents it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The whole item.
    pub span: Span,
    /// The `///` lines above, joined with line breaks.
    pub doc: Option<String>,
    /// What.
    pub kind: ItemKind,
}

/// The kinds of items.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the form above each kind names its parts")]
pub enum ItemKind {
    /// `use "file"`.
    Use(Literal),
    /// `enum`.
    Enum { name: Word, values: Vec<Word> },
    /// `table`: the first row names the columns.
    Table { name: Word, rows: Vec<Row> },
    /// `type`.
    Type { name: Word, fields: Vec<Field> },
    /// `settings { … }`.
    Settings(Vec<Setting>),
    /// `phrases { … }`.
    Phrases(Vec<Phrase>),
    /// `languages …` (language, voice).
    Languages(Vec<(Word, Literal)>),
    /// `hours`.
    Hours { name: Word },
    /// `music`.
    Music { name: Word, steps: Vec<Step> },
    /// `service`.
    Service(Service),
    /// `admit C else WHAT`.
    Admit { condition: Expr, otherwise: Happens },
    /// `listen D, N tries`.
    Listen { within: Time, tries: Option<Count> },
    /// `anywhere KEY, … WHAT`.
    Anywhere { keys: Vec<Key>, happens: Happens },
    /// `on EVENT WHAT`.
    On { event: Word, happens: Happens },
    /// `query`.
    Query(Query),
    /// `scene`.
    Scene(Scene),
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// The whole row.
    pub span: Span,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The text of a word or of a string, or the digits of a number.
    pub text: String,
    /// Its number, if it is one.
    pub number: Option<f64>,
    /// Where.
    pub span: Span,
}

/// One line of `settings`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What documents it.
    pub doc: Option<String>,
    /// Whether it is a secret.
    pub secret: bool,
    /// One or several names.
    pub names: Vec<Word>,
    /// The type, if written.
    pub ty: Option<Ty>,
    /// The default, if written.
    pub default: Option<Expr>,
    /// The whole line.
    pub span: Span,
}

/// One line of `phrases`.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// What documents it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Word,
    /// Its words: `Texts` or `Variants`.
    pub text: Text,
    /// The whole line.
    pub span: Span,
}

/// A service.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: Word,
    /// The base URL.
    pub base: Expr,
    /// Credentials, headers, time limit.
    pub options: Vec<ServiceOption>,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// What stands behind a service's or an operation's head.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceOption {
    /// `basic A : B`.
    Basic(Expr, Expr, Span),
    /// `bearer A`.
    Bearer(Expr, Span),
    /// `header "Name" V`.
    Header(Literal, Expr, Span),
    /// `timeout D`.
    Timeout(Time),
    /// `404 means []` (operations only).
    Means(Count, Expr),
}

/// HTTP methods of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// An operation of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What documents it.
    pub doc: Option<String>,
    /// `reads` in front of a method that usually changes something.
    pub reads: bool,
    /// The method.
    pub method: Method,
    /// The method's place.
    pub method_span: Span,
    /// Its name.
    pub name: Word,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Path and query, a template.
    pub path: Literal,
    /// The body.
    pub body: Option<(BodyKind, Expr)>,
    /// What the reply holds: a JSON path and a type.
    pub gives: Option<(Option<Path>, Ty)>,
    /// Credentials, headers, time limit, meanings of statuses.
    pub options: Vec<ServiceOption>,
    /// The whole line.
    pub span: Span,
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    Json,
    Form,
}

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Its name.
    pub name: Word,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of one element of what it gives.
    pub gives: Ty,
    /// `up to N deep`.
    pub depth: Option<Count>,
    /// Its steps.
    pub body: Block,
}

/// A scene.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Its name.
    pub name: Word,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it returns.
    pub gives: Option<Ty>,
    /// Its steps.
    pub body: Block,
    /// `scene name`, for messages about the scene as a whole.
    pub head: Span,
}

// ---- steps ----------------------------------------------------------------------------------------------------------

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

// ---- the steps that wait --------------------------------------------------------------------------------------------

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
