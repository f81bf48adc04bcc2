//! Values that are written out in a test file: literals, and fixtures with their arguments put in.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::scenario::Setup;
use crate::syntax::tree::{Expr, ExprKind, Pair, Word};
use crate::value::Value;

/// How many values one reply may be made of. Fixtures that use fixtures grow quickly; no service's reply is as long.
const MOST_VALUES: usize = 100_000;
/// How many fixtures may stand inside one another.
const DEEPEST: usize = 100;

/// `let f(a, b) = V`.
#[derive(Debug, Clone, Copy)]
struct Fixture<'a> {
    name: &'a Word,
    params: &'a [Word],
    value: &'a Expr,
}

/// The fixtures of a test file by name.
#[derive(Debug, Default)]
pub(super) struct Fixtures<'a> {
    by_name: IndexMap<&'a str, Fixture<'a>>,
}

/// Values that the lines of a test write out.
#[derive(Debug, Default)]
pub struct Values<'a>(Fixtures<'a>);

impl<'a> Values<'a> {
    /// With the fixtures among these lines; what is wrong with those is found where stubs are read.
    #[must_use]
    pub fn of(lines: &[&'a Setup]) -> Self {
        Self(Fixtures::of(lines))
    }

    /// The JSON that an expression stands for, or the first thing that is wrong with it.
    pub fn json(&self, expr: &Expr) -> Result<Json, Diagnostic> {
        let mut found = Diagnostics::new();
        let made = self.0.json(expr, &mut found);
        made.map_err(|Wrong| found.iter().next().cloned().unwrap_or_else(|| not_written_out(expr.span)))
    }
}

/// Why there is no value; what is wrong has been reported.
#[derive(Debug)]
pub(super) struct Wrong;

type Made = Result<Json, Wrong>;

impl<'a> Fixtures<'a> {
    /// The fixtures among these lines; of two with one name the latter.
    pub(super) fn of(lines: &[&'a Setup]) -> Self {
        let fixtures = lines.iter().filter_map(|line| match line {
            Setup::Fixture { name, params, value } => Some((name.text.as_str(), Fixture { name, params, value })),
            _ => None,
        });
        Self { by_name: fixtures.collect() }
    }

    /// The same, with what is wrong with them: names that are declared twice, and what their bodies name, whether or
    /// not they are used.
    pub(super) fn checked(lines: &[&'a Setup], found: &mut Diagnostics) -> Self {
        let mut first: HashMap<&str, &Word> = HashMap::new();
        for line in lines {
            let Setup::Fixture { name, .. } = line else { continue };
            if let Some(former) = first.insert(&name.text, name) {
                found.push(
                    Diagnostic::new(Code::DeclaredTwice, format!("`{}` is declared twice", name.text))
                        .at(name.span, "again here")
                        .at(former.span, "first here")
                        .help("give one of them another name"),
                );
            }
        }
        let fixtures = Self::of(lines);
        for fixture in fixtures.by_name.values() {
            let params: HashMap<&str, Json> = fixture.params.iter().map(|p| (p.text.as_str(), Json::Null)).collect();
            // Made once with nothing for its parameters: what it names is looked up, the value is not used.
            let _ = Making::new(&fixtures, found, Some(fixture.name)).value(fixture.value, &params);
        }
        fixtures
    }

    /// The JSON that an expression stands for.
    pub(super) fn json(&self, expr: &Expr, found: &mut Diagnostics) -> Made {
        Making::new(self, found, None).value(expr, &HashMap::new())
    }
}

/// One value in the making.
struct Making<'m, 'a> {
    fixtures: &'m Fixtures<'a>,
    found: &'m mut Diagnostics,
    /// The fixtures it is inside of.
    inside: Vec<&'m str>,
    left: usize,
}

impl<'m, 'a> Making<'m, 'a> {
    fn new(fixtures: &'m Fixtures<'a>, found: &'m mut Diagnostics, of: Option<&'m Word>) -> Self {
        Self { fixtures, found, inside: of.map(|name| name.text.as_str()).into_iter().collect(), left: MOST_VALUES }
    }

    fn value(&mut self, expr: &Expr, params: &HashMap<&str, Json>) -> Made {
        self.spend(1, expr.span)?;
        match &expr.kind {
            ExprKind::None => Ok(Json::Null),
            ExprKind::Flag(flag) => Ok(Json::Bool(*flag)),
            ExprKind::Number(number) => Ok(Value::Number(*number).to_wire()),
            ExprKind::Negative(of) => match &of.kind {
                ExprKind::Number(number) => Ok(Value::Number(-number).to_wire()),
                _ => self.wrong(not_written_out(expr.span)),
            },
            ExprKind::Literal(literal) => match literal.plain() {
                Some(text) => Ok(Json::String(text)),
                None => self.wrong(slot(expr.span)),
            },
            ExprKind::Name(name) => self.named(name, expr.span, params),
            ExprKind::Call { name, args } => {
                let args = self.values(args, params);
                self.used(&name.text, name.span, expr.span, &args?)
            }
            ExprKind::List(items) => Ok(Json::Array(self.values(items, params)?)),
            ExprKind::Record(pairs) => self.record(pairs, params),
            ExprKind::Bad => Err(Wrong),
            _ => self.wrong(not_written_out(expr.span)),
        }
    }

    /// All of them, so that every mistake is found.
    fn values(&mut self, exprs: &[Expr], params: &HashMap<&str, Json>) -> Result<Vec<Json>, Wrong> {
        let made: Vec<Made> = exprs.iter().map(|expr| self.value(expr, params)).collect();
        made.into_iter().collect()
    }

    fn record(&mut self, pairs: &[Pair], params: &HashMap<&str, Json>) -> Made {
        let made: Vec<(String, Made)> = pairs
            .iter()
            .map(|pair| {
                let value = match &pair.value {
                    Some(value) => self.value(value, params),
                    None => self.named(&pair.name.text, pair.name.span, params),
                };
                (pair.name.text.clone(), value)
            })
            .collect();
        made.into_iter().map(|(name, value)| Ok((name, value?))).collect::<Result<_, _>>().map(Json::Object)
    }

    /// A bare name: a parameter, or a fixture without parameters.
    fn named(&mut self, name: &str, span: Span, params: &HashMap<&str, Json>) -> Made {
        match params.get(name) {
            Some(value) => {
                self.spend(size(value), span)?;
                Ok(value.clone())
            }
            None if self.fixtures.by_name.contains_key(name) => self.used(name, span, span, &[]),
            None => {
                let known = params.keys().copied().chain(self.fixtures.by_name.keys().copied());
                let problem = unknown(name, span, known);
                self.wrong(problem)
            }
        }
    }

    /// A fixture with arguments.
    fn used(&mut self, name: &str, name_span: Span, span: Span, args: &[Json]) -> Made {
        let fixtures = self.fixtures;
        let Some((name, fixture)) = fixtures.by_name.get_key_value(name) else {
            let problem = unknown(name, name_span, fixtures.by_name.keys().copied());
            return self.wrong(problem);
        };
        if self.inside.contains(name) {
            return self.wrong(inside_itself(name, name_span, fixture.name.span));
        }
        if args.len() != fixture.params.len() {
            return self.wrong(count(name, fixture.params.len(), args.len(), span, fixture.name.span));
        }
        if self.inside.len() >= DEEPEST {
            return self.wrong(too_long(span));
        }
        let params = fixture.params.iter().map(|param| param.text.as_str()).zip(args.iter().cloned()).collect();
        self.inside.push(name);
        let value = self.value(fixture.value, &params);
        self.inside.pop();
        value
    }

    /// Counts values of what is made.
    fn spend(&mut self, values: usize, span: Span) -> Result<(), Wrong> {
        let left = self.left.checked_sub(values);
        self.left = left.unwrap_or(0);
        if left.is_none() {
            self.found.push(too_long(span));
            return Err(Wrong);
        }
        Ok(())
    }

    fn wrong(&mut self, problem: Diagnostic) -> Made {
        self.found.push(problem);
        Err(Wrong)
    }
}

/// How many values a value is made of.
fn size(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// The wrong number of arguments, of a fixture or of an operation.
pub(super) fn count(name: &str, wanted: usize, given: usize, span: Span, declared: Span) -> Diagnostic {
    let arguments = |n: usize| if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") };
    Diagnostic::new(Code::ArgumentCount, format!("`{name}` takes {}, not {given}", arguments(wanted)))
        .at(span, "")
        .at(declared, "declared here")
        .help(format!("give it {}", arguments(wanted)))
}

fn unknown<'n>(name: &str, span: Span, known: impl IntoIterator<Item = &'n str>) -> Diagnostic {
    let help = match nearest(name, known) {
        Some(near) => format!("write `{near}`"),
        None => format!("declare it (`let {name} = …`), or write the value itself"),
    };
    Diagnostic::new(Code::UnknownName, format!("`{name}` is no fixture of this file and no parameter"))
        .at(span, "")
        .help(help)
}

fn inside_itself(name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("the fixture `{name}` is made of itself"))
        .at(span, "not known yet here")
        .at(declared, "declared here")
        .help("write the inner value out")
}

fn slot(span: Span) -> Diagnostic {
    Diagnostic::new(Code::ForbiddenTemplate, "a canned text has a slot, but nothing is put into it")
        .at(span, "")
        .help("write the text as the service would send it")
}

fn not_written_out(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "a canned value is not written out")
        .at(span, "")
        .help("write the text, number, list or record itself, or a fixture with its arguments")
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::new(Code::StubShape, "this reply grows longer than any service's")
        .at(span, "still not complete here")
        .help("use fewer fixtures inside fixtures")
}
