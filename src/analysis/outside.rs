//! How long services are waited for.

use super::words::known;
use crate::expr::{Expr, OperationId, QueryStep};
use crate::graph::Graph;
use crate::limits::server;

/// One evaluation with requests ends at the latest when its time is up and its leg has asked again.
const LONGEST: u64 = server::LONGEST_EVALUATION + server::INTERIM + server::PATIENCE;

/// What services take, in milliseconds.
///
/// Each request is answered within its time limit, tried again or not. What walks through a list, and a query that asks
/// about each element or calls itself, may ask any number of times: then only the end of all evaluations is a bound.
#[derive(Debug)]
pub(super) struct Outside<'a> {
    graph: &'a Graph,
    /// By query, as far as they are worked out.
    queries: Vec<Took>,
}

/// What a query takes.
#[derive(Debug, Clone, Copy)]
enum Took {
    New,
    /// It is being worked out: whoever meets it has called it from itself.
    Open,
    Done(u64),
}

impl<'a> Outside<'a> {
    pub(super) fn of(graph: &'a Graph) -> Self {
        let mut outside = Self { graph, queries: vec![Took::New; graph.queries.len()] };
        for n in 0..graph.queries.len() {
            outside.work_out(n);
        }
        outside
    }

    /// What the evaluation of these expressions, one after the other as one evaluation, may take.
    pub(super) fn asking<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> u64 {
        let total = exprs.into_iter().map(|expr| self.evaluating(expr)).fold(0, u64::saturating_add);
        picked_up(total).min(LONGEST)
    }

    /// What a `send` may take.
    pub(super) fn sending(&self, operation: OperationId) -> u64 {
        picked_up(self.timeout(operation))
    }

    fn timeout(&self, operation: OperationId) -> u64 {
        self.graph.operations.get(usize::from(operation.0)).map_or(server::REQUEST, |operation| operation.timeout)
    }

    /// Queries that it calls are worked out before it; with a stack of its own, for there may be many.
    fn work_out(&mut self, first: usize) {
        let graph = self.graph;
        let mut open = vec![first];
        while let Some(n) = open.last().copied() {
            let Some(query) = graph.queries.get(n) else { return };
            match self.took(n) {
                Took::New => {
                    self.set(n, Took::Open);
                    open.extend(query.calls().into_iter().filter(|n| matches!(self.took(*n), Took::New)));
                }
                Took::Open => {
                    let total = self.steps(&query.body);
                    self.set(n, Took::Done(total));
                    open.pop();
                }
                Took::Done(_) => {
                    open.pop();
                }
            }
        }
    }

    fn took(&self, query: usize) -> Took {
        self.queries.get(query).copied().unwrap_or(Took::Open)
    }

    fn set(&mut self, query: usize, took: Took) {
        if let Some(place) = self.queries.get_mut(query) {
            *place = took;
        }
    }

    fn evaluating(&self, expr: &Expr) -> u64 {
        let own = match expr {
            Expr::Request(operation, _) => self.timeout(*operation),
            Expr::Query(query, _) => match self.took(usize::from(query.0)) {
                Took::Done(total) => total,
                Took::New | Took::Open => LONGEST,
            },
            // What is asked for each element of a list, as often as it has some.
            Expr::Quantified { list, .. } | Expr::Comprehension { list, .. } => return self.each(expr, list),
            _ => 0,
        };
        let mut total = own;
        expr.children(&mut |child| total = total.saturating_add(self.evaluating(child)));
        total
    }

    /// The list comes first among the children.
    fn each(&self, expr: &Expr, list: &Expr) -> u64 {
        let mut parts = Vec::new();
        expr.children(&mut |child| parts.push(self.evaluating(child)));
        let each = parts.iter().skip(1).copied().fold(0, u64::saturating_add);
        let count = known(self.graph, list).map(|items| items.len() as u64);
        let every = count.map_or(LONGEST, |count| each.saturating_mul(count));
        parts.first().copied().unwrap_or_default().saturating_add(if each == 0 { 0 } else { every })
    }

    fn steps(&self, body: &[QueryStep]) -> u64 {
        body.iter().map(|step| self.step(step)).fold(0, u64::saturating_add)
    }

    fn step(&self, step: &QueryStep) -> u64 {
        match step {
            QueryStep::For { list, condition, body, .. } => {
                let each = condition.as_ref().map_or(0, |condition| self.evaluating(condition));
                let each = each.saturating_add(self.steps(body));
                self.evaluating(list).saturating_add(if each > 0 { LONGEST } else { 0 })
            }
            QueryStep::Let { value, .. } | QueryStep::Yield(value) | QueryStep::YieldAll(value) => {
                self.evaluating(value)
            }
            QueryStep::If { condition, yes, no } => {
                self.evaluating(condition).saturating_add(self.steps(yes).max(self.steps(no)))
            }
            QueryStep::Match { subject, cases } => {
                let either = cases.iter().map(|(_, body)| self.steps(body)).max().unwrap_or_default();
                self.evaluating(subject).saturating_add(either)
            }
        }
    }
}

/// A reply that takes longer than a webhook may wait is picked up when the interim silence is over.
fn picked_up(millis: u64) -> u64 {
    if millis > server::PATIENCE { millis.saturating_add(server::INTERIM) } else { millis }
}
