//! `query`: lists collected from lists.

use super::checker::Checker;
use super::exprs::Typed;
use super::facts::Facts;
use super::fails::Fails;
use super::flow::Flow;
use super::report::Report;
use super::room::Room;
use super::spans;
use super::world::World;
use crate::components::Components;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, QueryDefinition, QueryStep};
use crate::source::Span;
use crate::syntax::tree::{self, Block, Happens, Otherwise, Source, SourceValue, Step, StepKind, Text};
use crate::types::Type;

fn not_in_a_query(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedEffect, format!("`{word}` cannot stand in a query"))
        .at(span, "")
        .help("a query collects: `for`, `if`, `match`, `let`, `yield`")
}

fn no_block(span: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedEffect, "in a query an `else` gives a value")
        .at(span, "")
        .help("write the value behind the `else`, or `{ give … }`")
}

fn not_deep(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnboundedQuery, "this query may not call itself at all")
        .at(span, "")
        .help("write how deep it goes: `up to 8 deep`")
}

fn unbounded(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnboundedQuery, format!("`{name}` calls itself without a bound"))
        .at(span, "")
        .help("write behind its type how deep it goes: `, up to 8 deep`")
}

fn useless_else(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UselessElse, "this `else` is never used")
        .at(span, "what stands before it can neither be absent nor fail")
        .help("leave out the `else`")
}

/// A query.
pub(super) fn check(
    world: &World,
    report: &Report,
    index: usize,
    query: &tree::Query,
    facts: &Facts,
) -> QueryDefinition {
    let mut checker = Checker::new(world, report, Room::CONVERSATION, facts.clone());
    checker.query = Some(query.name.text.as_str().into());
    if let Some(depth) = query.depth.filter(|depth| depth.value == 0) {
        report.add(not_deep(depth.span));
    }
    let declared = world.queries.get(index);
    let params = declared.map(|query| query.params.clone()).unwrap_or_default();
    let gives = declared.map_or(Type::Unknown, |query| query.gives.clone());
    let body = checker.scoped(|checker| {
        checker.bind_params(&params, &query.params);
        let body = checker.query_steps(&query.body.steps, &gives);
        checker.report_unused(&params, &format!("query `{}`", query.name.text));
        body
    });
    QueryDefinition {
        name: query.name.text.as_str().into(),
        params: params.into_iter().map(|param| param.name).collect(),
        depth: query.depth.map(|depth| depth.value),
        body,
    }
}

/// Reports queries that call themselves, perhaps by way of others, without a bound on the way: of several in one cycle
/// the first.
pub(super) fn check_recursion(world: &World, report: &Report, queries: &[QueryDefinition]) {
    let bounded = |n: usize| world.queries.get(n).is_none_or(|query| query.bounded);
    let edges: Vec<Vec<usize>> = queries
        .iter()
        .enumerate()
        .map(
            |(n, query)| {
                if bounded(n) { Vec::new() } else { query.calls().into_iter().filter(|n| !bounded(*n)).collect() }
            },
        )
        .collect();
    for query in Components::new(&edges).cyclic(&edges).filter_map(|n| world.queries.get(n)) {
        report.add(unbounded(&query.name, query.span));
    }
}

impl Checker<'_> {
    fn query_block(&mut self, block: &Block, gives: &Type) -> Vec<QueryStep> {
        self.scoped(|checker| checker.query_steps(&block.steps, gives))
    }

    fn query_steps(&mut self, steps: &[Step], gives: &Type) -> Vec<QueryStep> {
        let steps = steps.iter().filter_map(|step| self.query_step(step, gives)).collect();
        // Failures of a query are those of its call.
        self.fails = Fails::default();
        steps
    }

    fn query_step(&mut self, step: &Step, gives: &Type) -> Option<QueryStep> {
        match &step.kind {
            StepKind::For { name, list, condition, body } => {
                Some(self.query_for(name, list, condition.as_ref(), body, gives))
            }
            StepKind::Let { name, source } => self.query_let(name, source),
            StepKind::If { condition, then, otherwise } => {
                Some(self.query_if(condition, then, otherwise.as_ref(), gives))
            }
            StepKind::Match { subject, cases } => {
                let typed = self.expr(subject, None);
                let (cases, _) = self.cases(subject, &typed.expr, &typed.ty, cases, |checker, case| {
                    checker.query_block(&case.happens.body, gives)
                });
                Some(QueryStep::Match { subject: typed.expr, cases })
            }
            StepKind::Yield { all: false, value } => {
                // An absent value yields nothing.
                Some(QueryStep::Yield(self.expect(value, &gives.clone().optional(), "`yield`")))
            }
            StepKind::Yield { all: true, value } => {
                let list = gives.clone().list().optional();
                Some(QueryStep::YieldAll(self.expect(value, &list, "`yield all`")))
            }
            StepKind::Bad => {
                self.hazy = true;
                None
            }
            _ => {
                self.report.add(not_in_a_query(spans::word_of(step), spans::of_step(step)));
                None
            }
        }
    }

    fn query_for(
        &mut self,
        name: &tree::Word,
        list: &tree::Expr,
        condition: Option<&tree::Expr>,
        body: &Block,
        gives: &Type,
    ) -> QueryStep {
        let (list, element, _) = self.walked(list);
        let start = self.flow.clone();
        let ((condition, body), _) = self.branch(start, |checker| {
            checker.scoped(|checker| {
                checker.bind(name, element, None);
                let condition = condition.map(|condition| checker.condition(condition));
                if let Some(condition) = &condition {
                    checker.flow.facts.assume(condition, true);
                }
                (condition, checker.query_steps(&body.steps, gives))
            })
        });
        QueryStep::For { name: name.text.as_str().into(), list, condition, body }
    }

    fn query_if(
        &mut self,
        condition: &tree::Expr,
        then: &Happens,
        otherwise: Option<&Happens>,
        gives: &Type,
    ) -> QueryStep {
        let condition = self.condition(condition);
        let (mut yes, mut no): (Flow, Flow) = (self.flow.clone(), self.flow.clone());
        yes.facts.assume(&condition, true);
        no.facts.assume(&condition, false);
        let (yes, _) = self.branch(yes, |checker| checker.query_block(&then.body, gives));
        let (no, _) = self.branch(no, |checker| {
            otherwise.map(|happens| checker.query_block(&happens.body, gives)).unwrap_or_default()
        });
        QueryStep::If { condition, yes, no }
    }

    fn query_let(&mut self, name: &tree::Word, source: &Source) -> Option<QueryStep> {
        let value = self.query_source(source);
        let ty = value.as_ref().map_or(Type::Unknown, |value| value.ty.clone());
        self.bind(name, ty, None);
        value.map(|value| QueryStep::Let { name: name.text.as_str().into(), value: value.expr })
    }

    /// The right side of a `let`, with its `else` as a value.
    fn query_source(&mut self, source: &Source) -> Option<Typed> {
        let SourceValue::Expr(value) = &source.value else {
            if let SourceValue::Act(act) = &source.value {
                self.report.add(not_in_a_query(spans::act_word(&act.kind), spans::of_act(act)));
            }
            return None;
        };
        let (first, fails) = self.failing(|checker| checker.expr(value, None));
        let Some(otherwise) = source.otherwise.as_deref() else { return Some(first) };
        if fails.is_empty() && !first.ty.may_be_absent() && first.ty != Type::Unknown {
            let span = match otherwise {
                Otherwise::Happens(happens) => happens.span,
                Otherwise::Source(source) => source.span,
            };
            self.report.add(useless_else(span));
        }
        let second = match otherwise {
            Otherwise::Source(source) => self.query_source(source)?,
            Otherwise::Happens(happens) => self.given_by(happens, &first.ty)?,
        };
        let ty = self.joined(first.ty.present(), &second.ty, source.span);
        Some(Typed::new(Expr::Else(Box::new(first.expr), Box::new(second.expr)), ty))
    }

    fn given_by(&mut self, happens: &Happens, want: &Type) -> Option<Typed> {
        if let [Step { kind: StepKind::Give(Text::Expr(value)), .. }] = happens.body.steps.as_slice() {
            return Some(self.expr(value, Some(want)));
        }
        self.report.add(no_block(happens.span));
        None
    }
}
