//! Expressions and types.

#![expect(missing_docs, reason = "the fields of variants are named like the parts of the grammar")]

use super::{Act, Bounds, Literal, Path, Word};
use crate::source::Span;

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
    /// `pending T`, of a parameter.
    Pending(Box<Ty>),
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
