//! Queries: lists collected from lists, section 6 of the language.

use super::{Evaluated, Evaluator, Expanding, QUERY_BUDGET, Scope, Stop};
use crate::expr::{QueryId, QueryStep};
use crate::failure::{Failure, FailureKind};
use crate::value::Value;

impl Evaluator<'_> {
    /// What a query yields. Entered with arguments that one of its callers is expanding, it yields nothing; deeper
    /// than its bound is the failure `depth`.
    pub(super) fn query(&self, query: QueryId, args: &[Value]) -> Evaluated<Vec<Value>> {
        let Some(definition) = self.context.outside.query(query) else { return Err(FailureKind::Unset.into()) };
        let mut depth = 1;
        let mut around = self.expanding;
        while let Some(expanding) = around {
            if expanding.query == query {
                depth += 1;
                if expanding.args == args {
                    return Ok(Vec::new());
                }
            }
            around = expanding.outer;
        }
        self.entered.set(self.entered.get() + 1);
        let failed = |kind| Stop::Failed(Failure { kind, status: None, from: Some(definition.name.clone()) });
        if definition.depth.is_some_and(|most| depth > most) {
            return Err(failed(FailureKind::Depth));
        }
        if self.entered.get() > QUERY_BUDGET {
            return Err(failed(FailureKind::Budget));
        }
        let here = Expanding { query, args, outer: self.expanding };
        let inner = Evaluator { context: self.context, expanding: Some(&here), entered: self.entered };
        let mut scope = Scope::default();
        for (name, value) in definition.params.iter().zip(args) {
            scope.bind(name, value.clone());
        }
        inner.steps(&definition.body, &scope)
    }

    /// Everything the steps yield, in the order of the text. Whatever waits for replies does not keep the steps
    /// beside it from noting theirs.
    fn steps(&self, steps: &[QueryStep], scope: &Scope<'_>) -> Evaluated<Vec<Value>> {
        let mut yielded = Vec::new();
        let mut waiting = false;
        for (n, step) in steps.iter().enumerate() {
            if let QueryStep::Let { name, value } = step {
                // The steps behind need the name: they are one level deeper.
                let value = self.value(value, scope);
                let rest = steps.get(n + 1..).unwrap_or_default();
                let rest = value.and_then(|value| self.steps(rest, &scope.with(name, value)));
                return finish(yielded, rest, waiting);
            }
            match self.step(step, scope) {
                Ok(more) => yielded.extend(more),
                Err(Stop::Waiting) => waiting = true,
                Err(failed) if !waiting => return Err(failed),
                Err(_) => {}
            }
        }
        finish(yielded, Ok(Vec::new()), waiting)
    }

    fn step(&self, step: &QueryStep, scope: &Scope<'_>) -> Evaluated<Vec<Value>> {
        match step {
            QueryStep::For { name, list, condition, body } => {
                let items = self.value(list, scope)?.elements();
                let yielded = super::in_order(items.into_iter().map(|item| {
                    let inner = scope.with(name, item);
                    let fits = condition.as_ref().map_or(Ok(true), |condition| self.truth(condition, &inner))?;
                    if fits { self.steps(body, &inner) } else { Ok(Vec::new()) }
                }))?;
                Ok(yielded.into_iter().flatten().collect())
            }
            QueryStep::If { condition, yes, no } => {
                let branch = if self.truth(condition, scope)? { yes } else { no };
                self.steps(branch, scope)
            }
            QueryStep::Match { subject, cases } => {
                let subject = self.value(subject, scope)?;
                let case = cases.iter().find(|(matchers, _)| matchers.iter().any(|matcher| matcher.fits(&subject)));
                case.map_or_else(|| Ok(Vec::new()), |(_, body)| self.steps(body, scope))
            }
            QueryStep::Yield(value) => {
                let value = self.value(value, scope)?;
                Ok(if value.is_none() { Vec::new() } else { vec![value] })
            }
            QueryStep::YieldAll(list) => Ok(self.value(list, scope)?.elements()),
            // `steps` takes care of it, because it concerns what stands behind it.
            QueryStep::Let { .. } => Ok(Vec::new()),
        }
    }
}

fn finish(mut yielded: Vec<Value>, rest: Evaluated<Vec<Value>>, waiting: bool) -> Evaluated<Vec<Value>> {
    if waiting {
        return Err(Stop::Waiting);
    }
    yielded.extend(rest?);
    Ok(yielded)
}
