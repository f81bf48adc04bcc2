//! Items: what stands outside of scenes.

#![expect(missing_docs, reason = "the fields of variants are named like the parts of the grammar")]

use super::{Block, Count, Expr, Field, Happens, Key, Literal, Param, Path, Step, Text, Time, Ty, Word};
use crate::source::Span;

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
    /// Whether it was written as a word.
    pub word: bool,
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
