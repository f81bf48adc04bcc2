//! Steps: what may stand where, in which order, and what follows what.

mod branching;
mod leaving;
mod lets;

use super::checker::Checker;
use super::frames::{Around, Part};
use super::handling::Misses;
use super::spans;
use super::speech::Counted;
use super::unbuilt::unbuilt;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::{Block, Step, StepKind};
use crate::source::Span;
use crate::syntax::tree::{self, Happens};
use crate::types::Type;

fn unreachable(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Unreachable, "this step can never be reached")
        .at(span, "everything before it leaves")
        .help("leave it out, or move it up")
}

impl Checker<'_> {
    /// Steps in braces; the names they bind end with them.
    pub(super) fn block(&mut self, block: &tree::Block) -> Block {
        self.scoped(|checker| checker.steps(&block.steps))
    }

    /// What happens, from here on.
    pub(super) fn happens(&mut self, happens: &Happens) -> Block {
        self.block(&happens.body)
    }

    /// What happens in an `else`, which is told of what went wrong.
    pub(super) fn happens_else(&mut self, happens: &Happens, misses: &Misses) -> Block {
        self.scoped(|checker| {
            checker.bind_error(misses);
            checker.steps(&happens.body.steps)
        })
    }

    fn steps(&mut self, written: &[tree::Step]) -> Block {
        let mut steps = Vec::new();
        let mut reachable = self.flow.live;
        for step in written {
            if reachable && !self.flow.live {
                if !self.flow.doubtful {
                    self.report.add(unreachable(spans::of_step(step)));
                }
                reachable = false;
            }
            // What failed before belongs to the step around these.
            let before = std::mem::take(&mut self.fails);
            let kind = self.step(step);
            self.settle_here();
            self.fails = before;
            if let Some(kind) = kind {
                steps.push(Step { span: step.span, kind });
            }
        }
        Block { steps }
    }

    /// A step; none if it cannot stand for anything.
    fn step(&mut self, step: &tree::Step) -> Option<StepKind> {
        if !self.may_stand(step) {
            self.stand_in(step);
            return None;
        }
        match &step.kind {
            tree::StepKind::Let { name, source } => self.let_step(name, source),
            tree::StepKind::Act { act, otherwise } => self.act_step(act, otherwise.as_ref()),
            tree::StepKind::Say(text) => Some(self.say(text)),
            tree::StepKind::Play(url) => Some(self.play(url)),
            tree::StepKind::Pause(time) => Some(StepKind::Pause(time.millis)),
            tree::StepKind::If { condition, then, otherwise } => {
                Some(self.if_step(condition, then, otherwise.as_ref()))
            }
            tree::StepKind::Match { subject, cases } => Some(self.match_step(subject, cases)),
            tree::StepKind::For { name, list, condition, body } => {
                Some(self.for_step(name, list, condition.as_ref(), body))
            }
            tree::StepKind::Goto(target) => self.goto(target),
            tree::StepKind::Give(text) => self.give(text, step.span),
            tree::StepKind::Keep => self.keep(step.span),
            tree::StepKind::Retry { name, times } => self.retry(name.as_ref(), times.as_ref(), step.span),
            tree::StepKind::Return(value) => self.return_step(value.as_ref(), step.span),
            tree::StepKind::HangUp { then } => Some(self.hang_up(then.as_ref())),
            tree::StepKind::Connect => Some(self.connect(step.span)),
            tree::StepKind::Speak(_) => {
                unbuilt(self.report, step.span, "`speak`");
                None
            }
            tree::StepKind::Yield { .. } => None,
            tree::StepKind::Bad => {
                // It may have bound a name, or left.
                self.hazy = true;
                None
            }
        }
    }

    /// Does what a misplaced step would have done to names and to the flow, so that nothing else is said about it.
    fn stand_in(&mut self, step: &tree::Step) {
        match &step.kind {
            tree::StepKind::Let { name, .. } => self.bind(name, Type::Unknown, None),
            tree::StepKind::Goto(_)
            | tree::StepKind::Keep
            | tree::StepKind::Retry { times: None, .. }
            | tree::StepKind::Return(_)
            | tree::StepKind::HangUp { .. }
            | tree::StepKind::Connect => self.flow.leave_doubtfully(),
            _ => {}
        }
    }

    fn say(&mut self, text: &tree::Text) -> StepKind {
        /// What was said longer ago is not remembered.
        const REMEMBERED: usize = 4;
        let words = self.words(text, self.around().counted);
        self.said.extend(words.tries.first().map(|template| template.pattern.text().into()));
        if self.said.len() > REMEMBERED {
            self.said.remove(0);
        }
        StepKind::Say(words)
    }

    fn play(&mut self, url: &tree::Expr) -> StepKind {
        let url = self.without_requests("behind `play`", |checker| checker.expect(url, &Type::Url, "`play`"));
        StepKind::Play(url)
    }

    /// Runs `work` as a part of its own: nothing inside can give, keep or retry what is outside.
    pub(super) fn part<T>(&mut self, part: Part, counted: Counted, work: impl FnOnce(&mut Self) -> T) -> T {
        let unhandled = self.around().unhandled;
        self.inside(Around { counted, ..Around::of(part, unhandled) }, work)
    }
}
