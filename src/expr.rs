//! Expressions with every name resolved and every type known: what the checker makes and the engine evaluates.

use std::sync::Arc;

use crate::template::Pattern;
use crate::types::{Name, Type};
use crate::value::Value;

pub use crate::syntax::tree::{BinaryOp, Quantifier};

/// Index of a setting in the program and in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingId(pub u16);

/// Index of an operation (over all services) in the program and in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct OperationId(pub u16);

/// Index of a query in the program and in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct QueryId(pub u16);

/// What the language tells about the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallField {
    /// `call.from`: the caller's number, absent if withheld.
    From,
    /// `call.to`: the number that was called.
    To,
    /// `call.verified`: the carrier vouches for the number.
    Verified,
    /// `call.sid`: the provider's id of the call.
    Sid,
    /// `call.started`.
    Started,
    /// `call.language`.
    Language,
}

/// What `is` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Test {
    /// `is none`.
    None,
    /// `is empty`.
    Empty,
}

/// The functions of section 10.3 of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `list.first`.
    First,
    /// `list.last`.
    Last,
    /// `list.cycle(n)`, counting from 1 and round and round.
    Cycle,
    /// `list.count`.
    Count,
    /// `list.up_to(n)`.
    UpTo,
    /// `list.unique`.
    Unique,
    /// `text.short(n)`: the first n characters.
    Short,
    /// `number.text`, `phone.text`.
    Text,
}

/// An expression. A member of an absent value is absent; a function of an absent value is absent.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A constant, also a value of an enum (a text) and the rows of a table (a list).
    Literal(Value),
    /// A local name: `let`, parameter, `for`, quantifier, `who`, and also `it`, `digit`, `label`, `round`, `error`.
    Local(Name),
    /// A setting.
    Setting(SettingId),
    /// Whether a secret setting is set: the only thing that may be asked about one outside a service.
    SecretIsSet(SettingId),
    /// `call.…`.
    Call(CallField),
    /// `now`.
    Now,
    /// A field; the name may be a dotted JSON path of the record's type.
    Field(Box<Expr>, Name),
    /// `list[i]`, counting from 0.
    Index(Box<Expr>, Box<Expr>),
    /// `not`.
    Not(Box<Expr>),
    /// Unary minus.
    Negative(Box<Expr>),
    /// A binary operator. Equality with an absent side is false.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `item in list`; false if the item is absent.
    In {
        /// The item.
        item: Box<Expr>,
        /// The list.
        list: Box<Expr>,
        /// `not in`.
        negated: bool,
    },
    /// `is none`, `is empty`.
    Is(Test, Box<Expr>),
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `(a else b)`: `b` where `a` is absent or fails.
    Else(Box<Expr>, Box<Expr>),
    /// `any|all|first x in list where condition`.
    Quantified {
        /// Which.
        quantifier: Quantifier,
        /// The name of the element.
        name: Name,
        /// The list.
        list: Box<Expr>,
        /// The condition; none means every element fits.
        condition: Option<Box<Expr>>,
    },
    /// `[for x in list where condition: value]`.
    Comprehension {
        /// The name of the element.
        name: Name,
        /// The list.
        list: Box<Expr>,
        /// The condition.
        condition: Option<Box<Expr>>,
        /// The value.
        value: Box<Expr>,
    },
    /// A list.
    List(Vec<Expr>),
    /// A record.
    Record(Vec<(Name, Expr)>),
    /// A string with slots, as a text value.
    Template(Box<Template>),
    /// A function.
    Function(Function, Box<Expr>, Vec<Expr>),
    /// A reading operation of a service: what makes an expression need the outside world.
    Request(OperationId, Vec<Expr>),
    /// A query.
    Query(QueryId, Vec<Expr>),
}

/// A string with slots, ready for one kind of place: the forms say how each value is encoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The Handlebars part.
    pub pattern: Arc<Pattern>,
    /// What fills the pattern's slots, in the pattern's order.
    pub slots: Vec<Slot>,
}

/// What fills a slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The value.
    pub value: Expr,
    /// The type of what stands between the braces: of a record that is spoken, not that of its `spoken`.
    pub ty: Type,
    /// How it is written where it lands.
    pub form: Form,
}

/// How a value is written where it lands (section 11 of the language).
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// As a text value: numbers in digits, phones in E.164, times in ISO 8601.
    Plain,
    /// Spoken.
    Spoken(Speech),
    /// The condition of `#if`: a flag, or "is not none".
    Truth,
    /// Percent-encoded into a URL path or query.
    UrlPart,
    /// A `path` setting that stands first in an operation's path: as it is.
    UrlPath,
    /// A header: visible ASCII or the failure `header`.
    Header,
    /// Sent keys: digits, `*`, `#`, or the failure `keys`.
    Keys,
}

/// How a value is spoken.
#[derive(Debug, Clone, PartialEq)]
pub enum Speech {
    /// Texts, enum values, cells.
    AsIs,
    /// Numbers: digits, which the voice reads as a number.
    Number,
    /// Phones and `{{spell x}}`: character by character.
    Spelled,
    /// `{{date t}}`.
    Date,
    /// `{{time t}}`.
    Clock,
    /// A bare time: both.
    DateAndClock,
    /// A duration in words.
    Duration,
    /// `{{short x 40}}`.
    Short(u32),
    /// `{{plural n "call" "calls"}}`.
    Plural {
        /// For exactly one.
        one: Name,
        /// Otherwise.
        many: Name,
    },
    /// `{{break 500}}`: a silence of so many milliseconds; the slot's value is not looked at.
    Break(u32),
}

/// Words that are spoken: the n-th try hears the n-th text, later tries the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// The phrase's name, for logs and coverage; none for anonymous text.
    pub phrase: Option<Name>,
    /// The texts; never empty.
    pub tries: Vec<Template>,
}

impl Words {
    /// The text for try `n` (from 1).
    #[must_use]
    pub fn nth(&self, n: u32) -> Option<&Template> {
        let index = (n.max(1) as usize - 1).min(self.tries.len().checked_sub(1)?);
        self.tries.get(index)
    }
}

/// The body of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryDefinition {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Name>,
    /// `up to N deep`, for queries that call themselves.
    pub depth: Option<u32>,
    /// Its steps.
    pub body: Vec<QueryStep>,
}

/// A step of a query.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryStep {
    /// `for`.
    For {
        /// The name of the element.
        name: Name,
        /// The list; absent is empty, a single value is a list of one.
        list: Expr,
        /// `where`.
        condition: Option<Expr>,
        /// For each.
        body: Vec<QueryStep>,
    },
    /// `let`. If the value fails or is absent, `otherwise` (if any) stands in.
    Let {
        /// The name.
        name: Name,
        /// The value.
        value: Expr,
    },
    /// `if`.
    If {
        /// The condition.
        condition: Expr,
        /// If it holds.
        yes: Vec<QueryStep>,
        /// If not.
        no: Vec<QueryStep>,
    },
    /// `match`; without a fitting case nothing is yielded.
    Match {
        /// What is looked at.
        subject: Expr,
        /// The cases in order.
        cases: Vec<(Vec<Matcher>, Vec<QueryStep>)>,
    },
    /// `yield`: an absent value yields nothing.
    Yield(Expr),
    /// `yield all`.
    YieldAll(Expr),
}

impl QueryDefinition {
    /// The queries it calls, by their places in the list of queries; as often as they are called.
    #[must_use]
    pub fn calls(&self) -> Vec<usize> {
        let mut calls = Vec::new();
        let mut open: Vec<&QueryStep> = self.body.iter().collect();
        let mut note = |expr: &Expr| {
            expr.visit(&mut |expr| {
                if let Expr::Query(id, _) = expr {
                    calls.push(usize::from(id.0));
                }
            });
        };
        while let Some(step) = open.pop() {
            match step {
                QueryStep::For { list, condition, body, .. } => {
                    note(list);
                    condition.iter().for_each(&mut note);
                    open.extend(body);
                }
                QueryStep::Let { value, .. } | QueryStep::Yield(value) | QueryStep::YieldAll(value) => note(value),
                QueryStep::If { condition, yes, no } => {
                    note(condition);
                    open.extend(yes.iter().chain(no));
                }
                QueryStep::Match { subject, cases } => {
                    note(subject);
                    open.extend(cases.iter().flat_map(|(_, body)| body));
                }
            }
        }
        calls
    }
}

/// A pattern of a `match`.
#[derive(Debug, Clone, PartialEq)]
pub enum Matcher {
    /// `else`.
    Anything,
    /// `none`.
    Absent,
    /// Equal to this value.
    Equal(Value),
}

impl Matcher {
    /// Whether the value fits.
    #[must_use]
    pub fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Anything => true,
            Self::Absent => value.is_none(),
            Self::Equal(wanted) => value == wanted,
        }
    }
}

impl std::fmt::Display for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anything => f.write_str("else"),
            Self::Absent => f.write_str("none"),
            Self::Equal(Value::Number(number)) => f.write_str(&crate::value::number_text(*number)),
            Self::Equal(value) => f.write_str(value.as_text().unwrap_or_default()),
        }
    }
}

impl Expr {
    /// Absent.
    #[must_use]
    pub fn none() -> Self {
        Self::Literal(Value::None)
    }

    /// Calls `visit` on this expression and on everything inside it, slots of templates included.
    pub fn visit(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        self.children(&mut |child| child.visit(visit));
    }

    /// Calls `visit` on the expressions directly inside.
    pub fn children(&self, visit: &mut dyn FnMut(&Self)) {
        match self {
            Self::Literal(_) | Self::Local(_) | Self::Setting(_) | Self::SecretIsSet(_) | Self::Call(_) | Self::Now => {
            }
            Self::Field(of, _) | Self::Not(of) | Self::Negative(of) | Self::Is(_, of) => visit(of),
            Self::Index(a, b) | Self::Binary(_, a, b) | Self::Else(a, b) => {
                visit(a);
                visit(b);
            }
            Self::In { item, list, .. } => {
                visit(item);
                visit(list);
            }
            Self::If(a, b, c) => {
                visit(a);
                visit(b);
                visit(c);
            }
            Self::Quantified { list, condition, .. } => {
                visit(list);
                condition.iter().for_each(|c| visit(c));
            }
            Self::Comprehension { list, condition, value, .. } => {
                visit(list);
                condition.iter().for_each(|c| visit(c));
                visit(value);
            }
            Self::List(items) => items.iter().for_each(visit),
            Self::Record(fields) => fields.iter().for_each(|(_, value)| visit(value)),
            Self::Template(template) => template.slots.iter().for_each(|slot| visit(&slot.value)),
            Self::Function(_, of, args) => {
                visit(of);
                args.iter().for_each(visit);
            }
            Self::Request(_, args) | Self::Query(_, args) => args.iter().for_each(visit),
        }
    }

    /// Whether its evaluation may fail: a request may, unless `(… else …)` stands around it.
    #[must_use]
    pub fn may_fail(&self) -> bool {
        match self {
            Self::Request(..) | Self::Query(..) => true,
            Self::Else(_, otherwise) => otherwise.may_fail(),
            _ => {
                let mut may = false;
                self.children(&mut |child| may |= child.may_fail());
                may
            }
        }
    }

    /// Whether its evaluation may need a request to a service.
    #[must_use]
    pub fn asks_outside(&self) -> bool {
        let mut asks = false;
        self.visit(&mut |expr| asks |= matches!(expr, Self::Request(..) | Self::Query(..)));
        asks
    }
}
