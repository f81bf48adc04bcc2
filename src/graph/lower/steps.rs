//! Steps that do not wait.

use super::{Around, Lower, Part, hang_up};
use crate::expr::Expr;
use crate::graph::{Counting, NodeId, Op};
use crate::program::{Block, Otherwise, Source, SourceValue, Step, StepKind};
use crate::types::Name;

impl Lower<'_> {
    /// The first node of a block; `around.next` if it is empty.
    pub(super) fn block(&mut self, block: &Block, around: &Around) -> NodeId {
        // Names become known from front to back, nodes are made from back to front.
        let mut scopes = vec![around.clone()];
        for step in &block.steps {
            let mut inner = scopes.last().unwrap_or(around).clone();
            if let StepKind::Let { name, .. } = &step.kind {
                inner.scope.push(name.clone());
            }
            scopes.push(inner);
        }
        let mut next = around.next;
        for (step, scope) in block.steps.iter().zip(&scopes).rev() {
            next = self.step(step, &scope.next(next));
        }
        next
    }

    fn step(&mut self, step: &Step, around: &Around) -> NodeId {
        let error: Name = "error".into();
        if may_fail_here(step) && around.scope.contains(&error) {
            self.within_else(step, around)
        } else {
            self.plain(step, around)
        }
    }

    /// A step with an `else` of its own inside of another `else`: behind it, `error` is again what it was before.
    fn within_else(&mut self, step: &Step, around: &Around) -> NodeId {
        let error: Name = "error".into();
        let kept: Name = format!("error {}", self.nodes.len()).into();
        let knowing = around.knowing([kept.clone()]);
        let put = |bind: &Name, value: &Name, next| {
            let value = Expr::Local(value.clone());
            Op::Let { bind: Some(bind.clone()), value, next, absent: None }
        };
        let back = self.node(&knowing, "error", step.span, put(&error, &kept, around.next));
        let first = self.plain(step, &knowing.next(back));
        self.node(around, "error", step.span, put(&kept, &error, first))
    }

    fn plain(&mut self, step: &Step, around: &Around) -> NodeId {
        let span = step.span;
        match &step.kind {
            StepKind::Let { name, source } => self.source(source, name, &around.at(name)),
            StepKind::Act { act, otherwise } => {
                let around = unbound(around);
                let otherwise = otherwise.as_ref().map(|block| {
                    let inner = around.at("else").knowing(["error".into()]);
                    self.block(block, &inner)
                });
                self.act(act, None, otherwise, &around)
            }
            StepKind::Say(words) => self.say(words, around.next, around, span),
            StepKind::Play(url) => self.node(around, "play", span, Op::Play { url: url.clone(), next: around.next }),
            StepKind::Pause(millis) => {
                self.node(around, "pause", span, Op::Pause { millis: *millis, next: around.next })
            }
            StepKind::If { condition, yes, no } => {
                let yes = self.block(yes, &around.at("then"));
                let no = self.block(no, &around.at("else"));
                self.node(around, "if", span, Op::Branch { condition: condition.clone(), yes, no })
            }
            StepKind::Match { subject, cases, exhaustive } => {
                let cases = cases
                    .iter()
                    .enumerate()
                    .map(|(n, (matchers, block))| {
                        let place = around.at(&format!("case {}", n + 1));
                        (matchers.clone(), self.block(block, &place))
                    })
                    .collect();
                let op = Op::Match { subject: subject.clone(), cases, otherwise: around.next, exhaustive: *exhaustive };
                self.node(around, "match", span, op)
            }
            StepKind::For { name, list, most, condition, body } => {
                self.for_each(step, name, (list, *most), condition.as_ref(), body, around)
            }
            StepKind::Goto { scene, args } => {
                self.node(around, "leave", span, Op::Jump { scene: *scene, args: args.clone() })
            }
            StepKind::Give(value) => {
                let (bind, next) = around.give.clone().unwrap_or((None, around.next));
                let op = Op::Let { bind, value: value.clone(), next, absent: None };
                self.node(around, "give", span, op)
            }
            StepKind::Keep { record } => {
                let record = self.act_at(*record);
                self.node(around, "keep", span, Op::Keep { record })
            }
            StepKind::Retry { target, times } => {
                let to = self.act_at(*target);
                self.node(around, "retry", span, Op::Retry { most: *times, to, then: around.next })
            }
            StepKind::Return(value) => self.node(around, "return", span, Op::Return { value: value.clone() }),
            StepKind::HangUp { then } => {
                let then = then.as_ref().map(|block| self.after(block, around));
                let op = hang_up(around.part, then);
                self.node(around, "hang up", span, op)
            }
            StepKind::Connect => self.node(around, "connect", span, Op::Connect),
        }
    }

    /// What happens behind `hang up then`: nobody listens, and no rule of the file applies.
    fn after(&mut self, block: &Block, around: &Around) -> NodeId {
        let end = self.end();
        let inner = Around {
            next: end,
            give: None,
            failed: end,
            giveup: end,
            part: Part::Nobody,
            counting: Counting::Nothing,
            ..around.at("after")
        };
        self.block(block, &inner)
    }

    fn for_each(
        &mut self,
        step: &Step,
        name: &Name,
        (list, most): (&Expr, Option<u32>),
        condition: Option<&Expr>,
        body: &Block,
        around: &Around,
    ) -> NodeId {
        let id = self.reserve();
        let rest: Name = format!("for {}", id.0).into();
        let inner = around.at(name).knowing([name.clone(), rest.clone()]).next(id);
        let body = self.block(body, &inner);
        let list = Expr::Comprehension {
            name: name.clone(),
            list: Box::new(list.clone()),
            condition: condition.cloned().map(Box::new),
            value: Box::new(Expr::Local(name.clone())),
        };
        let op = Op::For { name: name.clone(), list, most, rest, body, next: around.next };
        self.fill(id, around, "for", step.span, op);
        id
    }

    /// The right side of `let name = …`, with its chain of `else`.
    fn source(&mut self, source: &Source, name: &Name, around: &Around) -> NodeId {
        let bind = Some(name.clone());
        let otherwise = source.otherwise.as_deref().map(|otherwise| match otherwise {
            Otherwise::Source(next) => self.source(next, name, around),
            Otherwise::Happens(block) => {
                let inner = Around { give: Some((bind.clone(), around.next)), ..around.at("else") };
                self.block(block, &inner.knowing(["error".into()]))
            }
        });
        match &source.value {
            SourceValue::Expr(value) => {
                let failed = otherwise.unwrap_or(around.failed);
                let absent = otherwise.filter(|_| source.absent_goes_else);
                let op = Op::Let { bind, value: value.clone(), next: around.next, absent };
                self.node(&Around { failed, ..around.clone() }, "", source.span, op)
            }
            SourceValue::Act(act) => {
                let inner = Around { give: Some((bind.clone(), around.next)), ..around.clone() };
                self.act(act, bind, otherwise, &inner)
            }
        }
    }
}

/// Whether a step has an `else` in which `error` is bound.
fn may_fail_here(step: &Step) -> bool {
    match &step.kind {
        StepKind::Let { source, .. } => source.otherwise.is_some(),
        StepKind::Act { otherwise, .. } => otherwise.is_some(),
        _ => false,
    }
}

/// A step that is no `let`: behind `hang up then` its failure leads on to the next step.
fn unbound(around: &Around) -> Around {
    let failed = if around.part == Part::Nobody { around.next } else { around.failed };
    Around { failed, ..around.clone() }
}
