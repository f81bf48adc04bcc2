//! Evaluation of expressions: pure, and able to say "I need this first".
//!
//! What an expression asks of services comes from an [`Outside`]. One that does not know a reply yet answers
//! [`Stop::Waiting`] and takes a note; the evaluation goes on as far as it can, so that all requests of one level are
//! noted together, and is started again from the beginning when their replies are there. Replies are remembered by
//! operation and arguments, so nothing is asked twice and every part sees the same world.

mod functions;
mod operators;
mod query;
mod speech;
mod template;

use std::borrow::Cow;
use std::cell::Cell;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use speech::{BREAK_CLOSE, BREAK_OPEN};
pub use template::{render, slot_values, text};

use crate::expr::{CallField, Expr, OperationId, Quantifier, QueryDefinition, QueryId, Test};
use crate::failure::{Failure, FailureKind};
use crate::types::Name;
use crate::value::{Fields, Value};

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// It failed.
    Failed(Failure),
    /// Replies are missing.
    Waiting,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<FailureKind> for Stop {
    fn from(kind: FailureKind) -> Self {
        Self::Failed(Failure::of(kind))
    }
}

/// The result of an evaluation.
pub type Evaluated<T = Value> = Result<T, Stop>;

/// What an evaluation may ask of the world.
pub trait Outside {
    /// The decoded reply of a reading operation, or [`Stop::Waiting`] if it is not there yet.
    fn request(&self, operation: OperationId, args: &[Value]) -> Evaluated;

    /// A query's definition.
    fn query(&self, query: QueryId) -> Option<&QueryDefinition>;
}

/// No outside: for constants, settings and whatever the checker has proven to ask nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Outside for Nothing {
    fn request(&self, _: OperationId, _: &[Value]) -> Evaluated {
        Err(FailureKind::Unset.into())
    }

    fn query(&self, _: QueryId) -> Option<&QueryDefinition> {
        None
    }
}

/// What the language tells about the call.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CallFacts {
    /// The caller's number in E.164; absent if withheld.
    pub from: Option<Name>,
    /// The number that was called.
    pub to: Option<Name>,
    /// Whether the carrier vouches for `from`.
    pub verified: bool,
    /// The provider's id of the call.
    pub sid: Name,
    /// When it began.
    pub started: Timestamp,
}

/// Everything an expression can refer to besides local names.
#[derive(Clone)]
pub struct Context<'a> {
    /// The settings' values by id; of a secret whether it is set.
    pub settings: &'a [Value],
    /// The call; none where there is no call (defaults of fields, settings).
    pub call: Option<&'a CallFacts>,
    /// `now`.
    pub now: Timestamp,
    /// Where `{{date}}` and `{{time}}` hold.
    pub zone: &'a TimeZone,
    /// The world.
    pub outside: &'a dyn Outside,
}

/// Local names, innermost first.
#[derive(Debug, Clone, Default)]
pub struct Scope<'a> {
    outer: Option<&'a Scope<'a>>,
    names: Cow<'a, Fields>,
}

impl<'a> Scope<'a> {
    /// A scope with these names.
    #[must_use]
    pub fn of(names: Fields) -> Self {
        Self { outer: None, names: Cow::Owned(names) }
    }

    /// A scope over names that are kept elsewhere.
    #[must_use]
    pub fn over(names: &'a Fields) -> Self {
        Self { outer: None, names: Cow::Borrowed(names) }
    }

    /// A scope inside this one with one more name.
    #[must_use]
    pub fn with(&'a self, name: &Name, value: Value) -> Self {
        self.knowing(Fields::from_iter([(name.clone(), value)]))
    }

    /// A scope inside this one with more names.
    #[must_use]
    pub fn knowing(&'a self, names: Fields) -> Self {
        Self { outer: Some(self), names: Cow::Owned(names) }
    }

    /// Binds a name here.
    pub fn bind(&mut self, name: &Name, value: Value) {
        self.names.to_mut().insert(name.clone(), value);
    }

    fn get(&self, name: &str) -> Value {
        match self.names.get(name) {
            Some(value) => value.clone(),
            None => self.outer.map_or(Value::None, |outer| outer.get(name)),
        }
    }
}

/// A query being expanded, with those around it.
struct Expanding<'a> {
    query: QueryId,
    args: &'a [Value],
    outer: Option<&'a Expanding<'a>>,
}

/// How many queries one evaluation may enter: nested groups multiply, and a budget of requests alone does not bound
/// what is computed from their remembered replies.
const QUERY_BUDGET: u32 = 5_000;

/// An evaluation under way.
pub(crate) struct Evaluator<'a> {
    context: &'a Context<'a>,
    expanding: Option<&'a Expanding<'a>>,
    entered: &'a Cell<u32>,
}

/// The value of an expression.
pub fn evaluate(expr: &Expr, scope: &Scope<'_>, context: &Context<'_>) -> Evaluated {
    let entered = Cell::new(0);
    Evaluator { context, expanding: None, entered: &entered }.value(expr, scope)
}

/// The values of several expressions; whatever waits for replies does not keep those behind it from noting theirs.
pub fn all(exprs: &[Expr], scope: &Scope<'_>, context: &Context<'_>) -> Evaluated<Vec<Value>> {
    let entered = Cell::new(0);
    Evaluator { context, expanding: None, entered: &entered }.all(exprs, scope)
}

/// The value of an expression that asks nothing of the world.
pub fn pure(expr: &Expr, scope: &Scope<'_>, context: &Context<'_>) -> Result<Value, Failure> {
    evaluate(expr, scope, context).map_err(|stop| match stop {
        Stop::Failed(failure) => failure,
        Stop::Waiting => Failure::of(FailureKind::Unset),
    })
}

/// The value of an expression that refers to nothing but constants.
pub fn constant(expr: &Expr) -> Result<Value, Failure> {
    within(expr, &Scope::default())
}

/// The value of an expression over local names alone: the default of a record's field.
pub fn within(expr: &Expr, scope: &Scope<'_>) -> Result<Value, Failure> {
    let context =
        Context { settings: &[], call: None, now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC, outside: &Nothing };
    pure(expr, scope, &context)
}

impl Evaluator<'_> {
    pub(crate) fn value(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        match expr {
            Expr::Literal(value) => Ok(value.clone()),
            Expr::Local(name) => Ok(scope.get(name)),
            Expr::Setting(id) | Expr::SecretIsSet(id) => {
                Ok(self.context.settings.get(usize::from(id.0)).cloned().unwrap_or_default())
            }
            Expr::Call(field) => Ok(self.call(*field)),
            Expr::Now => Ok(Value::Time(self.context.now)),
            Expr::Field(of, name) => Ok(self.value(of, scope)?.field(name)),
            Expr::Index(of, at) => {
                let (of, at) = (self.value(of, scope)?, self.value(at, scope)?);
                Ok(functions::index(&of, &at))
            }
            Expr::Not(of) => Ok(Value::Flag(!self.truth(of, scope)?)),
            Expr::Negative(of) => Ok(self.value(of, scope)?.as_number().map_or(Value::None, |n| Value::Number(-n))),
            Expr::Binary(op, left, right) => self.binary(*op, left, right, scope),
            Expr::In { item, list, negated } => {
                let (item, list) = both(self.value(item, scope), self.value(list, scope))?;
                let found = !item.is_none() && list.elements().contains(&item);
                Ok(Value::Flag(found != *negated))
            }
            Expr::Is(test, of) => {
                let of = self.value(of, scope)?;
                Ok(Value::Flag(match test {
                    Test::None => of.is_none(),
                    Test::Empty => of.elements().is_empty(),
                }))
            }
            Expr::If(condition, yes, no) => {
                if self.truth(condition, scope)? {
                    self.value(yes, scope)
                } else {
                    self.value(no, scope)
                }
            }
            Expr::Else(value, otherwise) => match self.value(value, scope) {
                Ok(Value::None) | Err(Stop::Failed(_)) => self.value(otherwise, scope),
                present => present,
            },
            Expr::Quantified { quantifier, name, list, condition } => {
                self.quantified(*quantifier, name, list, condition.as_deref(), scope)
            }
            Expr::Comprehension { name, list, condition, value } => {
                self.comprehension(name, list, condition.as_deref(), value, scope)
            }
            Expr::List(items) => self.all(items, scope).map(Value::list),
            Expr::Record(fields) => self.record(fields, scope),
            Expr::Template(template) => self.template(template, scope).map(Value::text),
            Expr::Function(function, of, args) => {
                let of = self.value(of, scope)?;
                let args = self.all(args, scope)?;
                Ok(functions::apply(*function, &of, &args))
            }
            Expr::Request(operation, args) => {
                let args = self.all(args, scope)?;
                self.context.outside.request(*operation, &args)
            }
            Expr::Query(query, args) => {
                let args = self.all(args, scope)?;
                self.query(*query, &args).map(Value::list)
            }
        }
    }

    /// Whether a condition holds; an absent flag does not.
    fn truth(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated<bool> {
        Ok(self.value(expr, scope)? == Value::Flag(true))
    }

    fn call(&self, field: CallField) -> Value {
        let Some(call) = self.context.call else { return Value::None };
        let text = |text: &Option<Name>| text.as_ref().map_or(Value::None, |text| Value::Text(text.clone()));
        match field {
            CallField::From => text(&call.from),
            CallField::To => text(&call.to),
            CallField::Verified => Value::Flag(call.verified),
            CallField::Sid => Value::Text(call.sid.clone()),
            CallField::Started => Value::Time(call.started),
            CallField::Language => Value::text("en"),
        }
    }

    /// All values, or why not: what waits for replies is looked at to the end, so that every request is noted.
    fn all(&self, exprs: &[Expr], scope: &Scope<'_>) -> Evaluated<Vec<Value>> {
        in_order(exprs.iter().map(|expr| self.value(expr, scope)))
    }

    fn record(&self, fields: &[(Name, Expr)], scope: &Scope<'_>) -> Evaluated {
        let values = in_order(fields.iter().map(|(_, expr)| self.value(expr, scope)))?;
        Ok(Value::record(fields.iter().map(|(name, _)| name.clone()).zip(values)))
    }

    /// What left to right would have found; later elements are still looked at while an earlier one waits.
    fn quantified(
        &self,
        quantifier: Quantifier,
        name: &Name,
        list: &Expr,
        condition: Option<&Expr>,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let mut waiting = false;
        for item in self.value(list, scope)?.elements() {
            let inner = scope.with(name, item.clone());
            let fits = condition.map_or(Ok(true), |condition| self.truth(condition, &inner));
            match (fits, waiting) {
                (Err(Stop::Waiting), _) => waiting = true,
                (_, true) => {}
                (Err(failed), false) => return Err(failed),
                (Ok(fits), false) => match (quantifier, fits) {
                    (Quantifier::Any, true) => return Ok(Value::Flag(true)),
                    (Quantifier::All, false) => return Ok(Value::Flag(false)),
                    (Quantifier::First, true) => return Ok(item),
                    _ => {}
                },
            }
        }
        if waiting {
            return Err(Stop::Waiting);
        }
        Ok(match quantifier {
            Quantifier::Any => Value::Flag(false),
            Quantifier::All => Value::Flag(true),
            Quantifier::First => Value::None,
        })
    }

    fn comprehension(
        &self,
        name: &Name,
        list: &Expr,
        condition: Option<&Expr>,
        value: &Expr,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let items = self.value(list, scope)?.elements();
        let kept = in_order(items.into_iter().map(|item| {
            let inner = scope.with(name, item);
            let fits = condition.map_or(Ok(true), |condition| self.truth(condition, &inner))?;
            if fits { self.value(value, &inner).map(Some) } else { Ok(None) }
        }))?;
        Ok(Value::list(kept.into_iter().flatten().collect()))
    }
}

/// All results in order, the first failure, or `Waiting` if a result before any failure is still waited for.
fn in_order<T>(results: impl Iterator<Item = Evaluated<T>>) -> Evaluated<Vec<T>> {
    let mut done = Vec::new();
    let mut stop = None;
    for result in results {
        match result {
            Ok(value) => done.push(value),
            Err(reason) => {
                stop.get_or_insert(reason);
            }
        }
    }
    stop.map_or(Ok(done), Err)
}

fn both(a: Evaluated, b: Evaluated) -> Evaluated<(Value, Value)> {
    Ok((a?, b?))
}
