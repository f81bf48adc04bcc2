//! `let`, and acts with and without it.

use super::super::acts::Done;
use super::super::checker::Checker;
use super::super::exprs::Typed;
use super::super::fits::join;
use super::super::flow::Flow;
use super::super::frames::{Arm, Around, LetFrame};
use super::super::handling::Misses;
use super::super::spans;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Test};
use crate::program::{Otherwise, Source, SourceValue, StepKind};
use crate::source::Span;
use crate::syntax::tree::{self, ActKind, Happens, Word};
use crate::types::Type;

fn no_value_here(span: Span) -> Diagnostic {
    Diagnostic::new(Code::NoValue, "this way ends without a value for the `let`")
        .at(span, "no value at its end")
        .help("end it with `give …`, `retry`, `=> scene` or `hang up`")
}

fn has_no_value(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("`{word}` has no value")).at(span, "").help("leave out the `let`")
}

fn different(span: Span, this: &str, before: &str) -> Diagnostic {
    Diagnostic::new(Code::BranchTypes, "the values of a `let` have different types")
        .at(span, format!("{this}, elsewhere {before}"))
        .help("give values of one type on every way")
}

impl Checker<'_> {
    pub(super) fn let_step(&mut self, name: &Word, source: &tree::Source) -> Option<StepKind> {
        let index = self.frames.lets.len();
        let frame = LetFrame { name: name.text.as_str().into(), step: None, ty: None, exits: Vec::new() };
        self.frames.lets.push(frame);
        let around = Around { bound: Some(index), ..self.around() };
        let source_made = self.inside(around, |checker| checker.source(source));
        let frame = self.frames.lets.pop();
        let ty = frame.as_ref().and_then(|frame| frame.ty.clone()).unwrap_or(Type::Unknown);
        let exits = frame.map(|frame| frame.exits).unwrap_or_default();
        let here = self.flow.clone();
        self.flow = Flow::join_all(exits.into_iter().chain([here]), &self.flow);
        let step = match &source.value {
            tree::SourceValue::Act(act) if waits(&act.kind) => Some(act.span),
            _ => None,
        };
        self.bind(name, ty, step);
        source_made.map(|source| StepKind::Let { name: name.text.as_str().into(), source })
    }

    /// The type of the values of the `let` around, with one more.
    fn another(&mut self, ty: Type, span: Span) {
        let Some(index) = self.around().bound else { return };
        let before = self.frames.lets.get(index).and_then(|frame| frame.ty.clone());
        let ty = match before {
            None => ty,
            Some(before) => join(&self.world.types, &before, &ty).unwrap_or_else(|| {
                self.report.add(different(span, &self.show(&ty), &self.show(&before)));
                Type::Unknown
            }),
        };
        if let Some(frame) = self.frames.lets.get_mut(index) {
            frame.ty = Some(ty);
        }
    }

    fn source(&mut self, source: &tree::Source) -> Option<Source> {
        match &source.value {
            tree::SourceValue::Expr(value) => Some(self.expr_source(value, source)),
            tree::SourceValue::Act(act) => self.act_source(act, source),
        }
    }

    fn expr_source(&mut self, value: &tree::Expr, source: &tree::Source) -> Source {
        let want = self.around().bound.and_then(|index| self.frames.lets.get(index)).and_then(|frame| frame.ty.clone());
        let (typed, fails) = self.failing(|checker| checker.expr(value, want.as_ref()));
        let Some(otherwise) = source.otherwise.as_deref() else {
            self.settle(&fails);
            self.another(typed.ty, value.span);
            return Source {
                value: SourceValue::Expr(typed.expr),
                absent_goes_else: false,
                otherwise: None,
                span: source.span,
            };
        };
        let unknown = typed.ty == Type::Unknown;
        let misses = Misses { fails, gives_up: false, absent: typed.ty.may_be_absent() };
        if !unknown {
            self.with_else(&misses, span_of(otherwise));
        }
        let is_none = Expr::Is(Test::None, Box::new(typed.expr.clone()));
        let mut start = self.flow.clone();
        if misses.absent {
            self.flow.facts.assume(&is_none, false);
            if misses.fails.is_empty() {
                start.facts.assume(&is_none, true);
            }
        }
        let Typed { expr, ty } = typed;
        if ty != Type::None {
            self.another(ty.present().clone(), value.span);
        }
        let around = Around { arm: Arm::Other, ..self.around() };
        let otherwise = self.otherwise(otherwise, start, &misses, around);
        Source { value: SourceValue::Expr(expr), absent_goes_else: misses.absent, otherwise, span: source.span }
    }

    fn act_source(&mut self, act: &tree::Act, source: &tree::Source) -> Option<Source> {
        if let Some(frame) = self.around().bound.and_then(|index| self.frames.lets.get_mut(index)) {
            frame.step = waits(&act.kind).then_some(act.span);
        }
        let Done { act: made, ty, misses, before, arms_give } = self.act(act, true);
        match ty {
            Some(ty) if source.otherwise.is_some() && misses.absent => self.another(ty.present().clone(), act.span),
            Some(ty) => self.another(ty, act.span),
            None if arms_give => {}
            None => self.report.add(has_no_value(spans::act_word(&act.kind), spans::of_act(act))),
        }
        let otherwise = match source.otherwise.as_deref() {
            None => {
                self.without_else(&misses, spans::of_act(act));
                None
            }
            Some(otherwise) => {
                if made.is_some() {
                    self.with_else(&misses, span_of(otherwise));
                }
                let around = self.around_else(act);
                self.otherwise(otherwise, before, &misses, around)
            }
        };
        let absent_goes_else = misses.absent && otherwise.is_some();
        made.map(|act| Source { value: SourceValue::Act(act), absent_goes_else, otherwise, span: source.span })
    }

    /// What surrounds the `else` of an act.
    fn around_else(&self, act: &tree::Act) -> Around {
        let around = self.around();
        let step = if waits(&act.kind) { Some(act.span) } else { around.step };
        Around { arm: Arm::Other, step, ..around }
    }

    /// Behind the `else` of a `let`; ways that do not leave must give a value.
    fn otherwise(
        &mut self,
        otherwise: &tree::Otherwise,
        start: Flow,
        misses: &Misses,
        around: Around,
    ) -> Option<Box<Otherwise>> {
        match otherwise {
            tree::Otherwise::Happens(happens) => {
                let (block, end) = self
                    .branch(start, |checker| checker.inside(around, |checker| checker.happens_else(happens, misses)));
                if end.live {
                    self.must_give(happens);
                }
                Some(Box::new(Otherwise::Happens(block)))
            }
            tree::Otherwise::Source(source) => {
                let (source, end) =
                    self.branch(start, |checker| checker.inside(around, |checker| checker.source(source)));
                self.flow = self.flow.clone().join(end);
                source.map(|source| Box::new(Otherwise::Source(source)))
            }
        }
    }

    /// Reports a way that ends without the value it owes.
    pub(in super::super) fn must_give(&self, happens: &Happens) {
        if self.hazy {
            return;
        }
        let span = match happens.body.steps.last() {
            Some(step) => spans::of_step(step),
            None => happens.span,
        };
        self.report.add(no_value_here(span));
    }

    /// An act that binds nothing.
    pub(super) fn act_step(&mut self, act: &tree::Act, otherwise: Option<&Happens>) -> Option<StepKind> {
        let Done { act: made, misses, before, .. } = self.act(act, false);
        let otherwise = match otherwise {
            None => {
                self.without_else(&misses, spans::of_act(act));
                None
            }
            Some(happens) => {
                if made.is_some() {
                    self.with_else(&misses, happens.span);
                }
                let around = self.around_else(act);
                let (block, end) = self
                    .branch(before, |checker| checker.inside(around, |checker| checker.happens_else(happens, &misses)));
                self.flow = self.flow.clone().join(end);
                Some(block)
            }
        };
        made.map(|act| StepKind::Act { act, otherwise })
    }
}

/// Whether an act is one of the seven steps that wait.
pub(in super::super) fn waits(act: &ActKind) -> bool {
    !matches!(act, ActKind::Send { .. } | ActKind::Do(_))
}

fn span_of(otherwise: &tree::Otherwise) -> Span {
    match otherwise {
        tree::Otherwise::Happens(happens) => happens.span,
        tree::Otherwise::Source(source) => source.span,
    }
}
